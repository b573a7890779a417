"""Decisions on conduct: each is an event of the program that acts at once, with a notice to the partner (T14)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Invalid, Stale
from honeyguide.common.ids import new_id
from honeyguide.common.local import day_text
from honeyguide.conduct import plans, queries
from honeyguide.conduct.plans import Plan
from honeyguide.history.models import Event
from honeyguide.history.services import note
from honeyguide.notices.services import send
from honeyguide.partners.models import Partner
from honeyguide.standing.models import Standing
from honeyguide.standing.services import lock, tell

TOKEN_PREFIX = "cnd"  # noqa: S105 - the prefix of an id, no secret
_TOKEN = re.compile(r"cnd_[0-9a-hjkmnp-tv-z]{18}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What goes with a decision's form beside its fields.

    `token`: an id that the form got when it was shown (new_token), so that sending it twice decides once; `seen`: the
    number of the last event on the partner's conduct then (None: not asked); `note`: for the team alone; `tell`:
    whether the partner gets a notice.
    """

    token: str = ""
    seen: int | None = None
    note: str = ""
    tell: bool = True


def new_token(now: datetime) -> str:
    """An id for a form that is shown now: it becomes the id of the event."""
    return new_id(TOKEN_PREFIX, now)


def apply_measure(
    *,
    partner: Partner,
    measure: str,
    clause: str,
    reason: str,
    until: date | None = None,
    users: Sequence[str] = (),
    sites: Sequence[str] = (),
    confirmed_name: str = "",
    sheet: Sheet = Sheet(),
    actor: Actor,
    now: datetime,
) -> Event:
    """Take a measure: it acts from now on, to the end of `until` or until it is lifted (T14).

    Compliance and administrators. Raises Forbidden, Invalid, Stale, and Refusal where it does not fit the state.
    """
    plan = partial(
        plans.measure,
        partner=partner,
        measure=measure,
        clause=clause,
        reason=reason,
        until=until,
        users=users,
        sites=sites,
        confirmed_name=confirmed_name,
        actor=actor,
        now=now,
    )
    return carry_out(plan, partner=partner, sheet=sheet, actor=actor, now=now)


def lift_measure(
    *, partner: Partner, measure: str, reason: str, sheet: Sheet = Sheet(), actor: Actor, now: datetime
) -> Event:
    """Lift all measures of a kind (T14). Compliance and administrators."""
    plan = partial(plans.lift, partner=partner, measure=measure, reason=reason, actor=actor, now=now)
    return carry_out(plan, partner=partner, sheet=sheet, actor=actor, now=now)


def cancel_points(
    *,
    partner: Partner,
    points: int,
    clause: str,
    reason: str,
    sheet: Sheet = Sheet(),
    actor: Actor,
    now: datetime,
) -> Event:
    """Take points as a measure (T14), at most those that are active. Compliance and administrators."""
    plan = partial(
        plans.cancel_points, partner=partner, points=points, clause=clause, reason=reason, actor=actor, now=now
    )
    return carry_out(plan, partner=partner, sheet=sheet, actor=actor, now=now)


def suspend(
    *, partner: Partner, clause: str, reason: str, sheet: Sheet = Sheet(), actor: Actor, now: datetime
) -> Event:
    """Suspend an active partner, without notice if need be (T3.4b). Compliance and administrators."""
    plan = partial(plans.suspension, partner=partner, clause=clause, reason=reason, actor=actor, now=now)
    return carry_out(plan, partner=partner, sheet=sheet, actor=actor, now=now)


def reinstate(*, partner: Partner, reason: str, sheet: Sheet = Sheet(), actor: Actor, now: datetime) -> Event:
    """End a suspension (T3.4b). Compliance and administrators."""
    plan = partial(plans.reinstatement, partner=partner, reason=reason, actor=actor, now=now)
    return carry_out(plan, partner=partner, sheet=sheet, actor=actor, now=now)


