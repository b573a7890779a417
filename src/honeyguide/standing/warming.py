"""Loading the engine's compiled kernels before somebody waits for them."""

import time
from datetime import date

import structlog

from honeyguide.program.history import history_from_lines
from honeyguide.standing.engine import assess_history

log = structlog.get_logger(__name__)

_DAY = date(2026, 2, 1)
_LINES = [
    '{"at":"2026-01-01T09:00:00Z","type":"partner.applied","partner":"warm","name":"Warm Ltd","country":"GB"}',
    '{"at":"2026-01-02T09:00:00Z","type":"partner.accepted","partner":"warm"}',
    '{"at":"2026-01-05T09:00:00Z","type":"sale.paid","partner":"warm","sale":"w","client":"c","product":"cloud","net":"9"}',
]


def warm() -> None:
    """Assess a company of two lines, so that every kernel is loaded (and compiled, the first time on a machine)."""
    started = time.perf_counter()
    assess_history(history_from_lines(_LINES), _DAY)
    log.info("engine_ready", seconds=round(time.perf_counter() - started, 2))
