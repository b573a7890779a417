"""Restatements: decisions that today's knowledge would have made otherwise, settled by a person (ADR of that name)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common import queues
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Invalid, NotFound, Refusal, Stale
from honeyguide.common.ids import new_id
from honeyguide.common.local import day_text, money_text, whole_text
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.common.words import REQUIREMENTS, words_of
from honeyguide.conduct import rules
from honeyguide.conduct.models import Choice, RestatementDecision
from honeyguide.conduct.plans import Plan
from honeyguide.conduct.previews import Holding, Known, Preview, in_hindsight, preview
from honeyguide.conduct.services import what_holds
from honeyguide.history.models import Event
from honeyguide.history.queries import program_events
from honeyguide.history.services import note
from honeyguide.notices.services import send
from honeyguide.partners.deciding import Desk
from honeyguide.partners.models import Partner
from honeyguide.standing.models import Standing, State
from honeyguide.standing.services import lock, tell

PROMISE = queues.Promise("found_at", within_days=14)
"""When restatements are settled."""
DESK = Desk(
    RestatementDecision.objects.all,
    Q(choice=Choice.WAITING),
    check=lambda actor: rules.check_role(actor, rules.MEASURE_ROLES),
)
_CHANGED = re.compile(r"(\w+) ([0-9.]+) then, ([0-9.]+) now, required ([0-9.]+)")


@dataclass(frozen=True, slots=True)
class Changed:
    """A figure that decided, as it was and as it is known now. Texts are worded for the reader."""

    requirement: str
    then: str
    now: str
    required: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """What applying a restatement would record, and what would follow.

    `steps`: by how many statuses the partner would come down; 0: nothing to apply, and `why_not` says why.
    """

    hindsight: Holding
    steps: int
    why_not: str
    preview: Preview | None


def reported(standing: Standing | None) -> list[Mapping[str, Any]]:
    """The restatements that the engine reports for a partner (docs/readings.md)."""
    return list(standing.answer["restatements"]) if standing is not None else []


def bring_up(now: datetime) -> int:
    """Put restatements that nobody has seen yet into the queue; gives how many. Can be repeated."""
    rows = Standing.objects.filter(restatements__gt=0).only("partner_id", "answer")
    known = set(RestatementDecision.objects.values_list("partner", "on", "decided", "would_be"))
    new = [
        RestatementDecision(
            uid=new_id("rst", now),
            partner_id=row.partner_id,
            on=date.fromisoformat(each["on"]),
            decided=each["decided"],
            would_be=each["would_be"],
            found_at=now,
        )
        for row in rows
        for each in reported(row)
        if (row.partner_id, date.fromisoformat(each["on"]), each["decided"], each["would_be"]) not in known
    ]
    RestatementDecision.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def waiting() -> QuerySet[RestatementDecision]:
    """Restatements that wait for somebody to settle them."""
    return RestatementDecision.objects.filter(choice=Choice.WAITING).filter(
        Exists(Standing.objects.filter(partner=OuterRef("partner"), restatements__gt=0))
    )


def summary(now: datetime) -> queues.Waiting:
    """What waits in the queue; those found since the last look are put into it first."""
    bring_up(now)
    return queues.summarise(waiting(), PROMISE, now=now)


def changed_figures(case: RestatementDecision, standing: Standing | None) -> list[Changed]:
    """The figures behind a restatement, as they were and as they are known today, in words; [] if it is gone.

    `standing`: the partner's today.
    """
    mark = (case.on.isoformat(), case.decided, case.would_be)
    for each in reported(standing):
        if (each["on"], each["decided"], each["would_be"]) == mark:
            return [_worded(*found) for found in _CHANGED.findall(each["because"])]
    return []


def _worded(name: str, then: str, now: str, required: str) -> Changed:
    def text(value: str) -> str:
        return money_text(value, short=True) if name == "sales" else whole_text(value)

    return Changed(words_of(REQUIREMENTS, name), text(then), text(now), text(required))


def behind(case: RestatementDecision) -> list[Event]:
    """The partner's refunds and exclusions that became known on the day of the decision or later, the latest first."""
    kinds = ("sale.refunded", "sale.excluded")
    events = program_events().filter(partner=case.partner.key, type__in=kinds).order_by("-at", "-seq")
    return [event for event in events if program_day(event.at) >= case.on]


def remedy(case: RestatementDecision, known: Known, now: datetime) -> Remedy:
    """What applying would record and what would follow, worked out by the engine of what is known today."""
    hindsight = in_hindsight(known)
    steps, why_not = _steps(known.standing, hindsight)
    plan = _plan(case, steps, _("Restatement"), now) if steps else None
    return Remedy(hindsight, steps, why_not, preview(known, plan.events, now) if plan else None)


