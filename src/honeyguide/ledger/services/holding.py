"""Reservations: placed, decided once, giving way to what is taken back."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.ids import new_id
from honeyguide.ledger.answers import Held, Posted, held, posted
from honeyguide.ledger.drafts import Draft, body_of, in_turn, known, lock, save_lots
from honeyguide.ledger.models import Account, Hold, HoldLot, Kind, Lot, Place
from honeyguide.ledger.refusals import Decided, HoldShort, KeyTaken, NothingSuch
from honeyguide.ledger.services.awarding import check_day
from honeyguide.ledger.services.spending import free_parts, take


def hold(
    *,
    unit: str,
    owner: str,
    points: int,
    key: str,
    day: date,
    now: datetime,
    actor: Actor,
    reference: str = "",
) -> Held:
    """Reserve parts of the lots that a spend would take now. They do not expire before capture() or release().

    `key`: of the hold, in the account. Raises NotEnough and KeyTaken.
    """
    assert points > 0
    check_day(day, now)
    body = body_of("hold", points, reference)
    with transaction.atomic():
        account = lock(unit, owner)
        before = Hold.objects.filter(account=account, key=key).first()
        if before is not None:
            if before.body != body:
                raise KeyTaken(key, before.uid)
            return held(before, is_repeated=True)
        made = Hold(
            uid=new_id("hld", now),
            account=account,
            key=key,
            body=body,
            points=points,
            placed_on=day,
            placed_at=now,
            reference=reference,
            actor_name=actor.name,
        )
        parts = free_parts(account, day, points)
        made.save(force_insert=True)
        _reserve(account, made, parts)
        return held(made)


def capture(
    *, unit: str, owner: str, hold: str, key: str, day: date, now: datetime, actor: Actor, reason: str = ""
) -> Posted:
    """Spend what a hold (`hold`: its uid) reserves, also of lots that have expired since.

    Raises Decided if it is not open any more (once: the same key gives the first answer), HoldShort if a clawback took
    of it and nothing else is there, NothingSuch, KeyTaken.
    """
    check_day(day, now)
    body = body_of("capture", hold, reason)
    with transaction.atomic():
        account = lock(unit, owner)
        before = known(account, key, body)
        if before is not None:
            return posted(before, is_repeated=True)
        found = open_hold(account, hold)
        refill(account, [found], day)
        if found.short:
            raise HoldShort(found.points, found.points - found.short)
        draft = Draft(account, Kind.CAPTURE, key, body, found.points, day, now, actor, found.reference, reason)
        for part in found.parts.select_related("lot").order_by("id"):
            lot = draft.same(part.lot)
            draft.hold_differently(lot, -part.points)
            draft.move(Place.LOTS, Place.SPENT, part.points, lot)
        made = draft.save()
        found.transaction = made
        _decide(found, Hold.Status.CAPTURED, key, day, now)
        return posted(made)


def release(*, unit: str, owner: str, hold: str, key: str, day: date, now: datetime, actor: Actor) -> Held:  # noqa: ARG001
    """Let go of what a hold reserves: it can be spent again, or has expired.

    Raises Decided if it is not open any more (once: the same key gives the first answer), NothingSuch.
    """
    check_day(day, now)
    with transaction.atomic():
        account = lock(unit, owner)
        found = Hold.objects.filter(account=account, uid=hold).first()
        if found is not None and found.status == Hold.Status.RELEASED and found.decided_key == key:
            return held(found, is_repeated=True)
        found = open_hold(account, hold)
        free(account, found)
        _decide(found, Hold.Status.RELEASED, key, day, now)
        return held(found)


def open_hold(account: Account, uid: str) -> Hold:
    """A hold of the account. Raises NothingSuch, and Decided if it is not open."""
    found = Hold.objects.filter(account=account, uid=uid).first()
    if found is None:
        raise NothingSuch(_("There is no such reservation."))
    if found.status != Hold.Status.OPEN:
        raise Decided(_("This reservation is decided already."), status=found.status)
    return found


def free(account: Account, found: Hold) -> None:
    """Take an open hold off its lots."""
    lots = []
    for part in found.parts.select_related("lot"):
        part.lot.held -= part.points
        account.held -= part.points
        lots.append(part.lot)
    save_lots(lots)
    account.save(update_fields=["held"])


def refill(account: Account, holds: Iterable[Hold], day: date) -> None:
    """Let holds that were cut short reserve what is free, the earliest first."""
    for found in holds:
        if found.short:
            parts, short = take(in_turn(account, day), found.short)
            if parts:
                found.short = short
                found.save(update_fields=["short"])
                _reserve(account, found, parts)


def settle_captured(found: Hold, made_by: int, key: str, day: date, now: datetime) -> None:
    """A hold whose points another transaction has spent."""
    found.transaction_id = made_by
    _decide(found, Hold.Status.CAPTURED, key, day, now)


def give_way(draft: Draft) -> list[Hold]:
    """Cut holds of the draft's lots to what remains, the latest first. Gives those that became short, earliest first.

    Call before the draft is saved, and refill() afterwards.
    """
    over = {lot.pk: lot.held - lot.remaining for lot in draft.touched.values() if lot.held > lot.remaining}
    if not over:
        return []
    cut: dict[int, Hold] = {}
    parts = HoldLot.objects.filter(lot__in=over, hold__status=Hold.Status.OPEN, points__gt=0)
    for part in parts.select_related("hold").order_by("-hold_id"):
        less = min(over[part.lot_id], part.points)
        if less == 0:
            continue
        over[part.lot_id] -= less
        part.points -= less
        part.save(update_fields=["points"])
        hold = cut.setdefault(part.hold_id, part.hold)
        hold.short += less
        hold.save(update_fields=["short"])
        draft.hold_differently(draft.touched[part.lot_id], -less)
    return [cut[pk] for pk in sorted(cut)]


def _reserve(account: Account, found: Hold, parts: list[tuple[Lot, int]]) -> None:
    before = {part.lot_id: part for part in found.parts.all()}
    for lot, points in parts:
        lot.held += points
        account.held += points
        part = before.get(lot.pk) or HoldLot(hold=found, lot=lot, points=0)
        part.points += points
        part.save()
    save_lots(lot for lot, _points in parts)
    account.save(update_fields=["held"])


def _decide(found: Hold, status: Hold.Status, key: str, day: date, now: datetime) -> None:
    found.status, found.decided_key, found.decided_on, found.decided_at = status, key, day, now
    found.save(update_fields=["status", "decided_key", "decided_on", "decided_at", "transaction"])
