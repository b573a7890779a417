"""What each rulebook decided and gave month by month."""

import numpy as np
import polars as pl

from honeyguide.program.engine.figures import Ints
from honeyguide.program.engine.kernels.points import (
    EARNED,
    GIVEN_BACK,
    M_EXPIRES,
    M_KIND,
    M_LOT,
    M_POINTS,
    M_POSITION,
)
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


_POINTS = [f"{name}_{end}" for name in ("given", "available") for end in ("before", "after")]


def points_table(before: Outcome, after: Outcome) -> pl.DataFrame:
    """month (Date, its first day), then given and available (Int64), _before and _after: points of all partners.

    `given`: of the awards allocated in the month. `available`: what is left of valid lots at its end. Every month from
    the first award to the last movement; no rows where an outcome was decided without moves.
    """
    tables = [_points_by_month(outcome, end) for outcome, end in ((before, "before"), (after, "after"))]
    days = pl.concat([table.select("month") for table in tables])
    if days.is_empty():
        return pl.DataFrame(schema={"month": pl.Date, **dict.fromkeys(_POINTS, pl.Int64)})
    months = days.select(pl.date_range(pl.col("month").min(), pl.col("month").max(), "1mo"))
    for table in tables:
        months = months.join(table, on="month", how="left", maintain_order="left")
    return months.select(
        "month",
        *(
            pl.col(name).fill_null(0).cum_sum() if "available" in name else pl.col(name).fill_null(0)
            for name in _POINTS
        ),
    )


def _points_by_month(outcome: Outcome, end: str) -> pl.DataFrame:
    """month, given and, as `available`, by how much what is available changed in it."""
    none = np.empty((0, M_EXPIRES + 1), dtype=np.int64)
    moves = none if outcome.moves is None else outcome.moves[outcome.moves[:, M_LOT] >= 0]
    new = moves[:, M_KIND] == EARNED
    expires, lot = moves[new, M_EXPIRES], moves[:, M_LOT]  # lots are numbered in the order in which they are earned
    day = outcome.laid.events["day"][moves[:, M_POSITION]].astype(np.int64)
    points = np.where(new | (moves[:, M_KIND] == GIVEN_BACK), moves[:, M_POINTS], -moves[:, M_POINTS])
    valid = day < expires[lot]  # what comes back to a lot that has expired is gone at once
    over = np.flatnonzero(expires <= (outcome.laid.last_day or 0))
    rest = np.bincount(lot[valid], points[valid], minlength=len(expires)).astype(np.int64)
    given = np.where(new, moves[:, M_POINTS], 0)[valid]
    table = pl.DataFrame(
        {
            "month": pl.concat([_months(day[valid]), _months(expires[over])]),
            f"given_{end}": np.concatenate((given, np.zeros(len(over), dtype=np.int64))),
            f"available_{end}": np.concatenate((points[valid], -rest[over])),
        }
    )
    return table.group_by("month").agg(pl.exclude("month").sum())


def _months(days: Ints) -> pl.Series:
    return pl.Series(days.astype(np.int32)).cast(pl.Date).dt.month_start()
