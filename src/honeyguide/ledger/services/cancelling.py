"""What was awarded is taken back (reading 16)."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.ledger.answers import Posted, posted
from honeyguide.ledger.drafts import Draft, body_of, in_turn, known, lock
from honeyguide.ledger.models import Account, Kind, Lot, Place
from honeyguide.ledger.refusals import NotEnough, NothingSuch
from honeyguide.ledger.services.awarding import check_day
from honeyguide.ledger.services.holding import give_way, refill


def cancel(
    *,
    unit: str,
    owner: str,
    key: str,
    day: date,
    now: datetime,
    actor: Actor,
    ident: str = "",
    points: int | None = None,
    reference: str = "",
    reason: str = "",
) -> Posted:
    """Cancel an award (`ident`: all that is left of it, or `points`), or `points` of the active ones by expiry.

    The award's own lot gives first, its expired rest included, then the other valid lots by expiry, then debt is made.
    Holds give way. Raises NothingSuch for an award that has no lot, NotEnough for more than is uncancelled, KeyTaken.
    """
    assert ident or points
    assert points is None or points > 0
    check_day(day, now)
    body = body_of("cancel", ident, points, reference, reason)
    with transaction.atomic():
        account = lock(unit, owner)
        before = known(account, key, body)
        if before is not None:
            return posted(before, is_repeated=True)
        parts = _of_award(account, ident, points) if ident else _of_active(account, points or 0, day)
        whole = sum(part for _lot, part in parts)
        draft = Draft(account, Kind.CANCEL, key, body, whole, day, now, actor, reference or ident, reason)
        for lot, part in parts:
            claw_back(draft, draft.same(lot), part)
        short = give_way(draft)
        made = draft.save()
        refill(account, short, day)
        return posted(made)


def claw_back(draft: Draft, lot: Lot, points: int) -> None:
    """Cancel so much of a lot's award: who gives, in order: the lot, what of it expired, the other lots, debt."""
    draft.cut(lot, points)
    own = min(points, lot.remaining)
    draft.move(Place.LOTS, Place.CANCELLED, own, lot)
    expired = min(points - own, lot.expired)
    draft.move(Place.EXPIRED, Place.CANCELLED, expired, lot)
    rest = points - own - expired
    for other in in_turn(draft.account, draft.day) if rest else ():
        same = draft.same(other)
        taken = min(rest, same.remaining)
        draft.move(Place.LOTS, Place.CANCELLED, taken, same)
        rest -= taken
        if rest == 0:
            break
    draft.move(Place.DEBT, Place.CANCELLED, rest)


def _of_award(account: Account, ident: str, points: int | None) -> list[tuple[Lot, int]]:
    lot = Lot.objects.filter(account=account, ident=ident, is_void=False).first()
    if lot is None:
        raise NothingSuch(_("%(ident)s has not been credited.") % {"ident": ident}, ident=ident)
    left = lot.amount - lot.cancelled
    if left == 0 or (points is not None and points > left):
        raise NotEnough(points or 0, left)
    return [(lot, left if points is None else points)]


def _of_active(account: Account, points: int, day: date) -> list[tuple[Lot, int]]:
    parts, rest = [], points
    active = Lot.objects.filter(account=account, expires_on__gt=day, allocated_on__lte=day)
    for lot in active.order_by("expires_on", "sequence", "id"):
        part = min(rest, lot.amount - lot.cancelled)
        if part:
            parts.append((lot, part))
            rest -= part
        if rest == 0:
            return parts
    raise NotEnough(points, points - rest)
