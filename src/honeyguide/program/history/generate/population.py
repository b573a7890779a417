"""Partners: how large they are, how keen, when they join, and what becomes of them."""

from dataclasses import dataclass

import numpy as np

from honeyguide.program.history.events import MEASURES
from honeyguide.program.history.generate.calendar import DAY_S, Calendar, Floats, Ints, Mask, later
from honeyguide.program.history.generate.log import ABSENT, KINDS, Log
from honeyguide.program.history.generate.names import draw_countries

DECLINED_SHARE = 0.05
DROPOUT_SHARE = 0.09
"""Partners without the tutorial or their own account at the first deadline."""
TERMINATED_SHARE = 0.02
BY_MEASURE_SHARE = 0.3
"""Of those terminated: by a measure, after a violation."""
FADING_SHARE = 0.22
"""Partners that stop selling some day."""
FIRST_DEADLINE_DAYS = 91


@dataclass(frozen=True, slots=True)
class Population:
    """All partners by columns. Instants are seconds; ABSENT where something never happens."""

    country: Ints
    revenue: Floats
    """What a partner sells in an average year, in units of the currency."""
    zeal: Floats
    """From 0 to 1: how much of the program it takes part in."""
    accepted: Ints
    ends: Ints
    """When the first membership is over: left out, ended, or the end of the program's days."""
    returned: Ints
    """Second acceptance."""
    returned_ends: Ints
    sells_until: Ints
    dropout: Mask
    terminated: Mask

    def __len__(self) -> int:
        return len(self.country)

    @property
    def member(self) -> Mask:
        """Who was ever accepted."""
        found: Mask = self.accepted != ABSENT
        return found

    def memberships(self) -> tuple[Ints, Ints, Ints]:
        """Partner, first and last instant of each membership; second ones come after all first ones."""
        first = np.flatnonzero(self.member)
        second = np.flatnonzero(self.returned != ABSENT)
        return (
            np.concatenate([first, second]),
            np.concatenate([self.accepted[first], self.returned[second]]),
            np.concatenate([self.ends[first], self.returned_ends[second]]),
        )

    def last_membership(self) -> tuple[Ints, Ints, Ints]:
        """Partner, first and last instant of each partner's latest membership."""
        partner = np.flatnonzero(self.member)
        again = self.returned[partner] != ABSENT
        return (
            partner,
            np.where(again, self.returned[partner], self.accepted[partner]),
            np.where(again, self.returned_ends[partner], self.ends[partner]),
        )


def draw_population(rng: np.random.Generator, calendar: Calendar, count: int) -> tuple[Population, Log]:
    """Draw partners, and begin the log with how they joined and left."""
    start, end = calendar.start_s, calendar.end_s
    revenue = _revenue(rng, count)
    zeal = np.clip(rng.beta(2.2, 1.6, count) + 0.05 * np.log(revenue / 3000), 0.02, 0.99)
    applied = _applications(rng, calendar, count)
    declined = rng.random(count) < DECLINED_SHARE
    accepted = np.where(declined, ABSENT, later(rng, applied, 2, 16))
    accepted = np.where(accepted >= end, ABSENT, accepted)
    member = accepted != ABSENT
    dropout = member & (rng.random(count) < DROPOUT_SHARE * (1.6 - zeal))
    terminated = member & ~dropout & (rng.random(count) < TERMINATED_SHARE)
    ends = np.full(count, end, dtype=np.int64)
    left_out = (accepted // DAY_S + FIRST_DEADLINE_DAYS) * DAY_S
    ends = np.where(dropout, np.minimum(left_out, end), ends)
    terminated_at = later(rng, np.where(member, accepted, start), 60, 900)
    terminated &= terminated_at < end
    ends = np.where(terminated, terminated_at, ends)
    returned = _returns(rng, dropout, terminated, ends, end)
    sells_until = np.where(
        rng.random(count) < FADING_SHARE, calendar.between(rng, np.maximum(accepted, start), np.full(count, end)), end
    )
    log = Log(start, np.where(terminated & (returned == ABSENT), terminated_at, end - 1))
    _tell_applied(rng, log, applied)
    _tell_joined(rng, log, accepted, np.where(terminated, terminated_at, ABSENT), returned)
    population = Population(
        country=draw_countries(rng, count),
        revenue=revenue,
        zeal=zeal,
        accepted=accepted,
        ends=ends,
        returned=returned,
        returned_ends=np.full(count, end, dtype=np.int64),
        sells_until=sells_until,
        dropout=dropout,
        terminated=terminated,
    )
    return population, log


def _revenue(rng: np.random.Generator, count: int) -> Floats:
    """Many small partners, few very large ones: lognormal, with a Pareto tail."""
    revenue = np.exp(rng.normal(np.log(3600), 1.15, count))
    large = rng.random(count) < 0.04
    return np.where(large, revenue * (2 + rng.pareto(1.7, count)), revenue).clip(80, 4e6)


def _applications(rng: np.random.Generator, calendar: Calendar, count: int) -> Ints:
    """A wave when the program opens, then a steady and slightly growing stream."""
    days = calendar.days
    opening = rng.random(count) < 0.3
    day = np.where(opening, rng.exponential(25, count), np.sqrt(rng.random(count)) ** 1.3 * days)
    low = calendar.start_s + np.minimum(day, days * 0.97).astype(np.int64) * DAY_S
    return calendar.between(rng, low, np.minimum(low + 7 * DAY_S, calendar.end_s))


def _returns(rng: np.random.Generator, dropout: Mask, terminated: Mask, ends: Ints, end: int) -> Ints:
    """Some of those who were left out or terminated are accepted again."""
    chance = np.where(dropout, 0.4, np.where(terminated, 0.2, 0.0))
    again = later(rng, ends, 10, 260)
    return np.where((rng.random(len(ends)) < chance) & (ends < end) & (again < end), again, ABSENT)


def _tell_applied(rng: np.random.Generator, log: Log, applied: Ints) -> None:
    everyone = np.arange(len(applied))
    kind = rng.choice(len(KINDS), size=len(applied), p=[0.45, 0.25, 0.2, 0.1])
    log.add("partner.applied", applied, everyone, kind=np.where(rng.random(len(applied)) < 0.9, kind, ABSENT))


def _tell_joined(rng: np.random.Generator, log: Log, accepted: Ints, terminated: Ints, returned: Ints) -> None:
    member = np.flatnonzero(accepted != ABSENT)
    log.add("partner.accepted", accepted[member], member)
    by_measure = rng.random(len(accepted)) < BY_MEASURE_SHARE
    gone = np.flatnonzero((terminated != ABSENT) & ~by_measure)
    log.add("partner.terminated", terminated[gone], gone, reason=rng.integers(5, 7, len(gone)))
    struck = np.flatnonzero((terminated != ABSENT) & by_measure)
    measure = np.full(len(struck), MEASURES.index("terminate"))
    log.add("measure.applied", terminated[struck], struck, measure=measure, reason=rng.integers(11, 14, len(struck)))
    again = np.flatnonzero(returned != ABSENT)
    log.add("partner.accepted", returned[again], again)
