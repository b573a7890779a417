"""What commands read: histories and days, with their errors in words."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from honeyguide.cli.errors import INVALID_HISTORY, Failed
from honeyguide.program.history import History, InvalidHistory, UnknownFormError, read_history


@contextmanager
def file_failures(name: str) -> Iterator[None]:
    """What goes wrong with the file of this name, as lines and an exit status."""
    try:
        yield
    except InvalidHistory as error:
        raise Failed(error.lines(name), INVALID_HISTORY) from error
    except UnknownFormError as error:
        raise Failed(str(error)) from error
    except OSError as error:
        raise Failed(f"{error.filename or name}: {error.strerror or error}") from error


def read_history_for_command(path: str) -> History:
    """A checked history from a file, or from standard input for `-`. Fails with a line for each bad line."""
    with file_failures(path):
        return read_history(path, stdin=sys.stdin.buffer)


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