def terminate(
    *, partner: Partner, reason: str, confirmed_name: str, sheet: Sheet = Sheet(), actor: Actor, now: datetime
) -> Event:
    """End the agreement; the company's name is typed to confirm (T1.5). Compliance and administrators."""
    plan = partial(
        plans.termination, partner=partner, reason=reason, confirmed_name=confirmed_name, actor=actor, now=now
    )
    return carry_out(plan, partner=partner, sheet=sheet, actor=actor, now=now)


def adjust_discount(
    *,
    partner: Partner,
    percent: Decimal,
    reason: str,
    restores: str,
    sheet: Sheet = Sheet(),
    actor: Actor,
    now: datetime,
) -> Event:
    """Reduce the discount below the status's, saying what restores it (T3.6). Partner managers and administrators."""
    plan = partial(
        plans.adjustment, partner=partner, percent=percent, reason=reason, restores=restores, actor=actor, now=now
    )
    return carry_out(plan, partner=partner, sheet=sheet, actor=actor, now=now)


def restore_discount(*, partner: Partner, reason: str, sheet: Sheet = Sheet(), actor: Actor, now: datetime) -> Event:
    """Give the status's discount again (T3.6). Partner managers and administrators."""
    plan = partial(plans.restoration, partner=partner, reason=reason, actor=actor, now=now)
    return carry_out(plan, partner=partner, sheet=sheet, actor=actor, now=now)


def exclude_sale(
    *, partner: Partner, sale: str, ground: str, reason: str, sheet: Sheet = Sheet(), actor: Actor, now: datetime
) -> Event:
    """Take a sale out of the targets for good (T3.2). Partner managers and administrators."""
    plan = partial(plans.exclusion, partner=partner, sale=sale, ground=ground, reason=reason, actor=actor, now=now)
    return carry_out(plan, partner=partner, sheet=sheet, actor=actor, now=now)


def carry_out(plan_of: Callable[[], Plan], *, partner: Partner, sheet: Sheet, actor: Actor, now: datetime) -> Event:
    """Record what a plan holds, made anew under the partner's lock. The same form again gives the same event.

    Raises what the plan raises, and Stale when somebody else has decided since the form was shown.
    """
    with transaction.atomic():
        lock({partner.key})
        done = decided_already(sheet.token, partner, actor)
        if done is not None:
            return done
        check_seen(partner, sheet.seen)
        plan = plan_of()
        first, *rest = plan.events
        told = [first | {"id": sheet.token or new_token(now)}, *rest]
        event = tell(told, actor=actor, now=now, explained=True)[0]
        if sheet.note.strip():
            note(
                "conduct.noted",
                actor=actor,
                now=now,
                partner=partner.key,
                about={"event": event.uid, "note": sheet.note.strip()},
                ident=event.uid,
            )
        if sheet.tell and plan.notice:
            send(
                partner=partner,
                kind=plan.notice,
                context={**plan.context, **what_holds(partner)},
                actor=actor,
                now=now,
                link=reverse("portal:home"),
            )
    return event


def what_holds(partner: Partner) -> dict[str, Any]:
    """Status and discount as they are now, for the words of a notice."""
    standing = Standing.objects.get(partner=partner)
    return {"status": standing.status, "discount_percent": standing.discount_percent}


def decided_already(token: str, partner: Partner, actor: Actor) -> Event | None:
    """The event of a form that was sent before, by the same person; None for a new one. Raises Invalid."""
    if not token:
        return None
    if not _TOKEN.fullmatch(token):
        raise Invalid(_("This form is damaged. Open it again."))
    event = Event.objects.filter(uid=token).first()
    if event is None:
        return None
    if event.partner != partner.key or event.actor_id != (actor.user.pk if actor.user else None):
        raise Invalid(_("This form is damaged. Open it again."))
    return event


def check_seen(partner: Partner, seen: int | None) -> None:
    """Raise Stale, naming who and when, if the partner's conduct was decided on after event number `seen`."""
    last = queries.last_conduct_event(partner.key)
    if seen is None or last is None or last.seq <= seen:
        return
    raise Stale(
        _("%(name)s has decided on this partner in the meantime, on %(day)s. Look at it again before you decide.")
        % {"name": last.actor_name, "day": day_text(program_day(last.recorded_at))},
        by=last.actor_name,
    )
