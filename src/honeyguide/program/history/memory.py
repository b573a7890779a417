"""Histories in memory, as text: what a database keeps of each event is the line that a file would have."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from .assemble import history_of
from .check import check, describe
from .events import History
from .jsonl import batch_of_events, read_jsonl
from .problems import PROBLEMS_SHOWN, InvalidHistory
from .raw import raw_of
from .writing import json_lines


def history_from_lines(lines: Iterable[str]) -> History:
    """The history of lines of JSON, one an event. Raises InvalidHistory; lines count from 1."""
    return history_of(read_jsonl(BytesIO("\n".join(lines).encode())))


def lines_from_events(events: list[dict[str, Any]]) -> list[str]:
    """Each event as a line of JSON in the one way in which writers put it. Raises InvalidHistory.

    Each event is checked by itself; whether events fit each other is for history_from_lines.
    """
    batch = batch_of_events(events)
    checked = check(batch)
    rows = checked.bad()
    problems = batch.problems + describe(batch, checked, rows, PROBLEMS_SHOWN)
    if problems:
        raise InvalidHistory(problems, len(batch.problems) + len(rows))
    return json_lines(raw_of(batch, checked)).to_list()
