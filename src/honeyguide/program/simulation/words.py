"""Decisions and requirements in words, by columns."""

import polars as pl

from honeyguide.program.engine.render import money_text
from honeyguide.program.engine.requirements import FACT, MONEY
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.figures import title

NOUNS = {"sales": "sales", "clients": "clients", "seats": "new seats"}


def titles(rulebook: Rulebook) -> dict[str, str]:
    """A rulebook's statuses as words begin a sentence with them."""
    return {status.name: title(status.name) for status in rulebook.statuses}


def grouped(number: pl.Expr) -> pl.Expr:
    """Digits with a comma before each three: "1234567.50" -> "1,234,567.50"; a minus stays."""
    whole, rest = number.str.extract(r"^-?(\d+)", 1), number.str.extract(r"(\.\d+)$", 1).fill_null("")
    digits = whole.str.reverse().str.replace_all(r"(\d{3})", "$1,").str.reverse().str.strip_chars_start(",")
    return pl.concat_str(pl.when(number.str.starts_with("-")).then(pl.lit("-")).otherwise(pl.lit("")), digits, rest)


def figure_text(name: str) -> pl.Expr:
    """A requirement's figure by its `kind`: money with two digits, a count, "there" or "missing"; null stays."""
    value, kind = pl.col(name), pl.col("kind")
    fact = pl.when(value == 1).then(pl.lit("there")).when(value == 0).then(pl.lit("missing"))
    return pl.when(kind == MONEY).then(grouped(money_text(value))).when(kind == FACT).then(fact).otherwise(
        grouped(value.cast(pl.String))
    )  # fmt: skip


def requirement_noun() -> pl.Expr:
    """A requirement's name in a sentence."""
    return pl.col("requirement").replace(NOUNS).str.replace_all("_", " ")


def reason_words() -> pl.Expr:
    """A requirement under both rulebooks: "sales 2,610.00, asked 2,500.00 → 3,000.00"."""
    figure = pl.concat_str(
        requirement_noun(), pl.lit(" "), _turn("actual"), pl.lit(", asked "), _turn("required", none="nothing")
    )
    only = (
        pl.when(pl.col("required_before").is_null())
        .then(pl.lit(", asked by the draft alone"))
        .when(pl.col("required_after").is_null())
        .then(pl.lit(", no longer asked"))
        .otherwise(pl.lit(""))
    )
    fact = pl.concat_str(requirement_noun(), pl.lit(" "), _turn("actual"), only)
    return pl.when(pl.col("kind") == FACT).then(fact).otherwise(figure)


def _turn(name: str, none: str | None = None) -> pl.Expr:
    """One figure where both sides have the same, else both with an arrow; an absent one is `none`, or left out."""
    before, after = figure_text(f"{name}_before"), figure_text(f"{name}_after")
    if none is None:
        before, after = pl.coalesce(before, after), pl.coalesce(after, before)
    else:
        before, after = before.fill_null(none), after.fill_null(none)
    return pl.when(before == after).then(after).otherwise(pl.concat_str(before, pl.lit(" → "), after))


def decision_words() -> pl.Expr:
    """A transition by its cause, from and to (titles of statuses)."""
    was, now = pl.col("from"), pl.col("to")
    words = {
        "accepted": pl.format("accepted as {}", now),
        "upgraded": pl.format("{} reached", now),
        "confirmed": pl.format("{} confirmed", now),
        "downgraded": pl.format("down from {} to {}", was, now),
        "cancelled": pl.lit("cancelled"),
        "suspended": pl.lit("suspended"),
        "reinstated": pl.lit("reinstated"),
        "terminated": pl.lit("terminated"),
        "measure": pl.when(now.is_null()).then(pl.lit("terminated by a measure")).otherwise(
            pl.format("{} by a measure", now)
        ),
    }  # fmt: skip
    text = pl.lit(None, dtype=pl.String)
    for cause, expression in words.items():
        text = pl.when(pl.col("cause") == cause).then(expression).otherwise(text)
    return text
