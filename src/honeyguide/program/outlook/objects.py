"""An outlook as Python objects, made by rows: what its JSON says, for a reader in the same process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from honeyguide.program.engine.objects import Object, by_key, day, figure, money, window

if TYPE_CHECKING:
    from honeyguide.program.outlook.answer import Outlook

_GOAL = ["partner", "purpose"]


def partner_objects(outlook: Outlook) -> list[Object]:
    """An object for each partner, equal to what the JSON holds."""
    lists = {
        "requirements": by_key(outlook.requirements, _GOAL, _requirement),
        "maturing": by_key(outlook.maturing, _GOAL, _maturing),
        "lapsing": by_key(outlook.lapsing, _GOAL, _lapse),
        "actions": by_key(outlook.actions, _GOAL, _action),
    }
    goals: dict[tuple[str, str], Object] = {}
    for row in outlook.goals.iter_rows(named=True):
        key = row["partner"], row["purpose"]
        goals[key] = _goal(row, {name: found.get(key, []) for name, found in lists.items()})
    return [
        {
            **{name: row[name] for name in ("partner", "name", "country", "state", "status")},
            **{name: day(row[name]) for name in ("since", "review_on", "inactive_since")},
            "barred": row["barred"],
            "barred_until": day(row["barred_until"]),
            "note": row["note"],
            **{purpose: goals.get((row["partner"], purpose)) for purpose in ("keep", "reach")},
        }
        for row in outlook.partners.iter_rows(named=True)
    ]


def _goal(row: Object, lists: dict[str, list[Object]]) -> Object:
    price = {
        "net": money(row["seat_price_net"]),
        "seats": row["seat_price_seats"],
        "basis": row["seat_price_basis"],
    }
    return {
        "status": row["status"],
        "regaining": row["regaining"],
        "date": day(row["date"]),
        **{name: row[name] for name in ("date_is", "days_left", "verdict", "reason")},
        "earliest_on": day(row["earliest_on"]),
        "pace": {"first": day(row["pace_first"]), "sales": money(row["pace_sales"])},
        "sales_expected": money(row["sales_expected"]),
        "seats": {name: row[f"seats_{name}"] for name in ("counted", "maturing", "lapsing", "expected")},
        **{name: lists[name] for name in ("requirements", "maturing", "lapsing")},
        "plan": {
            "possible": row["plan_possible"],
            "method": row["plan_method"],
            "cost": money(row["plan_cost"]),
            "seat_price": price,
            "words": row["plan"],
            "actions": lists["actions"],
        },
    }


def _requirement(row: Object) -> Object:
    return {
        "requirement": row["requirement"],
        "clause": row["clause"],
        **{name: figure(row[name], row["kind"]) for name in ("actual", "required", "missing", "expected")},
        "met": row["met"],
        "decides": row["decides"],
        "window": window(row),
    }


def _maturing(row: Object) -> Object:
    return {**{name: row[name] for name in ("client", "sale", "seats")}, "matures_on": day(row["matures_on"])}


def _lapse(row: Object) -> Object:
    return {
        **{name: row[name] for name in ("client", "sale", "seats")},
        **{name: day(row[name]) for name in ("matures_on", "covered_until", "renew_by")},
        **{name: row[name] for name in ("renewals", "product", "term_months")},
        "cost": money(row["cost"]),
        "in_plan": row["in_plan"],
    }


def _action(row: Object) -> Object:
    return {
        **{name: row[name] for name in ("action", "subject", "product", "term_months", "times", "seats", "clients")},
        "cost": money(row["cost"]),
        "from": day(row["from"]),
        "by": day(row["by"]),
        "brings": row["brings"],
        "words": row["words"],
    }
