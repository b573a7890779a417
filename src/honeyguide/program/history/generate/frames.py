"""Frames of events in the history's own form, a slice of the log at a time."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from honeyguide.program.history.events import (
    EVENT_TYPES,
    MEASURES,
    PLANS,
    PRODUCTS,
    PROJECT_MODULES,
    REQUIREMENTS,
    SALE_MODULES,
)
from honeyguide.program.history.fields import ACTIVITIES, DECISIONS
from honeyguide.program.history.generate import log as tables
from honeyguide.program.history.generate.calendar import Mask
from honeyguide.program.history.generate.log import ABSENT, AWARDS, EMPTY, Column
from honeyguide.program.history.raw import RAW_SCHEMA

CURRENCY = "USD"
_MONEY = pl.Decimal(18, 2)
_WORDS: dict[str, Sequence[str]] = {
    "product": PRODUCTS,
    "plan": PLANS,
    "course": tables.COURSES,
    "user": tables.USERS,
    "requirement": REQUIREMENTS,
    "activity": ACTIVITIES,
    "decision": DECISIONS,
    "measure": MEASURES,
    "item": tables.ITEMS,
    "campaign": tables.CAMPAIGNS,
    "reason": tables.REASONS,
    "kind": tables.KINDS,
}
_IDS = {"sale": "S-", "client": "C-", "project": "P-", "exchange": "X-", "lead": "L-", "account": "demo-"}
_NUMBERS = ("points", "licences", "seats", "term_months")
_FLAGS = ("new_client", "integration")
_LISTS: dict[str, Sequence[str]] = {"users": tables.USERS, "sites": tables.SITES}
_PAPERS = {"report": "report-{}.pdf", "checklist": "checklist-{}.pdf"}
_APPLIED = EVENT_TYPES.index("partner.applied")
_PAID = EVENT_TYPES.index("sale.paid")
_DELIVERED = EVENT_TYPES.index("project.delivered")


def frames(
    columns: dict[str, Column], partners: pl.Series, names: pl.Series, countries: pl.Series, rows: int
) -> Iterator[pl.DataFrame]:
    """The log's events in frames of up to so many rows: a column for each field, null where it is absent."""
    for start in range(0, len(columns["at"]), rows):
        part = {name: values[start : start + rows] for name, values in columns.items()}
        yield _frame(part, partners, names, countries)


def _frame(part: dict[str, Column], partners: pl.Series, names: pl.Series, countries: pl.Series) -> pl.DataFrame:
    partner = pl.Series(part["partner"])
    applied = part["type"] == _APPLIED
    series: dict[str, pl.Series] = {
        "at": pl.Series(part["at"] * 1_000_000).cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
        "type": pl.Series(EVENT_TYPES)[part["type"]],
        "partner": partners[partner],
        "name": _only(names[partner], applied),
        "country": _only(countries[partner], applied),
        "currency": _only(pl.Series([CURRENCY]).new_from_index(0, len(partner)), part["type"] == _PAID),
        "award": _awards(part),
        "net": _money(part["net"]),
        "amount": _money(part["amount"]),
        "percent": _money(part["percent"]),
        "until": _only(pl.Series(part["until"]).cast(pl.Date), part["until"] != ABSENT),
        "modules": _modules(part),
    }
    series |= {name: _words(part[name], table) for name, table in _WORDS.items()}
    series |= {name: _ids(prefix, part[name]) for name, prefix in _IDS.items()}
    series |= {name: _papers(form, part[name]) for name, form in _PAPERS.items()}
    series |= {name: _only(pl.Series(part[name]).cast(pl.Int64), part[name] != ABSENT) for name in _NUMBERS}
    series |= {name: _only(pl.Series(part[name] == 1), part[name] != ABSENT) for name in _FLAGS}
    series |= {name: _singletons(part[name], table) for name, table in _LISTS.items()}
    series["id"] = _nulls(pl.String(), len(partner))
    return pl.DataFrame({name: series[name].cast(dtype) for name, dtype in RAW_SCHEMA.items()})


