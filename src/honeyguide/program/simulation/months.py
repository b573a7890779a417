"""What each rulebook decided and gave month by month."""

import numpy as np
import polars as pl

from honeyguide.program.engine.figures import Ints
from honeyguide.program.engine.kernels.state import (
    BY_CANCELLATION,
    BY_CONFIRMATION,
    BY_DOWNGRADE,
    BY_UPGRADE,
    T_CAUSE,
    T_DAY,
)
from honeyguide.program.engine.outcome import Outcome
from honeyguide.program.simulation.cost import Sale, sums

COUNTED = {
    "upgraded": int(BY_UPGRADE),
    "confirmed": int(BY_CONFIRMATION),
    "downgraded": int(BY_DOWNGRADE),
    "cancelled": int(BY_CANCELLATION),
}


def month_table(before: Outcome, after: Outcome, sales: Sale) -> pl.DataFrame:
    """month (Date, its first day), then counts (Int64) of each of COUNTED and discount_minor, _before and _after.

    Every month from the first decision or sale to the last, without a gap.
    """
    decided = [_counts(outcome, end) for outcome, end in ((before, "before"), (after, "after"))]
    given = sums(sales, {"month": _months(sales.day)}).select(
        "month",
        pl.col("before_minor").cast(pl.Int64).alias("discount_minor_before"),
        pl.col("after_minor").cast(pl.Int64).alias("discount_minor_after"),
    )
    tables = [*decided, given]
    days = pl.concat([table.select("month") for table in tables])
    if days.is_empty():
        return _filled(days, tables)
    return _filled(days.select(pl.date_range(pl.col("month").min(), pl.col("month").max(), "1mo")), tables)


def _filled(months: pl.DataFrame, tables: list[pl.DataFrame]) -> pl.DataFrame:
    for table in tables:
        months = months.join(table, on="month", how="left", maintain_order="left")
    order = [f"{name}_{end}" for name in (*COUNTED, "discount_minor") for end in ("before", "after")]
    return months.select("month", pl.col(order).fill_null(0))


def _counts(outcome: Outcome, end: str) -> pl.DataFrame:
    moves = outcome.transitions
    chosen = moves[np.isin(moves[:, T_CAUSE], list(COUNTED.values()))]
    table = pl.DataFrame({"month": _months(chosen[:, T_DAY]), "cause": chosen[:, T_CAUSE]})
    counts = [(pl.col("cause") == cause).sum().cast(pl.Int64).alias(f"{name}_{end}") for name, cause in COUNTED.items()]
    return table.group_by("month").agg(counts)


def _months(days: Ints) -> pl.Series:
    return pl.Series(days.astype(np.int32)).cast(pl.Date).dt.month_start()
