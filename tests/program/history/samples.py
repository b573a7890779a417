"""A small history, and events of every type to bend."""

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from honeyguide.program.history import History, InvalidHistory, history_from_events, read_history

Event = dict[str, Any]

AT = "2026-03-01T09:30:00Z"
SAMPLES: dict[str, Event] = {
    "partner.applied": {"name": "Nectar Ltd", "country": "GB", "kind": "integrator"},
    "partner.accepted": {},
    "partner.suspended": {"reason": "no activity"},
    "partner.reinstated": {},
    "partner.terminated": {"reason": "by contract"},
    "course.completed": {"course": "tutorial", "user": "ann"},
    "nfr.claimed": {"product": "cloud", "account": "nectar.example"},
    "evidence.approved": {"requirement": "webinar"},
    "evidence.withdrawn": {"requirement": "qbr"},
    "sale.paid": {
        "sale": "S-1",
        "client": "hive",
        "product": "cloud",
        "net": "1200.50",
        "currency": "EUR",
        "licences": 2,
        "seats": 50,
        "plan": "extended",
        "modules": ["standard", "premium", "standard"],
        "term_months": 12,
        "new_client": True,
    },
    "sale.refunded": {"sale": "S-1", "amount": "200"},
    "sale.excluded": {"sale": "S-1", "reason": "own company"},
    "project.delivered": {
        "project": "P-1",
        "client": "hive",
        "modules": ["simple", "complex"],
        "integration": True,
        "report": "r-1",
        "checklist": "c-1",
    },
    "project.confirmed": {"project": "P-1"},
    "points.granted": {"award": "A-1", "points": 40, "activity": "training", "reason": "webinar"},
    "points.decided": {"sale": "S-1", "decision": "accept"},
    "points.cancelled": {"award": "A-1", "reason": "error"},
    "points.spent": {"exchange": "X-1", "points": 10, "item": "course", "campaign": "spring"},
    "points.restored": {"exchange": "X-1", "reason": "out of stock"},
    "lead.reserved": {"lead": "L-1"},
    "lead.won": {"lead": "L-1"},
    "lead.lost": {"lead": "L-2"},
    "discount.adjusted": {"percent": "12.5", "reason": "requirements"},
    "discount.restored": {},
    "measure.applied": {
        "measure": "bar_leads",
        "until": "2026-12-31",
        "users": ["ann", "bob"],
        "sites": ["nectar.example"],
        "reason": "spam",
    },
    "measure.lifted": {"measure": "bar_leads"},
}


def event(event_type: str, **fields: Any) -> Event:
    """An event of the type with all its fields; those given replace, None takes one away."""
    whole = {"at": AT, "type": event_type, "partner": "nectar", **SAMPLES.get(event_type, {}), **fields}
    return {name: value for name, value in whole.items() if value is not None}


def all_events() -> list[Event]:
    """A history with an event of every type, in order."""
    return [event(event_type) for event_type in SAMPLES]


def problems_of(events: Iterable[Event]) -> list[str]:
    """What is wrong with events in memory: `LINE: text`."""
    with pytest.raises(InvalidHistory) as caught:
        history_from_events(list(events))
    return [line.removeprefix("F:") for line in caught.value.lines("F")]


def problems_in(path: Path | bytes) -> list[str]:
    """What is wrong with a file, or with JSON Lines on stdin: `LINE: text`, or the text alone."""
    name, stdin = ("-", io.BytesIO(path)) if isinstance(path, bytes) else (path, None)
    with pytest.raises(InvalidHistory) as caught:
        read_history(name, stdin=stdin)
    return [line.removeprefix("F: ").removeprefix("F:") for line in caught.value.lines("F")]


def jsonl(events: Iterable[Event]) -> bytes:
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in events)


def same(first: History, second: History) -> bool:
    return (
        first.events.equals(second.events)
        and first.idents.equals(second.idents)
        and first.partners.equals(second.partners)
        and first.clients.equals(second.clients)
        and first.words.equals(second.words)
        and first.applications.equals(second.applications)
    )
