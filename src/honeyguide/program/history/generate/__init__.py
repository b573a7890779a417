"""Made-up programs for demonstrations, tests and measurements: believable, valid, the same for the same seed.

Companies of all sizes join, learn, sell with the seasons, renew, fade, are reviewed, lose and regain statuses, spend
points and now and then misbehave. Everything is drawn by columns over all partners at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from honeyguide.program.history.generate.aftermath import tell_sales
from honeyguide.program.history.generate.calendar import Calendar, calendar
from honeyguide.program.history.generate.conduct import (
    tell_adjustments,
    tell_leads,
    tell_measures,
    tell_suspensions,
)
from honeyguide.program.history.generate.frames import frames
from honeyguide.program.history.generate.learning import tell_learning
from honeyguide.program.history.generate.log import Log
from honeyguide.program.history.generate.names import COUNTRY_CODES, companies
from honeyguide.program.history.generate.population import Population, draw_population
from honeyguide.program.history.generate.rewards import (
    tell_cancelled_sales,
    tell_exchanges,
    tell_grants,
    tell_projects,
)
from honeyguide.program.history.generate.sales import draw_contracts, draw_sales

EVENTS_PER_PARTNER_YEAR = 34
FRAME_ROWS = 1_000_000
PILOT_PARTNERS_LEAST, PILOT_PARTNERS, PILOTS = 500, 4_000, 5
"""Partners drawn first, to learn at which pace the wanted number of events comes out."""
PACE_LEAST, PACE_MOST = 0.05, 200.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to make up: partners, first day, the day after the last, seed, and events a partner on average."""

    partners: int
    start: date
    end: date
    seed: int = 1
    events_per_partner: float | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        if self.partners < 1:
            raise ValueError(f"partners = {self.partners}: expected 1 or more")
        if (self.end - self.start).days < 100:
            raise ValueError(f"{self.start} to {self.end}: expected 100 days or more")
        if self.events_per_partner is not None and self.events_per_partner <= 0:
            raise ValueError(f"events per partner = {self.events_per_partner}: expected more than 0")

    @property
    def events_wanted(self) -> float:
        """Events a partner; without a wish what is usual in so many years."""
        years = (self.end - self.start).days / 365.25
        return self.events_per_partner or EVENTS_PER_PARTNER_YEAR * years


def generate(plan: Plan, frame_rows: int = FRAME_ROWS) -> Iterator[pl.DataFrame]:
    """Frames of events in the history's form, ordered by `at`, of up to `frame_rows` rows.

    Columns are named as the form's fields: `at` Datetime(us, UTC), money and percent Decimal(18, 2), lists
    List(String), `until` Date, numbers Int64, flags Boolean, all else String; null where an event lacks the field.
    """
    days = calendar(plan.start, plan.end)
    pace = _pace(plan, days)
    population, log = _tell(days, plan.partners, np.random.SeedSequence([plan.seed, 1]), pace)
    rng = np.random.default_rng([plan.seed, 2])
    ids, names = companies(rng, population.country)
    countries = pl.Series(COUNTRY_CODES)[population.country]
    del population  # large programs take memory enough
    yield from frames(log.in_order(), ids, names, countries, frame_rows)


def _pace(plan: Plan, days: Calendar) -> float:
    """How much must go on for the wanted number of events: tried out on a few partners."""
    count = min(max(plan.partners, PILOT_PARTNERS_LEAST), PILOT_PARTNERS)

    def events(pace: float) -> float:
        return len(_tell(days, count, np.random.SeedSequence([plan.seed, 0]), pace)[1]) / count

    (before, had), pace = (0.0, events(0.0)), 1.0
    for _ in range(PILOTS):  # nearly a straight line, so that few steps lead there
        now = events(pace)
        if now <= had:
            break
        (before, had), pace = (pace, now), pace + (plan.events_wanted - now) * (pace - before) / (now - had)
        pace = float(np.clip(pace, PACE_LEAST, PACE_MOST))
        if abs(plan.events_wanted - now) < 0.005 * now:
            break
    return pace


def _tell(days: Calendar, partners: int, seed: np.random.SeedSequence, pace: float) -> tuple[Population, Log]:
    """Everything that happens to so many partners. Each subject draws from a stream of its own."""
    streams = iter(np.random.default_rng(child) for child in seed.spawn(12))
    population, log = draw_population(next(streams), days, partners)
    tell_learning(next(streams), days, population, log)
    contracts = draw_contracts(next(streams), days, population, pace)
    sales = draw_sales(next(streams), contracts)
    told = tell_sales(next(streams), sales, log)
    tell_projects(next(streams), contracts, log, pace)
    tell_grants(next(streams), days, population, log, pace)
    tell_cancelled_sales(next(streams), told, log)
    tell_exchanges(next(streams), days, population, told, log)
    tell_leads(next(streams), days, population, log, pace)
    tell_adjustments(next(streams), days, population, log)
    behaviour = next(streams)
    tell_suspensions(behaviour, days, population, log)
    tell_measures(behaviour, days, population, log)
    return population, log
