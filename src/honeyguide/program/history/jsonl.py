"""Events as JSON Lines, and as Python dicts."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from .batches import Batch
from .fields import (
    BAD_LINES_MOST,
    BLANK_LINES_MOST,
    KINDS,
    LINE_BYTES_MOST,
    UNKNOWN_FIELDS_MOST,
    Kind,
)
from .instants import Mask
from .jsontext import Number, cell_of, parse, refuse_halves, shown
from .problems import Problem

BATCH_LINES = 1 << 14
BATCH_BYTES = 8 << 20

type Event = dict[str, Any]

_TEXT = frozenset({str})
_AMOUNT = frozenset({str, Number})
_WHOLE = frozenset({Number})
_ALLOWED: dict[Kind, frozenset[type]] = {
    Kind.MONEY: _AMOUNT,
    Kind.PERCENT: _AMOUNT,
    Kind.WHOLE: _WHOLE,
    Kind.BOOL: frozenset({bool}),
    Kind.WORDS: frozenset({list}),
    Kind.IDENTS: frozenset({list}),
}
_NOTHING = type(None)


class Columns:
    """Collects unknown fields' names over a whole file, and makes columns of events."""

    def __init__(self, passing: bool = False) -> None:
        self.passing = passing
        self.unknown: set[str] = set()

    def batch(self, events: list[Event], lines: list[int], problems: list[Problem]) -> Batch:
        """The events as a batch. `lines` names each one's line."""
        names: set[str] = set().union(*events) if events else set()
        batch = Batch(
            lines=np.array(lines, np.int64),
            columns={},
            show=lambda row, name: shown(events[row].get(name)),
            stray=lambda row, name: cell_of(events[row][name]),
            problems=problems,
            passing=self.passing,
        )
        for name in names:
            found = [event.get(name) for event in events]
            if name in KINDS:
                batch.columns[name], wrong = _column(found, KINDS[name])
                if wrong is not None:
                    batch.wrong[name] = wrong
            else:
                texts = [cell_of(event[name]) if name in event else None for event in events]
                batch.unknown[name] = pa.array(texts, pa.string())
        self.unknown |= batch.unknown.keys()
        return batch


def _column(found: list[Any], kind: Kind) -> tuple[pa.Array, Mask | None]:
    """One field of all events, and the rows whose value the column cannot hold."""
    allowed = _ALLOWED.get(kind, _TEXT)
    types = set(map(type, found))
    types.discard(_NOTHING)
    wrong: Mask | None = None
    if not types <= allowed or (list in types and not _lists_of_text(found)):
        wrong = np.array([value is not None and not _fits(value, allowed) for value in found])
        found = [None if bad else value for value, bad in zip(found, wrong, strict=True)]
    if bool in allowed:
        return pa.array(found, pa.bool_()), wrong
    arrow = pa.list_(pa.string()) if list in allowed else pa.string()
    return pa.array(found, arrow), wrong


def _lists_of_text(found: list[Any]) -> bool:
    return all(type(item) is str for value in found if value for item in value)


def _fits(value: object, allowed: frozenset[type]) -> bool:
    if type(value) not in allowed:
        return False
    return not isinstance(value, list) or all(type(item) is str for item in value)


def read_jsonl(stream: BinaryIO) -> Iterator[Batch]:
    """Batches of events of a stream of JSON Lines."""
    columns = Columns(passing=True)
    events: list[Event] = []
    numbers: list[int] = []
    problems: list[Problem] = []
    blank = bad = size = 0
    for number, line in _lines(stream):
        size += len(line)
        if not (line := line.strip(b" \t\r")):
            blank += 1
            if blank > BLANK_LINES_MOST:
                problems.append(Problem(number, f"more than {BLANK_LINES_MOST} blank lines, reading stopped here"))
                break
            continue
        try:
            events.append(_event(line))
            numbers.append(number)
        except ValueError as error:
            problems.append(Problem(number, str(error)))
            bad += 1
            if bad >= BAD_LINES_MOST or isinstance(error, _TooLong):
                break
        if len(events) >= BATCH_LINES or size >= BATCH_BYTES:
            yield columns.batch(events, numbers, problems)
            events, numbers, problems, size = [], [], [], 0
        if len(columns.unknown) > UNKNOWN_FIELDS_MOST:
            problems.append(Problem(number, f"more than {UNKNOWN_FIELDS_MOST} unknown fields, reading stopped here"))
            break
    yield columns.batch(events, numbers, problems)


class _TooLong(ValueError):
    pass


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Numbered lines without their line feed, none much longer than the limit."""
    number = 0
    rest = b""
    while block := stream.read(_BLOCK_BYTES):
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            number += 1
            yield number, line.removeprefix(_BOM) if number == 1 else line
        if len(rest) > LINE_BYTES_MOST:
            break
    if rest:
        yield number + 1, rest.removeprefix(_BOM) if number == 0 else rest


_BLOCK_BYTES = 1 << 18
_BOM = b"\xef\xbb\xbf"


def _event(line: bytes) -> Event:
    """The event in a line, or ValueError."""
    if len(line) > LINE_BYTES_MOST:
        raise _TooLong(f"longer than {LINE_BYTES_MOST} bytes, expected one event a line, reading stopped here")
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start + 1} is 0x{line[error.start]:02x}, expected UTF-8") from None
    event = parse(text)
    if type(event) is not dict:
        raise ValueError(f"holds {shown(event)}, expected a JSON object")
    return event


def batch_of_events(events: Iterable[Event]) -> Batch:
    """Events in memory as one batch; the first one's line is 1."""
    kept: list[Event] = []
    numbers: list[int] = []
    problems: list[Problem] = []
    for number, event in enumerate(events, 1):
        try:
            kept.append({name: _as_json(value) for name, value in event.items()})
            numbers.append(number)
        except ValueError as error:
            problems.append(Problem(number, str(error)))
    return Columns().batch(kept, numbers, problems)


def _as_json(value: object) -> object:
    """A Python value as JSON gives it: numbers as text, times and days written out."""
    convert = _CONVERT.get(type(value))
    return value if convert is None else convert(value)


def _text(value: str) -> str:
    if not value.isascii():
        refuse_halves(value)
    return value


def _time(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError(f"holds the time {value.isoformat()} without a zone, expected one with a zone")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _float(value: float) -> object:
    raise ValueError(f"holds the float {value!r}, expected Decimal, int or text")


_CONVERT: dict[type, Callable[[Any], object]] = {
    str: _text,
    int: lambda value: Number(value),
    Decimal: lambda value: Number(f"{value:f}"),
    datetime: _time,
    date: date.isoformat,
    float: _float,
    tuple: lambda value: [_as_json(inner) for inner in value],
    list: lambda value: [_as_json(inner) for inner in value],
    dict: lambda value: {name: _as_json(inner) for name, inner in value.items()},
}