def _steps(standing: Standing | None, hindsight: Holding) -> tuple[int, str]:
    """By how many statuses the partner is above where it would be; with the reason where it is not."""
    if standing is None or standing.state not in {State.ACTIVE, State.SUSPENDED} or standing.status_rank < 0:
        return 0, _("The partner has no status at present: nothing can be corrected.")
    names = [status.name for status in current_rulebook().statuses]
    there = names.index(hindsight.status) if hindsight.status else 0
    if there > standing.status_rank:
        return 0, _(
            "The partner would stand higher today. No event of the program raises a status by decision: "
            "it is regained by the requirements. Make it good in another way, and say here how."
        )
    if there == standing.status_rank:
        return 0, _("The partner is where it would be by today's knowledge: nothing is left to correct.")
    return standing.status_rank - there, ""


def _plan(case: RestatementDecision, steps: int, reason: str, now: datetime) -> Plan:
    today, clause = program_day(now), current_rulebook().clauses.reviewed
    event = {
        "type": "measure.applied",
        "partner": case.partner.key,
        "at": now,
        "measure": "downgrade",
        "until": today.isoformat(),
        "reason": reason,
        "clause": clause,
        "restatement": {
            "on": case.on.isoformat(),
            "decided": case.decided,
            "would_be": case.would_be,
            "case": case.uid,
        },
    }
    context = {
        "decided_on": case.on,
        "decided": case.decided,
        "would_be": case.would_be,
        "reason": reason,
        "clause": clause,
    }
    return Plan(case.partner, (event,) * steps, "restatement_applied", context)


def find(uid: str) -> RestatementDecision:
    """A restatement by its public id. Raises NotFound."""
    found = RestatementDecision.objects.select_related("partner", "held_by", "settled_by").filter(uid=uid).first()
    if found is None:
        raise NotFound(_("There is no such restatement."))
    return found


def settle(*, uid: str, choice: str, reason: str, actor: Actor, now: datetime) -> RestatementDecision:
    """Settle a restatement: `apply` brings the partner down to where it would be, `leave` keeps what was decided.

    Applying records one downgrade measure for each status, in force until the end of today, so that from tomorrow the
    requirements decide again. Compliance and administrators. The same choice again by the same person changes nothing.
    Raises Forbidden, Invalid, NotFound, Stale (naming who settled it), Refusal where nothing can be applied.
    """
    rules.check_role(actor, rules.MEASURE_ROLES)
    if choice not in {Choice.APPLY, Choice.LEAVE}:
        raise Invalid(_("Choose to apply it or to leave it as decided."), fields={"choice": _("Choose one.")})
    reason = reason.strip()
    if not 1 <= len(reason) <= rules.REASON_MAX_CHARS:
        words = _("Say why: 1 to %(most)s characters.") % {"most": whole_text(rules.REASON_MAX_CHARS)}
        raise Invalid(words, fields={"reason": words})
    with transaction.atomic():
        lock({find(uid).partner.key})
        case = RestatementDecision.objects.select_for_update(of=("self",)).select_related("partner").get(uid=uid)
        if case.choice != Choice.WAITING:
            return _settled_already(case, choice, actor)
        queues.check_hold(case, actor.user)
        case.event_uid = _apply(case, reason, actor, now) if choice == Choice.APPLY else ""
        case.choice, case.reason, case.settled_by, case.settled_at = choice, reason, actor.user, now
        case.save(update_fields=["choice", "reason", "settled_by", "settled_at", "event_uid"])
        note(
            "restatement.settled",
            actor=actor,
            now=now,
            partner=case.partner.key,
            about={
                "on": case.on.isoformat(),
                "decided": case.decided,
                "would_be": case.would_be,
                "choice": str(choice),
                "reason": reason,
                "event": case.event_uid,
            },
            ident=case.uid,
        )
    return case


def _settled_already(case: RestatementDecision, choice: str, actor: Actor) -> RestatementDecision:
    if case.choice == choice and actor.user is not None and case.settled_by_id == actor.user.pk:
        return case
    day = day_text(program_day(case.settled_at)) if case.settled_at else ""
    raise Stale(
        _("%(name)s settled this on %(day)s.") % {"name": case.settled_by or _("The system"), "day": day},
        by=str(case.settled_by or ""),
    )


def _apply(case: RestatementDecision, reason: str, actor: Actor, now: datetime) -> str:
    known = Known(case.partner, program_day(now))
    steps, why_not = _steps(known.standing, in_hindsight(known))
    if not steps:
        raise Refusal(why_not)
    plan = _plan(case, steps, reason, now)
    events = tell(_numbered(plan.events, now), actor=actor, now=now, explained=True)
    context = {**plan.context, **what_holds(case.partner)}
    send(partner=case.partner, kind=plan.notice, context=context, actor=actor, now=now, link=reverse("portal:home"))
    return events[0].uid


def _numbered(events: Sequence[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    return [event | {"id": new_id("cnd", now)} for event in events]


def cases_of(partner: Partner) -> QuerySet[RestatementDecision]:
    """A partner's restatements, the latest first."""
    return RestatementDecision.objects.filter(partner=partner).select_related("settled_by").order_by("-on", "uid")
