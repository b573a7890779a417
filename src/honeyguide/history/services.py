"""Writing the history: events of the program, checked against all that they refer to; and the installation's audit."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from honeyguide.accounts.actor import Actor
from honeyguide.common.errors import Invalid
from honeyguide.common.ids import new_id, new_ids
from honeyguide.common.phrases import worded
from honeyguide.common.rows import insert_rows
from honeyguide.history.keepable import unkeepable
from honeyguide.history.kinds import AUDIT_TYPES
from honeyguide.history.models import Event, Ident
from honeyguide.history.queries import NAMESPACES, client_of, ident_of, lines_of, loads, own_events
from honeyguide.program.history import (
    History,
    InvalidHistory,
    history_from_events,
    history_with_lines,
    lines_from_events,
)
from honeyguide.program.history.memory import among_events
from honeyguide.program.phrases import Phrase

AHEAD = timedelta(minutes=10)
"""How much a sender's clock may be ahead of ours: what is later is refused, for nobody could take it back."""


class DoesNotFit(Invalid):
    """Events that break the history's form or do not fit what has happened.

    `problems`: what is wrong, in the language of whoever asked; `phrases`: the same, to be said in another. `places`:
    of each, which of the events that were given it is about, the first one being 0; None where it is about none alone.
    """

    code = "does_not_fit"

    def __init__(self, phrases: Sequence[str], places: Sequence[int | None] = ()) -> None:
        """Keep each problem, and its place if that is known."""
        self.phrases = list(phrases)
        self.problems = list(map(worded, phrases))
        self.places = list(places) or [None] * len(self.problems)
        super().__init__("; ".join(self.problems), problems=self.problems)


def note(
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    partner: str = "",
    about: Mapping[str, Any] | None = None,
    ident: str = "",
) -> Event:
    """Record something that the engine does not read: a file viewed, a case decided, a login changed.

    `kind`: one of kinds.AUDIT_TYPES. `about`: JSON values that tell what. Call inside the transaction of the change.
    """
    event = _noted(kind, partner, about or {}, new_id("evt", now), actor, now)
    event.ident = ident
    event.save(force_insert=True)
    return event


def note_many(kind: str, notes: Sequence[tuple[str, Mapping[str, Any]]], *, actor: Actor, now: datetime) -> None:
    """Record the same of many partners: a partner's key each, and what is told of it. As note."""
    uids = new_ids("evt", now, len(notes))
    rows = [
        _noted(kind, partner, about, uid, actor, now) for (partner, about), uid in zip(notes, uids, strict=True)
    ]  # fmt: skip
    insert_rows(rows)


def _noted(kind: str, partner: str, about: Mapping[str, Any], uid: str, actor: Actor, now: datetime) -> Event:
    if kind not in AUDIT_TYPES:
        raise AssertionError(f"{kind}: add it to history.kinds, with the words for its line")
    return _row(dict(about), kind, partner, uid, now, now, actor)


def record(events: Sequence[Mapping[str, Any]], *, actor: Actor, now: datetime) -> list[Event]:
    """Record events of the program in the form of docs/history.md; one without `at` happens now. Gives the new rows.

    An event whose `id` is known, with equal content, is passed over. The caller has locked the partners concerned in
    a transaction of its own (standing.services.tell does). Raises DoesNotFit, and then nothing is written.
    """
    places, lines = _fresh(events, now)
    if not lines:
        return []
    fresh = [loads(line) for line in lines]
    idents = {ident for event in fresh if (ident := ident_of(event))}
    partners = {event["partner"] for event in fresh}
    known = own_events(partners, Q(ident__in=idents) if idents else None)
    check_fit(lines, lines_of(known), places)
    return write(fresh, actor=actor, now=now)


def lines_of_events(events: list[dict[str, Any]]) -> list[str]:
    """Events as lines in the one way in which they are kept. Raises DoesNotFit."""
    with _named(range(len(events))):
        lines = lines_from_events(events)
    if wrong := unkeepable(lines):
        raise DoesNotFit([wrong.problem])
    return lines


def check_fit(lines: list[str], known: Sequence[str] = (), places: Sequence[int] | None = None) -> None:
    """Check that events fit those that are kept, and each other. Raises DoesNotFit.

    `places`: of each line, which of the events that were given it is; the lines are all of them by default.
    """
    history_of_lines(lines, known, places)


