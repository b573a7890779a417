"""Seats to come: those that mature by what is paid today, and those that mature only if their client renews (T3.3)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import polars as pl

from honeyguide.program.engine.figures import Ints, counting_products
from honeyguide.program.engine.kernels.coverage import present_coverage
from honeyguide.program.engine.kernels.state import REACH
from honeyguide.program.engine.outcome import Outcome
from honeyguide.program.engine.seats import client_purchases, clock_of, seat_changes
from honeyguide.program.history.events import NONE, History
from honeyguide.program.outlook.covering import (
    Maturing,
    earliest_days,
    months_after,
    renewals_until,
    window_starts,
)
from honeyguide.program.outlook.goals import Goals
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.versions import Rules, versions_of

_EPOCH = date(1970, 1, 1)

LOT_COLUMNS = {
    "owner": pl.Int64,
    "sale": pl.Int64,  # row of the history
    "client": pl.Int64,
    "seats": pl.Int64,
    "matures": pl.Int64,
    "lapses": pl.Boolean,  # only if the client renews
    "covered": pl.Int64,  # first day without cover, the last one to renew on; the next ones are null unless it lapses
    "renewals": pl.Int64,
    "product": pl.Int64,
    "term_months": pl.Int64,
    "price": pl.Int64,  # of one renewal: what the client last paid
    "counts": pl.Int64,  # 1: the renewal counts for sales
}


class _Purchases(NamedTuple):
    """Purchases by client, then by time."""

    row: Ints
    client: Ints
    day: Ints
    end: Ints
    matures: Ints
    seats: Ints
    gone: Ints
    excluded: Ints
    fresh: Ints  # 1: a new client's
    covered: Ints


def seats_to_come(history: History, rules: Rules, outcome: Outcome, horizon: int) -> pl.DataFrame:
    """LOT_COLUMNS: seats counted or to be counted up to the day `horizon`, of sales while the partner was active.

    Worked out by the engine's own code, asked for what it would know on that day if nothing more happened.
    """
    laid = outcome.laid
    if laid.last_day is None or not len(laid.by_time):
        return pl.DataFrame(schema=LOT_COLUMNS)
    position = np.full(len(history), NONE, dtype=np.int64)
    position[laid.events["row"]] = np.arange(len(laid.events))
    changes = seat_changes(history, replace(laid, last_day=horizon), rules).changes
    sure = pl.DataFrame(
        {
            "owner": changes["partner"].astype(np.int64),
            "sale": changes["sale"],
            "seats": changes["seats"],
            "matures": changes["counts_on"].astype(np.int64),
        }
    )
    sure = sure.group_by("owner", "sale", "matures").agg(pl.col("seats").sum()).filter(pl.col("seats") > 0)
    lots = pl.concat(
        (sure.with_columns(pl.lit(False).alias("lapses")), _lapsing(history, rules, outcome)), how="diagonal"
    )
    active = outcome.active[position[lots["sale"].to_numpy()]] == 1
    lots = lots.with_columns(history.events["client"].gather(lots["sale"]).cast(pl.Int64).alias("client"))
    lots = lots.filter(pl.Series(active, dtype=pl.Boolean), pl.col("matures") <= horizon)
    return lots.select(pl.col(name).cast(kind) for name, kind in LOT_COLUMNS.items()).sort("owner", "matures", "sale")


def _lapsing(history: History, rules: Rules, outcome: Outcome) -> pl.DataFrame:
    """Seats whose client's cover ends before they mature, and can still be renewed today."""
    today = outcome.laid.last_day or 0
    every = _purchases(history, rules, outcome)
    matures = every.matures
    rulebook = versions_of(rules).on(_EPOCH + timedelta(days=today))  # by which a renewal today counts
    at = np.flatnonzero(
        (every.seats > 0)
        & (every.fresh == 1)
        & (every.gone == NONE)
        & (every.excluded == NONE)
        & (every.covered < matures)
        & (every.covered >= today)
    )
    last = _last_purchases(every)[every.client[at]]
    events = history.events
    row = every.row[last]
    product = events["product"].gather(pl.Series(row)).to_numpy().astype(np.int64)
    term = events["term_months"].gather(pl.Series(row)).to_numpy().astype(np.int64)
    return pl.DataFrame(
        {
            "owner": events["partner"].gather(pl.Series(every.row[at])).cast(pl.Int64),
            "sale": every.row[at],
            "seats": every.seats[at],
            "matures": matures[at],
            "lapses": np.ones(len(at), dtype=np.bool_),
            "covered": every.covered[at],
            "renewals": renewals_until(every.covered[at], term, matures[at]),
            "product": product,
            "term_months": term,
            "price": events["amount_minor"].gather(pl.Series(row)),
            "counts": counting_products(rulebook)[product].astype(np.int64),
        }
    )


