"""Events in Parquet files, some row groups at a time."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from honeyguide.program.phrases import Phrase, recognized

from . import values
from .batches import Batch
from .fields import KINDS, Kind
from .instants import Ints
from .problems import FormError
from .raw import cells, shown_at
from .tables import check_header, with_references

BATCH_ROWS = 1 << 20
CODED = tuple(
    name
    for name, kind in KINDS.items()
    if kind in (Kind.TYPE, Kind.PARTNER, Kind.WORD, Kind.WORDS) or name in ("course", "currency")
)
"""Columns with few different values, whose codes are read in place of texts."""

type Part = tuple[int, int, int]
"""Row groups from the first up to the second, and the rows before them."""


class ParquetEvents:
    """The events of a Parquet file, or of some of its row groups, which can be read more than once."""

    def __init__(self, path: Path, groups: range | None = None) -> None:
        """Open the file and check its columns. Rows are numbered in the file as a whole, whatever the row groups."""
        path.open("rb").close()  # a file that is not there is no broken one
        try:
            with pq.ParquetFile(path) as file:
                paths = [file.schema.column(place).path for place in range(len(file.schema))]
            coded = [name for name in paths if name.split(".", 1)[0] in CODED]
            self.file = pq.ParquetFile(path, read_dictionary=coded, memory_map=True)
            self.names: list[str] = self.file.schema_arrow.names
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise no_parquet(error) from None
        self.count: int = self.file.metadata.num_rows
        check_header(self.names)
        self.groups = range(self.file.num_row_groups) if groups is None else groups

    def batches(self, unknown: bool = False) -> Iterator[Batch]:
        """All rows in batches, with or without the fields that no type has."""
        for start, table in self._tables([name for name in self.names if unknown or name in KINDS]):
            yield _batch(table, range(start + 1, start + 1 + table.num_rows))

    def rows(self, rows: Ints) -> Iterator[Batch]:
        """Some rows, numbered from 0 in ascending order, with all their fields."""
        for start, table in self._tables(self.names):
            inside = rows[(rows >= start) & (rows < start + table.num_rows)]
            if len(inside):
                yield _batch(table.take(pa.array(inside - start)), inside + 1)

    def _tables(self, names: Sequence[str]) -> Iterator[tuple[int, pa.Table]]:
        """Parts of the file, the next one being read while one is looked at."""
        with ThreadPoolExecutor(1) as reader:
            parts = self._read(names)
            following = reader.submit(next, parts, None)
            while (part := _result(following)) is not None:
                following = reader.submit(next, parts, None)
                yield part

    def _read(self, names: Sequence[str]) -> Iterator[tuple[int, pa.Table]]:
        for first, stop, before in self._parts():
            start = before
            rows = sum(self.file.metadata.row_group(place).num_rows for place in range(first, stop))
            if rows <= 2 * BATCH_ROWS:
                yield before, self.file.read_row_groups(range(first, stop), columns=names)
                continue
            for batch in self.file.iter_batches(BATCH_ROWS, range(first, stop), columns=names):
                yield start, pa.Table.from_batches([batch])
                start += batch.num_rows

    def _parts(self) -> Iterator[Part]:
        """Row groups that are read together."""
        sizes = [self.file.metadata.row_group(place).num_rows for place in range(self.groups.stop)]
        first, before, rows = self.groups.start, sum(sizes[: self.groups.start]), 0
        for place in self.groups:
            more = sizes[place]
            if rows and rows + more > BATCH_ROWS:
                yield first, place, before
                first, before, rows = place, before + rows, 0
            rows += more
        if rows:
            yield first, self.groups.stop, before


def _result(future: Any) -> tuple[int, pa.Table] | None:
    try:
        found: tuple[int, pa.Table] | None = future.result()
    except (pa.ArrowException, OSError) as error:
        raise no_parquet(error) from None
    return found


_FAULTS = (
    Phrase("Parquet magic bytes not found in footer. Either the file is corrupted or this is not a parquet file."),
    Phrase("Parquet file size is 0 bytes"),
)
"""What is most often found wrong by the library, in its words."""


def no_parquet(error: Exception) -> FormError:
    """A file, or a part of it, that cannot be read."""
    return FormError(Phrase("cannot be read as Parquet: {fault}", fault=recognized(_first_line(error), _FAULTS)))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _batch(table: pa.Table, lines: range | Ints) -> Batch:
    columns: dict[str, pa.Array] = {}
    unknown: dict[str, pa.Array] = {}
    for name in table.column_names:
        try:
            column = _whole(table[name])
            if not (pa.types.is_primitive(column.type) or values.is_ascii(column)):
                column.validate(full=True)
        except pa.ArrowInvalid as error:
            raise FormError(Phrase("column {name} is broken: {fault}", name=name, fault=_first_line(error))) from None
        if name in KINDS:
            columns[name] = column
        else:
            unknown[name] = cells(column)
    return Batch(
        lines=lines,
        columns=with_references(columns),
        show=lambda row, name: shown_at(columns[name], row),
        unknown=unknown,
    )


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """The column in one piece, its text as text."""
    if column.num_chunks == 1:
        whole = column.chunk(0)
    else:
        whole = (column.unify_dictionaries() if values.is_text(column.type) else column).combine_chunks()
    if pa.types.is_binary(whole.type) or pa.types.is_large_binary(whole.type):
        return whole.cast(pa.string())
    return whole
