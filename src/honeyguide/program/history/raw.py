"""Raw events: a frame with one typed column a field, on the way from one form to another.

A field that the event's type does not take is kept in `other:FIELD`; a field that no type has in a column of its name.
Both hold the text of a cell (jsontext.cell_of), so that any JSON value comes back as it was.
"""

import zlib
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from honeyguide.program.phrases import Phrase

from . import values
from .batches import Batch, Digests
from .check import Checked, Rows, check
from .fields import FIELDS_BY_TYPE, KINDS, REQUIRES, TAKES, Kind
from .jsontext import cell_of, dump, parse, shown
from .problems import FormError

OTHER = "other:"
"""Begins the column of a known field's values in events that do not take it."""


def field_of(column: str) -> str:
    """The field whose values a column of raw events holds."""
    name = column.removeprefix(OTHER)
    return name if name in KINDS else column


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


def raw_batch(batch: Batch) -> pl.DataFrame:
    """The batch as raw events. What is bad in it is left out."""
    return raw_of(batch, check(batch))


def batch_of_raw(frame: pl.DataFrame) -> Batch:
    """Raw events as a batch; the first one's line is 1."""
    columns = {column.name: column.rechunk().to_arrow() for column in frame.get_columns()}
    return Batch(
        lines=range(1, frame.height + 1),
        columns={name: column for name, column in columns.items() if name in KINDS},
        show=lambda row, name: shown_at(columns[name], row),
        unknown={name: cells(column) for name, column in columns.items() if name not in KINDS},
    )


def raw_of(batch: Batch, checked: Checked) -> pl.DataFrame:
    """The checked batch as raw events. What is bad in it is left out."""
    rows = len(checked)
    columns = {name: _series(batch, checked, name) for name in RAW_SCHEMA}
    for name in batch.columns.keys() | batch.wrong.keys():
        strays = _stray_rows(batch, checked, name)
        if len(strays):
            columns[OTHER + name] = pl.Series(
                OTHER + name, values.spread(_stray_cells(batch, name, strays), strays, rows)
            )
    for name, column in batch.unknown.items():
        series = pl.Series(name, column, pl.String)
        columns[name] = series if name not in columns else columns[name].zip_with(columns[name].is_not_null(), series)
    return pl.DataFrame(columns)


def _series(batch: Batch, checked: Checked, name: str) -> pl.Series:
    """A field's column, typed, without the values that are bad or stray."""
    dtype = RAW_SCHEMA[name]
    cells = checked.cells.get(name)
    if name == "type" and name in batch.columns:
        return pl.Series(name, values.plain(batch.columns[name]), pl.String)
    if cells is None or not len(cells.rows):
        return pl.Series(name, [None], dtype).new_from_index(0, len(checked))
    if KINDS[name] in (Kind.WORD, Kind.WORDS):
        column = batch.columns[name]
        found = column.take(pa.array(cells.rows))
        found = values.plain(found) if KINDS[name] is Kind.WORD else values.lists(found, name)
    elif isinstance(cells.found, values.Coded):
        found = cells.found.values.take(pa.array(cells.found.codes))
    elif isinstance(cells.found, pa.Array):
        found = cells.found
    else:
        found = _typed(cells.found, dtype)
    found = values.plain(found) if values.is_text(found.type) else found
    return _without_blanks(pl.Series(name, values.spread(found, cells.rows, len(checked)), dtype), checked)


def _without_blanks(column: pl.Series, checked: Checked) -> pl.Series:
    """The column with nulls for what is empty and need not be there."""
    kind = KINDS[column.name]
    if kind not in (Kind.TEXT, Kind.WORDS):
        return column
    empty = column.list.len() == 0 if kind is Kind.WORDS else column == ""
    if not empty.any():
        return column
    return column.set(empty & pl.Series(~REQUIRES[column.name][checked.types]), None)


def _typed(numbers: npt.NDArray[Any], dtype: pl.DataType) -> pa.Array:
    """Numbers in the Arrow form of a column."""
    if isinstance(dtype, pl.Decimal):  # whole hundredths as decimals, without a detour over floats
        pairs = np.empty((len(numbers), 2), np.int64)
        pairs[:, 0], pairs[:, 1] = numbers, 0
        buffers = [None, pa.py_buffer(pairs.tobytes())]
        return pa.Array.from_buffers(pa.decimal128(dtype.precision, dtype.scale), len(numbers), buffers)
    if isinstance(dtype, pl.Datetime):
        return pa.array(numbers, pa.int64()).cast(pa.timestamp("us", "UTC"))
    if isinstance(dtype, pl.Boolean):
        return pa.array(numbers == 1)
    return pa.array(numbers.astype(np.int32)).cast(pa.date32()) if isinstance(dtype, pl.Date) else pa.array(numbers)


def _stray_rows(batch: Batch, checked: Checked, name: str) -> Rows:
    """Rows that have a known field which their type does not take."""
    strays = ~TAKES[name][checked.types]
    here = np.zeros(len(checked), np.bool_)
    if name in batch.columns:
        here |= values.present(batch.columns[name])
    if name in batch.wrong:
        here |= batch.wrong[name]
    return np.flatnonzero(strays & here)


def _stray_cells(batch: Batch, name: str, rows: Rows) -> pa.Array:
    """Values of a known field in events that do not take it, as cells."""
    if batch.stray is not None:
        return pa.array([batch.stray(row, name) for row in rows.tolist()], pa.string())
    return cells(batch.columns[name].take(pa.array(rows)))


def cells(array: pa.Array) -> pa.Array:
    """Values of a typed column as cells."""
    kind = array.type
    if values.is_text(kind):
        return values.plain(array).cast(pa.string())
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_decimal(kind):
        return array.cast(pa.string())
    if pa.types.is_timestamp(kind):
        in_utc = array.cast(pa.timestamp(kind.unit, kind.tz and "UTC"))
        return pc.replace_substring(in_utc.cast(pa.string()), " ", "T")
    try:
        found = array.to_pylist()
    except (ValueError, OverflowError):
        raise FormError(Phrase("holds {kind} beyond what can be kept as text", kind=kind)) from None
    return pa.array([None if value is None else cell_of(_json(value)) for value in found], pa.string())


def shown_at(array: pa.Array, row: int) -> str:
    """A value of a column for a message."""
    if pa.types.is_timestamp(array.type):
        return shown(cells(array.slice(row, 1))[0].as_py())
    return shown(_json(array[row].as_py()))


def _json(value: Any) -> Any:
    """A value of a typed column as JSON has it; what JSON has no form for, as text."""
    if isinstance(value, dict):
        return {str(name): _json(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json(inner) for inner in value]
    if isinstance(value, bytes):
        return value.hex()
    return value if value is None or isinstance(value, str | bool | int | Decimal) else str(value)


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
    return [
        _with_default(column, frame["type"]) if column.name in KINDS else _sorted_json(column)
        for column in frame.get_columns()
    ]


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
