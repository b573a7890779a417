"""Events as CSV: a header of field names, a record an event, an empty cell where a field is absent."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from honeyguide.program.phrases import Phrase, PhraseError, recognized

from . import values
from .batches import Batch
from .fields import BAD_LINES_MOST, BLANK_LINES_MOST, KINDS, LINE_BYTES_MOST
from .jsontext import shown
from .lines import TooLongError, decoded, numbered_lines, too_blank
from .problems import FormError, Problem
from .tables import check_header, with_references

BATCH_RECORDS = 1 << 15
BATCH_BYTES = 8 << 20


class _Records:
    """The records of a stream, each with the number of its first line."""

    def __init__(self, stream: BinaryIO) -> None:
        self.lines = numbered_lines(stream)
        self.bytes = 0  # of all lines so far
        self.before = 0  # bytes up to the record
        self.last = 0  # number of the last line read
        self.faults: list[Phrase] = []  # of lines of the record
        self.reader = csv.reader(self._texts(), strict=True)

    def _texts(self) -> Iterator[str]:
        for number, line in self.lines:
            self.last = number
            self.bytes += len(line) + 1
            if self.bytes - self.before > LINE_BYTES_MOST:
                raise TooLongError(Phrase("a quote that is closed and one event a record"))
            try:
                yield decoded(line) + "\n"
            except PhraseError as error:
                self.faults.append(error.phrase)
                yield line.decode(errors="replace") + "\n"

    def __iter__(self) -> Iterator[tuple[int, list[str] | Phrase]]:
        """Each record's first line and its cells, or what is wrong with it."""
        while True:
            self.before, start = self.bytes, self.last + 1
            self.faults.clear()
            try:
                cells = next(self.reader)
            except StopIteration:
                return
            except TooLongError as error:
                yield start, error.phrase
                return
            except csv.Error as error:
                yield start, no_csv(error)
                continue
            yield start, self.faults[0] if self.faults else cells


_FAULTS = (
    Phrase("unexpected end of data"),
    Phrase("',' expected after '\"'"),
    Phrase("new-line character seen in unquoted field - do you need to open the file with newline=''?"),
)
"""What the csv module finds wrong."""


def no_csv(error: csv.Error) -> Phrase:
    """A record that cannot be read."""
    return Phrase("not CSV: {fault}", fault=recognized(str(error), _FAULTS))


def read_csv(stream: BinaryIO) -> Iterator[Batch]:
    """Batches of events of a stream of CSV."""
    csv.field_size_limit(max(csv.field_size_limit(), LINE_BYTES_MOST))
    records = _Records(stream)
    iterator = iter(records)
    names = _header(iterator)
    reading = _Reading(names)
    begun = records.bytes
    for line, cells in iterator:
        if not reading.add(line, cells):
            yield replace(reading.batch(), stopped=True)
            return
        if len(reading.lines) >= BATCH_RECORDS or records.bytes - begun >= BATCH_BYTES:
            yield reading.batch()
            begun = records.bytes
    yield reading.batch()


def _header(records: Iterator[tuple[int, list[str] | Phrase]]) -> list[str]:
    line, names = next(records, (1, Phrase("is empty, expected a header with the names of fields")))
    if isinstance(names, Phrase):
        raise FormError(names, line)
    check_header(names, line)
    return names


def other_cells(count: int, expected: int) -> Phrase:
    """A record that is longer or shorter than the header."""
    return Phrase("has {count} cells, expected {expected} as in the header", count=count, expected=expected)


class _Reading:
    """Records on their way to batches."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.blank = self.bad = 0
        self._clear()

    def _clear(self) -> None:
        self.rows: list[list[str]] = []
        self.lines: list[int] = []
        self.problems: list[Problem] = []

    def add(self, line: int, cells: list[str] | Phrase) -> bool:
        """Add a record; whether reading goes on."""
        if not cells:
            self.blank += 1
            if self.blank > BLANK_LINES_MOST:
                self.problems.append(Problem(line, too_blank()))
            return self.blank <= BLANK_LINES_MOST
        if isinstance(cells, list) and len(cells) != len(self.names):
            cells = other_cells(len(cells), len(self.names))
        if isinstance(cells, Phrase):
            self.problems.append(Problem(line, cells))
            self.bad += 1
            return self.bad < BAD_LINES_MOST
        self.rows.append(cells)
        self.lines.append(line)
        return True

    def batch(self) -> Batch:
        """What was read since the last batch."""
        rows, names = self.rows, self.names
        columns: dict[str, pa.Array] = {}
        unknown: dict[str, pa.Array] = {}
        for name, cells in zip(names, zip(*rows, strict=True), strict=False):
            column = pa.array(cells, pa.string())
            empty = values.byte_lengths(column) == 0
            if empty.all():
                continue
            column = pc.if_else(pa.array(~empty), column, pa.scalar(None, pa.string()))
            (columns if name in KINDS else unknown)[name] = column
        places = {name: place for place, name in enumerate(names)}
        for name in ("report", "checklist"):  # a column whose cells are all empty, where they have a meaning
            if name in places and name not in columns and "type" in columns:
                columns[name] = pa.nulls(len(rows), pa.string())
        batch = Batch(
            lines=np.array(self.lines, np.int64),
            columns=with_references(columns) if "type" in columns else columns,
            show=lambda row, name: shown(rows[row][places[name]]),
            unknown=unknown,
            problems=self.problems,
            passing=True,
        )
        self._clear()
        return batch
