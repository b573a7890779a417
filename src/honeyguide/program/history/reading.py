"""Files of any form to histories, or to raw events."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from .assemble import history_of
from .batches import Batch
from .check import check, describe
from .csvform import read_csv
from .events import History
from .fields import BAD_LINES_MOST
from .jsonl import batch_of_events, read_jsonl
from .parquet import ParquetEvents
from .problems import PROBLEMS_SHOWN, InvalidHistory, Problem
from .raw import batch_of_raw, raw_batch, raw_of

STDIN = "-"
FORMS = (".jsonl", ".csv", ".parquet")


class UnknownFormError(ValueError):
    """A file name that does not say which form the file has."""


def form_of(path: str | Path) -> str:
    """The form of a file by its name; `-` is JSON Lines."""
    form = ".jsonl" if str(path) == STDIN else Path(path).suffix.lower()
    if form not in FORMS:
        raise UnknownFormError(f"{path}: expected a name that ends in .jsonl, .csv or .parquet")
    return form


def history_from_events(events: list[dict[str, Any]]) -> History:
    """The history of events in memory: fields as in JSON; numbers may be int or Decimal, times aware datetimes.

    Raises InvalidHistory; the line of an event is its place in the list, from 1.
    """
    return history_of([batch_of_events(events)])


def validate_raw(frame: pl.DataFrame) -> History:
    """The history of raw events in memory. Raises InvalidHistory; lines are counted from 1."""
    return history_of([batch_of_raw(frame)])


def read_history(path: str | Path, *, stdin: BinaryIO | None = None) -> History:
    """The history in a file by its suffix, or for `-` the JSON Lines on stdin. Raises InvalidHistory."""
    if form_of(path) == ".parquet":
        file = ParquetEvents(Path(path))
        return history_of(file.batches(), lambda rows: map(raw_batch, file.rows(rows)), file.count)
    return history_of(batches_of(path, stdin))


def batches_of(path: str | Path, stdin: BinaryIO | None = None) -> Iterator[Batch]:
    """Batches of a file of any form, with unknown fields."""
    form = form_of(path)
    if form == ".parquet":
        yield from ParquetEvents(Path(path)).batches(unknown=True)
    elif str(path) == STDIN:
        if stdin is None:
            raise ValueError("expected a stream for -")
        yield from read_jsonl(stdin)
    else:
        with Path(path).open("rb") as stream:
            yield from read_csv(stream) if form == ".csv" else read_jsonl(stream)


def read_raw(path: str | Path, *, stdin: BinaryIO | None = None) -> Iterator[pl.DataFrame]:
    """Raw events of a file of any form, in frames. Raises InvalidHistory after the last good frame.

    Each event is checked by itself; whether events fit each other is for read_history.
    """
    return _raw(batches_of(path, stdin))


def line_of(path: str | Path, row: int) -> int:
    """The line of an event of a file without problems, which is counted from 0 as read_raw gives them."""
    before = 0
    for batch in batches_of(path):
        if row < before + len(batch.lines):
            return int(batch.lines[row - before])
        before += len(batch.lines)
    raise IndexError(row)


def raw_from_lines(lines: Iterable[str]) -> Iterator[pl.DataFrame]:
    """Raw events of lines of JSON, one an event. Raises InvalidHistory after the last good frame."""
    return _raw(read_jsonl(BytesIO("\n".join(lines).encode())))


def _raw(batches: Iterable[Batch]) -> Iterator[pl.DataFrame]:
    problems: list[Problem] = []
    bad = 0
    for batch in batches:
        checked = check(batch)
        rows = checked.bad()
        problems += batch.problems + describe(batch, checked, rows, max(0, PROBLEMS_SHOWN - len(problems)))
        bad += len(batch.problems) + len(rows)
        if bad and (batch.stopped or bad >= BAD_LINES_MOST):
            raise InvalidHistory(problems, bad, stopped=True)
        if not bad and len(checked):
            yield raw_of(batch, checked)
    if bad:
        raise InvalidHistory(problems, bad)
