"""JSON and CSV of an outlook, made by columns: text is put together for all rows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from honeyguide.program.engine.render import money_text
from honeyguide.program.engine.requirements import COUNT, MONEY

if TYPE_CHECKING:
    from honeyguide.program.outlook.answer import Outlook

_GOAL_MONEY = ("pace_sales", "sales_expected", "plan_cost", "seat_price_net")


def partner_lines(outlook: Outlook) -> list[str]:
    """A JSON object for each partner."""
    if outlook.partners.is_empty():
        return []
    goals = outlook.goals
    parts = {
        "requirements": (outlook.requirements, _requirement()),
        "maturing": (outlook.maturing, _maturing()),
        "lapsing": (outlook.lapsing, _lapse()),
        "actions": (outlook.actions, _action()),
    }
    for name, (rows, json) in parts.items():
        lists = rows.select("partner", "purpose", json.alias("json")).group_by(
            "partner", "purpose", maintain_order=True
        )
        texts = lists.agg(pl.col("json").str.join(", ").alias(name))
        goals = goals.join(texts, on=["partner", "purpose"], how="left", maintain_order="left")
    goals = goals.select("partner", "purpose", _goal().alias("json"))
    table = outlook.partners
    for purpose in ("keep", "reach"):
        own = goals.filter(pl.col("purpose") == purpose).select("partner", pl.col("json").alias(purpose))
        table = table.join(own, on="partner", how="left", maintain_order="left")
    fields = {name: _text(name) for name in ("partner", "name", "country", "state", "status")}
    fields |= {name: _day(name) for name in ("since", "review_on", "inactive_since")}
    fields |= {"barred": _truth("barred"), "barred_until": _day("barred_until"), "note": _text("note")}
    fields |= {name: pl.col(name).fill_null("null") for name in ("keep", "reach")}
    return table.select(_object(fields).alias("line"))["line"].to_list()


def csv_text(outlook: Outlook) -> str:
    """One row a partner and purpose; money as decimal numbers, days as in 2026-01-31."""
    partners = outlook.partners.select(
        "partner", "name", "country", "state", pl.col("status").alias("held"), "inactive_since"
    )
    table = partners.join(outlook.goals, on="partner", how="right", maintain_order="right", coalesce=True)
    columns = [
        *("partner", "name", "country", "state", "held", "purpose", "status", "regaining", "date", "date_is"),
        *("days_left", "verdict", "reason", "earliest_on", "pace_first", "pace_sales", "sales_expected"),
        *("seats_counted", "seats_maturing", "seats_lapsing", "seats_expected"),
        *("plan_possible", "plan_method", "plan_cost", "plan", "inactive_since"),
    ]
    money = [money_text(pl.col(name)).alias(name) for name in ("pace_sales", "sales_expected", "plan_cost")]
    days = pl.col(pl.Date).dt.strftime("%Y-%m-%d")
    return table.with_columns(*money, days).select(columns).write_csv()


def _goal() -> pl.Expr:
    fields = {"status": _text("status"), "regaining": _truth("regaining"), "date": _day("date")}
    fields |= {"date_is": _text("date_is"), "days_left": _number("days_left")}
    fields |= {"verdict": _text("verdict"), "reason": _text("reason"), "earliest_on": _day("earliest_on")}
    fields["pace"] = _object({"first": _day("pace_first"), "sales": _money("pace_sales")})
    fields["sales_expected"] = _money("sales_expected")
    fields["seats"] = _object(
        {name: _number(f"seats_{name}") for name in ("counted", "maturing", "lapsing", "expected")}
    )
    fields |= {name: _list(name) for name in ("requirements", "maturing", "lapsing")}
    price = {"net": _money("seat_price_net"), "seats": _number("seat_price_seats"), "basis": _text("seat_price_basis")}
    plan = {"possible": _truth("plan_possible"), "method": _text("plan_method"), "cost": _money("plan_cost")}
    plan |= {"seat_price": _object(price), "words": _text("plan"), "actions": _list("actions")}
    return _object(fields | {"plan": _object(plan)})


def _requirement() -> pl.Expr:
    fields = {name: _text(name) for name in ("requirement", "clause")}
    fields |= {name: _value(name) for name in ("actual", "required", "missing", "expected")}
    window = pl.concat_str(pl.lit("["), _day("first"), pl.lit(", "), _day("last"), pl.lit("]"))
    fields |= {"met": _truth("met"), "decides": _truth("decides")}
    return _object(fields | {"window": pl.when(pl.col("first").is_null()).then(pl.lit("null")).otherwise(window)})


def _maturing() -> pl.Expr:
    fields = {"client": _text("client"), "sale": _text("sale"), "seats": _number("seats")}
    return _object(fields | {"matures_on": _day("matures_on")})


def _lapse() -> pl.Expr:
    fields = {"client": _text("client"), "sale": _text("sale"), "seats": _number("seats")}
    fields |= {name: _day(name) for name in ("matures_on", "covered_until", "renew_by")}
    fields |= {"renewals": _number("renewals"), "product": _text("product"), "term_months": _number("term_months")}
    return _object(fields | {"cost": _money("cost"), "in_plan": _truth("in_plan")})


def _action() -> pl.Expr:
    fields = {name: _text(name) for name in ("action", "subject", "product")}
    fields |= {name: _number(name) for name in ("term_months", "times", "seats", "clients")}
    fields |= {"cost": _money("cost"), "from": _day("from"), "by": _day("by")}
    return _object(fields | {"brings": _text("brings"), "words": _text("words")})


def _object(fields: dict[str, pl.Expr]) -> pl.Expr:
    """A JSON object of fields that are JSON already."""
    parts: list[pl.Expr] = []
    for number, (name, value) in enumerate(fields.items()):
        parts += [pl.lit(f'{", " if number else "{"}"{name}": '), value]
    return pl.concat_str(*parts, pl.lit("}"))


def _text(name: str) -> pl.Expr:
    """A JSON string or null."""
    text = pl.struct(pl.col(name).alias("v")).struct.json_encode()
    return text.str.slice(5, text.str.len_chars() - 6)


def _number(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).fill_null("null")


def _truth(name: str) -> pl.Expr:
    return pl.when(pl.col(name)).then(pl.lit("true")).otherwise(pl.lit("false"))


def _day(name: str) -> pl.Expr:
    return pl.col(name).dt.strftime('"%Y-%m-%d"').fill_null("null")


def _money(name: str) -> pl.Expr:
    return pl.concat_str(pl.lit('"'), money_text(pl.col(name)), pl.lit('"')).fill_null("null")


def _list(name: str) -> pl.Expr:
    return pl.concat_str(pl.lit("["), pl.col(name).fill_null(""), pl.lit("]"))


def _value(name: str) -> pl.Expr:
    value, kind = pl.col(name), pl.col("kind")
    fact = pl.when(value == 1).then(pl.lit("true")).otherwise(pl.lit("false"))
    figure = pl.when(kind == MONEY).then(_money(name)).when(kind == COUNT).then(value.cast(pl.String)).otherwise(fact)
    return pl.when(value.is_null()).then(pl.lit("null")).otherwise(figure)
