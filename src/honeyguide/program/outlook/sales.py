"""Sales of goals: in the window on another day than today, and at the present pace."""

import numpy as np
import polars as pl

from honeyguide.program.engine.figures import Ints
from honeyguide.program.engine.kernels.state import F_SINCE, F_SINCE_STATUS, KEEP, REACH
from honeyguide.program.engine.outcome import Outcome
from honeyguide.program.outlook.covering import months_after
from honeyguide.program.outlook.goals import Bools, Goals, acceptances

DEFAULT_PACE_DAYS = 90


def counted_sales(outcome: Outcome) -> pl.DataFrame:
    """Sales that count for the targets: owner, client, day, amount (Int64)."""
    laid = outcome.laid
    at = np.flatnonzero(outcome.counted > 0)
    return pl.DataFrame(
        {
            "owner": np.searchsorted(laid.start, at, side="right") - 1,
            "client": laid.events["client"][at].astype(np.int64),
            "day": laid.events["day"][at].astype(np.int64),
            "amount": outcome.counted[at],
        }
    )


def trailing(sales: pl.DataFrame, goals: Goals, outcome: Outcome, limited: Bools, last_day: int) -> tuple[Ints, Ints]:
    """Sales and clients of the goals to reach that are in the window on the goal's end; 0 for the others.

    `limited`: goals whose sales count only since the status below was reached. On the day of that, those after the
    event that reached it: the engine's sum of today without the days since.
    """
    rows = _in_reach(sales, goals)
    leaves = months_after(rows["day"].to_numpy().copy(), rows["months"].to_numpy().copy())
    rows = rows.with_columns(
        pl.Series("leaves", leaves, dtype=pl.Int64),
        pl.Series("limited", limited).gather(rows["goal"]),
        pl.Series("since", outcome.standings[goals.owner, F_SINCE]).gather(rows["goal"]),
    )
    within = pl.col("leaves") > pl.col("end")
    after = pl.col("day") > pl.col("since")
    found = rows.group_by("goal").agg(
        pl.col("amount").filter(within).sum().alias("all"),
        pl.col("amount").filter(within & after).sum().alias("after"),
        pl.col("amount").filter(after & (pl.col("leaves") > last_day)).sum().alias("after_today"),
        pl.col("client").filter(within).n_unique().alias("clients"),
    )
    every, after_since, today, clients = (
        spread(found, name, len(goals.owner)) for name in ("all", "after", "after_today", "clients")
    )
    since = outcome.standings[goals.owner, F_SINCE]
    on_the_day = outcome.standings[goals.owner, F_SINCE_STATUS] - today
    still = months_after(np.where(limited, since, 0), goals.months) > goals.end
    return np.where(limited, after_since + np.where(still, on_the_day, 0), every), clients


def _in_reach(sales: pl.DataFrame, goals: Goals) -> pl.DataFrame:
    """The sales of each goal to reach: columns of `sales`, goal, end, months."""
    wanted = pl.DataFrame(
        {"goal": np.arange(len(goals.owner)), "owner": goals.owner, "end": goals.end, "months": goals.months}
    ).filter(pl.Series(goals.purpose == REACH, dtype=pl.Boolean))
    return sales.join(wanted, on="owner", how="inner", maintain_order="left")


def pace(
    sales: pl.DataFrame, goals: Goals, outcome: Outcome, last_day: int, pace_days: int | None
) -> tuple[Ints, Ints, Ints]:
    """By goal what was sold in the days that the pace is taken from, the first of them, and what to expect at the end.

    `pace_days`: the last so many days, fewer for a partner that was accepted since; None: since the window began. A
    suspended partner's sales do not count, so that what is counted is all that can be expected (reading 5).
    """
    if pace_days is None:
        began = goals.first
    else:
        began = np.maximum(last_day - pace_days + 1, acceptances(outcome)[goals.owner])
    wanted = pl.DataFrame({"goal": np.arange(len(goals.owner)), "owner": goals.owner, "began": began}).filter(
        pl.Series(goals.purpose == KEEP, dtype=pl.Boolean)
    )
    rows = sales.join(wanted, on="owner", how="inner").filter(pl.col("day") >= pl.col("began"))
    sold = spread(rows.group_by("goal").agg(pl.col("amount").sum()), "amount", len(goals.owner))
    days = np.maximum(last_day - began + 1, 1)
    ahead = np.where((goals.suspended == 1) | (goals.purpose == REACH), 0, np.maximum(goals.end - last_day, 0))
    # sold x ahead / days, half up, without a product that could exceed 64 bits
    whole, rest = sold // days * ahead, sold % days * ahead
    return sold, began, goals.sales + whole + (2 * rest + days) // (2 * days)


def spread(table: pl.DataFrame, name: str, size: int) -> Ints:
    """A column of some goals as one of all: 0 where the table has no row."""
    values = np.zeros(size, dtype=np.int64)
    values[table["goal"].to_numpy()] = table[name].to_numpy()
    return values
