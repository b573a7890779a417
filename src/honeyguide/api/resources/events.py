"""The history: what happened, in the order in which it became known; and telling it more."""

from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import BaseModel, ConfigDict, Field

from honeyguide.api.documenting import Closed, answers
from honeyguide.api.gate import Gate, actor_of, now_of
from honeyguide.api.once import once
from honeyguide.api.paging import PageOut, PageQuery, make_cursor, page
from honeyguide.api.resources.evidence import IdempotencyKey
from honeyguide.api.seen import only_own
from honeyguide.api.values import Instant, InstantText
from honeyguide.common.errors import Invalid, NotFound
from honeyguide.history.kinds import AUDIT_TYPES
from honeyguide.history.models import Event
from honeyguide.history.services import AHEAD
from honeyguide.program.history import instant_of
from honeyguide.program.history.events import EVENT_TYPES
from honeyguide.standing.services import tell

router = Router(tags=["Events"])
EVENTS_A_REQUEST = 100
SETTLING = timedelta(seconds=30)
EventType = Literal[EVENT_TYPES]  # type: ignore[valid-type]
ALL_TYPES = (*EVENT_TYPES, *sorted(AUDIT_TYPES))
AnyType = Literal[ALL_TYPES]  # type: ignore[valid-type]


class EventOut(Schema):
    """An event; `data` has all that was told, in the form of docs/history.md."""

    id: str
    type: str
    partner: str
    at: Instant = Field(description="When it happened.")
    recorded_at: Instant = Field(description="Since when it is known.")
    data: dict[str, Any]


class EventsPage(PageOut):
    """A page of events. `next` is there even after the last one: ask with it later, and what is new comes."""

    data: list[EventOut]


class EventsOut(Schema):
    """The events that are new."""

    id: str = Field(description="The first one's; empty where all were known.")
    data: list[EventOut]


class EventQuery(PageQuery):
    """Which events."""

    partner: str | None = Field(None, max_length=64, description="Only this company's.")
    type: AnyType | None = Field(
        None, description="Only of this type: of the program, or of what the installation did."
    )


class EventIn(BaseModel):
    """An event of the program, in the form of docs/history.md; fields of its type stand beside these."""

    model_config = ConfigDict(extra="allow")

    type: EventType
    partner: str = Field(pattern=r"^[a-z0-9._-]{1,64}$")
    at: InstantText | None = Field(None, description="When it happened, RFC 3339; now where it is left out.")
    id: str | None = Field(None, max_length=64, description="Yours; the same event again is passed over.")


class EventsIn(Closed):
    """Events to be told: all of them or none."""

    events: list[EventIn] = Field(min_length=1, max_length=EVENTS_A_REQUEST)
    announce: bool = Field(True, description="False for old history: the companies are not told what follows.")


def event_out(event: Event) -> EventOut:
    """An event as the API shows it."""
    names = ("type", "partner", "at", "recorded_at", "data")
    return EventOut(id=event.uid, **{name: getattr(event, name) for name in names})


@router.get(
    "/events",
    auth=Gate("events:read", EventQuery),
    response=answers(200, EventsPage),
    operation_id="list_events",
    summary="List events",
)
def list_events(request: HttpRequest, query: Query[EventQuery]) -> dict[str, Any]:
    """The first one first, each once, none left out. Scope: `events:read`.

    A key of a company reads the program's events of that company; a key of the operator everything, also what this
    installation did (notices sent, cases decided).
    """
    rows = only_own(request, settled(Event.objects.all()), query.partner, "partner")
    if request.auth.partner:  # type: ignore[attr-defined]
        rows = rows.filter(is_program=True)
    if query.type is not None:
        rows = rows.filter(type=query.type)
    found = page(rows, query, event_out, field="seq", newest_first=False)
    if found["next"] is None:
        last = Event.objects.filter(uid=found["data"][-1].id).get().seq if found["data"] else None
        found["next"] = make_cursor(last, "seq") if last is not None else query.cursor or None
    return found


@router.get(
    "/events/{id}",
    auth=Gate("events:read"),
    response=answers(200, EventOut),
    operation_id="get_event",
    summary="Get an event",
)
def get_event(request: HttpRequest, id: str) -> EventOut:  # noqa: A002 - its name in the address
    """One event by its id, yours or ours. Scope: `events:read`."""
    rows = only_own(request, Event.objects.all(), None, "partner")
    if request.auth.partner:  # type: ignore[attr-defined]
        rows = rows.filter(is_program=True)
    found = rows.filter(uid=id).first()
    if found is None:
        raise NotFound("There is no such event.")
    return event_out(found)


def settled(events: QuerySet[Event]) -> QuerySet[Event]:
    """Leave out what others, still writing, may yet put events before: on PostgreSQL numbers are given before commits.

    While another transaction writes, events are held back that were recorded later than shortly before it began.
    SQLite has one writer at a time.
    """
    if connection.vendor != "postgresql":
        return events
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(xact_start) FROM pg_stat_activity "
            "WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
        )
        (began,) = cursor.fetchone()
    return events if began is None else events.filter(recorded_at__lt=began - SETTLING)


@router.post(
    "/events",
    auth=Gate("events:write"),
    response=answers(201, EventsOut, writes=True),
    operation_id="tell_events",
    summary="Tell events",
)
def tell_events(request: HttpRequest, body: EventsIn, idempotency_key: IdempotencyKey) -> Status[Any]:
    """Checked against all that is known; the standing of everyone concerned follows at once. Scope: `events:write`.

    One that does not fit refuses all of them, each with its problem.
    """
    now = now_of(request)
    events = [_told(event, number, now) for number, event in enumerate(body.events)]

    def do() -> EventsOut:
        try:
            rows = tell(events, actor=actor_of(request), now=now, announce=body.announce)
        except NotFound as unknown:
            raise _not_there(unknown, events) from unknown
        found = [event_out(row) for row in rows]
        return EventsOut(id=found[0].id if found else "", data=found)

    return once(request, idempotency_key, body.model_dump(mode="json"), do)


def _told(event: EventIn, number: int, now: datetime) -> dict[str, Any]:
    """An event as services take it. Raises Invalid for one that is to come."""
    told = {name: value for name, value in event.model_dump().items() if value is not None}
    at = instant_of(told["at"]) if "at" in told else None
    if at is not None and at > now + AHEAD:
        message = "Expected a time that has come."
        raise Invalid(message, fields={f"events.{number}.at": message})
    return told


def _not_there(unknown: NotFound, events: list[dict[str, Any]]) -> Invalid:
    """What is wrong with events of companies that are not there."""
    wrong = {
        f"events.{number}.partner": f"There is no partner {event['partner']}. A company is added in the console, by an "
        "application, or by the import of a file that has its partner.applied; not by telling an event."
        for number, event in enumerate(events)
        if event["partner"] in unknown.data["partners"]
    }
    return Invalid(next(iter(wrong.values())), fields=wrong)
