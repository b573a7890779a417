"""Explicit moves: for a caller that knows which lot gives what, because the history says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.ledger.answers import Posted, posted
from honeyguide.ledger.drafts import Draft, body_of, lock, sequence_of
from honeyguide.ledger.models import NEVER, Account, Kind, Lot, Place, Transaction
from honeyguide.ledger.refusals import KeyTaken, NothingSuch
from honeyguide.ledger.services.awarding import check_day, refuse_second
from honeyguide.ledger.services.holding import free, give_way, open_hold, refill, settle_captured


class Moved(StrEnum):
    """What happens to units, in the words of the replay."""

    EARNED = "earned"
    """A new lot (`Movement.lot` names its award, with day, expiry and source)."""
    DEBT_PAID = "debt_paid"
    """The lot pays debt."""
    SPENT = "spent"
    """The lot is spent from."""
    OWED = "owed"
    """Debt is made by a spend that found too little."""
    CANCELLED = "cancelled"
    """The lot gives to a cancellation; what of it expired gives too."""
    OWED_CANCELLED = "owed_cancelled"
    """Debt is made by a cancellation that found too little."""
    CUT = "cut"
    """So much of the lot's award counts as active no more; no unit moves."""
    EXPIRED = "expired"
    """The rest of the lot expires."""
    RESTORED = "restored"
    """What was spent goes back to the lot."""
    DEBT_RESTORED = "debt_restored"
    """What had been owed by a spend is owed no more."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement. `lot`: the ident of the award whose lot it is; "" where only debt is concerned.

    `allocated_on`, `expires_on`, `source` and `at` (its instant, for the order) are a new lot's.
    """

    kind: Moved
    points: int
    lot: str = ""
    allocated_on: date | None = None
    expires_on: date = NEVER
    source: str = ""
    at: datetime | None = None


PLACES = {
    Moved.EARNED: (Place.ISSUED, Place.LOTS),
    Moved.DEBT_PAID: (Place.LOTS, Place.DEBT),
    Moved.SPENT: (Place.LOTS, Place.SPENT),
    Moved.OWED: (Place.DEBT, Place.SPENT),
    Moved.OWED_CANCELLED: (Place.DEBT, Place.CANCELLED),
    Moved.EXPIRED: (Place.LOTS, Place.EXPIRED),
    Moved.RESTORED: (Place.SPENT, Place.LOTS),
    Moved.DEBT_RESTORED: (Place.SPENT, Place.DEBT),
}


def post(
    *,
    unit: str,
    owner: str,
    movements: Sequence[Movement],
    key: str,
    day: date,
    now: datetime,
    actor: Actor,
    points: int | None = None,
    reference: str = "",
    reason: str = "",
    hold: str = "",
) -> Posted:
    """Write movements in their order as one transaction. What they take may be held or expired: holds give way.

    `key`: the causing event's uid. If its transaction was reversed since, the movements are posted anew, under the key
    with a number behind it. `points`: what the transaction is about, if not the sum of the movements. `hold`: the uid
    of an open hold that these movements spend: it is captured. Raises KeyTaken, AwardTaken, NothingSuch, Decided.
    """
    assert movements
    check_day(day, now)
    body = body_of("post", day, reference, reason, *movements)
    with transaction.atomic():
        account = lock(unit, owner)
        key, before = _standing(account, key)
        if before is not None:
            if before.body != body:
                raise KeyTaken(key, before.uid)
            return posted(before, is_repeated=True)
        held = open_hold(account, hold) if hold else None
        if held is not None:
            free(account, held)
        about = sum(movement.points for movement in movements) if points is None else points
        draft = Draft(account, Kind.POST, key, body, about, day, now, actor, reference, reason)
        _move_all(draft, movements)
        short = give_way(draft)
        made = draft.save()
        refill(account, short, day)
        if held is not None:
            settle_captured(held, made.pk, key, day, now)
        return posted(made)


def _standing(account: Account, key: str) -> tuple[str, Transaction | None]:
    """The key to post under, and the transaction that stands under it; reversed ones are passed over."""
    numbered, number = key, 1
    while True:
        before = Transaction.objects.filter(account=account, key=numbered).first()
        if before is None or not Transaction.objects.filter(undoes=before, kind=Kind.REVERSE).exists():
            return numbered, before
        number += 1
        numbered = f"{key}~{number}"


def _move_all(draft: Draft, movements: Sequence[Movement]) -> None:
    idents = {movement.lot for movement in movements if movement.lot}
    lots = {
        lot.ident: draft.same(lot) for lot in Lot.objects.filter(account=draft.account, ident__in=idents, is_void=False)
    }
    for movement in movements:
        if movement.kind == Moved.EARNED:
            if movement.lot in lots:
                refuse_second(draft.account, movement.lot)
            lots[movement.lot] = _new_lot(draft, movement)
            continue
        lot = lots.get(movement.lot)
        if movement.lot and lot is None:
            raise NothingSuch(_("%(ident)s has not been credited.") % {"ident": movement.lot}, ident=movement.lot)
        _move(draft, movement, lot)


def _new_lot(draft: Draft, movement: Movement) -> Lot:
    lot = Lot(
        account=draft.account,
        ident=movement.lot,
        source=movement.source,
        allocated_on=movement.allocated_on or draft.day,
        expires_on=movement.expires_on,
        sequence=sequence_of(movement.at or draft.now),
        amount=movement.points,
        remaining=0,
    )
    draft.new.append(lot)
    draft.move(Place.ISSUED, Place.LOTS, movement.points, lot)
    return lot


def _move(draft: Draft, movement: Movement, lot: Lot | None) -> None:
    if movement.kind == Moved.CUT:
        assert lot is not None
        draft.cut(lot, movement.points)
    elif movement.kind == Moved.CANCELLED:
        assert lot is not None
        own = min(movement.points, lot.remaining)
        draft.move(Place.LOTS, Place.CANCELLED, own, lot)
        draft.move(Place.EXPIRED, Place.CANCELLED, movement.points - own, lot)
    else:
        source, target = PLACES[movement.kind]
        draft.move(source, target, movement.points, lot)
