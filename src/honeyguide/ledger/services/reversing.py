"""A transaction is undone whole: each of its moves goes back."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.ledger.answers import Posted, posted
from honeyguide.ledger.drafts import Draft, body_of, known, lock
from honeyguide.ledger.models import Account, Cancellation, Entry, Kind, Lot, Place, Transaction
from honeyguide.ledger.refusals import CannotReverse, Decided, NothingSuch
from honeyguide.ledger.services.awarding import check_day
from honeyguide.ledger.services.holding import give_way, refill


def reverse(
    *, unit: str, owner: str, made: int, key: str, day: date, now: datetime, actor: Actor, reason: str = ""
) -> Posted:
    """Undo a transaction (`made`: its number) by one that mirrors it. A lot that it made is void afterwards.

    Holds give way. Raises NothingSuch, Decided if it is reversed already or is a reversal itself, CannotReverse if what
    it brought has moved on, KeyTaken.
    """
    check_day(day, now)
    body = body_of("reverse", made, reason)
    with transaction.atomic():
        account = lock(unit, owner)
        before = known(account, key, body)
        if before is not None:
            return posted(before, is_repeated=True)
        first = Transaction.objects.filter(account=account, pk=made).first()
        if first is None:
            raise NothingSuch(_("There is no such transaction."))
        return posted(mirror(account, first, key=key, body=body, day=day, now=now, actor=actor, reason=reason))


def unwind(
    *, unit: str, owner: str, since: int, now: datetime, actor: Actor, keep: Sequence[str] = (), reason: str = ""
) -> list[Posted]:
    """Reverse every transaction from number `since` on that stands, the latest first, each effective on its own day.

    For an account whose past has changed: what should stand is posted anew afterwards. `keep`: kinds that are left.
    """
    with transaction.atomic():
        account = lock(unit, owner)
        standing = Transaction.objects.filter(account=account, pk__gte=since, undone_by__kind=Kind.REVERSE)
        undone = set(standing.values_list("pk", flat=True))
        later = Transaction.objects.filter(account=account, pk__gte=since).exclude(kind__in=[Kind.REVERSE, *keep])
        done = []
        for first in later.exclude(pk__in=undone).order_by("-pk"):
            body = body_of("reverse", first.pk, reason)
            done.append(
                mirror(
                    account, first, key=f"reverse:{first.pk}", body=body, day=first.day, now=now, actor=actor,
                    reason=reason,
                )
            )  # fmt: skip
        return [posted(made) for made in done]


def mirror(
    account: Account,
    first: Transaction,
    *,
    key: str,
    body: str,
    day: date,
    now: datetime,
    actor: Actor,
    reason: str,
) -> Transaction:
    """Write the reversal of a transaction of a locked account."""
    if first.kind == Kind.REVERSE or Transaction.objects.filter(undoes=first, kind=Kind.REVERSE).exists():
        raise Decided(_("This transaction is reversed already."), transaction=first.uid)
    draft = Draft(
        account, Kind.REVERSE, key, body, first.points, day, now, actor, first.reference, reason, undoes=first
    )
    # First: a lot that this transaction both made and took from is cut whole when it is void.
    for cut in Cancellation.objects.filter(transaction=first).select_related("lot"):
        draft.cut(draft.same(cut.lot), -cut.points)
    for entry in Entry.objects.filter(transaction=first).select_related("lot").order_by("-place"):
        lot = draft.same(entry.lot) if entry.lot is not None else None
        draft.move(Place(entry.target), Place(entry.source), entry.points, lot)
        if entry.source == Place.ISSUED and lot is not None:
            draft.cut(lot, lot.amount - lot.cancelled)
            lot.is_void = True
    if draft.debt < 0 or any(not _fits(lot) for lot in draft.touched.values()):
        raise CannotReverse(first.uid)
    short = give_way(draft)
    made = draft.save()
    refill(account, short, day)
    return made


def _fits(lot: Lot) -> bool:
    """Whether a lot can be so."""
    return (
        lot.remaining >= 0
        and lot.expired >= 0
        and lot.remaining + lot.expired <= lot.amount
        and 0 <= lot.cancelled <= lot.amount
    )
