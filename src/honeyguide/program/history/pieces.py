"""From a checked batch to the engine's columns."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from . import values
from .batches import Batch, Digests, Piece
from .check import MODULE_CLASSES, Cells, Checked, Rows, check, choices_of, describe
from .events import EVENT_COLUMNS, NONE
from .fields import TEXT_CHARACTERS_MOST, codes_of
from .raw import digests_of, raw_of

type Column = npt.NDArray[Any]

(SALE,) = codes_of("sale.paid")
(REFUND,) = codes_of("sale.refunded")
(DELIVERED,) = codes_of("project.delivered")
(APPLIED,) = codes_of("partner.applied")
(LIFTED,) = codes_of("measure.lifted")

ALL_THAT_IS_LEFT = -1
"""Stands in amount_minor for a refund's absent amount, until it is worked out."""

NO_TIME = int(np.iinfo(np.int64).min)
"""Stands in at_us for a time that could not be read."""

FILL: dict[str, int] = {
    "type": 0,
    "partner": NONE,
    "client": NONE,
    "word": NONE,
    "at_us": NO_TIME,
    "amount_minor": 0,
    "points": 0,
    "product": NONE,
    "plan": NONE,
    "licences": 0,
    "seats": 0,
    "modules_1": 0,
    "modules_2": 0,
    "modules_3": 0,
    "term_months": NONE,
    "flag": NONE,
    "documented": NONE,
    "until_day": NONE,
    "percent_hundredths": NONE,
}
"""What the engine's columns hold where an event has nothing for them."""

DTYPES: dict[str, npt.DTypeLike] = {
    name: pl.Series([], dtype=dtype).to_numpy().dtype for name, dtype in EVENT_COLUMNS.items()
}
"""The NumPy types of the engine's columns."""

_NUMBERS = (
    ("at", "at_us"),
    ("net", "amount_minor"),
    ("amount", "amount_minor"),
    ("points", "points"),
    ("product", "product"),
    ("plan", "plan"),
    ("licences", "licences"),
    ("seats", "seats"),
    ("term_months", "term_months"),
    ("new_client", "flag"),
    ("decision", "flag"),
    ("integration", "flag"),
    ("until", "until_day"),
    ("percent", "percent_hundredths"),
)
"""Fields and the columns that they go to."""

_DEFAULTS = (
    (SALE, "plan", 0),
    (SALE, "licences", 1),
    (REFUND, "amount_minor", ALL_THAT_IS_LEFT),
    (DELIVERED, "flag", 0),
    (DELIVERED, "documented", 0),
)
"""What a column holds for a type's events that do not have its field."""

_IDENTS = ("sale", "project", "award", "exchange", "lead")
_WORDS = ("course", "requirement", "product", "measure", "activity")


def piece_of(batch: Batch, problems_wanted: int) -> Piece:
    """Check the batch and keep what the engine needs of it, and so many of its problems in words."""
    checked = check(batch)
    bad = checked.bad()
    ids = batch.columns.get("id")
    if ids is not None and ids.null_count == len(ids):
        ids = None
    return Piece(
        bad=bad,
        problems=describe(batch, checked, bad, problems_wanted) if checked.faults else [],
        columns=_columns(checked),
        partner=_coded(checked, "partner") or values.Coded(_NO_WORDS, np.full(len(checked), NONE, np.int32)),
        client=_coded(checked, "client"),
        word=_word(checked),
        idents=_idents(checked),
        ids=None if ids is None else values.plain(ids),
        applications=_applications(checked),
        digests=None if ids is None else _digests(batch, checked),
    )


_NO_WORDS = pa.array([], pa.string())
_FEW = 1 << 10
"""Rows of a batch that is kept rather than worked out beforehand: one partner's history, the end of a file."""


def _digests(batch: Batch, checked: Checked) -> Callable[[], Digests]:
    """The events' digests when they are asked for; worked out now where the batch is too large to be kept till then."""
    if not batch.passing or len(checked) <= _FEW:
        return lambda: digests_of(raw_of(batch, checked))
    digests = digests_of(raw_of(batch, checked))
    return lambda: digests


def _columns(checked: Checked) -> dict[str, Column]:
    """The engine's columns, but those that are the same in every row."""
    columns: dict[str, Column] = {"type": checked.types}
    for code, target, default in _DEFAULTS:
        if checked.has(code):
            _put(columns, checked, target, checked.rows_of(code), default)
    for name, target in _NUMBERS:
        cells = checked.cells.get(name)
        if cells is not None and len(cells.rows):
            rows, found = _without(checked, name, cells)
            _put(columns, checked, target, rows, found)
    if checked.has(DELIVERED):
        _put(columns, checked, "documented", _documented(checked), 1)
    modules = checked.cells.get("modules")
    if modules is not None and len(modules.rows):
        for place in range(MODULE_CLASSES.max() + 1):
            _put(columns, checked, f"modules_{place + 1}", modules.rows, modules.found[:, place])
    return columns


