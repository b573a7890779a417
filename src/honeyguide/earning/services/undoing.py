"""An import taken back as a whole: by events that compensate each of its own, for nothing that was told is erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Refusal
from honeyguide.common.local import whole_text
from honeyguide.earning.awards import held_of
from honeyguide.earning.effects import Effect, effects_in
from honeyguide.earning.models import RECORDED_TABLES, TableImport, TableState
from honeyguide.earning.services.recording import effects_told
from honeyguide.earning.services.tables import (
    ask,
    asked_before,
    at_step,
    check_importer,
    is_still_asked_for,
    locked,
    stale,
    table_with,
)
from honeyguide.earning.undone import acceptance, freed, recorded_sales, undone_tables
from honeyguide.history.models import Event
from honeyguide.history.queries import events_count, program_events
from honeyguide.history.services import note
from honeyguide.partners.deciding import reason_in, same_person
from honeyguide.standing.foreseeing import Foreseen, foresee, tell_foreseen
from honeyguide.standing.services import lock


@dataclass(frozen=True, slots=True)
class Undoing:
    """What taking an import back would tell (None: nothing), what would follow, and how many are taken back."""

    foreseen: Foreseen | None
    effects: list[Effect]
    events: int
    sales: int
    projects: int
    freed: int
    """How many other deals were held after its sales alone: they get their points."""


def events_of(upload: TableImport) -> QuerySet[Event]:
    """What an import has told."""
    return program_events().filter(uid__startswith=f"{upload.uid}.").exclude(uid__endswith=".undone")


def look(*, uid: str, actor: Actor, now: datetime) -> dict[str, Any]:
    """What would follow, as JSON; nothing is written. Raises as undo. For tables that are not large."""
    check_importer(actor)
    upload = table_with(uid)
    _check(upload)
    return _as_json(_plan(upload, _("Import taken back"), now), now)


def ask_for_plan(*, uid: str, actor: Actor, now: datetime) -> TableImport:
    """Ask what would follow (plan). Raises as undo."""
    return _ask(uid, TableState.PLANNING, "", actor, now)


def undo(*, uid: str, reason: str, actor: Actor, now: datetime) -> TableImport:
    """Ask to take a recorded import back (take_back). Again by the same person: the same answer.

    Raises Forbidden, NotFound, Invalid for no reason, Stale for one that is not recorded, Refusal where a later import
    has built on it.
    """
    return _ask(uid, TableState.UNDOING, reason_in(reason), actor, now)


def _ask(uid: str, state: TableState, reason: str, actor: Actor, now: datetime) -> TableImport:
    check_importer(actor)
    with transaction.atomic():
        upload = locked(uid)
        undone = upload.state == TableState.UNDONE and same_person(actor, upload.undone_by_id)
        if undone or asked_before(upload, state, actor):
            return upload
        _check(upload)
        ask(upload, state, actor=actor, now=now, reason=reason)
    return upload


def plan(upload: TableImport, *, actor: Actor, now: datetime) -> None:  # noqa: ARG001 - nobody is told of it
    """Work out what would follow, and keep it. PLANNING becomes DONE again."""
    at_step(upload, 2)
    upload.undo_preview = _as_json(_plan(upload, _("Import taken back"), now), now)
    with transaction.atomic():
        if is_still_asked_for(upload):
            upload.state = TableState.DONE
            upload.save(update_fields=["undo_preview", "state"])


def take_back(upload: TableImport, *, actor: Actor, now: datetime) -> None:
    """Sales are refunded in full and excluded, points cancelled; deals that they alone held get their points.

    All or nothing. UNDOING becomes UNDONE.
    Worked out as recording.record does. Raises Refusal where a later import has built on it meanwhile.
    """
    reason = upload.asked["reason"]
    known = events_count()
    done = _plan(upload, reason, now)
    at_step(upload, 2)
    with transaction.atomic():
        if not is_still_asked_for(upload):
            return
        lock(done.foreseen.after if done.foreseen is not None else ())
        if events_count() != known:
            _check_later(upload)
            done = _plan(upload, reason, now, locked=True)
        upload.undo_preview = _as_json(done, now)
        if done.foreseen is not None:
            tell_foreseen(done.foreseen, actor=actor, now=now)
        upload.state, upload.undone_by, upload.undone_at = TableState.UNDONE, actor.user, now
        upload.undo_reason = reason
        upload.save(update_fields=["state", "undone_by", "undone_at", "undo_reason", "undo_preview"])
        about = {"table": upload.name, "sales": done.sales, "projects": done.projects, "events": done.events}
        note("table.undone", actor=actor, now=now, about={**about, "reason": reason}, ident=upload.uid)


def _as_json(plan: Undoing, now: datetime) -> dict[str, Any]:
    """The plan without its events. `at`: when it was worked out."""
    counts = {"events": plan.events, "sales": plan.sales, "projects": plan.projects}
    notices = []
    if plan.freed:
        notices = [
            ngettext(
                "%(number)s other deal was held only because of these: it gets its points, as of its own day.",
                "%(number)s other deals were held only because of these: they get their points, as of their own days.",
                plan.freed,
            )
            % {"number": whole_text(plan.freed)}
        ]
    return {"at": now.isoformat(), **counts, "notices": notices, **effects_told(plan.effects)}


def _check(upload: TableImport) -> None:
    if upload.state != TableState.DONE:
        raise stale(upload)
    _check_later(upload)


def _check_later(upload: TableImport) -> None:
    projects = list(events_of(upload).filter(type="project.delivered").values_list("ident", flat=True))
    later = program_events().filter(type="project.confirmed", ident__in=projects)
    other = later.exclude(uid__startswith=f"{upload.uid}.").first()
    if other is not None:
        table = TableImport.objects.filter(uid=other.uid.partition(".")[0], state__in=RECORDED_TABLES).first()
        if table is not None:
            raise Refusal(
                _("Project %(project)s was confirmed by the later table %(table)s: take that one back first.")
                % {"project": other.ident, "table": table.name}
            )


def _plan(upload: TableImport, reason: str, now: datetime, *, locked: bool = False) -> Undoing:
    told = list(events_of(upload))
    sales = [event for event in told if event.type == "sale.paid"]
    projects = [event for event in told if event.type in {"project.delivered", "project.confirmed"}]
    later = _later([event.ident for event in sales])
    free = {event.partner for event in sales if Decimal(event.data["net"]) == 0}
    held = {each.sale for each in held_of(free, program_day(now))}
    events = [
        more
        for event in sales
        for more in _unsell(event, later.get(event.ident, []), reason, now, is_held=event.ident in held)
    ]
    confirmed = set(program_events().filter(
        type="project.confirmed", ident__in=[event.ident for event in projects]
    ).values_list("ident", flat=True))  # fmt: skip
    one_each = {event.ident: event for event in projects}
    events += [
        _told(event, "points.cancelled", "points", reason, now, award=event.ident)
        for ident, event in one_each.items()
        if ident in confirmed
    ]
    accepted = _accepted(upload, {event.partner for event in sales}, now)
    events += accepted
    foreseen = foresee(events, now=now, locked=locked) if events else None
    effects = effects_in(foreseen) if foreseen is not None else []
    return Undoing(foreseen, effects, len(events), len(sales), len(one_each), len(accepted))


def _accepted(upload: TableImport, partners: set[str], now: datetime) -> list[dict[str, Any]]:
    """Decisions on deals that wait after the table's sales alone."""
    others = freed(recorded_sales(partners), undone_tables() | {upload.uid})
    if not others:
        return []
    waiting = {each.sale for each in held_of({each.partner for each in others}, program_day(now))}
    held = [each for each in others if each.sale in waiting]
    return [acceptance(each, f"{upload.uid}.accepted.{place}.undone") for place, each in enumerate(held)]


