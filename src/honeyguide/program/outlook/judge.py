"""Verdicts: whether a goal is met, on pace, at risk or lost, and the figures that say so."""

from typing import NamedTuple

import numpy as np
import polars as pl

from honeyguide.program.engine.figures import Ints
from honeyguide.program.engine.kernels.days import FAR
from honeyguide.program.engine.kernels.state import KEEP, REACH
from honeyguide.program.engine.names import dates
from honeyguide.program.history.events import NONE
from honeyguide.program.outlook.goals import Goals
from honeyguide.program.outlook.plan import Plan
from honeyguide.program.outlook.sales import spread
from honeyguide.program.outlook.words import reasons


class Ahead(NamedTuple):
    """Sales and clients of each goal: in the window of its end by what is known, and at the present pace."""

    sales: Ints
    clients: Ints
    pace_sales: Ints
    pace_first: Ints
    expected: Ints
    last_day: int


def judge(goals: Goals, ahead: Ahead, plan: Plan, lots: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """A row a goal: verdict, reason, and the figures that they are given by. `lots`, `facts`: by goal."""
    size = len(goals.owner)
    sure = spread(lots.filter(~pl.col("lapses")).group_by("goal").agg(pl.col("seats").sum()), "seats", size)
    still = lots.filter(~pl.col("lapses"), pl.col("matures") > ahead.last_day)
    maturing = spread(still.group_by("goal").agg(pl.col("seats").sum()), "seats", size)
    lapsing = spread(lots.filter("lapses").group_by("goal").agg(pl.col("seats").sum()), "seats", size)
    spoken = facts.sort("goal", "place").group_by("goal", maintain_order=True)
    missing = spoken.agg(pl.col("requirement").str.replace_all("_", " ").str.join(", ").alias("facts"))
    dated = goals.end != NONE
    table = pl.DataFrame(
        {
            "goal": np.arange(size),
            "purpose_code": goals.purpose,
            "sales_asked": goals.sales_asked,
            "sales": ahead.sales,
            "expected": ahead.expected,
            "sales_missing": np.maximum(goals.sales_asked - ahead.sales, 0),
            "seats_asked": goals.seats_asked,
            "seats": goals.seats,
            "maturing": maturing,
            "sure": sure,
            "lapsing": lapsing,
            "best": sure + lapsing,
            "seats_missing": np.maximum(goals.seats_asked - goals.seats, 0),
            "clients_missing": np.maximum(goals.clients_asked - ahead.clients, 0),
            "suspended": goals.suspended,
            "barred": (goals.barred_until != NONE) & (goals.purpose == REACH),
            "no_end": goals.barred_until == FAR,
            "possible": plan.possible == 1,
            "date": dates(goals.end, dated),
            "barred_until": dates(goals.barred_until, (goals.barred_until != NONE) & (goals.barred_until != FAR)),
            "sellable_on": dates(plan.last_start, plan.last_start != NONE),
        }
    )
    table = table.join(missing, on="goal", how="left", maintain_order="left").with_columns(
        pl.col("facts").fill_null("")
    )
    table = table.with_columns(_verdict().alias("verdict"))
    return table.with_columns(reasons(table).alias("reason"))


def _verdict() -> pl.Expr:
    facts = pl.col("facts") == ""
    now = facts & (pl.col("sales") >= pl.col("sales_asked")) & (pl.col("seats") >= pl.col("seats_asked"))
    then = facts & (pl.col("expected") >= pl.col("sales_asked")) & (pl.col("sure") >= pl.col("seats_asked"))
    keep = (
        pl.when(pl.col("date").is_null() | now)
        .then(pl.lit("met"))
        .when(~pl.col("possible"))
        .then(pl.lit("lost"))
        .when(then)
        .then(pl.lit("on_pace"))
        .otherwise(pl.lit("at_risk"))
    )
    barred = pl.col("barred") | (pl.col("suspended") == 1)
    reach = pl.when(barred).then(pl.lit("barred")).when(~pl.col("possible")).then(pl.lit("out_of_reach"))
    return pl.when(pl.col("purpose_code") == KEEP).then(keep).otherwise(reach.otherwise(pl.lit("open")))
