"""A small world: Nectar Ltd, a Silver partner whose review is on 2027-03-01, and what can happen to it."""

from datetime import date
from typing import Any

from honeyguide.program.history import history_from_events
from honeyguide.program.outlook import Outlook, outlook
from honeyguide.program.rulebook import Rulebook, load_rulebook

Json = dict[str, Any]

FACTS: tuple[Json, ...] = (
    {"type": "course.completed", "course": "tutorial"},
    {"type": "course.completed", "course": "sales"},
    {"type": "nfr.claimed", "product": "cloud"},
    *(
        {"type": "evidence.approved", "requirement": name}
        for name in ("website_endorsement", "social_endorsement", "phone_support", "email_support")
    ),
)


def event(day: str, kind: str, partner: str = "nectar", **fields: Any) -> Json:
    """An event at noon."""
    return {"at": f"{day}T12:00:00Z", "type": kind, "partner": partner, **fields}


def sale(day: str, net: str, number: str, partner: str = "nectar", **fields: Any) -> Json:
    """A sale; of a module unless told otherwise, so that it covers no client."""
    own: Json = {"sale": number, "client": f"client-of-{number}", "product": "module", "net": net}
    return event(day, "sale.paid", partner, **own | fields)


def seats(day: str, count: int, number: str, net: str = "0", months: int | None = 12, **fields: Any) -> Json:
    """A sale of cloud seats to a new client."""
    own: Json = {"product": "cloud", "seats": count, "new_client": True}
    term: Json = {} if months is None else {"term_months": months}
    return sale(day, net, number, **own | term | fields)


def silver(day: str = "2026-03-01", partner: str = "nectar") -> list[Json]:
    """A partner that reaches Silver on the day, with sales of 2,500 that lie before its window."""
    facts = [event(day, fact["type"], partner, **{k: v for k, v in fact.items() if k != "type"}) for fact in FACTS]
    before = str(date.fromisoformat(day).replace(month=1))
    start = [
        event(before, "partner.accepted", partner),
        sale(before, "1250", f"{partner}-A", partner),
        sale(before, "1250", f"{partner}-B", partner),
    ]
    return start + facts


def look(events: list[Json], day: str, rulebook: Rulebook | None = None, **options: Any) -> Outlook:
    """The outlook at the end of a day."""
    rules = rulebook or load_rulebook()
    return outlook(history_from_events(events), rules, as_of=date.fromisoformat(day), **options)


def keep(events: list[Json], day: str, **options: Any) -> Json:
    """What Nectar has to do to keep its status."""
    return told(events, day, **options)["keep"]  # type: ignore[no-any-return]


def told(events: list[Json], day: str, **options: Any) -> Json:
    """All that is said of Nectar."""
    (one,) = look(events, day, partners=["nectar"], **options).to_dict()["partners"]
    return one  # type: ignore[no-any-return]


def short(goal: Json) -> list[tuple[Any, ...]]:
    """The actions of a plan: kind, subject, cost and last day."""
    return [(a["action"], a["subject"], a["cost"], a["by"]) for a in goal["plan"]["actions"]]
