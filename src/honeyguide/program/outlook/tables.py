"""The tables of an outlook from goals, verdicts and plans."""

import numpy as np
import polars as pl

from honeyguide.program.engine.figures import Ints
from honeyguide.program.engine.kernels.days import FAR
from honeyguide.program.engine.kernels.state import KEEP
from honeyguide.program.engine.names import dates, status_names
from honeyguide.program.engine.outcome import Outcome
from honeyguide.program.engine.requirements import MONEY, PURPOSES
from honeyguide.program.history.events import NONE, PRODUCTS, History
from honeyguide.program.outlook.covering import months_after
from honeyguide.program.outlook.goals import Goals, acceptances, downgraded_until, inactive_since
from honeyguide.program.outlook.judge import Ahead
from honeyguide.program.outlook.plan import Plan
from honeyguide.program.outlook.words import day
from honeyguide.program.rulebook import Rulebook


def keys_of(history: History, goals: Goals) -> pl.DataFrame:
    """Goal, partner and purpose."""
    return pl.DataFrame(
        {
            "goal": np.arange(len(goals.owner)),
            "partner": history.partners[goals.owner],
            "purpose": _purposes(goals.purpose),
        },
        schema_overrides={"partner": pl.String, "purpose": pl.String},
    )


def _purposes(codes: Ints) -> pl.Series:
    return pl.Series([PURPOSES[code] for code in sorted(PURPOSES)])[codes - KEEP]


def partner_table(
    history: History, rulebook: Rulebook, outcome: Outcome, partners: pl.DataFrame, last_day: int
) -> pl.DataFrame:
    """Partners with a status, `partners` being those of the engine's answer."""
    accepted = acceptances(outcome)
    months = np.full(len(accepted), rulebook.activity.none_months, dtype=np.int64)
    later = months_after(np.where(accepted == NONE, 0, accepted), months)
    inactive = inactive_since(outcome, last_day, later)
    until = downgraded_until(outcome, last_day)
    own = pl.DataFrame(
        {
            "partner": history.partners,
            "inactive_since": dates(inactive, inactive != NONE),
            "barred": until != NONE,
            "barred_until": dates(until, (until != NONE) & (until != FAR)),
        }
    )
    table = partners.filter(pl.col("status").is_not_null()).join(own, on="partner", how="left", maintain_order="left")
    endless = pl.lit("no upgrade while a downgrade measure is in force")
    bar = (
        pl.when(pl.col("barred_until").is_null())
        .then(endless)
        .otherwise(pl.format("no upgrade until the end of {}: a downgrade measure is in force", day("barred_until")))
    )
    idle = f"no activity in {rulebook.activity.none_months} months since"
    suspended = pl.lit("suspended: not upgraded, no discount, sales do not count until it is reinstated")
    clause = rulebook.activity.clause
    note = pl.concat_str(
        pl.when(pl.col("state") == "suspended").then(suspended),
        pl.when("barred").then(bar),
        pl.when(pl.col("inactive_since").is_not_null()).then(
            pl.format(
                "{} {}: may be suspended without notice ({})", pl.lit(idle), day("inactive_since"), pl.lit(clause)
            )
        ),
        separator="; ",
        ignore_nulls=True,
    )
    return table.select(
        *("partner", "name", "country", "state", "status", "since", "review_on"),
        *("inactive_since", "barred_until", "barred"),
        pl.when(note != "").then(note).alias("note"),
    )


