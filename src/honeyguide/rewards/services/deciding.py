"""Exchanges from the team's side: approved or refused, handed over, cancelled with the points given back (G2.4)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Invalid, Refusal, Stale
from honeyguide.common.queues import check_hold
from honeyguide.common.words import STATES, words_of
from honeyguide.history.services import note
from honeyguide.ledger.queries import hold_for
from honeyguide.notices.services import send
from honeyguide.partners.deciding import Desk, decide, is_done, plain, reason_in, same_person
from honeyguide.rewards import limits, queries
from honeyguide.rewards.models import Exchange, ExchangeState
from honeyguide.rewards.models.exchanges import OPEN_STATES
from honeyguide.rewards.points import UNIT
from honeyguide.rewards.services.exchanges import about, let_go, put_back_stock, spend
from honeyguide.rewards.services.roles import check_manager
from honeyguide.standing.models import State
from honeyguide.standing.queries import standing_on
from honeyguide.standing.services import locked, tell

DESK = Desk(Exchange.objects.all, Q(state__in=OPEN_STATES), check_manager)


def approve(*, uid: str, actor: Actor, now: datetime, internal_note: str = "") -> Exchange:
    """Approve an exchange: the points that were held are spent, as of the confirmation (G2.4).

    Raises NotFound, Forbidden, Stale for the second of two deciders, Refusal when a clawback took of what was held, or
    for a company that is no active partner any more (T1.5).
    """
    check_manager(actor)
    with transaction.atomic():
        found = locked(queries.exchange_with(uid))
        if is_done(found, ExchangeState.APPROVED, actor):
            return found
        _check_active(found, now)
        _check_held(found)
        decide(found, ExchangeState.APPROVED, actor=actor, now=now, note=internal_note)
        let_go(found, actor, now)  # and spent in the same transaction: the history says so, and the ledger follows it
        spend(found, actor, now)
        note("exchange.approved", actor=actor, now=now, partner=found.partner.key, about=about(found), ident=uid)
        _send("exchange_approved", found, actor, now)
    return found


def refuse(*, uid: str, reason: str, actor: Actor, now: datetime, internal_note: str = "") -> Exchange:
    """Refuse an exchange with a reason for the partner; the points are free again. Raises as approve, and Invalid."""
    check_manager(actor)
    reason = reason_in(reason)
    with transaction.atomic():
        found = locked(queries.exchange_with(uid))
        if is_done(found, ExchangeState.REFUSED, actor):
            return found
        decide(found, ExchangeState.REFUSED, actor=actor, now=now, reason=reason, note=internal_note)
        let_go(found, actor, now)
        put_back_stock(found.item, found.quantity, now)
        note("exchange.refused", actor=actor, now=now, partner=found.partner.key, about=about(found), ident=uid)
        _send("exchange_refused", found, actor, now)
    return found


def fulfil(*, uid: str, fulfilment: str, until: date | None = None, actor: Actor, now: datetime) -> Exchange:
    """Hand over what was exchanged: a code, a number of a licence, a date. The partner sees it.

    The same again gives the same answer. Raises NotFound, Forbidden, Invalid, Stale, Refusal for a company that is no
    active partner any more (T1.5).
    """
    check_manager(actor)
    fulfilment = plain(fulfilment)
    problems = {}
    if not fulfilment or len(fulfilment) > limits.FULFILMENT_MAX_CHARS:
        problems["fulfilment"] = _("Say what the partner gets: a code, a number of a licence, a date.")
    if until is not None and until < program_day(now):
        problems["until"] = _("Choose a day to come, or none.")
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)
    with transaction.atomic():
        found = locked(queries.exchange_with(uid))
        if found.state == ExchangeState.FULFILLED and found.fulfilment == fulfilment:
            return found
        if found.state != ExchangeState.APPROVED:
            raise _not_so(found, _("There is nothing to hand over."))
        check_hold(found, actor.user)
        _check_active(found, now)
        found.state, found.fulfilled_by, found.fulfilled_at = ExchangeState.FULFILLED, actor.user, now
        found.fulfilment, found.fulfilment_until = fulfilment, until
        found.held_by, found.held_at = None, None
        found.save(
            update_fields=[
                "state", "fulfilled_by", "fulfilled_at", "fulfilment", "fulfilment_until", "held_by", "held_at",
            ]
        )  # fmt: skip
        note("exchange.fulfilled", actor=actor, now=now, partner=found.partner.key, about=about(found), ident=uid)
        _send("exchange_fulfilled", found, actor, now)
    return found


def cancel(*, uid: str, reason: str, restock: bool = True, actor: Actor, now: datetime) -> Exchange:
    """Undo an exchange whose points are spent: they go back to the same lots, with their own expiry.

    `restock`: the pieces are there again. Raises NotFound, Forbidden, Invalid, Stale.
    """
    check_manager(actor)
    reason = reason_in(reason)
    with transaction.atomic():
        found = locked(queries.exchange_with(uid))
        if found.state == ExchangeState.CANCELLED and same_person(actor, found.cancelled_by_id):
            return found
        if found.state not in {ExchangeState.APPROVED, ExchangeState.FULFILLED}:
            raise _not_so(found, _("There is nothing to cancel."))
        found.state, found.cancelled_by, found.cancelled_at = ExchangeState.CANCELLED, actor.user, now
        found.reason, found.held_by, found.held_at = reason, None, None
        found.save(update_fields=["state", "cancelled_by", "cancelled_at", "reason", "held_by", "held_at"])
        event = {
            "type": "points.restored", "id": f"{uid}.restored", "partner": found.partner.key, "at": now,
            "exchange": uid, "reason": reason,
        }  # fmt: skip
        tell([event], actor=actor, now=now)
        if restock:
            put_back_stock(found.item, found.quantity, now)
        note("exchange.cancelled", actor=actor, now=now, partner=found.partner.key, about=about(found), ident=uid)
        _send("exchange_cancelled", found, actor, now)
    return found


def barred(found: Exchange, day: date) -> str:
    """Why an open exchange can only be refused or cancelled; "" for an active partner's (T1.5)."""
    standing = standing_on(found.partner, day)
    if standing is not None and standing.state == State.ACTIVE:
        return ""
    state = words_of(STATES, standing.state if standing is not None else State.APPLICANT)
    words = _("The company is no active partner (%(state)s): it gets no rewards.") % {"state": state}
    what = _("Refuse the exchange with a reason.") if found.is_waiting else _("Cancel the exchange with a reason.")
    return f"{words} {what}"


def _check_active(found: Exchange, now: datetime) -> None:
    problem = barred(found, program_day(now))
    if problem:
        raise Refusal(problem)


def _check_held(found: Exchange) -> None:
    hold = hold_for(UNIT, found.partner.key, found.uid)
    short = found.points if hold is None else hold.short
    if short:
        raise Refusal(
            _("%(short)s of the points that were held for it have been cancelled since. Refuse it with a reason.")
            % {"short": short},
            short=short,
        )


def _not_so(found: Exchange, words: str) -> Stale:
    now = _("It is now: %(state)s.") % {"state": found.get_state_display()}
    return Stale(f"{words} {now}", state=found.state)


def _send(kind: str, found: Exchange, actor: Actor, now: datetime) -> None:
    context: dict[str, Any] = {
        "title": found.title,
        "title_ru": found.title_ru,
        "points": found.points,
        "reason": found.reason,
        "fulfilment": found.fulfilment,
        "until": found.fulfilment_until,
    }
    link = reverse("portal:points_exchange", args=[found.uid])
    send(partner=found.partner, kind=kind, context=context, actor=actor, now=now, link=link)
