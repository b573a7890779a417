"""From a checked batch to the engine's columns."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from . import values
from .batches import Batch, Digests, Piece
from .check import MODULE_CLASSES, Checked, check, choices_of, describe
from .events import EVENT_COLUMNS, NONE
from .fields import codes_of
from .instants import Mask
from .raw import digests_of, raw_of

type Column = npt.NDArray[Any]

(SALE,) = codes_of("sale.paid")
(REFUND,) = codes_of("sale.refunded")
(DELIVERED,) = codes_of("project.delivered")
(DECIDED,) = codes_of("points.decided")
(APPLIED,) = codes_of("partner.applied")
(APPLIED_RULE,) = codes_of("measure.applied")

ALL_THAT_IS_LEFT = -1
"""Stands in amount_minor for a refund's absent amount, until it is worked out."""

FILL: dict[str, int] = {
    "at_us": 0,
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

_IDENTS = ("sale", "project", "award", "exchange", "lead")
_WORDS = ("course", "requirement", "product", "measure")


def dtype_of(name: str) -> npt.DTypeLike:
    """The NumPy type of a column of History.events."""
    return pl.Series([], dtype=EVENT_COLUMNS[name]).to_numpy().dtype


_DTYPES = {name: dtype_of(name) for name in EVENT_COLUMNS}


def piece_of(batch: Batch, problems_wanted: int) -> Piece:
    """Check the batch and keep what the engine needs of it, and so many of its problems in words."""
    checked = check(batch)
    bad = checked.bad()
    problems = list(batch.problems)
    if checked.faults:
        problems += describe(batch, checked, bad, problems_wanted)
    partner, timed = checked.found.get("partner"), checked.used.get("at")
    rows = len(batch.lines)
    if not isinstance(partner, values.Coded):
        partner = _no_words(rows)
    ids = batch.columns.get("id")
    if ids is not None and ids.null_count == len(ids):
        ids = None
    return Piece(
        lines=batch.lines,
        bad=bad,
        problems=problems,
        columns=_columns(checked),
        timed=np.zeros(rows, np.bool_) if timed is None else timed,
        partner=_limited(partner, checked.used.get("partner")),
        client=_client(checked),
        word=_word(checked),
        idents=_idents(checked),
        ids=None if ids is None else values.plain(ids),
        applications=_applications(batch, checked),
        digests=None if ids is None else _digests(batch, checked),
    )


def _digests(batch: Batch, checked: Checked) -> Callable[[], Digests]:
    """The events' digests when they are asked for; worked out now where the batch will be gone by then."""
    if not batch.passing:
        return lambda: digests_of(raw_of(batch, checked))
    digests = digests_of(raw_of(batch, checked))
    return lambda: digests


def _no_words(rows: int) -> values.Coded:
    return values.Coded(pa.array([], pa.string()), np.full(rows, values.ABSENT, np.int32))


def _limited(column: values.Coded, use: Mask | None) -> values.Coded:
    """The column without the rows that are not used."""
    if use is None:
        return _no_words(len(column.codes))
    if use.all():
        return column
    return values.Coded(column.values, np.where(use, column.codes, values.ABSENT))


def _columns(checked: Checked) -> dict[str, Column]:
    """The engine's columns, but those that are the same in every row."""
    columns: dict[str, Column] = {"type": checked.types}
    sales = checked.types == SALE if checked.has(SALE) else None
    _put(columns, checked, "at_us", "at")
    _put(columns, checked, "amount_minor", "net")
    _put(columns, checked, "amount_minor", "amount")
    _put(columns, checked, "points", "points")
    _put(columns, checked, "product", "product", sales)
    _put(columns, checked, "plan", "plan")
    _put(columns, checked, "licences", "licences")
    _put(columns, checked, "seats", "seats")
    _put(columns, checked, "term_months", "term_months")
    _put(columns, checked, "flag", "new_client")
    _put(columns, checked, "flag", "decision")
    _put(columns, checked, "flag", "integration")
    _put(columns, checked, "until_day", "until", checked.types == APPLIED_RULE)
    _put(columns, checked, "percent_hundredths", "percent")
    if sales is not None:
        _default(columns, checked, "plan", "plan", sales, 0)
        _default(columns, checked, "licences", "licences", sales, 1)
    if checked.has(REFUND):
        _default(columns, checked, "amount_minor", "amount", checked.types == REFUND, ALL_THAT_IS_LEFT)
    if checked.has(DELIVERED):
        delivered = checked.types == DELIVERED
        _default(columns, checked, "flag", "integration", delivered, 0)
        columns["documented"] = np.where(delivered, _documented(checked), NONE).astype(np.int8)
    _put_modules(columns, checked)
    return columns


def _put(columns: dict[str, Column], checked: Checked, target: str, name: str, only: Mask | None = None) -> None:
    """Put the values of a field into an engine's column, where the rows use it."""
    found, use = checked.found.get(name), checked.used.get(name)
    if use is None or not isinstance(found, np.ndarray):
        return
    if only is not None:
        use = use & only
    before = columns.get(target)
    fill = FILL[target] if before is None else before
    dtype = _DTYPES[target]
    if before is None and use.all():
        columns[target] = found.astype(dtype, copy=False)
    else:
        columns[target] = np.where(use, found, fill).astype(dtype, copy=False)


def _default(columns: dict[str, Column], checked: Checked, target: str, name: str, rows: Mask, value: int) -> None:
    """Put a value into those of the rows that do not have the field."""
    use = checked.used.get(name)
    lacking = rows if use is None else rows & ~use
    if not lacking.any():
        return
    before = columns.get(target)
    if before is None:
        before = np.full(len(rows), FILL[target], _DTYPES[target])
    columns[target] = np.where(lacking, value, before).astype(_DTYPES[target], copy=False)


def _documented(checked: Checked) -> Mask:
    """Which rows have a report and a checklist that are not empty."""
    both = np.ones(len(checked.types), np.bool_)
    for name in ("report", "checklist"):
        found = checked.found.get(name)
        both &= values.texts_good(found, 1) if isinstance(found, pa.Array) else np.False_
    return both


def _put_modules(columns: dict[str, Column], checked: Checked) -> None:
    found, use = checked.found.get("modules"), checked.used.get("modules")
    if use is None or not isinstance(found, np.ndarray):
        return
    for place in range(MODULE_CLASSES.max() + 1):
        columns[f"modules_{place + 1}"] = np.where(use, found[:, place], 0).astype(np.int32)


def _client(checked: Checked) -> values.Coded | None:
    found, use = checked.found.get("client"), checked.used.get("client")
    if use is None or not isinstance(found, pa.Array):
        return None
    return _limited(values.coded(found), use)


def _word(checked: Checked) -> values.Coded | None:
    """The course, requirement, nfr product or measure."""
    parts: list[pa.Array] = []
    codes: npt.NDArray[np.int32] | None = None
    start = 0
    for name in _WORDS:
        found, use = checked.found.get(name), checked.used.get(name)
        if use is None:
            continue
        if name == "product":
            use = use & (checked.types != SALE)
        if not use.any():
            continue
        if isinstance(found, pa.Array):
            column = values.coded(found)
        else:
            assert isinstance(found, np.ndarray)
            column = values.Coded(pa.array(choices_of(name), pa.string()), found.astype(np.int32))
        if codes is None:
            codes = np.full(len(checked.types), values.ABSENT, np.int32)
        codes = np.where(use, column.codes + start, codes).astype(np.int32)
        parts.append(column.values.cast(pa.string()))
        start += len(column.values)
    return None if codes is None else values.Coded(pa.concat_arrays(parts), codes)


def _idents(checked: Checked) -> pa.Array:
    """The id of what the event is about, "" where there is none."""
    parts: list[pa.Array] = []
    for name in _IDENTS:
        found, use = checked.found.get(name), checked.used.get(name)
        if use is None or not isinstance(found, pa.Array):
            continue
        texts = values.plain(found).cast(pa.string())
        if use.sum() < len(use) - texts.null_count:
            texts = pc.if_else(pa.array(use), texts, pa.scalar(None, pa.string()))
        parts.append(texts)
    if not parts:
        return pa.repeat(pa.scalar("", pa.string()), len(checked.types))
    return pc.coalesce(*parts, pa.scalar("", pa.string()))


def _applications(batch: Batch, checked: Checked) -> pl.DataFrame:
    """Rows of partner.applied: row within the batch, name, country, kind."""
    schema = {"row": pl.Int64, "name": pl.String, "country": pl.String, "kind": pl.String}
    if not checked.has(APPLIED):
        return _EMPTY_APPLICATIONS
    rows = np.flatnonzero(checked.types == APPLIED)
    taken: dict[str, Sequence[str | None]] = {}
    for name in ("name", "country", "kind"):
        column = batch.columns.get(name)
        if name not in checked.used or column is None:
            taken[name] = [None] * len(rows)
        else:
            taken[name] = values.plain(column).take(pa.array(rows)).to_pylist()
    kinds = [kind or None for kind in taken["kind"]]
    return pl.DataFrame({"row": rows, **taken, "kind": kinds}, schema=schema)


_EMPTY_APPLICATIONS = pl.DataFrame(schema={"row": pl.Int64, "name": pl.String, "country": pl.String, "kind": pl.String})
