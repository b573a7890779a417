"""Held repeat deals: found in the history by the rulebook's own rule, decided by the team (G1.4)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import NotFound, Stale
from honeyguide.common.ids import new_id
from honeyguide.common.queues import Promise, Waiting, summarise
from honeyguide.earning import awards, limits
from honeyguide.earning.models import DealState, HeldDeal
from honeyguide.earning.queries import check_may_earn
from honeyguide.history.services import note
from honeyguide.notices.services import send
from honeyguide.partners.deciding import Desk, check_decider, decide, is_done, reason_in
from honeyguide.partners.models import Partner
from honeyguide.standing.models import Standing
from honeyguide.standing.services import locked, tell

DESK = Desk(HeldDeal.objects.all, Q(state=DealState.WAITING))
PROMISE = Promise("found_at", limits.ANSWER_WITHIN_DAYS)
"""When held deals are decided."""


def bring_up(now: datetime) -> int:
    """Have the queue show what the history holds: new ones come in, those that are settled go. Gives how many are new.

    Derived each time and safe to repeat: no sale is held because it stands here.
    """
    return _bring_up({*_held_points(), *_waiting_points()}, now)


def look(now: datetime) -> int:
    """As bring_up, for the partners alone of whom the queue shows other points than their standing has held."""
    held, waiting = _held_points(), _waiting_points()
    return _bring_up({key for key in {*held, *waiting} if held.get(key, 0) != waiting.get(key, 0)}, now)


def _held_points() -> dict[str, int]:
    return dict(Standing.objects.filter(points_held__gt=0).values_list("partner__key", "points_held"))


def _waiting_points() -> dict[str, int]:
    rows = HeldDeal.objects.filter(state=DealState.WAITING).order_by().values("partner__key")
    return dict(rows.annotate(all_points=Sum("points")).values_list("partner__key", "all_points"))


def _bring_up(keys: set[str], now: datetime) -> int:
    if not keys:
        return 0
    found = {each.sale: each for each in awards.held_of(keys, program_day(now))}
    stands = Q(sale__in=found) | Q(state=DealState.WAITING, partner__key__in=keys)
    known = {deal.sale: deal for deal in HeldDeal.objects.filter(stands)}
    partners = {partner.key: partner for partner in Partner.objects.filter(key__in=keys)}
    new = [
        HeldDeal(
            uid=new_id("hld", now), partner=partners[each.partner], sale=sale, client=each.client, points=each.points,
            found_at=now,
        )
        for sale, each in found.items()
        if sale not in known
    ]  # fmt: skip
    if new:
        HeldDeal.objects.bulk_create(new, ignore_conflicts=True)
    for sale, deal in known.items():
        _bring_in_line(deal, found.get(sale))
    return len(new)


def _bring_in_line(deal: HeldDeal, held: awards.Held | None) -> None:
    """Have a deal that stands in the queue say what the history says; whoever decides meanwhile comes first."""
    same = HeldDeal.objects.filter(pk=deal.pk, state=deal.state)
    if held is None and deal.state == DealState.WAITING:
        same.update(state=DealState.GONE)
    elif held is not None and (deal.state == DealState.GONE or deal.points != held.points):
        state = DealState.WAITING if deal.state == DealState.GONE else deal.state
        same.update(state=state, points=held.points)


def all_deals() -> QuerySet[HeldDeal]:
    """Everybody's, with what a list shows."""
    return HeldDeal.objects.select_related("partner", "decided_by", "held_by")


def deal_with(uid: str) -> HeldDeal:
    """One by its public id. Raises NotFound."""
    deal = all_deals().filter(uid=uid).first() if uid.isprintable() else None
    if deal is None:
        raise NotFound("There is no such deal.")
    return deal


def waiting_deals() -> QuerySet[HeldDeal]:
    """Deals that wait for a decision."""
    return HeldDeal.objects.filter(state=DealState.WAITING)


def held_waiting(now: datetime) -> Waiting:
    """The queue of held deals; those that the history holds since the last look are put into it first."""
    look(now)
    return summarise(waiting_deals(), PROMISE, now=now)


def accept(*, uid: str, actor: Actor, now: datetime, internal_note: str = "") -> HeldDeal:
    """Give the points of a held deal: `points.decided` is told, they are allocated today (G1.4).

    Raises NotFound, Forbidden, Refusal for a partner that is not active, and Stale for the second of two deciders or
    when nothing is held any more.
    """
    return _decide(uid, DealState.ACCEPTED, actor=actor, now=now, reason="", internal_note=internal_note)


def refuse(*, uid: str, reason: str, actor: Actor, now: datetime, internal_note: str = "") -> HeldDeal:
    """Give no points for a held deal, with a reason for the partner. Raises as accept, and Invalid."""
    return _decide(uid, DealState.REFUSED, actor=actor, now=now, reason=reason_in(reason), internal_note=internal_note)


_WORDS: dict[str, str] = {DealState.ACCEPTED: "accept", DealState.REFUSED: "refuse"}


def _decide(uid: str, state: DealState, *, actor: Actor, now: datetime, reason: str, internal_note: str) -> HeldDeal:
    check_decider(actor)
    with transaction.atomic():
        deal = locked(deal_with(uid))
        if is_done(deal, state, actor):
            return deal
        if state == DealState.ACCEPTED:
            check_may_earn(deal.partner, now)
        held = _still(deal, now)
        if held is None:
            raise Stale(_("Nothing is held of this deal any more: it was refunded, or the rules have changed."))
        decide(deal, state, actor=actor, now=now, reason=reason, note=internal_note)
        about: dict[str, Any] = {"sale": deal.sale, "client": deal.client, "points": held.points}
        note(f"deal.{state.value}", actor=actor, now=now, partner=deal.partner.key,
             about={**about, "reason": reason} if reason else about, ident=deal.sale)  # fmt: skip
        event = {"type": "points.decided", "id": f"{uid}.decided", "partner": deal.partner.key, "at": now}
        tell([{**event, "sale": deal.sale, "decision": _WORDS[state]}], actor=actor, now=now)
        context = {"client": deal.client, "points": held.points, "days": held.days, "reason": reason}
        link = reverse("portal:points_earn")
        send(partner=deal.partner, kind=f"deal_{state.value}", context=context, actor=actor, now=now, link=link)
    return deal


def _still(deal: HeldDeal, now: datetime) -> awards.Held | None:
    """The deal as the history holds it now; None when it does not."""
    return next((each for each in awards.held_of({deal.partner.key}, program_day(now)) if each.sale == deal.sale), None)
