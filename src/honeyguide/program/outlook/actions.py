"""The actions of a plan, one row each, in the order in which a person would take them on."""

import numpy as np
import polars as pl

from honeyguide.program.engine.kernels.state import REACH
from honeyguide.program.engine.names import dates
from honeyguide.program.history.events import NONE, PRODUCTS, History
from honeyguide.program.outlook.goals import Goals
from honeyguide.program.outlook.plan import Plan, seat_product
from honeyguide.program.outlook.words import amounts, day, numbers, plural, requirement_verbs
from honeyguide.program.rulebook import Rulebook

ACTION_COLUMNS = {
    "goal": pl.Int64,
    "order": pl.Int64,
    "action": pl.String,
    "subject": pl.String,
    "product": pl.String,
    "term_months": pl.Int64,
    "times": pl.Int64,
    "seats": pl.Int64,
    "clients": pl.Int64,
    "cost": pl.Int64,
    "from": pl.Date,
    "by": pl.Date,
    "brings": pl.String,
    "words": pl.String,
}

NO_ACTIONS = pl.DataFrame(schema=ACTION_COLUMNS)

_REINSTATE, _FACTS, _RENEW, _NEW_SEATS, _SELL = 0, 1, 1_000, 2_000, 3_000
"""Where the kinds of action stand in a plan: what costs nothing first."""


def actions_of(
    history: History, rulebook: Rulebook, goals: Goals, plan: Plan, facts: pl.DataFrame, last_day: int
) -> pl.DataFrame:
    """ACTION_COLUMNS of all goals that can be had, in the order of goals."""
    found = (plan.possible == 1) & (goals.end != NONE)
    goal = pl.DataFrame(
        {
            "goal": np.arange(len(goals.owner)),
            "today": dates(np.full(len(goals.owner), last_day), None),
            "begin": dates(np.maximum(last_day, np.where(goals.purpose == REACH, goals.first, last_day)), None),
            "end": dates(np.where(found, goals.end, last_day), None),
            "start": dates(np.where(found, plan.last_start, last_day), None),
        }
    )
    # What reaches a status has an earliest day, no last one.
    due = pl.when(pl.Series(goals.purpose == REACH)).then(pl.lit("")).otherwise(pl.format(" by {}", day("end")))
    goal = goal.with_columns(due.alias("due")).filter(pl.Series(found, dtype=pl.Boolean))
    parts = [
        _reinstate(goals, plan, goal),
        _facts(rulebook, facts, goal),
        _renewals(history, plan, goal),
        _new_seats(rulebook, plan, goal),
        _sales(plan, goal),
    ]
    rows = pl.concat([NO_ACTIONS, *parts], how="diagonal_relaxed").sort(
        "goal", "order", "by", "subject", maintain_order=True
    )
    return rows.select(pl.col(name).cast(kind) for name, kind in ACTION_COLUMNS.items())


def _reinstate(goals: Goals, plan: Plan, goal: pl.DataFrame) -> pl.DataFrame:
    sells = (plan.sales > 0) | (plan.new_seats > 0) | (plan.sales_short > 0) | (goals.purpose == REACH)
    rows = goal.filter(pl.Series((goals.suspended == 1) & sells, dtype=pl.Boolean).gather(goal["goal"]))
    if rows.is_empty():
        return NO_ACTIONS
    return rows.select(
        "goal",
        pl.lit(_REINSTATE).alias("order"),
        pl.lit("reinstate").alias("action"),
        pl.lit(0).alias("cost"),
        pl.col("today").alias("from"),
        pl.col("end").alias("by"),
        pl.lit("sales count again").alias("brings"),
        pl.lit("be reinstated first").alias("words"),
    )


def _facts(rulebook: Rulebook, facts: pl.DataFrame, goal: pl.DataFrame) -> pl.DataFrame:
    rows = facts.join(goal, on="goal", how="inner")
    if rows.is_empty():
        return NO_ACTIONS
    rows = rows.join(requirement_verbs(rulebook), on="requirement", how="left")
    return rows.select(
        "goal",
        (pl.col("place") + _FACTS).alias("order"),
        "action",
        pl.col("requirement").alias("subject"),
        pl.lit(0).alias("cost"),
        pl.col("today").alias("from"),
        pl.col("end").alias("by"),
        pl.col("requirement").str.replace_all("_", " ").alias("brings"),
        pl.format("{}{}", "verb", "due").alias("words"),
    )