def goal_table(
    keys: pl.DataFrame,
    rulebook: Rulebook,
    goals: Goals,
    ahead: Ahead,
    plan: Plan,
    parts: tuple[pl.DataFrame, pl.DataFrame],
) -> pl.DataFrame:
    """One row a partner and purpose. `parts`: verdicts and actions by goal."""
    judged, actions = parts
    keeping = pl.Series(goals.purpose == KEEP, dtype=pl.Boolean)
    review = goals.status > 0
    dated = (goals.end != NONE) & (goals.purpose == KEEP)
    shown = np.where(review, goals.end + 1, goals.end)
    possible = pl.Series(plan.possible == 1, dtype=pl.Boolean)
    today = ahead.last_day
    endless = goals.barred_until == FAR
    reachable = (plan.possible == 1) & (goals.purpose != KEEP) & (goals.suspended == 0) & ~endless
    spoken = actions.group_by("goal", maintain_order=True).agg(pl.col("words").str.join("; ").alias("plan"))
    sales = pl.Series(goals.sales_asked > 0, dtype=pl.Boolean) & keeping
    seats = pl.col("seats_asked") > 0
    table = keys.with_columns(
        status_names(rulebook, goals.status).alias("status"),
        pl.Series("regaining", goals.regaining == 1, dtype=pl.Boolean),
        dates(shown, dated).alias("date"),
        pl.Series("is_review", review, dtype=pl.Boolean),
        pl.Series("left", shown - today),
        dates(goals.end, reachable).alias("earliest_on"),
        dates(ahead.pace_first, (goals.purpose == KEEP) & (goals.sales_asked > 0)).alias("pace_first"),
        pl.Series("pace_sales", ahead.pace_sales),
        possible.alias("plan_possible"),
        pl.Series("plan_greedy", plan.greedy == 1, dtype=pl.Boolean),
        pl.Series("plan_cost", np.where(plan.possible == 1, plan.cost, 0)),
        pl.Series("seat_price_net", plan.prices.net),
        pl.Series("seat_price_seats", plan.prices.seats),
        plan.prices.basis.alias("seat_price_basis"),
    )
    table = table.hstack(
        judged.select("verdict", "reason", "expected", "seats_asked", "seats", "maturing", "sure", "lapsing")
    )
    table = table.join(spoken, on="goal", how="left", maintain_order="left")
    dated_row = pl.col("date").is_not_null()
    return table.select(
        *("partner", "purpose", "status", "regaining", "date"),
        pl.when(dated_row)
        .then(pl.when("is_review").then(pl.lit("review")).otherwise(pl.lit("deadline")))
        .alias("date_is"),
        pl.when(dated_row).then("left").alias("days_left"),
        *("verdict", "reason", "earliest_on", "pace_first"),
        pl.when(sales).then("pace_sales").alias("pace_sales"),
        pl.when(sales).then("expected").alias("sales_expected"),
        pl.when(seats).then("seats").alias("seats_counted"),
        pl.when(seats).then("maturing").alias("seats_maturing"),
        pl.when(seats).then("lapsing").alias("seats_lapsing"),
        pl.when(seats).then("sure").alias("seats_expected"),
        "plan_possible",
        pl.when("plan_greedy").then(pl.lit("greedy")).otherwise(pl.lit("exact")).alias("plan_method"),
        *("plan_cost", "seat_price_net", "seat_price_seats", "seat_price_basis"),
        pl.col("plan").fill_null(""),
    )


def requirement_table(keys: pl.DataFrame, rows: pl.DataFrame, goals: Goals, judged: pl.DataFrame) -> pl.DataFrame:
    """The engine's requirement rows with what is missing today and what to expect at the review."""
    own = keys.hstack(judged.select("expected", "sure", "date"))
    reviewed = pl.Series(
        "reviewed", (goals.purpose == KEEP) & (goals.status > 0) & (goals.end != NONE), dtype=pl.Boolean
    )
    table = rows.join(own.with_columns(reviewed), on=["partner", "purpose"], how="left", maintain_order="left")
    expected = (
        pl.when(pl.col("kind") == MONEY)
        .then("expected")
        .when(pl.col("requirement") == "seats")
        .then(pl.when("decides").then("sure"))
    )
    return table.select(
        *("partner", "purpose", "status", "requirement", "clause", "kind", "actual", "required"),
        (pl.col("required") - pl.col("actual")).clip(lower_bound=0).alias("missing"),
        pl.when("reviewed").then(expected).alias("expected"),
        *("met", "decides", "first", "last"),
    )


def maturing_table(history: History, keys: pl.DataFrame, lots: pl.DataFrame) -> pl.DataFrame:
    """Seats in the window of a goal that are counted today, or will be by what is paid today."""
    rows = lots.filter(~pl.col("lapses")).join(keys, on="goal", how="left", maintain_order="left")
    return rows.select(
        "partner",
        "purpose",
        history.clients.gather(rows["client"]).alias("client"),
        history.idents.gather(rows["sale"]).alias("sale"),
        "seats",
        pl.col("matures").cast(pl.Int32).cast(pl.Date).alias("matures_on"),
    ).sort("partner", "purpose", "matures_on", maintain_order=True)


def lapsing_table(history: History, keys: pl.DataFrame, lots: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Seats that do not mature unless their client renews, and whether the plan has it renew far enough."""
    rows = lots.filter("lapses").join(plan.taken, on=["goal", "client"], how="left", maintain_order="left")
    rows = rows.join(keys, on="goal", how="left", maintain_order="left")
    covered = pl.col("covered").cast(pl.Int32)
    return rows.select(
        "partner",
        "purpose",
        history.clients.gather(rows["client"]).alias("client"),
        history.idents.gather(rows["sale"]).alias("sale"),
        "seats",
        pl.col("matures").cast(pl.Int32).cast(pl.Date).alias("matures_on"),
        (covered - 1).cast(pl.Date).alias("covered_until"),
        covered.cast(pl.Date).alias("renew_by"),
        "renewals",
        pl.Series("product", PRODUCTS).gather(rows["product"]).alias("product"),
        "term_months",
        (pl.col("renewals") * pl.col("price")).alias("cost"),
        (pl.col("taken").fill_null(0) >= pl.col("renewals")).alias("in_plan"),
    )


def action_table(keys: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
    """Actions by partner and purpose."""
    table = actions.join(keys, on="goal", how="left", maintain_order="left")
    return table.select("partner", "purpose", pl.exclude("partner", "purpose", "goal", "order"))
