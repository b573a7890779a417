"""Leads, adjusted discounts, suspensions, and measures after violations."""

import numpy as np

from honeyguide.program.history.events import MEASURES
from honeyguide.program.history.generate.calendar import DAY_S, Calendar, Ints, later
from honeyguide.program.history.generate.log import ABSENT, SITES, USERS, Log
from honeyguide.program.history.generate.population import Population

PERCENTS = np.array([1000, 1250, 1500, 2000, 2500, 3000])
MEASURE_SHARES = {"downgrade": 0.22, "block_access": 0.2, "bar_leads": 0.22, "delist": 0.18, "blacklist": 0.07,
                  "revoke": 0.11}  # fmt: skip
FOR_GOOD = ("downgrade", "revoke")
"""Measures that mostly have no last day."""


def tell_leads(rng: np.random.Generator, calendar: Calendar, population: Population, log: Log, pace: float) -> None:
    """Requests that partners reserve, win and lose; up to three of them may work on one."""
    partner, joined, ends = population.last_membership()
    opens = np.minimum(joined + 60 * DAY_S, ends)
    years = (ends - opens) / (365 * DAY_S)
    rate = 2.2 * population.zeal[partner] * np.minimum(population.revenue[partner] / 3000, 10) ** 0.5
    row = np.repeat(np.arange(len(partner)), rng.poisson(years * rate * min(pace, 4.0)))
    at = calendar.between(rng, opens[row], ends[row])
    lead = rng.permutation(len(row)) // 2 + 1  # two partners a lead, on average
    log.add("lead.reserved", at, partner[row], lead=lead)
    roll = rng.random(len(row))
    for event_type, chosen in (("lead.won", roll < 0.33), ("lead.lost", (roll >= 0.33) & (roll < 0.8))):
        rows = np.flatnonzero(chosen)
        log.add(event_type, later(rng, at[rows], 3, 90), partner[row[rows]], lead=lead[rows])


def tell_adjustments(rng: np.random.Generator, calendar: Calendar, population: Population, log: Log) -> None:
    """Discounts reduced for a while."""
    partner, at, ends = _some(rng, calendar, population, 0.03, 150)
    log.add(
        "discount.adjusted",
        at,
        partner,
        percent=rng.choice(PERCENTS, len(partner)),
        reason=np.full(len(partner), 9),
    )
    restored = np.flatnonzero(rng.random(len(partner)) < 0.7)
    back = later(rng, at[restored], 20, 200)
    inside = back < ends[restored]
    log.add("discount.restored", back[inside], partner[restored[inside]], reason=np.full(int(inside.sum()), 10))


def tell_suspensions(rng: np.random.Generator, calendar: Calendar, population: Population, log: Log) -> None:
    """Accounts suspended; most come back."""
    partner, at, ends = _some(rng, calendar, population, 0.025, 185)
    log.add("partner.suspended", at, partner, reason=rng.integers(0, 3, len(partner)))
    back = later(rng, at, 7, 120)
    returns = np.flatnonzero((rng.random(len(partner)) < 0.75) & (back < ends))
    log.add("partner.reinstated", back[returns], partner[returns], reason=rng.integers(3, 5, len(returns)))


def tell_measures(rng: np.random.Generator, calendar: Calendar, population: Population, log: Log) -> None:
    """What violations lead to, and what is lifted on appeal."""
    partner, at, ends = _some(rng, calendar, population, 0.03, 120)
    measure = rng.choice(
        [MEASURES.index(name) for name in MEASURE_SHARES], size=len(partner), p=list(MEASURE_SHARES.values())
    )
    for_good = np.isin(measure, [MEASURES.index(name) for name in FOR_GOOD])
    ended = rng.random(len(partner)) < np.where(for_good, 0.15, 0.8)
    until = np.where(ended, at // DAY_S + rng.integers(14, 366, len(partner)), ABSENT)
    blocked = measure == MEASURES.index("block_access")
    delisted = measure == MEASURES.index("delist")
    log.add(
        "measure.applied",
        at,
        partner,
        measure=measure,
        until=until,
        reason=rng.integers(11, 15, len(partner)),
        users=np.where(blocked & (rng.random(len(partner)) < 0.3), rng.integers(0, len(USERS), len(partner)), ABSENT),
        sites=np.where(delisted & (rng.random(len(partner)) < 0.3), rng.integers(0, len(SITES), len(partner)), ABSENT),
    )
    lifted = np.flatnonzero(rng.random(len(partner)) < 0.35)
    back = later(rng, at[lifted], 10, 150)
    inside = back < ends[lifted]
    rows = lifted[inside]
    log.add("measure.lifted", back[inside], partner[rows], measure=measure[rows], reason=np.full(len(rows), 15))


def _some(
    rng: np.random.Generator, calendar: Calendar, population: Population, share: float, least_days: int
) -> tuple[Ints, Ints, Ints]:
    """Some of the members: partner, an instant at least so many days after joining, and when the membership ends."""
    partner, joined, ends = population.last_membership()
    opens = joined + least_days * DAY_S
    chosen = np.flatnonzero((opens < ends) & (rng.random(len(partner)) < share))
    return partner[chosen], calendar.between(rng, opens[chosen], ends[chosen]), ends[chosen]