def _later(sales: Sequence[str]) -> dict[str, list[Event]]:
    """What was told of some sales after they were paid."""
    found: dict[str, list[Event]] = {}
    kinds = ("sale.refunded", "sale.excluded", "points.decided")
    for event in program_events().filter(ident__in=sales, type__in=kinds):
        found.setdefault(event.ident, []).append(event)
    return found


def _unsell(sale: Event, later: Sequence[Event], reason: str, now: datetime, *, is_held: bool) -> list[dict[str, Any]]:
    """Events after which a sale is as if it had not been, as far as the rules can say so."""
    net = Decimal(sale.data["net"])
    refunds = [event for event in later if event.type == "sale.refunded"]
    left = net - sum((Decimal(event.data["amount"]) for event in refunds if event.data.get("amount")), Decimal(0))
    if any(not event.data.get("amount") for event in refunds):
        left = Decimal(0)
    events = []
    if left > 0:
        events.append(_told(sale, "sale.refunded", "refunded", reason, now, sale=sale.ident))
    if not any(event.type == "sale.excluded" for event in later):
        events.append(_told(sale, "sale.excluded", "excluded", reason, now, sale=sale.ident))
    if net == 0 and is_held:
        events.append(_told(sale, "points.decided", "decided", reason, now, sale=sale.ident, decision="refuse"))
    elif net == 0:  # nothing can be refunded of it, and its licences may have earned points
        events.append(_told(sale, "points.cancelled", "points", reason, now, award=sale.ident))
    return events


def _told(of: Event, kind: str, mark: str, reason: str, now: datetime, **more: str) -> dict[str, Any]:
    common = {"id": f"{of.uid}.{mark}.undone", "type": kind, "at": now, "partner": of.partner}
    return {**common, **more, "reason": reason}
