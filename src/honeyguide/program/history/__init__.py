"""Histories: the form of the event log, its readers, checks and writers."""

from pathlib import Path
from typing import Any, BinaryIO

from .assemble import history_of
from .events import History
from .jsonl import batch_of_events, read_jsonl
from .parquet import ParquetEvents
from .problems import FormError, InvalidHistory, Problem

from .raw import raw_batch

__all__ = ["FormError", "History", "InvalidHistory", "Problem", "history_from_events", "read_history"]


def history_from_events(events: list[dict[str, Any]]) -> History:
    """The history of events in memory: fields as in JSON, where numbers may be int or Decimal and times aware datetimes.

    Raises InvalidHistory; the line of an event is its place in the list, from 1.
    """
    batch = batch_of_events(events)
    return history_of([batch])


def read_history(path: str | Path, *, stdin: BinaryIO | None = None) -> History:
    """The history in a file (`-`: JSON Lines on stdin). Raises InvalidHistory."""
    if str(path) == "-":
        assert stdin is not None
        return history_of(read_jsonl(stdin))
    if Path(path).suffix == ".parquet":
        events = ParquetEvents(Path(path))
        return history_of(events.batches(), lambda rows: map(raw_batch, events.rows(rows)), events.file.metadata.num_rows)
    with Path(path).open("rb") as stream:
        return history_of(read_jsonl(stream))
