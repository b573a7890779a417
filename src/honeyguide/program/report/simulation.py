"""The report of a simulation: one HTML page that answers who moves, what it costs and who just misses."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import jinja2
import polars as pl
from markupsafe import Markup

from honeyguide.program.report import charts, words
from honeyguide.program.report.summary import change_lines, headline, since_then, subline
from honeyguide.program.rulebook.figures import title
from honeyguide.program.simulation import Simulation, Threshold
from honeyguide.program.simulation.words import NOUNS, figure_text, requirement_noun

ROWS_MOST = 500
"""Rows of one table; the CSV has all."""
PERIODS_MOST = 36

_environment = jinja2.Environment(
    loader=jinja2.PackageLoader("honeyguide.program.report"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def simulation_page(simulation: Simulation) -> str:
    """The page as text. Self-contained: no script, no request; its style is named by hash in its own policy."""
    loader = _environment.loader
    assert loader is not None
    style = loader.get_source(_environment, "report.css")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    periods = list(_periods(simulation.months))
    return _environment.get_template("simulation.html.j2").render(
        style=Markup(style),  # noqa: S704 - a file of this package
        digest=digest,
        words=words,
        s=simulation,
        t=simulation.totals,
        place=place,
        since_then=since_then,
        headline=headline(simulation),
        subline=subline(simulation),
        changes=change_lines(simulation),
        cards=cards(simulation),
        stands=_stands(simulation),
        matrix=_matrix(simulation),
        matrix_inside=len(simulation.thresholds) % 2 == 1,
        spreads=[_spread(one, simulation) for one in simulation.thresholds],
        periods=periods,
        moves_chart=charts.ups_and_downs(periods, "Statuses gained and lost"),
        money_chart=charts.money_lines(periods, _money(simulation), "Discount given"),
        movers=_movers(simulation),
        rebated=_rebated(simulation),
        near=_near(simulation),
        points=_points(simulation),
        most=ROWS_MOST,
    )


def place(name: str | None) -> str:
    """A status or state as a reader knows it."""
    return "No status" if name is None else title(name)


def _money(simulation: Simulation) -> Callable[[int], str]:
    def say(minor: int) -> str:
        return f"{simulation.currency} {words.number(words.whole_units(minor))}"

    return say


def cards(simulation: Simulation) -> list[dict[str, str]]:
    """The figures at the top: name, before, after, difference, and which way it goes."""
    t, say = simulation.totals, _money(simulation)

    def card(name: str, before: int, after: int, form: Any = words.number) -> dict[str, str]:
        delta = after - before
        told = f"{'+' if delta > 0 else words.MINUS}{form(abs(delta))}"
        share = words.share_change(before, after)
        kind = "same" if delta == 0 else "up" if delta > 0 else "down"
        delta_text = "no change" if delta == 0 else f"{told} ({share})" if share else told
        return {"name": name, "before": form(before), "after": form(after), "delta": delta_text, "kind": kind}

    return [
        card("Discount on the same sales", t.discount_minor_before, t.discount_minor_after, say),
        card("Statuses reached", t.upgraded_before, t.upgraded_after),
        card("Reviews kept", t.confirmed_before, t.confirmed_after),
        card("Reviews lost", t.downgraded_before, t.downgraded_after),
        card("Points issued", t.points_issued_before, t.points_issued_after),
        card("Points active today", t.points_active_before, t.points_active_after),
        card("Points available to spend", t.points_available_before, t.points_available_after),
    ]


def _stands(simulation: Simulation) -> Markup:
    """Statuses before and after; states without a status only where somebody comes or goes."""
    rows = [row for row in simulation.matrix.rows(named=True) if _shown(simulation, row)]
    order = [*reversed(simulation.ladder), "applicant", "active", "suspended", "cancelled", "terminated"]
    found = [
        charts.Flow(
            place(row["before"]),
            place(row["after"]),
            row["partners"],
            _direction(order, row["before"], row["after"]),
            f"{words.plural(row['partners'], 'partner')}: "
            + (
                f"{place(row['before'])} under both"
                if row["before"] == row["after"]
                else f"{place(row['before'])} → {place(row['after'])}"
            ),
        )
        for row in sorted(rows, key=lambda row: (order.index(row["before"]), order.index(row["after"])))
    ]
    return charts.flows([place(name) for name in order], found, "Partners by status now and under the draft")


def _shown(simulation: Simulation, row: dict[str, Any]) -> bool:
    return row["before"] in simulation.ladder or row["before"] != row["after"]


def _direction(order: list[str], before: str, after: str) -> str:
    step = order.index(after) - order.index(before)
    return "same" if step == 0 else "up" if step < 0 else "down"


def _matrix(simulation: Simulation) -> dict[str, Any]:
    """Rows before, columns after, highest first."""
    every = simulation.matrix.rows(named=True)
    cells = {(row["before"], row["after"]): row["partners"] for row in every if _shown(simulation, row)}
    order = [*reversed(simulation.ladder), "applicant", "active", "suspended", "cancelled", "terminated"]
    there = [name for name in order if any(name in pair for pair in cells)]
    rows = [
        {"name": place(row), "cells": [{"partners": cells.get((row, name), 0), "same": row == name} for name in there]}
        for row in there
    ]
    apart = sum(row["partners"] for row in every) - sum(cells.values())
    return {"columns": [place(name) for name in there], "rows": rows, "apart": apart}


def _spread(one: Threshold, simulation: Simulation) -> dict[str, Any]:
    """A threshold that moves: heading, sentence, chart and table."""
    money = one.kind == 0
    units = _money(simulation)

    def say(value: int) -> str:
        return words.number(words.whole_units(value)) if money else words.number(value)

    noun = ("partner", "partners") if one.purpose == "reach" else ("review", "reviews")
    figures = charts.Spread(one.figures["value"].to_list(), one.before, one.after, say, noun)
    step, counts = charts.binned(figures)
    low, high = sorted((one.before or 0, one.after or 0))
    values = one.figures["value"]
    between = int(((values >= low) & (values < high)).sum())
    after = one.after or 0
    close = int(((values < after) & (values * 100 >= after * simulation.near_percent)).sum())
    status, measure = title(one.status), NOUNS.get(one.requirement, one.requirement)
    where = "between the two figures" if one.before is not None and one.after is not None else "below the figure"
    whole = units if money else say
    just = f"just below the draft’s ({simulation.near_percent} % or more of it)"
    return {
        "heading": f"{'Reaching' if one.purpose == 'reach' else 'Keeping'} {status}: {measure}",
        "limits": " → ".join("not asked" if value is None else whole(value) for value in (one.before, one.after)),
        "about": f"Active partners one status below, by their {measure} today"
        if one.purpose == "reach"
        else f"All reviews of {status}, by the {measure} in their window",
        "between": f"{words.plural(between, *noun) if between else f'no {noun[0]}'} {where}",
        "close": f"{words.plural(close, *noun) if close else f'no {noun[0]}'} {just}" if one.after else "",
        "chart": charts.spread(figures, f"{status}, {measure}"),
        "rows": [
            (
                say(number * step) + (" or more" if number == len(counts) - 1 else f" to {say((number + 1) * step)}"),
                count,
            )
            for number, count in enumerate(counts)
        ],
        "noun": noun[1].capitalize(),
    }


def _periods(months: pl.DataFrame) -> Iterator[charts.Period]:
    """Months; quarters or years where there are many."""
    every = "1mo"
    name: Callable[[date], str] = words.month
    short: Callable[[date], str] = _short_month
    if months.height > PERIODS_MOST:
        every, name, short = "1q", _quarter, _short_quarter
    if months.height > 3 * PERIODS_MOST:
        every, name, short = "1y", _year, _year
    grouped = months.group_by(pl.col("month").dt.truncate(every), maintain_order=True).agg(pl.all().sum())
    for row in grouped.rows(named=True):
        yield charts.Period(
            name(row["month"]),
            short(row["month"]),
            *(
                row[f"{kind}_{end}"]
                for kind in ("upgraded", "downgraded", "discount_minor")
                for end in ("before", "after")
            ),
        )


def _short_month(day: date) -> str:
    return f"{words.month(day)[:3]} {day.year % 100:02}"


def _quarter(day: date) -> str:
    return f"quarter {(day.month + 2) // 3} of {day.year}"


def _short_quarter(day: date) -> str:
    return f"Q{(day.month + 2) // 3} {day.year % 100:02}"


def _year(day: date) -> str:
    return str(day.year)


def _movers(simulation: Simulation) -> list[dict[str, Any]]:
    """Partners in another state or status: downward first, then by name."""
    table = simulation.moves.filter(pl.col("on").is_not_null())
    direction = pl.col("direction").replace_strict({"down": 0, "up": 1, "same": 2}, return_dtype=pl.Int8)
    return table.sort(direction, pl.coalesce("name", "partner")).head(ROWS_MOST).rows(named=True)


def _rebated(simulation: Simulation) -> list[dict[str, Any]]:
    """Partners that keep their status with another discount, by status and discounts."""
    table = simulation.moves.filter(pl.col("on").is_null())
    grouped = table.group_by("status_after", "discount_before", "discount_after", "clause", maintain_order=True).agg(
        pl.len().alias("partners"),
        pl.col("discount_minor_before").sum(),
        pl.col("discount_minor_after").sum(),
        pl.coalesce("name", "partner").sort().head(ROWS_MOST).alias("names"),
    )
    return grouped.sort("partners", descending=True).rows(named=True)


def _near(simulation: Simulation) -> list[dict[str, Any]]:
    shown = simulation.near.head(ROWS_MOST).with_columns(
        noun=requirement_noun(),
        **{f"{name}_text": figure_text(name) for name in ("actual", "required", "missing")},
    )
    return shown.rows(named=True)


def _points(simulation: Simulation) -> list[dict[str, Any]]:
    """The partners whose active points differ most."""
    change = (pl.col("active_after") - pl.col("active_before")).abs()
    return simulation.points.sort(change, descending=True, maintain_order=True).head(12).rows(named=True)