def _purchases(history: History, rules: Rules, outcome: Outcome) -> _Purchases:
    laid = outcome.laid
    start, found = client_purchases(history, laid, rules)
    fresh, covered = present_coverage(start, found, clock_of(history, laid, laid.last_day or 0, until_mature=False))
    return _Purchases(
        row=found["row"].copy(),
        client=np.repeat(np.arange(len(start) - 1), np.diff(start)),
        day=found["day"].astype(np.int64),
        end=found["end"].astype(np.int64),
        matures=found["matures"].astype(np.int64),
        seats=found["seats"].copy(),
        gone=found["gone_row"].copy(),
        excluded=found["excluded_row"].copy(),
        fresh=fresh.astype(np.int64),
        covered=covered,
    )


def _last_purchases(every: _Purchases) -> Ints:
    """By client its purchase that is paid for longest, the latest of those; what is renewed is this one."""
    live = np.flatnonzero(every.gone == NONE)
    order = live[np.lexsort((live, every.end[live], every.client[live]))]
    last = np.full(int(every.client.max(initial=-1)) + 1, NONE, dtype=np.int64)
    last[every.client[order]] = order
    return last


def put_off_by_seats(goals: Goals, lots: pl.DataFrame, rulebook: Rulebook, fresh: int) -> Goals:
    """Goals to reach with the earliest day on which their seats can be there; `fresh`: seats sold today count then.

    Every client that can still renew is taken to do so. Windows of goals to reach begin by that day.
    """
    size = len(goals.owner)
    asking = np.flatnonzero((goals.purpose == REACH) & (goals.seats_asked > 0))
    wanted = pl.DataFrame(
        {"goal": np.arange(len(asking)), "owner": goals.owner[asking], "months": goals.months[asking]}
    )
    rows = lots.join(wanted, on="owner", how="inner").sort("goal", "matures")
    start = np.zeros(len(asking) + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows["goal"].to_numpy(), minlength=len(asking)), out=start[1:])
    matures, months = rows["matures"].to_numpy().copy(), rows["months"].to_numpy().copy()
    maturing = Maturing(rows["seats"].to_numpy().copy(), matures, months_after(matures, months))
    begin = goals.begin[asking]
    sellable = np.maximum(begin, fresh) if rulebook.seats.purchase_products else np.full(len(asking), _NO_DAY)
    end = goals.end.copy()
    end[asking] = earliest_days(start, maturing, goals.seats_asked[asking], begin, sellable)
    end[end == _NO_DAY] = NONE
    reaching = goals.purpose == REACH
    windows = window_starts(
        np.where(end == NONE, 0, end), np.where(reaching, goals.months, np.ones(size, dtype=np.int64))
    )
    return goals._replace(end=end, first=np.where(reaching, windows, goals.first))


_NO_DAY = 2**31 - 1


def seats_by_goal(goals: Goals, lots: pl.DataFrame) -> pl.DataFrame:
    """The seats that mature in the window of each goal: goal, place, then the columns of `lots`."""
    wanted = pl.DataFrame(
        {"goal": np.arange(len(goals.owner)), "owner": goals.owner, "first": goals.first, "end": goals.end}
    ).filter(pl.Series(goals.seats_asked > 0, dtype=pl.Boolean) & (pl.col("end") != NONE))
    rows = wanted.join(lots, on="owner", how="inner").filter(pl.col("matures").is_between("first", "end"))
    return rows.drop("first", "end").sort("goal", "client", "matures", "sale")
