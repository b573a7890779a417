"""The reference model: what a replay of a history must answer, worked out the long way."""

from datetime import date
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.reference.books import Books, Rulebooks
from tests.reference.ledger import Event, View, in_order, ledger_of
from tests.reference.points import Move, refunded_share
from tests.reference.requirements import all_met, rows_of
from tests.reference.walk import Transition, Walk

Json = dict[str, Any]


def answer(
    events: list[Json],
    rulebooks: Rulebooks,
    as_of: date | None = None,
    explain: bool = True,
    partners: list[str] | None = None,
) -> Json:
    """The answer for a valid history, `events` in the file's order; without `as_of` on the day of the last event."""
    books = Books.of(rulebooks)
    ordered = in_order(events, ZoneInfo(books.first["time_zone"]), as_of)
    if as_of is None and ordered:
        as_of = ordered[-1].day
    rulebook = books.last if as_of is None else books.on(as_of)
    named = {"name": rulebook["name"], "version": rulebook["version"]}
    walks = _walks(ordered, books, as_of) if as_of is not None else []
    active = [walk.account.active(as_of) for walk in walks if walk.state == "active" and as_of is not None]
    known = len(ordered) - 1
    return {
        "as_of": None if as_of is None else as_of.isoformat(),
        "rulebook": named,
        "partners": [
            _partner(walk, as_of, known, active, explain)
            for walk in walks
            if as_of is not None and (partners is None or walk.partner in partners)
        ],
    }


def movements(events: list[Json], rulebooks: Rulebooks, as_of: date) -> dict[str, list[Move]]:
    """Every movement of points up to the end of a day but what expires, by partner, in order."""
    books = Books.of(rulebooks)
    ordered = in_order(events, ZoneInfo(books.first["time_zone"]), as_of)
    return {walk.partner: walk.account.moves for walk in _walks(ordered, books, as_of)}


def _walks(ordered: list[Event], books: Books, as_of: date) -> list[Walk]:
    """Every partner with an event, by id, each walked to the end of the day `as_of`."""
    ledger = ledger_of(ordered)
    walks = [Walk(partner, books, ledger) for partner in sorted({event.partner for event in ordered})]
    for walk in walks:
        walk.walk(ordered, ordered[0].day, as_of)
    return walks


def _partner(walk: Walk, as_of: date, known: int, active: list[int], explain: bool) -> Json:
    """The fields of one partner in the order of the answer's table."""
    review = walk.review_on()
    return {
        "partner": walk.partner,
        "name": walk.name,
        "country": walk.country,
        "state": walk.state,
        "status": walk.status_name(),
        "since": _iso(walk.since),
        "confirmed_on": _iso(walk.confirmed_on),
        "review_on": _iso(review),
        "discount_percent": _discount(walk, as_of),
        "entitlements": _entitlements(walk, as_of),
        "points": _points(walk, as_of, known, active),
        "requirements": _requirements(walk, as_of, known),
        "warnings": walk.warnings,
        "restatements": _restatements(walk, known),
        "transitions": [_transition(transition, explain) for transition in walk.transitions],
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _discount(walk: Walk, as_of: date) -> int | float:
    """Reading 18 (T3.1, T3.6), reading 10 (T14)."""
    if walk.state != "active":
        return 0
    status = walk.status()
    percent = Fraction(0)
    if walk.facts.issuperset(status.get("discount_requires", ())):
        percent = Fraction(str(status["discount_percent"]))
    if walk.adjusted_percent is not None:
        percent = min(percent, walk.adjusted_percent)
    if walk.in_force("block_access", as_of):
        percent = Fraction(str(walk.rulebook["measures"]["block_access_discount_percent"]))
    return int(percent) if percent.denominator == 1 else float(percent)


def _entitlements(walk: Walk, as_of: date) -> list[str]:
    """The spec's last paragraph but two: what an active partner has, less what measures take (reading 10)."""
    if walk.state != "active":
        return []
    rulebook = walk.rulebook
    names = {*rulebook["entitlements"]["every_partner"], *walk.status()["entitlements"]}
    for requirement, added in rulebook["entitlements"].get("after", {}).items():
        if requirement in walk.facts:
            names.update(added)
    for kind, taken in rulebook["measures"]["takes"].items():
        if walk.in_force(kind, as_of):
            names.difference_update(taken)
    if walk.in_force("block_access", as_of):
        names.intersection_update(rulebook["measures"]["block_access_leaves"])
    return sorted(names)


def _points(walk: Walk, as_of: date, known: int, active: list[int]) -> Json:
    """Readings 13 to 17; `active` holds the active points of every active partner."""
    account = walk.account
    view = View(walk.ledger, known, known)
    held = 0
    for sale_id, points in walk.held.items():
        sale = walk.ledger.sales[sale_id]
        held += points - refunded_share(points, view.refunded(sale), sale)
    own = account.active(as_of)
    return {
        "active": own,
        "available": account.available(as_of),
        "held": held,
        "debt": account.debt,
        "expired": account.expired(as_of),
        "spent": account.spent,
        "rank": 1 + sum(other > own for other in active) if walk.state == "active" else None,
    }


def _requirements(walk: Walk, as_of: date, known: int) -> list[Json]:
    """For keeping the status held and for reaching the next one, as they stand at the end of the day."""
    if walk.level is None:
        return []
    view = View(walk.ledger, known, known)
    asked = [("keep", walk.level)]
    if walk.level + 1 < len(walk.rulebook["statuses"]):
        asked.append(("reach", walk.level + 1))
    return [
        row
        for purpose, level in asked
        for row in rows_of(walk.question(purpose, level, as_of, known), view, walk.books)
    ]


def _restatements(walk: Walk, known: int) -> list[Json]:
    """Reading 2: each decision asked again with the refunds and exclusions known at `as_of`, and nothing else new."""
    found = []
    for transition in walk.transitions:
        asked = transition.asked
        if asked is None or transition.cause == "cancelled":
            continue
        today = rows_of(asked.question, View(walk.ledger, asked.question.place, known), walk.books)
        if all_met(today) == all_met(asked.rows):
            continue
        found.append(
            {
                "on": transition.on.isoformat(),
                "decided": transition.after,
                "would_be": _would_be(transition, walk),
                "because": "; ".join(
                    f"{then['requirement']} {then['actual']} then, {now['actual']} now, required {now['required']}"
                    for then, now in zip(asked.rows, today, strict=True)
                    if then["decides"] and then["actual"] != now["actual"]
                ),
            }
        )
    return found


def _would_be(transition: Transition, walk: Walk) -> str | None:
    """The status in which the partner would have been left."""
    if transition.cause == "confirmed":
        names = [status["name"] for status in walk.rulebook["statuses"]]
        return str(names[names.index(transition.before) - 1])
    return transition.before


def _transition(transition: Transition, explain: bool) -> Json:
    shown: Json = {
        "on": transition.on.isoformat(),
        "from": transition.before,
        "to": transition.after,
        "cause": transition.cause,
        "clause": transition.clause,
    }
    if transition.version is not None:
        shown["rulebook"] = transition.version
    if explain:
        shown["requirements"] = [] if transition.asked is None else transition.asked.rows
    return shown
