"""What the discount on the same sales costs under each rulebook, in exact integer arithmetic."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from honeyguide.program.engine.figures import Ints
from honeyguide.program.engine.outcome import Outcome
from honeyguide.program.history.events import NONE, TYPE_CODE

FULL = 10_000
"""A discount of 100 %, in hundredths of a percent."""
_PAID, _REFUNDED = TYPE_CODE["sale.paid"], TYPE_CODE["sale.refunded"]


class Sale(NamedTuple):
    """By sale: partner, day, net after refunds, discounts given (minor units), whether its list value is known."""

    partner: Ints
    day: Ints
    net: Ints
    before: Ints
    after: Ints
    listed: npt.NDArray[np.bool_]


def discounts(before: Outcome, after: Outcome) -> Sale:
    """The discount on every paid sale under both rulebooks (T3.1.1b, T3.1.2c, T3.1.3c).

    What was paid is the list value less the discount of the current rulebook: list = net / (1 - discount). Each figure
    is rounded once, half up, from that exact value: before = list - net, after = list x the draft's discount. Net is
    what refunds up to the last day leave. A sale at a discount of 100 % says nothing of its list value: `listed` is
    false and both are 0. No product overflows: net has at most 14 digits, a discount 5.
    """
    events = before.laid.events
    sold = np.flatnonzero(events["kind"] == _PAID)
    net = _net(before)[sold]
    held, held_after = before.discount[sold].astype(np.int64), _by_row(before, after, sold)
    listed = held < FULL
    rest = np.where(listed, FULL - held, 1)
    given = _half_up(np.where(listed, net * held, 0), rest)
    would_be = _half_up(np.where(listed, net * held_after, 0), rest)
    start = before.laid.start
    partner = np.searchsorted(start, sold, side="right") - 1
    return Sale(partner, events["day"][sold].astype(np.int64), net, given, would_be, listed)


def _net(outcome: Outcome) -> Ints:
    """By position: the net of a sale less its refunds up to the last day; of no use for other events."""
    events = outcome.laid.events
    net = events["amount"].copy()
    refunds = np.flatnonzero((events["kind"] == _REFUNDED) & (events["target"] != NONE))
    np.subtract.at(net, events["target"][refunds], events["amount"][refunds])
    left: Ints = net
    return left


def _by_row(before: Outcome, after: Outcome, sold: Ints) -> Ints:
    """The draft's discount at the sales of the current layout."""
    if after.laid is before.laid:
        return after.discount[sold].astype(np.int64)
    by_row = np.zeros(len(before.laid.row_day), dtype=np.int64)
    by_row[after.laid.events["row"]] = after.discount
    rows: Ints = before.laid.events["row"][sold]
    return by_row[rows]


def _half_up(product: Ints, divisor: Ints) -> Ints:
    return (2 * product + divisor) // (2 * divisor)


def sums(sales: Sale, by: dict[str, pl.Series]) -> pl.DataFrame:
    """Sales added up by some columns: sales, without_list, net_minor, before_minor, after_minor (Int128), sorted."""
    figures = {
        "net_minor": sales.net,
        "before_minor": sales.before,
        "after_minor": sales.after,
        "listed": sales.listed,
    }
    table = pl.DataFrame(by | {name: pl.Series(values) for name, values in figures.items()})
    added = (
        pl.len().cast(pl.Int64).alias("sales"),
        (~pl.col("listed")).sum().cast(pl.Int64).alias("without_list"),
        *(pl.col(name).cast(pl.Int128).sum() for name in ("net_minor", "before_minor", "after_minor")),
    )
    if not by:
        return table.select(added)
    return table.group_by(*by, maintain_order=False).agg(added).sort(*by, nulls_last=True)
