"""Events as JSON Lines, and as Python dicts."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from honeyguide.program.phrases import Phrase, PhraseError

from .batches import Batch
from .fields import BAD_LINES_MOST, BLANK_LINES_MOST, KINDS, LINE_BYTES_MOST, UNKNOWN_FIELDS_MOST, Kind
from .instants import Mask
from .jsontext import Number, cell_of, parse, refuse_halves, shown
from .lines import TooLongError, decoded, numbered_lines, too_blank
from .problems import Problem
from .values import spread

BATCH_LINES = 1 << 14
BATCH_BYTES = 8 << 20

type Event = dict[str, Any]

_TEXT = frozenset({str})
_ALLOWED: dict[Kind, frozenset[type]] = {
    Kind.MONEY: frozenset({str, Number}),
    Kind.PERCENT: frozenset({str, Number}),
    Kind.WHOLE: frozenset({Number}),
    Kind.BOOL: frozenset({bool}),
    Kind.WORDS: frozenset({list}),
    Kind.IDENTS: frozenset({list}),
}
_NOTHING = type(None)


class _Reading:
    """A stream's lines on their way to batches."""

    def __init__(self) -> None:
        self.unknown: set[str] = set()
        self.blank = self.bad = 0
        self._clear()

    def _clear(self) -> None:
        self.events: list[Event] = []
        self.lines: list[int] = []
        self.problems: list[Problem] = []
        self.bytes = 0

    def full(self) -> bool:
        return len(self.events) >= BATCH_LINES or self.bytes >= BATCH_BYTES

    def add(self, number: int, line: bytes) -> bool:
        """Add a line; whether reading goes on."""
        self.bytes += len(line)
        line = line.strip(b" \t\r")
        if not line:
            self.blank += 1
            return self.blank <= BLANK_LINES_MOST or self._stop(number, too_blank())
        try:
            event = _event(line)
        except PhraseError as error:
            self.problems.append(Problem(number, error.phrase))
            self.bad += 1
            return self.bad < BAD_LINES_MOST and not isinstance(error, TooLongError)
        self.events.append(event)
        self.lines.append(number)
        if not event.keys() <= KINDS.keys():
            self.unknown |= event.keys() - KINDS.keys()
            if len(self.unknown) > UNKNOWN_FIELDS_MOST:
                why = Phrase("more than {most} unknown fields; reading stopped here", most=UNKNOWN_FIELDS_MOST)
                return self._stop(number, why)
        return True

    def _stop(self, number: int, why: Phrase) -> bool:
        self.problems.append(Problem(number, why))
        return False

    def batch(self) -> Batch:
        """What was read since the last batch."""
        batch = batch_of(self.events, np.array(self.lines, np.int64), self.problems)
        batch.passing = True
        self._clear()
        return batch


def read_jsonl(stream: BinaryIO) -> Iterator[Batch]:
    """Batches of events of a stream of JSON Lines."""
    reading = _Reading()
    for number, line in numbered_lines(stream):
        if not reading.add(number, line):
            yield replace(reading.batch(), stopped=True)
            return
        if reading.full():
            yield reading.batch()
    yield reading.batch()


def _event(line: bytes) -> Event:
    """The event in a line, or PhraseError."""
    if len(line) > LINE_BYTES_MOST:
        raise TooLongError(Phrase("one event a line"))
    event = parse(decoded(line))
    if type(event) is not dict:
        raise PhraseError(Phrase("holds {value}, expected a JSON object", value=shown(event)))
    return event


