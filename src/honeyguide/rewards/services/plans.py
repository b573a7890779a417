"""Plans that are kept: proposed anew from what was asked, then carried out step by step (G4.7)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Invalid, Refusal
from honeyguide.common.ids import new_id
from honeyguide.history.services import note
from honeyguide.partners.deciding import check_own, plain, token_in
from honeyguide.partners.models import Partner
from honeyguide.rewards import limits, queries
from honeyguide.rewards.models import Plan, PlanStep
from honeyguide.rewards.models.exchanges import SPENT_STATES
from honeyguide.rewards.proposing import Proposal, Wish, propose
from honeyguide.rewards.rules.planning import NoPlan
from honeyguide.standing.queries import standing_on
from honeyguide.standing.services import lock


def proposal(*, partner: Partner, wishes: Sequence[Wish], months: int, now: datetime) -> Proposal:
    """The plan of the highest value from today. Keeps nothing. Raises Invalid, NoRewards, Refusal."""
    day = program_day(now)
    try:
        return propose(partner, standing_on(partner, day), wishes, months=months, day=day)
    except NoPlan:
        raise Refusal(_("No plan was found in time. Ask for fewer things, or for a shorter time.")) from None


def keep(
    *, partner: Partner, name: str, wishes: Sequence[Wish], months: int, form_token: str, actor: Actor, now: datetime
) -> Plan:
    """Keep the plan for some wishes, worked out now. The same form again gives the same plan.

    Raises Forbidden, Invalid, Refusal for a plan without a step.
    """
    check_own(actor, partner)
    form_token, name = token_in(form_token), plain(name)
    if not name or len(name) > limits.NAME_MAX_CHARS or not name.isprintable():
        message = _("1 to %(most)s characters.") % {"most": limits.NAME_MAX_CHARS}
        raise Invalid(message, fields={"name": message})
    with transaction.atomic():
        lock({partner.key})
        before = Plan.objects.filter(partner=partner, form_token=form_token).first()
        if before is not None:
            return before
        if queries.plans_of(partner).count() >= limits.PLANS_PER_PARTNER_COUNT:
            raise Refusal(_("There are too many plans: drop one first."))
        found = proposal(partner=partner, wishes=wishes, months=months, now=now)
        if not found.steps:
            raise Refusal(_("There is nothing to keep: the plan has no exchange."))
        made = Plan.objects.create(
            uid=new_id("pln", now), partner=partner, name=name, asked=_asked(found, months), found=told(found),
            form_token=form_token, made_at=now, made_by=actor.user,
        )  # fmt: skip
        campaigns = {one.uid: one for one in queries.campaigns_of(partner)}
        chosen = {wish.item: campaigns.get(wish.campaign) for wish in found.wishes}
        PlanStep.objects.bulk_create(
            PlanStep(
                plan=made, place=place, day=one.step.day, reward=one.item.reward_name, variant=one.item.variant_name,
                title=one.item.title_in("en"), title_ru=one.item.title_in("ru"), quantity=one.step.quantity,
                points=one.step.points, worth_amount=one.worth, campaign=chosen[one.item.key],
                uses=[[on.isoformat(), points] for on, points in one.step.uses],
            )
            for place, one in enumerate(found.steps)
        )  # fmt: skip
        about = {"plan": made.uid, "name": name, "steps": len(found.steps), "points": found.plan.points}
        note("plan.kept", actor=actor, now=now, partner=partner.key, about=about, ident=made.uid)
    return made


def _asked(found: Proposal, months: int) -> dict[str, Any]:
    return {
        "months": months,
        "wishes": [
            {"item": wish.item, "quantity": wish.quantity, "priority": wish.priority, "campaign": wish.campaign}
            for wish in found.wishes
        ],
    }


def told(found: Proposal) -> dict[str, Any]:
    """A proposal's figures and reasons as they are kept, in JSON values. `reasons`: of each step, in their order."""
    return {
        "until": found.until.isoformat(),
        "available": found.available,
        "points": found.plan.points,
        "worth": str(found.worth),
        "cost": str(found.cost),
        "purchases": str(found.purchases),
        "lost": found.lost,
        "bound": found.plan.bound,
        "reasons": [list(one.because) for one in found.steps],
        "unmet": [
            {
                "title": one.item.title_in("en"), "title_ru": one.item.title_in("ru"), "quantity": one.quantity,
                "because": list(one.because),
            }
            for one in found.unmet
        ],
        "saved": [[on.isoformat(), used, lost] for on, used, lost in found.plan.saved],
    }  # fmt: skip


def wishes_left(plan: Plan) -> list[Wish]:
    """What was asked of a kept plan and is not exchanged yet: to plan it anew."""
    had: dict[str, int] = {}
    for step in plan.steps.all():
        if step.exchange is not None and step.exchange.state in SPENT_STATES:
            had[step.item] = had.get(step.item, 0) + step.quantity
    wishes = [Wish(**wish) for wish in plan.asked["wishes"]]
    return [
        replace(wish, quantity=wish.quantity - had.get(wish.item, 0))
        for wish in wishes
        if wish.quantity > had.get(wish.item, 0)
    ]


def drop(*, uid: str, partner: Partner, actor: Actor, now: datetime) -> None:
    """Drop a kept plan; what was carried out of it stays. Again: nothing happens. Raises NotFound, Forbidden."""
    check_own(actor, partner)
    with transaction.atomic():
        lock({partner.key})
        dropped = Plan.objects.filter(partner=partner, uid=uid, dropped_at__isnull=False).exists()
        if dropped:
            return
        found = queries.plan_with(uid, partner)
        found.dropped_at = now
        found.save(update_fields=["dropped_at"])
        note(
            "plan.dropped",
            actor=actor,
            now=now,
            partner=partner.key,
            about={"plan": uid, "name": found.name},
            ident=uid,
        )
