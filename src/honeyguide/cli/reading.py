"""What commands read: histories and days, with their errors in words."""

import sys
from datetime import date

from honeyguide.cli.errors import INVALID_HISTORY, Failed
from honeyguide.program.history import History, InvalidHistory, read_history


def read_history_for_command(path: str) -> History:
    """A checked history from a file, or from standard input for `-`. Fails with a line for each bad line."""
    try:
        return read_history(path, stdin=sys.stdin.buffer)
    except InvalidHistory as error:
        raise Failed(error.lines(path), INVALID_HISTORY) from error
    except OSError as error:
        raise Failed(f"{path}: {error.strerror}") from error


def parse_day(text: str | None, option: str) -> date | None:
    """A day given as an option."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Failed(f'{option} is "{text}", expected a day like 2026-01-31') from error
    if text != day.isoformat():
        raise Failed(f'{option} is "{text}", expected a day like 2026-01-31')
    return day
