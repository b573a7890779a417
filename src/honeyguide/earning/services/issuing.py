"""Points by the team's own hand: issued, an award cancelled or corrected; each with a reason and a notice."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import Role
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Forbidden, Invalid
from honeyguide.common.ids import new_id
from honeyguide.common.local import whole_text
from honeyguide.earning import awards, limits
from honeyguide.earning.effects import Effect, effects_of
from honeyguide.history.models import Event
from honeyguide.history.services import note
from honeyguide.notices.services import send
from honeyguide.partners.deciding import reason_in, token_in
from honeyguide.partners.models import Partner
from honeyguide.standing.services import lock, tell

ISSUING_ROLES = frozenset({Role.MANAGER, Role.ADMIN})
ISSUE, CANCEL, CORRECT = "issue", "cancel", "correct"
ACTIONS = (ISSUE, CANCEL, CORRECT)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done: issue `points`, cancel an `award`, or make an award worth `points`.

    An award that was too large is replaced at the moment of its allocation; what one lacked is given today.
    """

    action: str
    reason: str
    points: int | None = None
    award: str = ""


def preview(*, partner: Partner, wanted: Wanted, actor: Actor, now: datetime) -> list[Effect]:
    """What would follow; nothing is written. Raises as carry_out."""
    events = _events(partner, wanted, new_id("awd", now), actor, now)
    return [effect for effect in effects_of(events, now=now) if effect.key == partner.key]


def carry_out(*, partner: Partner, wanted: Wanted, form_token: str, actor: Actor, now: datetime) -> Event:
    """Do it: told at once, with a notice to the partner. The same form again gives the same event.

    Partner managers and administrators. Raises Forbidden, and Invalid with the bad fields.
    """
    award = f"awd_{token_in(form_token)}"
    with transaction.atomic():
        lock({partner.key})
        done = Event.objects.filter(uid=award).first()
        if done is not None:
            return done
        before = awards.points_by_award(partner, program_day(now)).get(wanted.award, 0) if wanted.award else 0
        events = _events(partner, wanted, award, actor, now)
        event = tell(events, actor=actor, now=now, explained=True)[0]
        told: dict[str, Any] = {"award": wanted.award, "before": before, "points": wanted.points}
        note(f"points.{wanted.action}", actor=actor, now=now, partner=partner.key,
             about={**told, "reason": wanted.reason}, ident=wanted.award or award)  # fmt: skip
        send(
            partner=partner,
            kind=f"points_{wanted.action}",
            context={"points": wanted.points or 0, "before": before, "reason": wanted.reason},
            actor=actor,
            now=now,
            link=reverse("portal:points_earn"),
        )
    return event


def _events(partner: Partner, wanted: Wanted, award: str, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """The events of an action; the first has the id of the form. Raises Forbidden, Invalid."""
    if actor.user is not None and actor.role not in ISSUING_ROLES:
        raise Forbidden(_("Partner managers and administrators issue and correct points."))
    reason = reason_in(wanted.reason)
    common = {"partner": partner.key, "at": now, "reason": reason}
    if wanted.action == ISSUE:
        return [_grant(common, award, award, _whole(wanted.points, 1))]
    given = awards.allocated(partner, program_day(now)).get(wanted.award)
    if given is None:
        message = _("Choose one of the company's awards.")
        raise Invalid(message, fields={"award": message})
    cancelled = {**common, "type": "points.cancelled", "id": award, "award": wanted.award}
    if wanted.action == CANCEL:
        return [cancelled]
    points = _whole(wanted.points, 1)
    if points == given.points:
        message = _("The award is worth %(points)s points already.") % {"points": whole_text(given.points)}
        raise Invalid(message, fields={"points": message})
    if points > given.points:
        return [_grant(common, award, award, points - given.points)]
    then = {"at": given.at}  # so that it is valid as long as it was, and gives what was spent of it (T4.2)
    return [cancelled | then, _grant(common | then, f"{award}.new", f"{award}.new", points)]


def _grant(common: dict[str, Any], uid: str, award: str, points: int) -> dict[str, Any]:
    return {**common, "type": "points.granted", "id": uid, "award": award, "points": points, "activity": "other"}


def _whole(points: int | None, least: int) -> int:
    if points is None or not least <= points <= limits.GRANT_MAX_POINTS:
        message = _("Expected a whole number of points from %(least)s to %(most)s.") % {
            "least": whole_text(least),
            "most": whole_text(limits.GRANT_MAX_POINTS),
        }
        raise Invalid(message, fields={"points": message})
    return points
