"""Where partners stand around a figure that the draft changes: who is on the other side of it, who is close."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from honeyguide.program.engine.figures import Ints, day_number, hundredths
from honeyguide.program.engine.kernels.state import (
    ACTIVE,
    F_CLIENTS,
    F_LOST,
    F_SINCE_STATUS,
    F_STATE,
    F_STATUS,
    F_TRAILING,
    KEEP,
    T_DAY,
    T_PARTNER,
    T_PURPOSE,
    T_SALES,
    T_SEATS,
    T_TESTED,
)
from honeyguide.program.engine.requirements import COUNT, MONEY
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.simulation.sides import Side

_FIGURES = (
    ("reach", "sales_amount", "sales", MONEY),
    ("reach", "clients_count", "clients", COUNT),
    ("keep", "sales_amount", "sales", MONEY),
    ("keep", "seats_count", "seats", COUNT),
)
_COLUMNS = {"sales": T_SALES, "seats": T_SEATS}


@dataclass(frozen=True, slots=True)
class Threshold:
    """A figure asked for a status that differs: `before`, `after` in minor units or counts, None where not asked.

    `figures`: code (the partner's), value, day (Int32, of the review; null for `reach`). For `reach` one row an active
    partner one status below, as of the last day; for `keep` one row a review of the status, in the whole history.
    """

    purpose: str
    status: str
    requirement: str
    kind: int
    before: int | None
    after: int | None
    figures: pl.DataFrame


def thresholds(before: Side, after: Side) -> list[Threshold]:
    """All figures that differ for statuses of both rulebooks, in the draft's order."""
    return list(_changed(before, after))


def _changed(before: Side, after: Side) -> Iterator[Threshold]:
    places = {status.name: place for place, status in enumerate(before.rulebook.statuses)}
    for place, status in enumerate(after.rulebook.statuses):
        if status.name not in places:
            continue
        own = places[status.name]
        for purpose, field, requirement, kind in _FIGURES:
            old, new = (
                _figure(rulebook, at, purpose, field)
                for rulebook, at in ((before.rulebook, own), (after.rulebook, place))
            )
            if old == new:
                continue
            if purpose == "reach":
                figures = _below(before, own, after, place, requirement)
            else:
                figures = _reviews(before, own, after, place, requirement)
            yield Threshold(purpose, status.name, requirement, kind, old, new, figures)


def _figure(rulebook: Rulebook, place: int, purpose: str, field: str) -> int | None:
    value = getattr(getattr(rulebook.statuses[place], purpose), field, None)
    if value is None:
        return None
    return hundredths(value) if field == "sales_amount" else int(value)


def _below(before: Side, own: int, after: Side, place: int, requirement: str) -> pl.DataFrame:
    """Partners one status below under either rulebook, with the figure as the draft counts it if they are so there."""
    tables = [_asking(side, at, requirement) for side, at in ((after, place), (before, own))]
    return pl.concat(tables).unique("code", keep="first", maintain_order=True)


def _asking(side: Side, place: int, requirement: str) -> pl.DataFrame:
    standings = side.outcome.standings
    below = (standings[:, F_STATE] == ACTIVE) & (standings[:, F_STATUS] == place - 1)
    codes = np.flatnonzero(below & ((standings[:, F_LOST] >> place) & 1 == 0))
    reach = side.rulebook.statuses[place].reach
    since = reach is not None and reach.sales_since_previous_status
    column = F_CLIENTS if requirement == "clients" else F_SINCE_STATUS if since else F_TRAILING
    return _table(codes, standings[codes, column], None)


def _reviews(before: Side, own: int, after: Side, place: int, requirement: str) -> pl.DataFrame:
    """Reviews of the status under the draft, and the current rulebook's on days on which the draft has none."""
    tables = [_reviewed(side, at, requirement) for side, at in ((after, place), (before, own))]
    return pl.concat(tables).unique(["code", "day"], keep="first", maintain_order=True)


def _reviewed(side: Side, place: int, requirement: str) -> pl.DataFrame:
    moves = side.outcome.transitions
    chosen = (moves[:, T_PURPOSE] == KEEP) & (moves[:, T_TESTED] == place)
    if requirement == "seats":
        chosen &= moves[:, T_DAY] >= day_number(side.rulebook.seats.in_force_from)
    found = moves[chosen]
    return _table(found[:, T_PARTNER], found[:, _COLUMNS[requirement]], found[:, T_DAY])


def _table(codes: Ints, values: Ints, days: Ints | None) -> pl.DataFrame:
    day = pl.Series("day", [None] * len(codes), dtype=pl.Int32) if days is None else pl.Series("day", days)
    return pl.DataFrame({"code": codes, "value": values, "day": day.cast(pl.Int32)})