def _without(checked: Checked, name: str, cells: Cells) -> tuple[Rows, Column]:
    """Rows and values of a field, without those of types that have no use for it."""
    if name == "product" and checked.has(SALE):
        use = checked.types[cells.rows] == SALE
    elif name == "until" and checked.has(LIFTED):
        use = checked.types[cells.rows] != LIFTED
    elif name == "product":
        use = np.zeros(len(cells.rows), np.bool_)
    else:
        return cells.rows, cells.found
    return cells.rows[use], cells.found[use]


def _put(columns: dict[str, Column], checked: Checked, target: str, rows: Rows, found: Column | int) -> None:
    """Put values into some rows of a column."""
    column = columns.get(target)
    if isinstance(found, np.ndarray) and len(rows) == len(checked) and column is None:
        columns[target] = found.astype(DTYPES[target], copy=False)
        return
    if column is None:
        fill = FILL[target]
        column = np.zeros(len(checked), DTYPES[target]) if fill == 0 else np.full(len(checked), fill, DTYPES[target])
        columns[target] = column
    column[rows] = found


def _documented(checked: Checked) -> Rows:
    """Rows that have a report and a checklist that are not empty."""
    both = np.zeros(len(checked), np.int8)
    for name in ("report", "checklist"):
        cells = checked.cells.get(name)
        if cells is not None and len(cells.rows):
            both[cells.rows] += values.lengths_good(cells.found, 1, TEXT_CHARACTERS_MOST)
    return np.flatnonzero(both == 2)


def _coded(checked: Checked, name: str) -> values.Coded | None:
    """A text field by codes for all rows."""
    cells = checked.cells.get(name)
    if cells is None or not len(cells.rows):
        return None
    column = cells.found if isinstance(cells.found, values.Coded) else values.loosely_coded(cells.found)
    if len(cells.rows) == len(checked):
        return column
    codes = np.full(len(checked), NONE, np.int32)
    codes[cells.rows] = column.codes
    return values.Coded(column.values, codes)


def _word(checked: Checked) -> values.Coded | None:
    """The course, requirement, nfr product, measure or activity."""
    parts: list[pa.Array] = []
    codes: npt.NDArray[np.int32] | None = None
    start = 0
    for name in _WORDS:
        cells = checked.cells.get(name)
        if cells is None or not len(cells.rows):
            continue
        rows, found = cells.rows, cells.found
        if name == "product":
            use = checked.types[rows] != SALE
            rows, found = rows[use], found[use]
        if isinstance(found, pa.Array):
            column = values.coded(found)
            words, found = column.values.cast(pa.string()), column.codes
        else:
            words = pa.array(choices_of(name), pa.string())
        if codes is None:
            codes = np.full(len(checked), NONE, np.int32)
        codes[rows] = found + start
        parts.append(words)
        start += len(words)
    return None if codes is None else values.Coded(pa.concat_arrays(parts), codes)


def _idents(checked: Checked) -> pa.Array:
    """The id of what the event is about, "" where there is none."""
    parts: list[pa.Array] = [_NO_IDENT]
    places = np.zeros(len(checked), np.int64)
    start = 1
    for name in _IDENTS:
        cells = checked.cells.get(name)
        if cells is not None and len(cells.rows):
            places[cells.rows] = np.arange(start, start + len(cells.rows))
            parts.append(values.plain(cells.found).cast(pa.string()))
            start += len(cells.rows)
    return pa.concat_arrays(parts).take(pa.array(places))


_NO_IDENT = pa.array([""], pa.string())


def _applications(checked: Checked) -> pl.DataFrame:
    """Rows of partner.applied: row within the batch, name, country, kind."""
    if not checked.has(APPLIED):
        return NO_APPLICATIONS
    rows = checked.rows_of(APPLIED)
    taken: dict[str, pa.Array] = {}
    for name in ("name", "country", "kind"):
        cells = checked.cells.get(name)
        if cells is None or not len(cells.rows):
            taken[name] = pa.nulls(len(rows), pa.string())
            continue
        texts = cells.found
        if isinstance(texts, np.ndarray):
            texts = pa.array(choices_of(name), pa.string()).take(pa.array(texts))
        taken[name] = values.spread(values.plain(texts), np.searchsorted(rows, cells.rows), len(rows))
    return pl.DataFrame({"row": rows, **taken}, schema=NO_APPLICATIONS.schema).with_columns(
        pl.col("kind").replace("", None)
    )


NO_APPLICATIONS = pl.DataFrame(schema={"row": pl.Int64, "name": pl.String, "country": pl.String, "kind": pl.String})
