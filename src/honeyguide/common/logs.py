"""What is logged, and in which form: one line of JSON an event on a server, words and colours on a terminal.

Nothing that opens a door gets into a log: not by name (password, token …), and not as part of an address.
"""

import re
import sys
from typing import Any

import structlog

HIDDEN = "…"
SECRET_WORDS = ("password", "secret", "token", "authorization", "cookie", "api_key", "csrf", "session", "credential")
"""A value whose name holds one of these words is never written."""
_LONG_PIECE = re.compile(r"(?<=/)[A-Za-z0-9_.:=~%-]{24,}(?=[/?#'\"\s]|$)")
"""A piece of an address so long that it can only be a key: our own public ids have 22 characters."""
_QUERY = re.compile(r"(?<=[\w/])\?[^\s'\"]+")
"""What follows the question mark: people's searches, and one-time codes."""
_RESET_KEY = re.compile(r"(?<=/)[0-9A-Za-z]+-[0-9a-z]{4,}-[0-9a-f]{20,}")


def without_secrets(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Takes out of a log's event what nobody may read in it."""
    return {name: HIDDEN if _is_secret(name) else clean(value) for name, value in event.items()}


def _is_secret(name: str) -> bool:
    lowered = name.lower()
    return any(word in lowered for word in SECRET_WORDS)


def clean(value: Any) -> Any:
    """A value with the keys taken out of the addresses in it; looks into lists and mappings too."""
    if isinstance(value, str):
        return _LONG_PIECE.sub(HIDDEN, _RESET_KEY.sub(HIDDEN, _QUERY.sub(f"?{HIDDEN}", value)))
    if isinstance(value, dict):
        return {name: HIDDEN if _is_secret(str(name)) else clean(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [clean(inner) for inner in value]
    return value


SHARED_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
]


def configure() -> None:
    """Have structlog's loggers write through Python's own, so that all lines look alike."""
    structlog.configure(
        processors=[
            *SHARED_PROCESSORS,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def logging_config(form: str, level: str) -> dict[str, Any]:
    """Django's LOGGING. `form`: json or console; `level`: a name of Python's levels."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED_PROCESSORS,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    without_secrets,
                    _renderer(form),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"level": level},
            "django.server": {"handlers": ["stderr"], "propagate": False},
            "django_tasks_db": {
                "level": "ERROR"
            },  # that it was asked to end is no warning; failures have their own line
        },
    }


def _renderer(form: str) -> structlog.typing.Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
