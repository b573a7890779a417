"""Public ids: a prefix that says what it is, then 18 characters that sort by time."""

import re
import secrets
from datetime import datetime

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: nothing that looks like something else
_TIME_CHARS, _RANDOM_CHARS = 9, 9
_DIGIT_OF = bytes(ord(_DIGITS[byte & 31]) for byte in range(256))
"""By byte, five of its bits as a digit."""
_FORM = re.compile(rf"[{_DIGITS}]{{{_TIME_CHARS + _RANDOM_CHARS}}}")


def new_id(prefix: str, now: datetime) -> str:
    """An id as `evd_1k3f9x2aq7m4c8r2w5`: milliseconds since 1970, then 45 random bits."""
    return new_ids(prefix, now, 1)[0]


def new_ids(prefix: str, now: datetime, count: int) -> list[str]:
    """So many of them, each another one, in order."""
    milliseconds = int(now.timestamp() * 1000)
    common = f"{prefix}_{_base32(milliseconds, _TIME_CHARS)}"
    found: set[str] = set()
    while (missing := count - len(found)) > 0:
        digits = secrets.token_bytes(missing * _RANDOM_CHARS).translate(_DIGIT_OF).decode()
        found.update(digits[place : place + _RANDOM_CHARS] for place in range(0, len(digits), _RANDOM_CHARS))
    return [common + random for random in sorted(found)]


def is_id(prefix: str, text: str) -> bool:
    """Whether a text has the form of such an id: it came back from a form that had it."""
    return text.startswith(f"{prefix}_") and _FORM.fullmatch(text[len(prefix) + 1 :]) is not None


def _base32(number: int, length: int) -> str:
    return "".join(_DIGITS[number >> 5 * place & 31] for place in reversed(range(length)))
