"""Reading the history: the lines that the engine takes, and what a person may look through."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from honeyguide.accounts.actor import Via
from honeyguide.history.models import Event
from honeyguide.program.history.events import EVENT_TYPES

IDENT_FIELDS = ("sale", "award", "project", "exchange", "lead")
NAMESPACES = {
    "sale.paid": "earned",
    "points.granted": "earned",
    "project.delivered": "earned",
    "project.confirmed": "earned",
    "points.spent": "exchange",
}
"""Types that give an id away, with the namespace in which it is unique (docs/history.md)."""

CLIENT_CHARS = 200
"""What the column holds."""
LISTED_MOST = 5_000
"""So many ids are listed in a query; SQLite takes no more than some ten thousand."""


def ident_of(event: Mapping[str, Any]) -> str:
    """The id of the sale, award, project, exchange or lead that the event is about; "" where none."""
    return next((str(event[field]) for field in IDENT_FIELDS if event.get(field)), "")


def client_of(event: Mapping[str, Any]) -> str:
    """The client that the event is about; "" where none. A type without one can have a field of that name too."""
    client = event.get("client")
    return client if isinstance(client, str) and len(client) <= CLIENT_CHARS else ""


def told_here(kind: str, prefix: str) -> QuerySet[Event]:
    """The events of one type that a room of this installation told under its cases' ids, which begin so.

    Those that came by an import were told elsewhere, about cases that are not here.
    """
    return program_events().filter(type=kind, uid__startswith=prefix).exclude(via=Via.IMPORT)


ORIGINS = ("sale.paid", "project.delivered", "points.granted")
"""Types that something can be about that happens later."""
REFERRING = ("sale.refunded", "sale.excluded", "project.confirmed", "points.decided", "points.cancelled")


def origins_of(events: Iterable[Event]) -> dict[int, Event]:
    """By `seq` of those events that are about a sale, a project or an award: the event with which that came to be."""
    asked = {event.seq: event.ident for event in events if event.type in REFERRING and event.ident}
    if not asked:
        return {}
    found = {one.ident: one for one in program_events().filter(type__in=ORIGINS, ident__in=set(asked.values()))}
    return {seq: found[ident] for seq, ident in asked.items() if ident in found}


def program_events() -> QuerySet[Event]:
    """The program's events, in the order in which they became known."""
    return Event.objects.filter(is_program=True).order_by("seq")


def own_events(partners: Collection[str], more: Q | None = None) -> QuerySet[Event]:
    """The program's events of some partners, and of whoever else `more` names."""
    chosen = Q(partner__in=list(partners))
    return program_events().filter(chosen if more is None else chosen | more)


def events_around(partners: Collection[str]) -> QuerySet[Event]:
    """Everything that the standing of some partners depends on: their own events, and others' sales to their clients.

    A client's coverage is that of its purchases from any partner (reading 9 of docs/readings.md).
    """
    clients = own_events(partners).filter(type="sale.paid").order_by().values("client")
    shared = program_events().filter(type="sale.paid", client__in=clients)
    others = shared.exclude(partner__in=list(partners)).order_by()
    found = list(others.values_list("seq", "ident"))  # all: asked for one alone, PostgreSQL looks through every sale
    if not found:
        return own_events(partners)
    seqs: Any = [seq for seq, _ in found]
    sales: Any = [ident for _, ident in found]
    if len(found) > LISTED_MOST:
        seqs, sales = others.values("seq"), others.values("ident")
    return own_events(partners, Q(seq__in=seqs) | Q(type="sale.refunded", ident__in=sales))


def lines_of(events: QuerySet[Event]) -> list[str]:
    """The events as lines of JSON, as the database has them."""
    if connection.vendor == "sqlite":  # text already: spared from being parsed and written again
        return [text for (text,) in events.annotate(line=Cast("data", TextField())).values_list("line")]
    return [text for (text,) in events.annotate(line=Cast("data", TextField())).values_list("line").iterator(5_000)]


def uids_and_lines_of(events: QuerySet[Event]) -> tuple[list[str], list[str]]:
    """The ids of events, and the events as lines of JSON, in one order."""
    rows = events.annotate(line=Cast("data", TextField())).values_list("uid", "line")
    uids, lines = [], []
    for uid, line in rows if connection.vendor == "sqlite" else rows.iterator(5_000):
        uids.append(uid)
        lines.append(line)
    return uids, lines


def mark_of(events: QuerySet[Event]) -> str:
    """A hash of which events they are. None is ever changed: the same mark stands for the same content."""
    uids = events.order_by("seq").values_list("uid", flat=True)
    return hashlib.blake2b("\n".join(uids).encode(), digest_size=16).hexdigest()


def events_count() -> int:
    """How many events of the program there are: as long as there are no more, what was read of them holds.

    Counted by type, as an index has that (`verify` compares it with `is_program`).
    """
    return Event.objects.filter(type__in=EVENT_TYPES).count()


def last_seq() -> int:
    """The number of the last event of the program; 0 for none."""
    return program_events().order_by("-seq").values_list("seq", flat=True).first() or 0


def clients_of(events: Iterable[Event]) -> set[str]:
    """The clients that some events are about: those sold to, and those whose sale is refunded."""
    events = list(events)
    refunded = [event.ident for event in events if event.type == "sale.refunded"]
    sales = program_events().filter(type="sale.paid", ident__in=refunded).order_by().values_list("client", flat=True)
    return {event.client for event in events if event.client} | (set(sales) if refunded else set())


def partners_with_events(clients: Iterable[str]) -> set[str]:
    """Keys of the partners that sold to any of these clients."""
    found = program_events().filter(type="sale.paid", client__in=list(clients)).order_by()
    return set(found.values_list("partner", flat=True).distinct())


def loads(line: str) -> dict[str, Any]:
    """An event of its line."""
    event: dict[str, Any] = json.loads(line)
    return event
