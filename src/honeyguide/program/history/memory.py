"""Histories in memory, as text: what a database keeps of each event is the line that a file would have."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from honeyguide.program.phrases import Phrase

from .assemble import history_of
from .batches import Batch
from .check import check, describe
from .events import History
from .jsonl import batch_of_events, read_jsonl
from .problems import PROBLEMS_SHOWN, InvalidHistory, Problem, at_line, at_line_aside
from .raw import raw_of
from .reading import batches_of
from .references import KNOWN, SALE, SPENT
from .writing import json_lines

_KEPT = 10**12
"""Added to the numbers of lines that are kept: more than any file has."""


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


def history_with(lines: Iterable[str], path: str | Path) -> History:
    """What a database keeps, one event a line, and after it the events of a file, by its suffix.

    Raises InvalidHistory: lines are those of the file; an event that is kept and would not fit any more has none.
    Raises UnknownFormError and OSError.
    """
    return _after(lines, batches_of(path))


def history_with_lines(kept: Iterable[str], lines: Iterable[str]) -> History:
    """What a database keeps, and after it more lines of JSON, one an event. Raises InvalidHistory as history_with."""
    return _after(kept, read_jsonl(BytesIO("\n".join(lines).encode())))


def refuse_later(path: str | Path, last: datetime) -> None:
    """Raise InvalidHistory for the events of a file that are later than a time, by their lines."""
    problems = []
    for batch in batches_of(path):
        instants = raw_of(batch, check(batch))["at"]
        for row in (instants > last).fill_null(value=False).arg_true().to_list():
            text = Phrase("at is {at}, expected a time that has come", at=f"{instants[row]:%Y-%m-%dT%H:%M:%SZ}")
            problems.append(Problem(int(batch.lines[row]), text))
    if problems:
        raise InvalidHistory(problems)


def _after(kept: Iterable[str], added: Iterable[Batch]) -> History:
    def batches() -> Iterator[Batch]:
        for batch in read_jsonl(BytesIO("\n".join(kept).encode())):
            yield replace(
                batch,
                lines=np.asarray(batch.lines, dtype=np.int64) + _KEPT,
                problems=[replace(problem, line=problem.line + _KEPT) for problem in batch.problems],
            )
        yield from added

    try:
        return history_of(batches())
    except InvalidHistory as invalid:
        raise InvalidHistory(
            [_in_the_file(problem) for problem in invalid.problems], invalid.total, stopped=invalid.stopped
        ) from invalid


def _in_the_file(problem: Problem) -> Problem:
    text = problem.text.changed(_placed)
    if problem.line < _KEPT:
        return Problem(problem.line, text)
    return Problem(0, Phrase("with it an event of the history would not fit any more: {problem}", problem=text))


def _placed(part: Phrase) -> Phrase:
    """Part of a problem, where an event that is kept has no line, and what may be in either place is looked for."""
    line = part.params.get("line")
    if isinstance(line, int) and line >= _KEPT:
        return _IN_THE_HISTORY.get(part.template, part)
    return _IN_EITHER.get(part.template, part)


_IN_THE_HISTORY = {
    at_line(0).template: Phrase(" in the history"),
    at_line_aside(0).template: Phrase(", in the history"),
}
_IN_EITHER = {
    KNOWN[SALE].template: Phrase("the id of a sale of the file or the history"),
    KNOWN[SPENT].template: Phrase("the id of an exchange of the file or the history"),
}


def among_events(problem: Problem, places: Sequence[int]) -> Phrase:
    """A problem's text for whoever gave events, not lines: others are named by their places there, or not at all.

    `places`: of each line, which of the events it is, the first one being 0.
    """

    def placed(part: Phrase) -> Phrase | str:
        if part.template not in _IN_THE_HISTORY:
            return _IN_THESE_EVENTS.get(part.template, part)
        line = part.params["line"]
        if not isinstance(line, int) or line > len(places):
            return ""
        place = places[line - 1]
        if part.template == at_line(0).template:
            return Phrase(" at events.{place}", place=place)
        return Phrase(", at events.{place}", place=place)

    return problem.text.changed(placed)


_IN_THESE_EVENTS = {
    _IN_EITHER[KNOWN[SALE].template].template: Phrase("the id of a sale of these events or the history"),
    _IN_EITHER[KNOWN[SPENT].template].template: Phrase("the id of an exchange of these events or the history"),
}
