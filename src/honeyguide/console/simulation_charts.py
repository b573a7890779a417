"""What a simulation found, as cards, tables and charts of its page."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from honeyguide.common import local, words
from honeyguide.common.charts import Chart, Series
from honeyguide.program.report.charts import Flow
from honeyguide.program.report.charts import flows as drawn_flows

STATES = ("applicant", "active", "suspended", "cancelled", "terminated")
type Result = Mapping[str, Any]


def version_text(version: str) -> str:
    """What the draft is compared with: it may be in force, or announced."""
    return _("Version %(version)s") % {"version": version}


def cards(result: Result) -> list[dict[str, Any]]:
    """The figures at the top: before, after, and the difference."""
    totals, currency = result["totals"], result["currency"]

    def money(value: Decimal) -> str:
        return local.money_text(value.quantize(Decimal(1), ROUND_HALF_UP), currency, short=True)

    def card(label: str, before: Any, after: Any, *, is_money: bool = False) -> dict[str, Any]:
        old, new = Decimal(str(before)), Decimal(str(after))
        form = money if is_money else local.whole_text
        change = new - old
        share = f" ({_share(old, change)})" if old and change else ""
        sign = "+" if change > 0 else ""
        return {
            "label": label,
            "before": form(old),
            "after": form(new),
            "change": f"{sign}{form(change)}{share}" if change else _("no change"),
            "way": "up" if change > 0 else "down" if change < 0 else "same",
        }

    found = [
        card(_("Discount on the same sales"), totals["discount_before"], totals["discount_after"], is_money=True),
        card(_("Statuses reached"), totals["upgraded_before"], totals["upgraded_after"]),
        card(_("Reviews kept"), totals["confirmed_before"], totals["confirmed_after"]),
        card(_("Reviews lost"), totals["downgraded_before"], totals["downgraded_after"]),
        card(_("Points given in all"), totals["points_issued_before"], totals["points_issued_after"]),
        card(_("Active points"), totals["points_active_before"], totals["points_active_after"]),
    ]
    if "points_available_before" in totals:  # a simulation of an earlier release has none
        available = totals["points_available_before"], totals["points_available_after"]
        found.append(card(_("Liability: points to spend"), *available))
    if result["liability_before"] is not None and result["liability_after"] is not None:
        worth = (_("Liability in money"), result["liability_before"], result["liability_after"])
        found.append(card(*worth, is_money=True))
    return found


def _share(before: Decimal, change: Decimal) -> str:
    sign = "+" if change > 0 else ""
    return f"{sign}{local.percent_text((change * 100 / before).quantize(Decimal('0.1'), ROUND_HALF_UP))}"


def place(name: str) -> str:
    """A status or a state in words."""
    return words.words_of(words.STATES, name) if name in STATES else words.words_of(words.STATUSES, name)


def _order(result: Result) -> list[str]:
    return [*reversed(result["statuses"]), *STATES]


def _shown(result: Result, row: Mapping[str, Any]) -> bool:
    """States without a status are of interest only where somebody comes or goes."""
    return row["before"] in result["statuses"] or row["before"] != row["after"]


def flows(result: Result, against: str) -> Markup:
    """Partners by place under the version that it is compared with and under the draft, with bands between them."""
    order = _order(result)
    rows = [row for row in result["matrix"] if _shown(result, row)]
    found = [
        Flow(
            place(row["before"]),
            place(row["after"]),
            row["partners"],
            _direction(order, row),
            _("%(before)s → %(after)s: %(partners)s")
            % {"before": place(row["before"]), "after": place(row["after"]), "partners": _partners(row["partners"])},
        )
        for row in sorted(rows, key=lambda row: (order.index(row["before"]), order.index(row["after"])))
    ]
    title = _("Partners by status under both")
    return drawn_flows([place(name) for name in order], found, title, (version_text(against), _("Under the draft")))


def _partners(count: int) -> str:
    return ngettext("%(number)s partner", "%(number)s partners", count) % {"number": local.whole_text(count)}


def _direction(order: list[str], row: Mapping[str, Any]) -> str:
    step = order.index(row["after"]) - order.index(row["before"])
    return "same" if step == 0 else "up" if step < 0 else "down"


def matrix(result: Result) -> dict[str, Any]:
    """The same as a table: a row is the place under the version, a column the place under the draft."""
    cells = {(row["before"], row["after"]): row["partners"] for row in result["matrix"] if _shown(result, row)}
    there = [name for name in _order(result) if any(name in pair for pair in cells)]
    return {
        "columns": [place(name) for name in there],
        "rows": [
            {"name": place(row), "cells": [{"count": cells.get((row, name), 0), "same": row == name} for name in there]}
            for row in there
        ],
    }


def thresholds(result: Result) -> list[dict[str, Any]]:
    """Where partners stand around each figure that the draft turns."""
    return [_threshold(one, result) for one in result["thresholds"]]


def _threshold(one: Mapping[str, Any], result: Result) -> dict[str, Any]:
    def say(value: Any) -> str:
        if value is None:
            return _("not asked")
        if one["is_money"]:
            return local.money_text(Decimal(str(value)), result["currency"], short=True)
        return local.whole_text(value)

    def edge(place_of_bin: int) -> str:
        value = place_of_bin * one["width"]
        return say(Decimal(value) / 100 if one["is_money"] else value)

    last = len(one["counts"]) - 1
    x = [
        _("%(from)s or more") % {"from": edge(each)} if each == last else f"{edge(each)} – {edge(each + 1)}"
        for each in range(last + 1)
    ]
    status, what = words.words_of(words.STATUSES, one["status"]), words.requirement_words(one["requirement"])
    reaching = one["purpose"] == "reach"
    title = _("Reaching %(status)s: %(what)s") if reaching else _("Keeping %(status)s: %(what)s")
    series = Series(_("Partners") if reaching else _("Reviews"), one["counts"])
    return {
        "title": title % {"status": status, "what": what},
        "limits": f"{say(one['before'])} → {say(one['after'])}",
        "about": _("Active partners one status below, by what they have today")
        if reaching
        else _("All reviews of the status, by what was there"),
        "between": one["between"],
        "just_below": one["just_below"],
        "reaching": reaching,
        "chart": Chart(title % {"status": status, "what": what}, x, [series], kind="bar"),
    }


def months(result: Result, against: str) -> list[Chart]:
    """Statuses gained and lost, discounts and points given, points to spend, month by month under both."""

    def chart(label: str, table: str, name: str, **more: Any) -> Chart | None:
        rows = result.get(table)  # a simulation of an earlier release has no points by month
        if not rows:
            return None
        both = ((version_text(against), "before", True), (_("Draft"), "after", False))
        series = [
            Series(text, [Decimal(str(row[f"{name}_{end}"])) for row in rows], dashed=dashed)
            for text, end, dashed in both
        ]
        return Chart(label, [row["month"] for row in rows], series, x_kind="month", **more)

    found = (
        chart(_("Statuses reached, month by month"), "months", "upgraded"),
        chart(_("Reviews lost, month by month"), "months", "downgraded"),
        chart(
            _("Discount on the same sales, month by month"), "months", "discount",
            unit="money", currency=result["currency"],
        ),
        chart(_("Points given, month by month"), "points_months", "given"),
        chart(_("Liability: points to spend at the end of each month"), "points_months", "available"),
    )  # fmt: skip
    return [each for each in found if each is not None]


def costs(result: Result) -> list[dict[str, Any]]:
    """Discounts by the status that partners hold under the version, in whole units of the currency."""

    def money(value: Decimal) -> str:
        return local.money_text(value.quantize(Decimal(1), ROUND_HALF_UP), result["currency"], short=True)

    rows = []
    for row in result["costs"]:
        before, after = (Decimal(row[f"discount_{end}"]) for end in ("before", "after"))
        sign = "+" if after > before else ""
        rows.append(
            {
                "is_status": row["status"] in result["statuses"],
                "status": row["status"],
                "sales": row["sales"],
                "before": money(before),
                "after": money(after),
                "change": f"{sign}{money(after - before)}" if after != before else local.NOTHING,
            }
        )
    return rows
