"""Requirement rows: what a status asks, what the partner has, met or not (docs/readings.md, Requirements).

One function makes the rows of both kinds of test: a partner's standing today, and a decision as it was made.
"""

import itertools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from honeyguide.program.engine.figures import Ints, day_number, fact_bits, hundredths, version_numbers
from honeyguide.program.engine.kernels.state import (
    F_CLIENTS,
    F_CONFIRMED,
    F_FACTS,
    F_LOST,
    F_REVIEW,
    F_REVIEWED_SALES,
    F_REVIEWED_SEATS,
    F_SEATS_TRAILING,
    F_SINCE,
    F_SINCE_STATUS,
    F_STATUS,
    F_TRAILING,
    F_TRAILING_FIRST,
    KEEP,
    REACH,
)
from honeyguide.program.engine.names import dates
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.versions import Rules, Versions, versions_of

MONEY, COUNT, FACT = range(3)
PURPOSES = {KEEP: "keep", REACH: "reach"}


class Tests(NamedTuple):
    """Tests side by side: a status asked for, with the figures that the answer was given by."""

    owner: Ints  # whose rows these are: any number that the caller groups by
    purpose: Ints  # KEEP or REACH
    status: Ints
    regaining: Ints  # 1 or 0
    day: Ints  # by which it shows whether seats decide: the review's day, or the day of asking
    sales: Ints
    clients: Ints
    seats: Ints
    facts: Ints
    sales_first: Ints
    first: Ints
    last: Ints
    version: Ints  # number of the version of the rulebook that asks

    @staticmethod
    def together(parts: "list[Tests]") -> "Tests":
        """Tests of several kinds, one after another."""
        return Tests(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


class _Asked(NamedTuple):
    """One requirement of a status: its figure, and which column of a test it is compared with."""

    requirement: str
    clause: str
    kind: int
    required: int
    column: str
    decides: bool = True
    decides_from: int | None = None
    fact: int = 0


_NOTHING_ASKED = _Asked("", "", FACT, 1, "facts")


def keep_tests(owner: Ints, standing: Ints, version: int = 0) -> Tests:
    """Tests of the standings (F_… columns) for keeping the status held, in the window of the coming review."""
    zeros = np.zeros(len(owner), dtype=np.int64)
    return Tests(
        owner=owner,
        purpose=np.full(len(owner), KEEP, dtype=np.int64),
        status=standing[:, F_STATUS],
        regaining=zeros,
        day=standing[:, F_REVIEW],
        sales=standing[:, F_REVIEWED_SALES],
        clients=zeros,
        seats=standing[:, F_REVIEWED_SEATS],
        facts=standing[:, F_FACTS],
        sales_first=standing[:, F_CONFIRMED],
        first=standing[:, F_CONFIRMED],
        last=standing[:, F_REVIEW] - 1,
        version=np.full(len(owner), version, dtype=np.int64),
    )


def reach_tests(rules: Rules, owner: Ints, standing: Ints, day: int | Ints) -> Tests:
    """Tests of the standings at the end of a day (of one, or of one each) for reaching the next status."""
    target = standing[:, F_STATUS] + 1
    regaining = (standing[:, F_LOST] >> target) & 1
    last = np.broadcast_to(np.asarray(day, dtype=np.int64), len(owner)).copy()
    version = version_numbers(versions_of(rules), last)
    limited = _since_previous(versions_of(rules))[version, target] & (regaining == 0)
    first = standing[:, F_TRAILING_FIRST]
    return Tests(
        owner=owner,
        purpose=np.full(len(owner), REACH, dtype=np.int64),
        status=target,
        regaining=regaining,
        day=last,
        sales=np.where(limited, standing[:, F_SINCE_STATUS], standing[:, F_TRAILING]),
        clients=standing[:, F_CLIENTS],
        seats=standing[:, F_SEATS_TRAILING],
        facts=standing[:, F_FACTS],
        sales_first=np.where(limited, np.maximum(first, standing[:, F_SINCE]), first),
        first=first,
        last=last,
        version=version,
    )


def _since_previous(versions: Versions) -> npt.NDArray[np.bool_]:
    """By version and status, with one more status at the end: whether sales count since the status below."""
    return np.array(
        [
            [
                *(status.reach is not None and status.reach.sales_since_previous_status for status in book.statuses),
                False,
            ]
            for book in versions
        ]
    )


def requirement_rows(rules: Rules, tests: Tests) -> pl.DataFrame:
    """Rows in the order of `tests`, each test's in the order of the version of the rulebook that asks.

    Columns: owner, purpose, status, requirement, clause (String), kind (MONEY in minor units, COUNT or FACT), actual,
    required (Int64), met, decides (Boolean), first, last (Date, null without a window).
    """
    asked: list[_Asked] = []
    parts: list[_Part] = []
    versions = versions_of(rules)
    kinds = itertools.product(
        enumerate(versions), range(len(versions.first.statuses)), ((KEEP, False), (REACH, False), (REACH, True))
    )
    for (version, rulebook), status, (purpose, regaining) in kinds:
        chosen = (tests.status == status) & (tests.purpose == purpose) & (tests.regaining == regaining)
        if len(versions) > 1:
            chosen &= tests.version == version
        if chosen.any():
            at = np.flatnonzero(chosen)
            more = _keeping(rulebook, status) if purpose == KEEP else _reaching(rulebook, status, regaining)
            parts += [_part(tests, at, len(asked) + number, one) for number, one in enumerate(more)]
            asked += more
    if not parts:
        parts = [_part(tests, np.empty(0, dtype=np.int64), 0, _NOTHING_ASKED)]
        asked = [_NOTHING_ASKED]
    whole = _Part(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    order = np.lexsort((whole.number, whole.test))
    return _table(versions.first, tests, asked, _Part(*(column[order] for column in whole)))


class _Part(NamedTuple):
    """Rows side by side: the place of the test, the number of what is asked, and how it stands."""

    test: Ints
    number: Ints
    actual: Ints
    met: Ints  # 1 or 0, like the next
    decides: Ints


def _part(tests: Tests, at: Ints, number: int, asked: _Asked) -> _Part:
    actual = getattr(tests, asked.column)[at]
    if asked.kind == FACT:
        actual = ((actual & asked.fact) == asked.fact).astype(np.int64)
    decides = np.full(len(at), int(asked.decides), dtype=np.int64)
    if asked.decides_from is not None:
        decides *= tests.day[at] >= asked.decides_from
    met = (actual >= asked.required).astype(np.int64)
    return _Part(at, np.full(len(at), number, dtype=np.int64), actual, met, decides)


def _table(rulebook: Rulebook, tests: Tests, asked: list[_Asked], rows: _Part) -> pl.DataFrame:
    purpose = tests.purpose[rows.test]
    words = pl.DataFrame(
        [one[:5] for one in asked], schema=["requirement", "clause", "kind", "required", "column"], orient="row"
    )
    words = words.with_columns(pl.col("kind").cast(pl.Int8))[rows.number]
    first = np.where((words["column"] == "sales").to_numpy(), tests.sales_first[rows.test], tests.first[rows.test])
    windowed = (words["kind"] != FACT).to_numpy()
    names = pl.Series([status.name for status in rulebook.statuses])
    return words.select(
        pl.Series("owner", tests.owner[rows.test]),
        pl.Series("purpose", [PURPOSES[KEEP], PURPOSES[REACH]])[purpose - KEEP],
        names[tests.status[rows.test]].alias("status"),
        "requirement",
        "clause",
        "kind",
        pl.Series("actual", rows.actual),
        "required",
        pl.Series("met", rows.met == 1),
        pl.Series("decides", rows.decides == 1),
        dates(first, windowed).alias("first"),
        dates(tests.last[rows.test], windowed).alias("last"),
    )


def _keeping(rulebook: Rulebook, status: int) -> list[_Asked]:
    """What keeping a status asks (T3.1.1a, T3.1.2b, T3.1.3b)."""
    keep = rulebook.statuses[status].keep
    asked = _figures_to_keep(rulebook, status, keep.clause)
    asked += [_fact(rulebook, name, keep.clause) for name in keep.requirements]
    asked += [_fact(rulebook, name, keep.clause, decides=False) for name in keep.shown_requirements]
    return asked


def _reaching(rulebook: Rulebook, status: int, regaining: bool) -> list[_Asked]:
    """What reaching a status asks (T3.1.2a, T3.1.3a); regaining it, at the figures for keeping it (T3.5)."""
    reach, keep = rulebook.statuses[status].reach, rulebook.statuses[status].keep
    if reach is None:
        return []
    again = rulebook.clauses.regained
    asked: list[_Asked] = []
    if regaining:
        figures = _figures_to_keep(rulebook, status, again)
        asked += [one for one in figures if one.column == "sales"]
    elif reach.sales_amount is not None:
        asked.append(_Asked("sales", reach.clause, MONEY, hundredths(reach.sales_amount), "sales"))
    if reach.clients_count is not None:
        asked.append(_Asked("clients", reach.clause, COUNT, reach.clients_count, "clients"))
    if regaining:
        asked += [one for one in figures if one.column == "seats"]
    asked += [_fact(rulebook, name, reach.clause) for name in reach.requirements]
    if regaining:
        also = [name for name in keep.requirements if name not in reach.requirements]
        asked += [_fact(rulebook, name, again) for name in also]
        asked += [_fact(rulebook, name, again, decides=False) for name in keep.shown_requirements]
    return asked


def _figures_to_keep(rulebook: Rulebook, status: int, clause: str) -> list[_Asked]:
    keep = rulebook.statuses[status].keep
    asked = []
    if keep.sales_amount is not None:
        asked.append(_Asked("sales", clause, MONEY, hundredths(keep.sales_amount), "sales"))
    if keep.seats_count is not None:
        from_day = day_number(rulebook.seats.in_force_from)
        asked.append(_Asked("seats", clause, COUNT, keep.seats_count, "seats", decides_from=from_day))
    return asked


def _fact(rulebook: Rulebook, name: str, clause: str, *, decides: bool = True) -> _Asked:
    return _Asked(name, clause, FACT, 1, "facts", decides, fact=fact_bits(rulebook, (name,)))