def history_of_lines(lines: list[str], known: Sequence[str] = (), places: Sequence[int] | None = None) -> History:
    """The history of events that are kept, and after them of others, which may not fit. As check_fit."""
    with _named(range(len(lines)) if places is None else places):
        return history_with_lines(known, lines)


def history_of_events(events: list[dict[str, Any]]) -> History:
    """The history of events as they are kept, and of others in the form of docs/history.md. Raises DoesNotFit.

    It names no lines: nobody knows them.
    """
    with _named(()):
        return history_from_events(events)


@contextmanager
def _named(places: Sequence[int]) -> Iterator[None]:
    """Name what is wrong with events by their places among those that were given, instead of by lines."""
    try:
        yield
    except InvalidHistory as invalid:
        phrases = [among_events(problem, places) for problem in invalid.problems]
        lines = [problem.line for problem in invalid.problems]
        about = [places[line - 1] if 0 < line <= len(places) else None for line in lines]
        raise DoesNotFit(phrases, about) from invalid


def write(events: list[dict[str, Any]], *, actor: Actor, now: datetime) -> list[Event]:
    """Insert events that were checked (by check_fit, with all that they refer to)."""
    rows = [
        _row(event, event["type"], event["partner"], event["id"], datetime.fromisoformat(event["at"]), now, actor)
        for event in events
    ]
    for row in rows:
        row.is_program = True
        row.client, row.ident = client_of(row.data), ident_of(row.data)
    with transaction.atomic():
        _claim_idents(rows)
        insert_rows(rows)
    return rows


def fresh_lines(events: Sequence[Mapping[str, Any]], *, now: datetime) -> list[str]:
    """The events as lines in the form in which they are kept, without those that the history has already.

    One without `at` happens now, one without `id` gets one. Raises DoesNotFit.
    """
    _places, lines = _fresh(events, now)
    return lines


def _fresh(events: Sequence[Mapping[str, Any]], now: datetime) -> tuple[list[int], list[str]]:
    """The places of the events that the history has not, and their lines; one that is given twice is there once."""
    lines = lines_of_events([{"at": now, "id": new_id("evt", now), **event} for event in events])
    given = [loads(line) for line in lines]
    known = known_events([event["id"] for event in given])
    places, fresh = [], []
    for place, (line, event) in enumerate(zip(lines, given, strict=True)):
        before = known.setdefault(event["id"], event)
        if before is event:
            places.append(place)
            fresh.append(line)
        elif before != event:
            id_taken = Phrase(
                "id = {id} is another event's: expected an id that is new, or the same event", id=repr(event["id"])
            )
            raise DoesNotFit([id_taken], [place])
    return places, fresh


def known_events(uids: Collection[str]) -> dict[str, dict[str, Any]]:
    """What the history has under some ids."""
    return dict(Event.objects.filter(uid__in=list(uids)).values_list("uid", "data"))


def _claim_idents(rows: list[Event]) -> None:
    """Give away the ids of sales, awards, projects and exchanges: once each, whatever happens at the same time."""
    claimed: dict[tuple[str, str], str] = {}
    for row in rows:
        namespace = NAMESPACES.get(row.type)
        if namespace is not None:
            claimed.setdefault((namespace, row.ident), row.partner)
    projects = {row.ident for row in rows if row.type.startswith("project.")}
    taken = set(Ident.objects.filter(namespace="earned", ident__in=projects).values_list("ident", flat=True))
    new = [
        Ident(namespace=namespace, ident=ident, partner=partner)
        for (namespace, ident), partner in claimed.items()
        if not (namespace == "earned" and ident in projects and ident in taken)  # its second event
    ]
    try:
        with transaction.atomic():
            insert_rows(new)
    except IntegrityError as taken_now:
        raise DoesNotFit(
            [Phrase("an id is used already: expected one that no sale, award, project or exchange has")]
        ) from taken_now


def _row(data: dict[str, Any], kind: str, partner: str, uid: str, at: datetime, now: datetime, actor: Actor) -> Event:
    return Event(
        uid=uid,
        at=at,
        recorded_at=now,
        type=kind,
        is_program=False,
        partner=partner,
        data=data,
        actor=actor.user,
        actor_name=actor.name,
        actor_partner=actor.partner,
        via=actor.via,
        request_id=actor.request_id,
    )