def _only(values: pl.Series, present: Mask) -> pl.Series:
    """The values where they are present, null elsewhere."""
    if present.all():
        return values
    if not present.any():
        return pl.Series(values.name, [None], values.dtype).new_from_index(0, len(values))
    return values.set(pl.Series(~present), None)


def _nulls(kind: pl.DataType, count: int) -> pl.Series:
    return pl.Series("", [None], kind).new_from_index(0, count)


def _words(codes: Column, table: Sequence[str]) -> pl.Series:
    present = codes != ABSENT
    if not present.any():
        return _nulls(pl.String(), len(codes))
    return _only(pl.Series(table)[np.maximum(codes, 0)], present)


def _spread(values: pl.Series, rows: Column, count: int) -> pl.Series:
    """Values that belong to some rows, null in all others."""
    place = np.full(count, len(rows), dtype=np.uint32)
    place[rows] = np.arange(len(rows))
    return values.extend(pl.Series(values.name, [None], values.dtype))[place]


def _ids(prefix: str, numbers: Column) -> pl.Series:
    rows = np.flatnonzero(numbers != ABSENT)
    if not len(rows):
        return _nulls(pl.String(), len(numbers))
    return _spread(prefix + pl.Series(numbers[rows]).cast(pl.String), rows, len(numbers))


def _awards(part: dict[str, Column]) -> pl.Series:
    numbers = part["award"]
    rows = np.flatnonzero(numbers != ABSENT)
    if not len(rows):
        return _nulls(pl.String(), len(numbers))
    letters = pl.Series(AWARDS)[np.maximum(part["award_of"][rows], 0)]
    return _spread(letters + "-" + pl.Series(numbers[rows]).cast(pl.String), rows, len(numbers))


def _papers(form: str, numbers: Column) -> pl.Series:
    rows = np.flatnonzero(numbers != ABSENT)
    if not len(rows):
        return _nulls(pl.String(), len(numbers))
    before, after = form.split("{}")
    texts = before + pl.Series(numbers[rows]).cast(pl.String) + after
    return _spread(texts.set(pl.Series(numbers[rows] == EMPTY), ""), rows, len(numbers))


def _money(minor: Column) -> pl.Series:
    """Hundredths as decimals."""
    present = minor != ABSENT
    if not present.any():
        return _nulls(_MONEY, len(minor))
    units = pl.Series(minor.astype(np.int64)).cast(pl.Decimal(18, 0)).cast(_MONEY)
    return _only(units / pl.Series([100], dtype=pl.Int64).cast(_MONEY), present).cast(_MONEY)


def _modules(part: dict[str, Column]) -> pl.Series:
    counts = part["modules"]
    kind = pl.List(pl.String)
    rows = np.flatnonzero(counts != ABSENT)
    if not len(rows):
        return _nulls(kind, len(counts))
    project = part["type"][rows] == _DELIVERED
    different, code = np.unique(counts[rows].astype(np.int64) * 2 + project, return_inverse=True)
    lists = [_module_list(int(number)) for number in different]
    return _spread(pl.Series(lists, dtype=kind)[code], rows, len(counts))


def _module_list(number: int) -> list[str]:
    counts, project = divmod(number, 2)
    words = PROJECT_MODULES if project else SALE_MODULES
    return [
        word
        for word, times in zip(words, (counts // 10_000, counts // 100 % 100, counts % 100), strict=True)
        for _ in range(times)
    ]


def _singletons(codes: Column, table: Sequence[str]) -> pl.Series:
    kind = pl.List(pl.String)
    if not (codes != ABSENT).any():
        return _nulls(kind, len(codes))
    return _only(pl.Series([[word] for word in table], dtype=kind)[np.maximum(codes, 0)], codes != ABSENT)