def _renewals(history: History, plan: Plan, goal: pl.DataFrame) -> pl.DataFrame:
    rows = plan.renewals.join(goal, on="goal", how="inner")
    if rows.is_empty():
        return NO_ACTIONS
    rows = rows.with_columns(
        history.clients.gather(rows["client"]).alias("subject"),
        pl.col("covered").cast(pl.Int32).cast(pl.Date).alias("renew_by"),
    )
    rows = rows.with_columns(
        pl.Series("product", PRODUCTS).gather(rows["product"]),
        amounts(rows["cost"]).alias("cost_text"),
        numbers(rows["seats"]).alias("seats_text"),
        pl.when(pl.col("times") > 1)
        .then(pl.format(" {} times in a row, the first", "times"))
        .otherwise(pl.lit(""))
        .alias("often"),
    )
    sales = pl.when(pl.col("counts") == 1).then(pl.format(" and {} of sales", "cost_text")).otherwise(pl.lit(""))
    term = pl.format(
        "{} for {} {}",
        pl.col("product").str.replace_all("_", " "),
        "term_months",
        plural("term_months", "month", "months"),
    )
    return rows.select(
        "goal",
        pl.lit(_RENEW).alias("order"),
        pl.lit("renew").alias("action"),
        "subject",
        "product",
        "term_months",
        "times",
        "seats",
        "cost",
        pl.col("today").alias("from"),
        pl.col("renew_by").alias("by"),
        pl.format("saves {} {}{}", "seats_text", plural("seats", "seat", "seats"), sales).alias("brings"),
        pl.format("renew {}'s {}{} by {} ({})", "subject", term, "often", day("renew_by"), "cost_text").alias("words"),
    )


def _new_seats(rulebook: Rulebook, plan: Plan, goal: pl.DataFrame) -> pl.DataFrame:
    product = seat_product(rulebook)
    at = np.flatnonzero((plan.new_seats > 0) & (plan.possible == 1))
    if not len(at):
        return NO_ACTIONS
    rows = pl.DataFrame({"goal": at, "seats": plan.new_seats[at], "cost": plan.new_seats_cost[at]}).join(
        goal, on="goal"
    )
    rows = rows.with_columns(
        amounts(rows["cost"]).alias("cost_text"),
        numbers(rows["seats"]).alias("seats_text"),
        plan.prices.basis.gather(rows["goal"]).alias("basis"),
    )
    price = (
        pl.when(pl.col("basis") == "unknown")
        .then(pl.lit("price unknown"))
        .otherwise(pl.format("about {}", "cost_text"))
    )
    seats = pl.format("{} {}", "seats_text", plural("seats", "seat", "seats"))
    return rows.select(
        "goal",
        pl.lit(_NEW_SEATS).alias("order"),
        pl.lit("new_seats").alias("action"),
        pl.lit(None if product is None else PRODUCTS[product], dtype=pl.String).alias("product"),
        pl.lit(rulebook.seats.paid_months).alias("term_months"),
        "seats",
        "cost",
        pl.col("today").alias("from"),
        pl.col("start").alias("by"),
        pl.format("{} of new clients", seats).alias("brings"),
        pl.format("sell {} to new clients by {} ({})", seats, day("start"), price).alias("words"),
    )


def _sales(plan: Plan, goal: pl.DataFrame) -> pl.DataFrame:
    at = np.flatnonzero((plan.sales > 0) & (plan.possible == 1))
    if not len(at):
        return NO_ACTIONS
    rows = pl.DataFrame({"goal": at, "cost": plan.sales[at], "clients": plan.clients[at]}).join(goal, on="goal")
    rows = rows.with_columns(amounts(rows["cost"]).alias("cost_text"))
    others = (
        pl.when(pl.col("clients") > 0)
        .then(pl.format(" to {} other {}", "clients", plural("clients", "client", "clients")))
        .otherwise(pl.lit(""))
    )
    return rows.select(
        "goal",
        pl.lit(_SELL).alias("order"),
        pl.lit("sell").alias("action"),
        pl.when(pl.col("clients") > 0).then("clients").alias("clients"),
        "cost",
        pl.col("begin").alias("from"),
        pl.col("end").alias("by"),
        pl.format("{} of sales", "cost_text").alias("brings"),
        pl.format("sell {} more{}{}", "cost_text", others, "due").alias("words"),
    )
