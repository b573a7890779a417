"""Projects, granted points, and what points are spent on."""

import numpy as np

from honeyguide.program.history.fields import ACTIVITIES
from honeyguide.program.history.generate.aftermath import Told
from honeyguide.program.history.generate.calendar import Calendar, Floats, later
from honeyguide.program.history.generate.log import ABSENT, AWARDS, CAMPAIGNS, EMPTY, ITEMS, Log
from honeyguide.program.history.generate.population import Population
from honeyguide.program.history.generate.sales import QUARTER_S, Contracts

GRANTED_REASONS = 18
UNDONE_REASONS = 24
PROMOTION = ITEMS.index("Promotion package")


def tell_projects(rng: np.random.Generator, contracts: Contracts, log: Log, pace: float) -> None:
    """Implementations for some of the clients: delivered with a report, confirmed by the client weeks later."""
    chosen = np.flatnonzero(~contracts.returned & (rng.random(len(contracts)) < 0.14 / max(pace, 0.5)))
    number = np.arange(1, len(chosen) + 1)
    partner, count = contracts.partner[chosen], len(chosen)
    delivered = later(rng, contracts.at[chosen], 20, 160)
    kinds = rng.poisson((1.6, 0.9, 0.4), size=(count, 3)).clip(0, 20)
    kinds[:, 0] = np.where(kinds.sum(axis=1) == 0, 1, kinds[:, 0])
    paper = np.where(rng.random((2, count)) < 0.05, EMPTY, number)
    columns = {
        "project": number,
        "client": contracts.client[chosen],
        "modules": kinds @ np.array([10_000, 100, 1]),
        "integration": np.where(rng.random(count) < 0.2, 1, np.where(rng.random(count) < 0.5, 0, ABSENT)),
    }
    log.add("project.delivered", delivered, partner, **columns, report=paper[0], checklist=paper[1])
    resent = np.flatnonzero((paper == EMPTY).any(axis=0) & (rng.random(count) < 0.5))
    log.add(
        "project.delivered",
        later(rng, delivered[resent], 2, 20),
        partner[resent],
        **{name: values[resent] for name, values in columns.items()},
        report=number[resent],
        checklist=number[resent],
    )
    confirmed = np.flatnonzero(rng.random(count) < 0.87)
    early = rng.random(len(confirmed)) < 0.06
    at = np.where(early, later(rng, delivered[confirmed] - 15 * 86_400, 0, 10), later(rng, delivered[confirmed], 2, 60))
    log.add("project.confirmed", at, partner[confirmed], project=number[confirmed])


def tell_grants(rng: np.random.Generator, calendar: Calendar, population: Population, log: Log, pace: float) -> None:
    """Points for stories, applications, training, support and marketing; a few of them taken back."""
    partner, joined, ends = population.last_membership()
    years = np.maximum(ends - joined, 0) / (4 * QUARTER_S)
    scale = 0.9 * population.zeal[partner] * np.minimum(population.revenue[partner] / 3000, 8) ** 0.5
    row = np.repeat(np.arange(len(partner)), rng.poisson(years * scale * min(pace, 4.0)))
    at = calendar.between(rng, joined[row], ends[row])
    number = np.empty(len(row), dtype=np.int64)
    number[np.argsort(at, kind="stable")] = np.arange(1, len(row) + 1)
    activity = rng.choice(len(ACTIVITIES), size=len(row), p=[0.2, 0.1, 0.25, 0.2, 0.2, 0.05])
    points = 50 * rng.integers(1, 21, len(row))
    reason = np.where(rng.random(len(row)) < 0.6, GRANTED_REASONS + activity, ABSENT)
    log.add("points.granted", at, partner[row], award=number, points=points, activity=activity, reason=reason)
    back = np.flatnonzero(rng.random(len(row)) < 0.03)
    log.add(
        "points.cancelled",
        later(rng, at[back], 3, 300),
        partner[row[back]],
        award=number[back],
        award_of=np.zeros(len(back), dtype=np.int64),
        reason=np.full(len(back), 16),
    )
    some = np.flatnonzero(rng.random(len(row)) < 0.015)
    log.add("points.cancelled", later(rng, at[some], 3, 300), partner[row[some]], points=points[some] // 2)


def tell_cancelled_sales(rng: np.random.Generator, told: Told, log: Log) -> None:
    """Now and then the points of a sale are taken back."""
    sales = told.sales
    rows = np.flatnonzero((told.points > 0) & (rng.random(len(sales)) < 0.0015))
    log.add(
        "points.cancelled",
        later(rng, sales.at[rows], 30, 200),
        sales.partner[rows],
        award=told.number[rows],
        award_of=np.full(len(rows), AWARDS.index("S")),
        reason=rng.integers(12, 14, len(rows)),
    )


def tell_exchanges(rng: np.random.Generator, calendar: Calendar, population: Population, told: Told, log: Log) -> None:
    """Partners spend in a quarter part of what they earned in the one before; a few more than they have, a few back."""
    earned = _earned(calendar, len(population), told)
    partner, quarter = np.nonzero(earned >= 200)
    goes = rng.random(len(partner)) < 0.25 + 0.45 * population.zeal[partner]
    partner, quarter = partner[goes], quarter[goes]
    share = 0.2 + 0.6 * rng.random(len(partner))
    share = np.where(rng.random(len(partner)) < 0.04, 2 + 8 * rng.random(len(partner)), share)
    points = np.maximum((earned[partner, quarter] * share / 50).astype(np.int64) * 50, 50)
    opens = calendar.start_s + (quarter + 1) * QUARTER_S
    at = calendar.between(rng, opens, np.minimum(opens + QUARTER_S, calendar.end_s))
    at = np.where(opens >= calendar.end_s, calendar.end_s, at)  # not yet: the log leaves it out
    number = np.empty(len(at), dtype=np.int64)
    number[np.argsort(at, kind="stable")] = np.arange(1, len(at) + 1)
    item = rng.integers(0, len(ITEMS), len(at))
    campaign = np.where(
        (item == PROMOTION) | (rng.random(len(at)) < 0.12), rng.integers(0, len(CAMPAIGNS), len(at)), ABSENT
    )
    log.add("points.spent", at, partner, exchange=number, points=points, item=item, campaign=campaign)
    undone = np.flatnonzero(rng.random(len(at)) < 0.02)
    log.add(
        "points.restored",
        later(rng, at[undone], 1, 40),
        partner[undone],
        exchange=number[undone],
        reason=UNDONE_REASONS + rng.integers(0, 2, len(undone)),
    )


def _earned(calendar: Calendar, partners: int, told: Told) -> Floats:
    """Points by partner and quarter, roughly."""
    quarters = calendar.days // 91 + 1
    sales = told.sales
    cell = sales.partner * quarters + (sales.at - calendar.start_s) // QUARTER_S
    inside = sales.at < calendar.end_s
    earned = np.bincount(cell[inside], weights=told.points[inside], minlength=partners * quarters)
    return earned.reshape(partners, quarters)
