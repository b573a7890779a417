"""Which of the interesting situations a history has reached, so that a comparison over many can be trusted."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.reference.books import Books
from tests.reference.days import add_months
from tests.reference.ledger import Event, Ledger, Sale, View, in_order, ledger_of
from tests.reference.rulebooks import default_rulebook
from tests.reference.seats import covered, is_new_clients, purchases, seats_that_mature

Json = dict[str, Any]

MEASURES = ("downgrade", "terminate", "block_access", "bar_leads", "delist", "blacklist", "revoke")
WARNINGS = {
    "partner.accepted ignored": "warning: accepted",
    "partner.suspended ignored": "warning: suspended",
    "partner.reinstated ignored": "warning: reinstated",
    "points.cancelled ignored": "warning: cancelled award not allocated",
    "no more were active": "warning: cancelled more than active",
    "points.decided ignored": "warning: decided sale not held",
    "became debt": "warning: spent more than available",
}
ALL_FEATURES = frozenset(
    {
        # statuses
        "upgraded silver",
        "upgraded gold",
        "regained silver",
        "regained gold",
        "confirmed silver",
        "confirmed gold",
        "confirmed while suspended",
        "downgraded bronze",
        "downgraded silver",
        "measure bronze",
        "measure silver",
        "cancelled",
        "accepted again",
        "suspended",
        "reinstated",
        "terminated",
        "terminated by measure",
        "two transitions on a day",
        "changed on two days running",
        "lost twice",
        "gold again after a new acceptance",
        # requirements
        "sales exactly met",
        "sales missed by a cent",
        "seats exactly met",
        "seats missed by one",
        "seats decide",
        "seats do not decide",
        "seats matured",
        "seats by absent new_client",
        "seats lost to another partner's refund",
        "seats won by another partner's refund",
        "coverage gap",
        "two first purchases on a day",
        "first purchase of the day marked as not new",
        "evidence withdrawn",
        "window from 29 February",
        # restatements
        "restated upgrade to silver",
        "restated upgrade to gold",
        "restated confirmation",
        "restated downgrade",
        "restated for seats",
        "restated for clients",
        # sales and points
        "new_client true",
        "new_client false",
        "refund whole",
        "refund part",
        "refund in several parts",
        "sale excluded",
        "sale of net 0",
        "held accepted",
        "held refused",
        "held undecided",
        "held undecided and refunded",
        "held accepted and refunded",
        "debt",
        "debt repaid",
        "exchange undone",
        "exchange undone that had become debt",
        "exchange undone a year later",
        "lots expired",
        "spent and expired",
        "award cancelled",
        "points cancelled",
        "project delivered first",
        "project confirmed first",
        "project without papers",
        "project delivered twice",
        "project confirmed twice",
        "project with integration",
        "rank shared",
        "rank null",
        # standing
        "applicant",
        "bronze without discount",
        "discount adjusted",
        "discount restored",
        "discount blocked",
        "measure until",
        "measure lifted",
        *(f"measure {kind}" for kind in MEASURES),
        *WARNINGS.values(),
        # form
        "29 February",
        "first day of 2026",
        "offset other than UTC",
        "equal instants",
        "lines out of order",
        "midnight",
        "last microsecond of a day",
        "repeated id",
        "unknown field",
        "money as a number",
    }
)


def features(events: list[Json], answer: Json) -> set[str]:
    """The situations that a history and its answer on the last day (default rulebook, with explain) have reached."""
    ordered = in_order(events, ZoneInfo("UTC"), None)
    ledger = ledger_of(ordered)
    return {
        *_form(events, ordered),
        *_named_by_events(ordered),
        *_sales(ordered, ledger),
        *_seats(ordered, ledger),
        *_projects(ordered),
        *_undone(ordered, answer),
        *(name for partner in answer["partners"] for name in _partner(partner)),
        *_ranks(answer),
    }


def _form(events: list[Json], ordered: list[Event]) -> Iterator[str]:
    instants = [datetime.fromisoformat(event["at"]) for event in events]
    if instants != sorted(instants):
        yield "lines out of order"
    if len(events) != len(ordered):
        yield "repeated id"
    if len(set(instants)) < len(ordered):
        yield "equal instants"
    if any(at.utcoffset() for at in instants):
        yield "offset other than UTC"
    if any("T00:00:00Z" in event["at"] for event in events):
        yield "midnight"
    if any("T23:59:59.999999Z" in event["at"] for event in events):
        yield "last microsecond of a day"
    if any((event.day.month, event.day.day) == (2, 29) for event in ordered):
        yield "29 February"
    if ordered and ordered[0].day < date(2026, 1, 1) <= ordered[-1].day:
        yield "first day of 2026"
    if any("note" in event for event in events):
        yield "unknown field"
    if any(isinstance(event.get("net"), int) for event in events):
        yield "money as a number"


def _named_by_events(ordered: list[Event]) -> Iterator[str]:
    plain = {
        "evidence.withdrawn": "evidence withdrawn",
        "sale.excluded": "sale excluded",
        "discount.restored": "discount restored",
        "measure.lifted": "measure lifted",
    }
    for event in ordered:
        if event.type in plain:
            yield plain[event.type]
        if event.type == "measure.applied":
            yield f"measure {event.fields['measure']}"
            if "until" in event.fields:
                yield "measure until"
        if event.type == "points.cancelled":
            yield "award cancelled" if "award" in event.fields else "points cancelled"
        if event.type == "sale.paid" and "new_client" in event.fields:
            yield f"new_client {str(event.fields['new_client']).lower()}"


def _is_held(ledger: Ledger, sale: Sale) -> bool:
    earlier = [s for s in ledger.of_partner[sale.partner] if s.client == sale.client and s.place < sale.place]
    return any((sale.day - s.day).days < 30 for s in earlier)


def _sales(ordered: list[Event], ledger: Ledger) -> Iterator[str]:
    view = View(ledger, len(ordered), len(ordered))
    decisions: dict[str, str] = {}
    for event in ordered:
        if event.type == "points.decided" and _is_held(ledger, ledger.sales[event.fields["sale"]]):
            decisions.setdefault(event.fields["sale"], event.fields["decision"])
    for sale in ledger.sales.values():
        refunded = view.refunded(sale)
        if sale.net == 0:
            yield "sale of net 0"
        if view.fully_refunded(sale):
            yield "refund whole"
        elif refunded:
            yield "refund part"
        if len(ledger.refunds.get(sale.id, ())) > 1:
            yield "refund in several parts"
        if _is_held(ledger, sale):
            decided = {None: "undecided", "accept": "accepted", "refuse": "refused"}[decisions.get(sale.id)]
            yield f"held {decided}"
            if refunded and decided != "refused":
                yield f"held {decided} and refunded"


def _seats(ordered: list[Event], ledger: Ledger) -> Iterator[str]:
    books = Books.of(default_rulebook())
    end = len(ordered)
    last = ordered[-1].day if ordered else date.min
    view = View(ledger, end, end)
    everything = frozenset(ledger.sales)
    for sale in ledger.sales.values():
        if sale.product not in ("cloud", "on_premise") or view.fully_refunded(sale):
            continue
        first = purchases(view, sale.client, books)[0]
        if first is not sale and first.day == sale.day and sale.new_client is None:
            marked = first.new_client is False
            yield "first purchase of the day marked as not new" if marked else "two first purchases on a day"
        matures = add_months(sale.day, 6)
        if not covered(view, sale.client, sale.day, matures, books):
            yield "coverage gap"
        elif sale.new_client is None and sale.seats and matures <= last and is_new_clients(view, sale, books):
            yield "seats by absent new_client"
    for partner in ledger.of_partner:
        own = {sale: refunds for sale, refunds in ledger.refunds.items() if ledger.sales[sale].partner == partner}
        without = View(Ledger(ledger.sales, ledger.of_client, ledger.of_partner, own, ledger.exclusions), end, end)
        now = seats_that_mature(view, partner, everything, books, lambda matures: matures <= last)
        then = seats_that_mature(without, partner, everything, books, lambda matures: matures <= last)
        if now < then:
            yield "seats lost to another partner's refund"
        if now > then:
            yield "seats won by another partner's refund"


def _projects(ordered: list[Event]) -> Iterator[str]:
    seen: Counter[tuple[str, str]] = Counter()
    for event in ordered:
        if not event.type.startswith("project."):
            continue
        project = event.fields["project"]
        other = {"project.delivered": "project.confirmed", "project.confirmed": "project.delivered"}[event.type]
        word = event.type.removeprefix("project.")
        if seen[project, event.type]:
            yield f"project {word} twice"
        elif seen[project, other]:
            yield f"project {other.removeprefix('project.')} first"
        seen[project, event.type] += 1
        if word == "delivered" and not (event.fields["report"] and event.fields["checklist"]):
            yield "project without papers"
        if word == "delivered" and event.fields.get("integration"):
            yield "project with integration"


def _undone(ordered: list[Event], answer: Json) -> Iterator[str]:
    warnings = [text for partner in answer["partners"] for text in partner["warnings"]]
    spent: dict[str, date] = {}
    for event in ordered:
        if event.type == "points.spent":
            spent[event.fields["exchange"]] = event.day
        elif event.type == "points.restored":
            exchange = event.fields["exchange"]
            yield "exchange undone"
            if any(f"exchange {exchange} asked" in text for text in warnings):
                yield "exchange undone that had become debt"
            if event.day >= add_months(spent[exchange], 10):
                yield "exchange undone a year later"


def _partner(partner: Json) -> Iterator[str]:
    yield from _transitions(partner["transitions"])
    yield from _rows(partner)
    yield from _restatements(partner)
    for text in partner["warnings"]:
        yield from (name for part, name in WARNINGS.items() if part in text)
    points = partner["points"]
    if points["debt"]:
        yield "debt"
    elif any("became debt" in text for text in partner["warnings"]):
        yield "debt repaid"
    if points["expired"]:
        yield "lots expired"
    if points["expired"] and points["spent"]:
        yield "spent and expired"
    if partner["state"] == "applicant":
        yield "applicant"
    if points["rank"] is None:
        yield "rank null"
    if partner["state"] == "active":
        full = {"bronze": 20, "silver": 40, "gold": 50}[partner["status"]]
        if "dashboard" not in partner["entitlements"]:
            yield "discount blocked"
        elif partner["status"] == "bronze" and "store_discount" not in partner["entitlements"]:
            yield "bronze without discount"
        elif partner["discount_percent"] < full:
            yield "discount adjusted"


def _transitions(transitions: list[Json]) -> Iterator[str]:
    state: str | None = None
    lost: Counter[str] = Counter()
    accepted = gold = 0
    before: Json | None = None
    for now in transitions:
        yield from _transition(now, state)
        state = now["cause"] if now["cause"] != "confirmed" else state
        if now["cause"] == "accepted":
            accepted += 1
            if accepted > 1:
                yield "accepted again"
        if now["clause"] == "T3.1.3a":
            gold += 1
            if gold > 1:
                yield "gold again after a new acceptance"
        if now["cause"] == "downgraded":
            lost[now["from"]] += 1
            if lost[now["from"]] > 1:
                yield "lost twice"
        if before is not None:
            days = (date.fromisoformat(now["on"]) - date.fromisoformat(before["on"])).days
            if days == 0:
                yield "two transitions on a day"
            if days == 1 and now["cause"] == "upgraded":
                yield "changed on two days running"
        before = now


def _transition(now: Json, state: str | None) -> Iterator[str]:
    match now["cause"]:
        case "upgraded":
            yield f"{'regained' if now['clause'] == 'T3.5' else 'upgraded'} {now['to']}"
        case "measure" if now["to"] is None:
            yield "terminated by measure"
        case "confirmed" | "downgraded" | "measure":
            yield f"{now['cause']} {now['to']}"
            if now["cause"] == "confirmed" and state == "suspended":
                yield "confirmed while suspended"
        case "cancelled" | "terminated" | "suspended" | "reinstated":
            yield now["cause"]


def _rows(partner: Json) -> Iterator[str]:
    decided = [row for transition in partner["transitions"] for row in transition["requirements"]]
    for row in decided + partner["requirements"]:
        if row["window"] is not None and row["window"][0].endswith("-02-29"):
            yield "window from 29 February"
    for row in decided:
        if row["requirement"] == "sales":
            missed = Decimal(row["required"]) - Decimal(row["actual"])
            if missed == 0:
                yield "sales exactly met"
            if missed == Decimal("0.01"):
                yield "sales missed by a cent"
        if row["requirement"] == "seats":
            yield "seats decide" if row["decides"] else "seats do not decide"
            if row["actual"]:
                yield "seats matured"
            if row["actual"] == row["required"]:
                yield "seats exactly met"
            if row["actual"] == row["required"] - 1:
                yield "seats missed by one"


def _restatements(partner: Json) -> Iterator[str]:
    for restated in partner["restatements"]:
        causes = {t["cause"]: t for t in partner["transitions"] if t["on"] == restated["on"]}
        if "upgraded" in causes and restated["decided"] == causes["upgraded"]["to"]:
            yield f"restated upgrade to {restated['decided']}"
        elif "confirmed" in causes:
            yield "restated confirmation"
        elif "downgraded" in causes:
            yield "restated downgrade"
        for figure in ("seats", "clients"):
            if f"{figure} " in restated["because"]:
                yield f"restated for {figure}"


def _ranks(answer: Json) -> Iterator[str]:
    ranks = Counter(p["points"]["rank"] for p in answer["partners"] if p["points"]["rank"] is not None)
    if any(count > 1 for count in ranks.values()):
        yield "rank shared"