def batch_of(events: list[Event], lines: np.ndarray | range, problems: list[Problem]) -> Batch:
    """Events by columns."""
    batch = Batch(
        lines=lines,
        columns={},
        show=lambda row, name: shown(events[row].get(name)),
        stray=lambda row, name: cell_of(events[row][name]),
        problems=problems,
    )
    parts: dict[str, list[_Part]] = {}
    for names, rows in _by_names(events).items():
        for name, found in zip(names, zip(*(events[row].values() for row in rows), strict=True), strict=True):
            parts.setdefault(name, []).append((rows, found))
    for name in sorted(parts):
        at = np.concatenate([np.array(rows) for rows, _ in parts[name]])
        values = [value for _, found in parts[name] for value in found]
        if KINDS.get(name) is Kind.REFERENCE and None in values:
            values = [_document(value, events[row]) for row, value in zip(at.tolist(), values, strict=True)]
        if name in KINDS:
            column, wrong = _column(values, KINDS[name])
            batch.columns[name] = spread(column, at, len(events))
            if wrong is not None:
                batch.wrong[name] = np.zeros(len(events), np.bool_)
                batch.wrong[name][at[wrong]] = True
        else:
            cells = pa.array(list(map(cell_of, values)), pa.string())
            batch.unknown[name] = spread(cells, at, len(events))
    return batch


def _document(value: object, event: Event) -> object:
    """A report or checklist: a project's null is a missing one, not an absent field."""
    return "" if value is None and event.get("type") == "project.delivered" else value


type _Part = tuple[list[int], tuple[Any, ...]]
"""Rows, and the values that they have in one field."""


def _by_names(events: list[Event]) -> dict[tuple[str, ...], list[int]]:
    """The rows of events that have the same fields in the same order; most have, by their types."""
    found: dict[tuple[str, ...], list[int]] = {}
    for row, event in enumerate(events):
        found.setdefault(tuple(event), []).append(row)
    return found


def _column(found: list[Any], kind: Kind) -> tuple[pa.Array, Mask | None]:
    """One field of all events, and the rows whose value the column cannot hold."""
    allowed = _ALLOWED.get(kind, _TEXT)
    types = set(map(type, found))
    types.discard(_NOTHING)
    wrong: Mask | None = None
    if not types <= allowed or (list in types and not all(map(_holds_texts, found))):
        wrong = np.array([value is not None and not _fits(value, allowed) for value in found])
        found = [None if bad else value for value, bad in zip(found, wrong, strict=True)]
    if bool in allowed:
        return pa.array(found, pa.bool_()), wrong
    return pa.array(found, pa.list_(pa.string()) if list in allowed else pa.string()), wrong


def _holds_texts(value: list[Any] | None) -> bool:
    return value is None or all(type(item) is str for item in value)


def _fits(value: Any, allowed: frozenset[type]) -> bool:
    return type(value) in allowed and (type(value) is not list or _holds_texts(value))


def batch_of_events(events: Iterable[Event]) -> Batch:
    """Events in memory as one batch; the first one's line is 1."""
    kept: list[Event] = []
    lines: list[int] = []
    problems: list[Problem] = []
    for number, event in enumerate(events, 1):
        try:
            kept.append({name: _as_json(value) for name, value in event.items()})
            lines.append(number)
        except PhraseError as error:
            problems.append(Problem(number, error.phrase))
    return batch_of(kept, np.array(lines, np.int64) if problems else range(1, len(kept) + 1), problems)


def _as_json(value: Any) -> Any:
    """A Python value as JSON gives it: numbers as text, times and days written out."""
    convert = _CONVERT.get(type(value))
    return value if convert is None else convert(value)


def _text(value: str) -> str:
    if not value.isascii():
        refuse_halves(value)
    return value


def _time(value: datetime) -> str:
    if value.tzinfo is None:
        raise PhraseError(
            Phrase("holds the time {time} without a zone, expected one with a zone", time=value.isoformat())
        )
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _float(value: float) -> object:
    raise PhraseError(Phrase("holds the float {value}, expected Decimal, int or text", value=repr(value)))


_CONVERT: dict[type, Callable[[Any], object]] = {
    str: _text,
    int: lambda value: Number(str(value)),
    Decimal: lambda value: Number(f"{value:f}"),
    datetime: _time,
    date: date.isoformat,
    float: _float,
    tuple: lambda value: [_as_json(inner) for inner in value],
    list: lambda value: [_as_json(inner) for inner in value],
    dict: lambda value: {name: _as_json(inner) for name, inner in value.items()},
}
