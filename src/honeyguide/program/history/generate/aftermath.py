"""What follows a sale: refunds, exclusions, decisions on repeat deals. Ids of sales are given here."""

from dataclasses import dataclass

import numpy as np

from honeyguide.program.history.generate.calendar import DAY_S, Ints, Mask, later
from honeyguide.program.history.generate.log import ABSENT, Log
from honeyguide.program.history.generate.sales import CLOUD, ON_PREMISE, Sales

HELD_UNDER_DAYS = 30
"""The default program's; another one merely warns of decisions on sales that it does not hold."""


@dataclass(frozen=True, slots=True)
class Told:
    """Sales with the numbers that they were given, and what each earned, roughly."""

    sales: Sales
    number: Ints
    points: Ints


def tell_sales(rng: np.random.Generator, sales: Sales, log: Log) -> Told:
    """Sales in the order in which they were paid, and what became of them."""
    number = np.empty(len(sales), dtype=np.int64)
    number[np.argsort(sales.at, kind="stable")] = np.arange(1, len(sales) + 1)
    log.add(
        "sale.paid",
        sales.at,
        sales.partner,
        sale=number,
        client=sales.client,
        product=sales.product,
        net=sales.net,
        licences=sales.licences,
        seats=sales.seats,
        plan=sales.plan,
        modules=sales.modules,
        term_months=sales.term_months,
        new_client=sales.new_client,
    )
    _refunds(rng, sales, number, log)
    excluded = np.flatnonzero(rng.random(len(sales)) < 0.004)
    at = later(rng, sales.at[excluded], 3, 200)
    log.add(
        "sale.excluded", at, sales.partner[excluded], sale=number[excluded], reason=rng.integers(7, 9, len(excluded))
    )
    held = _held(sales)
    accepted = _decisions(rng, sales, number, held, log)
    return Told(sales=sales, number=number, points=np.where(held & ~accepted, 0, _points(sales)))


def _refunds(rng: np.random.Generator, sales: Sales, number: Ints, log: Log) -> None:
    """Contracts given back soon and whole; others in part, once or twice, some long after a review was passed."""
    whole = np.flatnonzero(sales.returned & (sales.net > 0))
    log.add("sale.refunded", later(rng, sales.at[whole], 2, 40), sales.partner[whole], sale=number[whole])
    part = np.flatnonzero(~sales.returned & (sales.net >= 1000) & (rng.random(len(sales)) < 0.018))
    late = rng.random(len(part)) < 0.25
    at = np.where(late, later(rng, sales.at[part], 60, 420), later(rng, sales.at[part], 2, 45))
    amount = (sales.net[part] * (0.1 + 0.5 * rng.random(len(part)))).astype(np.int64) // 100 * 100 + 1
    log.add("sale.refunded", at, sales.partner[part], sale=number[part], amount=amount)
    twice = np.flatnonzero(rng.random(len(part)) < 0.3)
    rest = sales.net[part[twice]] - amount[twice]
    second = np.where(rng.random(len(twice)) < 0.5, ABSENT, np.maximum(rest // 2, 1))  # absent: all that is left
    log.add("sale.refunded", later(rng, at[twice], 2, 90), sales.partner[part[twice]], sale=number[part[twice]],
            amount=second)  # fmt: skip


def _held(sales: Sales) -> Mask:
    """Sales less than 30 days after one of the same partner to the same client."""
    held = np.zeros(len(sales), dtype=np.bool_)
    day = sales.at // DAY_S
    same = (sales.partner[1:] == sales.partner[:-1]) & (sales.client[1:] == sales.client[:-1])
    held[1:] = same & (day[1:] - day[:-1] < HELD_UNDER_DAYS)
    return held


def _decisions(rng: np.random.Generator, sales: Sales, number: Ints, held: Mask, log: Log) -> Mask:
    """Most held deals are decided within weeks, most of those accepted; some wait to this day."""
    roll = rng.random(len(sales))
    accepted = held & (roll < 0.58)
    refused = held & (roll >= 0.58) & (roll < 0.75)
    rows = np.flatnonzero(accepted | refused)
    log.add(
        "points.decided",
        later(rng, sales.at[rows], 0.5, 25),
        sales.partner[rows],
        sale=number[rows],
        decision=accepted[rows].astype(np.int8),
    )
    return accepted


def _points(sales: Sales) -> Ints:
    """Roughly what sales earn: 5 % and 10 a licence. The engine works it out exactly; this bounds what is spent."""
    earns = (sales.product == CLOUD) | (sales.product == ON_PREMISE)
    return np.where(earns, sales.net // 2000 + 10 * np.maximum(sales.licences, 1), 0)
