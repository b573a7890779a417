"""The words of an outlook: why a verdict, what an action is and brings. Columns in, columns out."""

from collections.abc import Callable

import polars as pl

from honeyguide.program.engine.kernels.state import KEEP
from honeyguide.program.rulebook import Rulebook


def amounts(minor: pl.Series) -> pl.Series:
    """Minor units for a reader: 410000 -> "4,100", 410050 -> "4,100.50"."""
    return _worded(minor, _amount)


def numbers(values: pl.Series) -> pl.Series:
    """Counts for a reader: 1000 -> "1,000"."""
    return _worded(values, "{:,}".format)


def _amount(minor: int) -> str:
    whole, cents = divmod(minor, 100)
    return f"{whole:,}.{cents:02}" if cents else f"{whole:,}"


def _worded(values: pl.Series, text: Callable[[int], str]) -> pl.Series:
    texts = (None if value is None else text(value) for value in values.to_list())
    return pl.Series(values.name, list(texts), dtype=pl.String)


def plural(count: str, one: str, many: str) -> pl.Expr:
    """The word that goes with a number of a column."""
    return pl.when(pl.col(count) == 1).then(pl.lit(one)).otherwise(pl.lit(many))


def day(name: str) -> pl.Expr:
    """A day as 2026-01-31."""
    return pl.col(name).dt.strftime("%Y-%m-%d")


def sentence(*parts: tuple[pl.Expr, pl.Expr]) -> pl.Expr:
    """Those parts whose condition holds, joined by "; "."""
    return pl.concat_str(
        *(pl.when(condition).then(words) for condition, words in parts), separator="; ", ignore_nulls=True
    )


def reasons(goals: pl.DataFrame) -> pl.Series:
    """Why each verdict is given.

    Columns used: purpose_code, verdict, facts, sales_asked, sales, expected, seats_asked, seats, sure, lapsing, best,
    date, sellable_on, suspended, no_end, barred_until, sales_missing, clients_missing, seats_missing.
    """
    table = goals.with_columns(
        *(amounts(goals[name]).alias(f"{name}_text") for name in ("sales_asked", "sales", "expected", "sales_missing")),
        *(numbers(goals[name]).alias(f"{name}_text") for name in _COUNTS),
    )
    keep = pl.col("purpose_code") == KEEP
    return table.select(pl.when(keep).then(_of_keeping()).otherwise(_of_reaching()).alias("reason"))["reason"]


_COUNTS = ("seats_asked", "sure", "lapsing", "best", "clients_missing", "seats_missing")


def _text(template: str, *names: str) -> pl.Expr:
    return pl.format(template, *(pl.col(name) for name in names))


def _of_keeping() -> pl.Expr:
    verdict, missing = pl.col("verdict"), pl.col("facts") != ""
    sales_short = pl.col("expected") < pl.col("sales_asked")
    seats_short = pl.col("sure") < pl.col("seats_asked")
    suspended = (
        pl.when(pl.col("suspended") == 1).then(pl.lit(", sales while suspended do not count")).otherwise(pl.lit(""))
    )
    expected = pl.format("sales of {} expected, {} asked{}", "expected_text", "sales_asked_text", suspended)
    lapsing = (
        pl.when(pl.col("lapsing") > 0).then(_text(", {} more if clients renew", "lapsing_text")).otherwise(pl.lit(""))
    )
    seats = pl.format("{} of {} seats will be there{}", "sure_text", "seats_asked_text", lapsing)
    at_risk = sentence((missing, _text("missing: {}", "facts")), (sales_short, expected), (seats_short, seats))
    no_more = (
        pl.when(pl.col("sellable_on").is_null())
        .then(pl.lit("seats sold now mature too late"))
        .otherwise(pl.format("new seats had to be sold by {}", day("sellable_on")))
    )
    lost = pl.format(
        "at most {} of {} seats can mature before the review; {}", "best_text", "seats_asked_text", no_more
    )
    no_sales = pl.lit("no product counts for the sales that are missing")
    return (
        pl.when(verdict == "met")
        .then(
            pl.when(pl.col("date").is_null())
            .then(pl.lit("nothing is due"))
            .otherwise(pl.lit("all that decides is met"))
        )
        .when(verdict == "on_pace")
        .then(
            sentence(
                (
                    pl.col("sales") < pl.col("sales_asked"),
                    _text("sales of {} expected, {} asked", "expected_text", "sales_asked_text"),
                ),
                (
                    pl.col("seats") < pl.col("seats_asked"),
                    _text("{} seats will be there, {} asked", "sure_text", "seats_asked_text"),
                ),
            )
        )
        .when((verdict == "lost") & (pl.col("best") < pl.col("seats_asked")))
        .then(lost)
        .when(verdict == "lost")
        .then(no_sales)
        .otherwise(at_risk)
    )


def _of_reaching() -> pl.Expr:
    parts = sentence(
        (pl.col("facts") != "", _text("missing: {}", "facts")),
        (pl.col("sales_missing") > 0, _text("sales of {} missing", "sales_missing_text")),
        (
            pl.col("clients_missing") > 0,
            pl.format("{} more {}", "clients_missing_text", plural("clients_missing", "client", "clients")),
        ),
        (pl.col("seats_missing") > 0, _text("{} seats missing", "seats_missing_text")),
    )
    rest = pl.when(parts == "").then(pl.lit("nothing is missing")).otherwise(parts)
    ever = pl.when(pl.col("no_end")).then(pl.lit("no upgrade while a downgrade measure is in force"))
    bar = (
        pl.when(pl.col("suspended") == 1)
        .then(pl.lit("suspended partners are not upgraded"))
        .otherwise(ever.otherwise(pl.format("no upgrade until the end of {}", day("barred_until"))))
    )
    never = pl.format("{}; it cannot be reached under this rulebook", rest)
    barred = pl.col("verdict") == "barred"
    return (
        pl.when(barred)
        .then(pl.format("{}; {}", bar, rest))
        .when(pl.col("verdict") == "out_of_reach")
        .then(never)
        .otherwise(rest)
    )


def requirement_verbs(rulebook: Rulebook) -> pl.DataFrame:
    """By requirement what kind of action brings it, and its words."""
    rows: list[tuple[str, str, str, str | None]] = []
    for name, requirement in rulebook.requirements.items():
        spoken = name.replace("_", " ")
        if requirement.course is not None:
            rows.append((name, "course", f"complete the {spoken}", requirement.course))
        elif requirement.nfr is not None:
            rows.append(
                (name, "nfr", f"claim the not-for-resale {requirement.nfr.replace('_', ' ')} account", requirement.nfr)
            )
        else:
            rows.append((name, "evidence", f"hand in evidence: {spoken}", requirement.evidence))
    return pl.DataFrame(rows, schema=["requirement", "action", "verb", "word"], orient="row")
