"""Raw events: a frame with one typed column a field, on the way from one form to another.

A field that the event's type does not take is kept in `other:FIELD`; a field that no type has in a column of its name.
Both hold the text of a cell (jsontext.cell_of), so that any JSON value comes back as it was.
"""

import zlib

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from . import values
from .batches import Batch, Digests
from .check import Checked
from .fields import FIELDS_BY_TYPE, KINDS, TAKES, Kind
from .instants import Mask
from .jsontext import dump, parse

OTHER = "other:"
"""Begins the column of a known field's values in events that do not take it."""

_DTYPES: dict[Kind, pl.DataType] = {
    Kind.AT: pl.Datetime("us", "UTC"),
    Kind.MONEY: pl.Decimal(18, 2),
    Kind.PERCENT: pl.Decimal(5, 2),
    Kind.WHOLE: pl.Int64(),
    Kind.BOOL: pl.Boolean(),
    Kind.DAY: pl.Date(),
    Kind.WORDS: pl.List(pl.String()),
    Kind.IDENTS: pl.List(pl.String()),
}
RAW_SCHEMA: dict[str, pl.DataType] = {name: _DTYPES.get(kind, pl.String()) for name, kind in KINDS.items()}
"""One column a field, in the order in which writers put them."""


def raw_of(batch: Batch, checked: Checked) -> pl.DataFrame:
    """The checked batch as raw events. What is bad in it is left out."""
    columns = {
        name: _series(batch, checked, name)
        if name in checked.used or name == "type"
        else pl.Series(name, [None], dtype)
        for name, dtype in RAW_SCHEMA.items()
    }
    rows = len(batch.lines)
    columns = {name: column.new_from_index(0, rows) if column.is_empty() or len(column) != rows else column
               for name, column in columns.items()}  # fmt: skip
    for name, column in batch.columns.items():
        strays = values.present(column) & ~TAKES[name][checked.types]
        wrong = batch.wrong.get(name)
        if wrong is not None:
            strays |= wrong & ~TAKES[name][checked.types]
        if strays.any():
            columns[OTHER + name] = _strays(batch, name, strays)
    for name, column in batch.unknown.items():
        columns[name] = pl.Series(name, column, pl.String)
    return pl.DataFrame(columns)


def _series(batch: Batch, checked: Checked, name: str) -> pl.Series:
    """A field's column, typed, without the rows that do not use it."""
    use, found, dtype = checked.used.get(name), checked.found.get(name), RAW_SCHEMA[name]
    column = batch.columns[name]
    if name == "type":
        return pl.Series(name, values.plain(column), pl.String)
    assert use is not None
    mask = pa.array(use)
    if isinstance(dtype, pl.String):
        return pl.Series(name, pc.if_else(mask, values.plain(column), None), pl.String)
    if isinstance(dtype, pl.List):
        return pl.Series(name, pc.if_else(mask, values.lists(column, name), None), dtype)
    assert isinstance(found, np.ndarray)
    numbers = pl.Series(name, found.astype(np.int64)).zip_with(pl.Series(use), pl.Series([None], dtype=pl.Int64))
    if isinstance(dtype, pl.Decimal):
        return _hundredths(numbers, dtype)
    return numbers.cast(pl.Int32).cast(dtype) if dtype == pl.Date else numbers.cast(dtype)


def _hundredths(numbers: pl.Series, dtype: pl.Decimal) -> pl.Series:
    """Whole hundredths as decimals, without a detour over floats."""
    low = numbers.fill_null(0).to_numpy()
    pairs = np.empty((len(low), 2), np.int64)
    pairs[:, 0], pairs[:, 1] = low, low >> 63
    decimals = pa.Array.from_buffers(
        pa.decimal128(dtype.precision, dtype.scale), len(low), [None, pa.py_buffer(pairs.tobytes())]
    )
    series = pl.Series(numbers.name, decimals, dtype)
    return (
        series if not numbers.null_count() else series.zip_with(numbers.is_not_null(), pl.Series([None], dtype=dtype))
    )


def _strays(batch: Batch, name: str, strays: Mask) -> pl.Series:
    """Values of a known field in events that do not take it, as text."""
    rows = np.flatnonzero(strays)
    if batch.stray is not None:
        texts = pa.array([batch.stray(row, name) for row in rows.tolist()], pa.string())
    else:
        texts = cells(batch.columns[name].take(pa.array(rows)))
    places = np.full(len(strays), -1)
    places[rows] = np.arange(len(rows))
    return pl.Series(OTHER + name, texts.take(pa.array(places, mask=places < 0)), pl.String)


def cells(array: pa.Array) -> pa.Array:
    """Values of a typed column as cells."""
    kind = array.type
    if values.is_text(kind):
        return values.plain(array).cast(pa.string())
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_decimal(kind):
        return array.cast(pa.string())
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return (
            pl.Series(array.cast(pa.timestamp("us", "UTC"), safe=False))
            .dt.strftime("%FT%T%.6fZ")
            .to_arrow()
            .cast(pa.string())
        )
    texts = [None if value is None else _json(value) for value in array.to_pylist()]
    return pa.array(texts, pa.string())


def _json(value: object) -> str:
    if isinstance(value, bytes):
        value = value.hex()
    if isinstance(value, dict | list | tuple | str) or value is None:
        return dump(value)
    return str(value)


def digests_of(frame: pl.DataFrame) -> Digests:
    """Two numbers a row that are the same for equal content, whichever columns stand beside."""
    totals = np.zeros((frame.height, 2), np.uint64)
    for column in _canonical(frame):
        if column.null_count() == len(column):
            continue
        here = column.is_not_null().to_numpy()
        name = zlib.crc32(column.name.encode())
        for place in range(totals.shape[1]):
            hashes = column.hash(seed=2 * name + place).to_numpy()
            totals[:, place] += np.where(here, hashes, np.uint64(0))
    return totals


def _canonical(frame: pl.DataFrame) -> list[pl.Series]:
    """The columns with defaults put in, and without differences that mean nothing."""
    found = []
    for column in frame.get_columns():
        kind = KINDS.get(column.name)
        if kind is Kind.TEXT:
            column = column.replace("", None)
        elif kind is Kind.WORDS:
            column = column.set(column.list.len() == 0, None)
        elif kind is None:
            column = _sorted_json(column)
        found.append(_with_default(column, frame["type"]))
    return found


def _with_default(column: pl.Series, types: pl.Series) -> pl.Series:
    for event_type, fields in FIELDS_BY_TYPE.items():
        for field in fields:
            if field.name == column.name and field.default is not None:
                filled = column.fill_null(pl.Series([field.default], dtype=column.dtype).item())
                return filled.zip_with(types == event_type, column)
    return column


def _sorted_json(column: pl.Series) -> pl.Series:
    """Lists and objects in unknown fields with their names in order."""
    nested = column.str.contains(r"^[\[{]")
    if not nested.any():
        return column
    table = {cell: _sorted(cell) for cell in column.filter(nested).unique().to_list()}
    return column.replace(table)


def _sorted(cell: str) -> str:
    def ordered(value: object) -> object:
        if isinstance(value, dict):
            return {name: ordered(value[name]) for name in sorted(value)}
        return [ordered(inner) for inner in value] if isinstance(value, list) else value

    try:
        return dump(ordered(parse(cell)))
    except ValueError:
        return cell
