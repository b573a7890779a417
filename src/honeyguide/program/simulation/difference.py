"""The first decision of each partner that comes out differently under two rulebooks."""

from typing import NamedTuple

import numpy as np
import polars as pl

from honeyguide.program.engine.figures import Ints
from honeyguide.program.engine.kernels.coverage import START_OF_DAY
from honeyguide.program.engine.kernels.state import (
    BY_CANCELLATION,
    BY_CONFIRMATION,
    BY_DOWNGRADE,
    BY_UPGRADE,
    KEEP,
    NO_TEST,
    T_CAUSE,
    T_DAY,
    T_FROM,
    T_HIGH,
    T_PARTNER,
    T_PURPOSE,
    T_TO,
)
from honeyguide.program.engine.outcome import Outcome
from honeyguide.program.simulation.ladder import Ladder

NO_ROW = -1
_BY_RULE = (int(BY_UPGRADE), int(BY_CONFIRMATION), int(BY_DOWNGRADE), int(BY_CANCELLATION))
_AFTER_ALL = 2**62


class Firsts(NamedTuple):
    """By partner with a decision that differs, in the order of partners.

    `row_before`, `row_after`: the rows in each outcome's transitions, NO_ROW where that rulebook decided nothing at the
    moment. The moment: `day`, and the instant and row of the event up to which all was known (START_OF_DAY for both:
    before the events of the day); `length`: so many events of the partner lie before it, that event included.
    """

    partner: Ints
    row_before: Ints
    row_after: Ints
    day: Ints
    at: Ints
    row: Ints
    length: Ints


def first_differences(before: Outcome, after: Outcome, chosen: Ints, ladder: Ladder) -> Firsts:
    """Lay the transitions of the `chosen` partners side by side and take each one's first pair that differs.

    What an event alone brings (an acceptance, a measure) is the same decision on whatever day a time zone puts it; what
    a rule decides is the same only on the same day.
    """
    sides = _numbered(before, chosen, ladder, draft=False).join(
        _numbered(after, chosen, ladder, draft=True), on=["partner", "number"], how="full", coalesce=True, suffix="_b"
    )
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_b")) for name in ("cause", "from", "to", "on"))
    first = sides.filter(differs).sort("partner", "number").unique("partner", keep="first", maintain_order=True)
    row_before, row_after = _ints(first["place"]), _ints(first["place_b"])
    ours, theirs = _moments(before, row_before), _moments(after, row_after)
    order = _order(ours, theirs)
    leading = _Moments(*(np.where(order <= 0, one, other) for one, other in zip(ours, theirs, strict=True)))
    return Firsts(
        partner=first["partner"].to_numpy(),
        row_before=np.where(order <= 0, row_before, NO_ROW),
        row_after=np.where(order >= 0, row_after, NO_ROW),
        day=leading.day,
        at=leading.at,
        row=leading.row,
        length=leading.length,
    )


def ranges(first: Ints, length: Ints) -> tuple[Ints, Ints]:
    """Places first, first + 1, … of each stretch, one stretch after another, and the number of the stretch of each."""
    owner = np.repeat(np.arange(len(length)), length)
    offset = np.arange(len(owner)) - np.repeat(np.cumsum(length) - length, length)
    return first[owner] + offset, owner


class _Moments(NamedTuple):
    day: Ints
    at: Ints
    row: Ints
    length: Ints


def _numbered(outcome: Outcome, chosen: Ints, ladder: Ladder, *, draft: bool) -> pl.DataFrame:
    """Transitions of the chosen partners, numbered within each; `on`: the day of those that a rule decided."""
    wanted = np.zeros(len(outcome.standings), dtype=np.bool_)
    wanted[chosen] = True
    place = np.flatnonzero(wanted[outcome.transitions[:, T_PARTNER]])
    moves = outcome.transitions[place]
    by_rule = pl.Series(np.isin(moves[:, T_CAUSE], _BY_RULE), dtype=pl.Boolean)
    table = pl.DataFrame(
        {
            "partner": moves[:, T_PARTNER],
            "place": place,
            "cause": moves[:, T_CAUSE],
            "from": ladder.rungs(moves[:, T_FROM], draft=draft),
            "to": ladder.rungs(moves[:, T_TO], draft=draft),
            "day": moves[:, T_DAY],
        }
    )
    return table.select(
        pl.exclude("day"),
        pl.when(by_rule).then("day").alias("on"),
        pl.int_range(pl.len()).over("partner").alias("number"),
    )


def _moments(outcome: Outcome, rows: Ints) -> _Moments:
    """When decisions were made; those of no row, and those that a rule did not make, come after all others."""
    size = len(rows)
    there = rows != NO_ROW
    moves = outcome.transitions[rows[there]]
    partner, start, events = moves[:, T_PARTNER], outcome.laid.start, outcome.laid.events
    length = np.where(moves[:, T_HIGH] > 0, moves[:, T_HIGH] - start[partner], 0)
    last = events[np.maximum(moves[:, T_HIGH] - 1, 0)]
    at_event = (moves[:, T_CAUSE] == BY_UPGRADE) & (length > 0) & (last["day"] == moves[:, T_DAY])
    tested = moves[:, T_PURPOSE] != NO_TEST
    deadlines = np.flatnonzero(tested & (moves[:, T_CAUSE] == BY_CANCELLATION) & (moves[:, T_PURPOSE] == KEEP))
    length[deadlines] = _events_before(outcome, partner[deadlines], moves[deadlines, T_DAY])
    at = np.where(tested, np.where(at_event, last["at"], START_OF_DAY), _AFTER_ALL)
    row = np.where(tested, np.where(at_event, last["row"], START_OF_DAY), _AFTER_ALL)
    found = _Moments(*(np.full(size, _AFTER_ALL, dtype=np.int64) for _ in _Moments._fields))
    for column, values in zip(found, (moves[:, T_DAY], at, row, length), strict=True):
        column[there] = values
    return found


def _events_before(outcome: Outcome, partner: Ints, day: Ints) -> Ints:
    """How many of each partner's events lie before the day."""
    start = outcome.laid.start
    places, owner = ranges(start[partner], start[partner + 1] - start[partner])
    earlier = outcome.laid.events["day"][places] < day[owner]
    return np.bincount(owner[earlier], minlength=len(partner)).astype(np.int64)


def _order(ours: _Moments, theirs: _Moments) -> Ints:
    """-1 where ours is the earlier moment, 1 where theirs is, 0 where they are one."""
    order = np.zeros(len(ours.day), dtype=np.int64)
    for one, other in ((ours.row, theirs.row), (ours.at, theirs.at), (ours.day, theirs.day)):
        order = np.where(one == other, order, np.where(one < other, -1, 1))
    return order


def _ints(places: pl.Series) -> Ints:
    return places.fill_null(NO_ROW).to_numpy()
