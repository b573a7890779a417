"""Goals: what each partner with a status can do next, keep its status or reach the one above, in figures.

A goal is judged on one day, its *end*: the last day before the review, the last day of the Bronze deadline, or the
earliest day on which the next status can be reached. All days are day numbers, money is in minor units.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from honeyguide.program.engine.figures import Figures, Ints, fact_bits, figures_of
from honeyguide.program.engine.kernels.days import FAR
from honeyguide.program.engine.kernels.state import (
    ACTIVE,
    BY_ACCEPTANCE,
    F_CONFIRMED,
    F_DEADLINE,
    F_FACTS,
    F_LOST,
    F_REVIEW,
    F_REVIEWED_SALES,
    F_REVIEWED_SEATS,
    F_SEATS_TRAILING,
    F_SINCE,
    F_STATE,
    F_STATUS,
    KEEP,
    NO_LIMIT,
    REACH,
    SUSPENDED,
    T_CAUSE,
    T_DAY,
    T_PARTNER,
)
from honeyguide.program.engine.outcome import Outcome
from honeyguide.program.history.events import MEASURES, NONE, TYPE_CODE
from honeyguide.program.rulebook import Rulebook

_DOWNGRADE = MEASURES.index("downgrade")
_APPLIED, _LIFTED = TYPE_CODE["measure.applied"], TYPE_CODE["measure.lifted"]

Bools = npt.NDArray[np.bool_]


class Goals(NamedTuple):
    """Goals side by side. A figure that is not asked for is 0: then nothing is missing."""

    owner: Ints  # partner
    purpose: Ints  # KEEP or REACH
    held: Ints  # status held
    status: Ints  # status asked for
    regaining: Ints  # 1 or 0
    suspended: Ints  # 1 or 0
    barred_until: Ints  # last day on which a measure or a change of status bars an upgrade; NONE, FAR
    begin: Ints  # first day on which it can be decided
    end: Ints  # the day on which it is judged; NONE when there is none
    first: Ints  # first day of the window on `end`
    months: Ints  # length of the trailing window; 0 for a review's, which does not move
    sales_asked: Ints
    sales: Ints  # in the window today
    seats_asked: Ints
    seats: Ints  # in the window today
    clients_asked: Ints
    facts_missing: Ints  # bits

    def where(self, chosen: Bools) -> "Goals":
        """Some of the goals."""
        return Goals(*(column[chosen] for column in self))


def goals_of(rulebook: Rulebook, outcome: Outcome, last_day: int) -> Goals:
    """The goals of all partners with a status: keeping it, then reaching the next, in the order of partners.

    The end of a goal to reach is a first guess, `begin`; seats can put it off.
    """
    state = outcome.standings[:, F_STATE]
    owner = np.flatnonzero((state == ACTIVE) | (state == SUSPENDED))
    figures = figures_of(rulebook)
    keep = _keeping(figures, outcome, owner)
    reach = _reaching(figures, outcome, owner, last_day)
    both = Goals(*(np.concatenate(columns) for columns in zip(keep, reach, strict=True)))
    order = np.lexsort((both.purpose, both.owner))
    return Goals(*(column[order] for column in both))


def _keeping(figures: Figures, outcome: Outcome, owner: Ints) -> Goals:
    """Figures of a review; for the lowest status what its deadline asks, while it is ahead (T3.1.1a, T3.3, T3.4a)."""
    standing = outcome.standings[owner]
    status, review, deadline = standing[:, F_STATUS], standing[:, F_REVIEW], standing[:, F_DEADLINE]
    asked = figures.statuses[0, status]
    due = np.where(status == 0, deadline, review)
    dated = due != FAR
    zeros = np.zeros(len(owner), dtype=np.int64)
    seats_decide = (review >= figures.seats_from_day[0]) & dated & (status > 0)
    return Goals(
        owner=owner,
        purpose=np.full(len(owner), KEEP, dtype=np.int64),
        held=status,
        status=status,
        regaining=zeros,
        suspended=(standing[:, F_STATE] == SUSPENDED).astype(np.int64),
        barred_until=zeros + NONE,
        begin=due - 1,
        end=np.where(dated, due - 1, NONE),
        first=standing[:, F_CONFIRMED],
        months=zeros,
        sales_asked=np.where(dated, _figure(asked["keep_sales"]), 0),
        sales=standing[:, F_REVIEWED_SALES],
        seats_asked=np.where(seats_decide, _figure(asked["keep_seats"]), 0),
        seats=standing[:, F_REVIEWED_SEATS],
        clients_asked=zeros,
        facts_missing=np.where(dated, asked["keep_facts"] & ~standing[:, F_FACTS], 0),
    )


def _reaching(figures: Figures, outcome: Outcome, owner: Ints, last_day: int) -> Goals:
    """Entry figures of the next status, those for keeping it where it was lost before (T3.1.2a, T3.1.3a, T3.5)."""
    owner = owner[outcome.standings[owner, F_STATUS] + 1 < figures.statuses.shape[1]]
    standing = outcome.standings[owner]
    status = standing[:, F_STATUS] + 1
    asked = figures.statuses[0, status]
    again = (standing[:, F_LOST] >> status) & 1
    changed_today = np.where(standing[:, F_SINCE] == last_day, last_day, NONE)
    barred = np.maximum(changed_today, downgraded_until(outcome, last_day)[owner])
    begin = np.where(barred == FAR, last_day, np.maximum(last_day, barred + 1))
    facts = asked["reach_facts"] | np.where(again == 1, asked["keep_facts"], 0)
    seats_decide = (again == 1) & (begin >= figures.seats_from_day[0])
    return Goals(
        owner=owner,
        purpose=np.full(len(owner), REACH, dtype=np.int64),
        held=standing[:, F_STATUS],
        status=status,
        regaining=again,
        suspended=(standing[:, F_STATE] == SUSPENDED).astype(np.int64),
        barred_until=barred,
        begin=begin,
        end=begin,
        first=begin,
        months=asked["reach_months"].copy(),
        sales_asked=_figure(np.where(again == 1, asked["keep_sales"], asked["reach_sales"])),
        sales=np.zeros(len(owner), dtype=np.int64),
        seats_asked=np.where(seats_decide, _figure(asked["keep_seats"]), 0),
        seats=standing[:, F_SEATS_TRAILING],
        clients_asked=_figure(asked["reach_clients"]),
        facts_missing=facts & ~standing[:, F_FACTS],
    )


def _figure(values: Ints) -> Ints:
    return np.where(values == NO_LIMIT, 0, values)


def limited_to_status(rulebook: Rulebook, goals: Goals) -> Bools:
    """Goals whose sales count only since the status below was reached (reading 6)."""
    limits = np.array(
        [status.reach is not None and status.reach.sales_since_previous_status for status in rulebook.statuses]
    )
    limited: Bools = limits[goals.status] & (goals.purpose == REACH) & (goals.regaining == 0)
    return limited


def downgraded_until(outcome: Outcome, last_day: int) -> Ints:
    """By partner the last day on which a downgrade measure bars upgrades: NONE if none does, FAR without end (T14)."""
    events, start = outcome.laid.events, outcome.laid.start
    until = np.full(len(start) - 1, NONE, dtype=np.int64)
    at = np.flatnonzero(((events["kind"] == _APPLIED) | (events["kind"] == _LIFTED)) & (events["detail"] == _DOWNGRADE))
    owner = np.searchsorted(start, at, side="right") - 1
    lifted = events["kind"][at] == _LIFTED
    last_lift = np.full(len(start) - 1, NONE, dtype=np.int64)
    np.maximum.at(last_lift, owner[lifted], at[lifted])
    in_force = ~lifted & (at > last_lift[owner])
    ends = events["until"][at].astype(np.int64)
    np.maximum.at(until, owner[in_force], np.where(ends == NONE, FAR, ends)[in_force])
    return np.where(until >= last_day, until, NONE)


def inactive_since(outcome: Outcome, last_day: int, later: Ints) -> Ints:
    """By partner the day of its latest acceptance when nothing was done since, for the months of the rulebook (T3.4b).

    `later`: by partner that day so many months later; NONE where there was activity or the months are not over.
    """
    accepted = acceptances(outcome)
    kinds = [TYPE_CODE[name] for name in _ACTIVITY]
    events, start = outcome.laid.events, outcome.laid.start
    at = np.flatnonzero(np.isin(events["kind"], kinds))
    last = np.full(len(start) - 1, NONE, dtype=np.int64)
    np.maximum.at(last, np.searchsorted(start, at, side="right") - 1, events["day"][at].astype(np.int64))
    return np.where((accepted != NONE) & (later <= last_day) & (last < accepted), accepted, NONE)


_ACTIVITY = (
    "sale.paid",
    "course.completed",
    "evidence.approved",
    "project.delivered",
    "project.confirmed",
    "points.granted",
    "lead.reserved",
    "lead.won",
    "lead.lost",
)


def acceptances(outcome: Outcome) -> Ints:
    """By partner the day of its latest acceptance, NONE without one."""
    accepted = np.full(len(outcome.laid.start) - 1, NONE, dtype=np.int64)
    moves = outcome.transitions[outcome.transitions[:, T_CAUSE] == BY_ACCEPTANCE]
    np.maximum.at(accepted, moves[:, T_PARTNER], moves[:, T_DAY])
    return accepted


def fact_names(rulebook: Rulebook, goals: Goals) -> pl.DataFrame:
    """Missing requirements: goal, place (in the rulebook), requirement."""
    names = list(rulebook.requirements)
    chosen = [np.flatnonzero(goals.facts_missing & fact_bits(rulebook, (name,))) for name in names]
    place = np.repeat(np.arange(len(names)), [len(goal) for goal in chosen])
    return pl.DataFrame(
        {
            "goal": np.concatenate(chosen) if chosen else place,
            "place": place,
            "requirement": pl.Series(names, dtype=pl.String).gather(place),
        }
    )
