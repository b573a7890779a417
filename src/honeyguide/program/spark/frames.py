"""Frames of events on their way between partitions.

A partition's events travel as Arrow in bytes: written once by the sender, taken as they are by the receiver.
Texts stay texts on the way, because codes mean something in one partition only.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import cast

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from honeyguide.program.history import references
from honeyguide.program.history.batches import Piece
from honeyguide.program.history.events import EVENT_COLUMNS, NONE, History
from honeyguide.program.history.pieces import DTYPES, FILL
from honeyguide.program.history.values import Coded

type Ints = npt.NDArray[np.int64]
type Blob = tuple[int, bytes]
"""The number of the partition that it goes to, and an Arrow stream."""

CODED = ("partner", "client", "word")
NUMBERS = tuple(name for name in EVENT_COLUMNS if name not in (*CODED, "target"))


def table_of(piece: Piece, first: int) -> pa.Table:
    """A checked batch, whose first row has the place `first`.

    Columns: place, bad; NUMBERS; partner, client, word (texts), ident; name, country of applications, else null.
    """
    rows = len(piece)
    bad = np.zeros(rows, np.bool_)
    bad[piece.bad] = True
    columns: dict[str, pa.Array] = {"place": pa.array(np.arange(first, first + rows)), "bad": pa.array(bad)}
    for name in NUMBERS:
        column = piece.columns.get(name)
        columns[name] = pa.array(np.full(rows, FILL[name], DTYPES[name]) if column is None else column)
    for name in CODED:
        columns[name] = _texts(getattr(piece, name), rows)
    columns["ident"] = piece.idents.cast(pa.large_string())
    applied = np.full(rows, NONE)
    applied[piece.applications["row"].to_numpy()] = np.arange(piece.applications.height)
    for name in ("name", "country"):
        texts = piece.applications[name].to_arrow().cast(pa.large_string())
        columns[name] = texts.take(pa.array(applied, mask=applied < 0))
    return pa.table(columns)


def _texts(column: Coded | None, rows: int) -> pa.Array:
    if column is None:
        return pa.nulls(rows, pa.large_string())
    return column.values.cast(pa.large_string()).take(pa.array(column.codes, mask=column.codes < 0))


def split(table: pa.Table, buckets: npt.NDArray[np.integer]) -> Iterator[Blob]:
    """The table's rows by the partition that each goes to."""
    order = np.argsort(buckets, kind="stable")
    ordered = buckets[order]
    table = table.take(pa.array(order))
    edges = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(ordered) else np.zeros(0, np.int64)
    for start, stop in zip(edges.tolist(), [*edges[1:].tolist(), len(ordered)], strict=False):
        yield int(ordered[start]), to_bytes(table.slice(start, stop - start))


def by_hash(texts: pa.ChunkedArray, partitions: int) -> npt.NDArray[np.uint64]:
    """A partition for each text, the same on every machine with the same version of the packages."""
    return cast(npt.NDArray[np.uint64], pl.Series(texts).hash(seed=11).to_numpy() % np.uint64(partitions))


def by_range(texts: pa.ChunkedArray, bounds: list[str]) -> Ints:
    """A partition for each text, so that partitions one after another hold the texts in their order."""
    coded = texts.combine_chunks().dictionary_encode()
    distinct = pl.Series(coded.dictionary)
    places: Ints = pl.Series(bounds, dtype=pl.String).search_sorted(distinct, side="right").to_numpy().astype(np.int64)
    found: Ints = places[coded.indices.to_numpy()]
    return found


def to_bytes(table: pa.Table) -> bytes:
    """The table as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table.combine_chunks())
    blob: bytes = sink.getvalue().to_pybytes()
    return blob


def from_bytes(blob: bytes) -> pa.Table:
    """The table of an Arrow stream."""
    return pa.ipc.open_stream(blob).read_all()


def gathered(blobs: Iterable[bytes]) -> pl.DataFrame | None:
    """The rows that came to a partition in order of their places; None if there are none."""
    tables = [from_bytes(blob) for blob in blobs]
    if not tables:
        return None
    return cast(pl.DataFrame, pl.from_arrow(pa.concat_tables(tables))).sort("place")


def without(table: pa.Table, dropped: Ints) -> pa.Table:
    """The table without the rows at some places, given in ascending order."""
    if not len(dropped):
        return table
    return table.filter(pc.invert(pa.array(found_in(table["place"].to_numpy(), dropped))))


def found_in[T: np.generic](places: npt.NDArray[T], some: npt.NDArray[T]) -> npt.NDArray[np.bool_]:
    """Which places (or other numbers) are among some, given in ascending order."""
    if not len(some):
        return np.zeros(len(places), np.bool_)
    return cast(npt.NDArray[np.bool_], some[np.minimum(np.searchsorted(some, places), len(some) - 1)] == places)


def coded(texts: pl.Series) -> tuple[pl.Series, npt.NDArray[np.int32]]:
    """The texts, each once and sorted, and each row's position among them; NONE for null."""
    table = texts.drop_nulls().unique().sort()
    if table.is_empty():
        return table, np.full(len(texts), NONE, np.int32)
    codes = texts.cast(pl.Enum(table)).to_physical().cast(pl.Int32).fill_null(NONE)
    return table, codes.to_numpy()


def resolved(
    frame: pl.DataFrame, partners: pl.Series, partner: npt.NDArray[np.int32], line_of: Callable[[int], object]
) -> references.Resolved:
    """What the events of a partition refer to, as far as it lies in the partition. Rows are those of the frame."""
    return references.resolve(
        references.Events(
            types=frame["type"].to_numpy(),
            at_us=frame["at_us"].to_numpy(),
            partner=partner,
            partners=partners,
            idents=frame["ident"],
            amount_minor=frame["amount_minor"].to_numpy(),
            bad=frame["bad"].to_numpy(),
            line_of=line_of,
        )
    )


def history_of(frame: pl.DataFrame, target: Ints | None = None) -> History:
    """The history of a partition's events, ordered by place, whose references lie in the partition.

    With `target` they are known already, and amounts settled; columns that the frame lacks are filled.
    """
    tables: dict[str, pl.Series] = {}
    columns: dict[str, npt.NDArray[np.int32] | Ints] = {}
    for name in CODED:
        tables[name], columns[name] = (
            coded(frame[name]) if name in frame else (_NO_TEXT, np.full(frame.height, NONE, np.int32))
        )
    if target is None:
        found = resolved(frame, tables["partner"], columns["partner"].astype(np.int32, copy=False), int)
        assert not found.broken, "partitions are replayed after they were found valid"
        target, columns["amount_minor"] = found.target, found.amount_minor
    columns["target"] = target
    series = []
    for name, dtype in EVENT_COLUMNS.items():
        if name in columns:
            series.append(pl.Series(name, columns[name], dtype=dtype))
        elif name in frame:
            series.append(frame[name].cast(dtype))
        else:
            series.append(pl.Series(name, [FILL[name]], dtype=dtype).new_from_index(0, frame.height).alias(name))
    idents = frame["ident"] if "ident" in frame else pl.Series("", [""]).new_from_index(0, frame.height)
    return History(
        pl.DataFrame(series), idents, tables["partner"], tables["client"], tables["word"], _applications(frame)
    )


_NO_TEXT = pl.Series([], dtype=pl.String)


def _applications(frame: pl.DataFrame) -> pl.DataFrame:
    if "name" not in frame:
        frame = frame.clear().with_columns(name=pl.lit(None, pl.String), country=pl.lit(None, pl.String))
    return frame.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("row"), "name", "country", pl.lit(None, pl.String).alias("kind")
    ).filter(pl.col("name").is_not_null())
