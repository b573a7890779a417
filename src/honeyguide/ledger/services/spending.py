"""Units go out at once, and come back to where they were."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from honeyguide.accounts.actor import Actor
from honeyguide.ledger import postgres
from honeyguide.ledger.answers import Posted, posted
from honeyguide.ledger.drafts import Draft, body_of, in_turn, known, lock
from honeyguide.ledger.models import Account, Entry, Kind, Lot, Place, Transaction
from honeyguide.ledger.refusals import Decided, NotEnough, NothingSuch
from honeyguide.ledger.services.awarding import check_day

ROWS_AT_ONCE = 100


def spend(
    *,
    unit: str,
    owner: str,
    points: int,
    key: str,
    day: date,
    now: datetime,
    actor: Actor,
    reference: str = "",
    reason: str = "",
) -> Posted:
    """Spend from the lots that are valid on the day, by expiry, then by allocation. One round trip on PostgreSQL.

    Held parts are not touched. Raises NotEnough (nothing is spent, no debt is made) and KeyTaken. A repetition with the
    same key gives the first answer, also on another day.
    """
    assert points > 0
    check_day(day, now)
    body = body_of("spend", points, reference, reason)
    if connection.vendor == "postgresql":
        made = postgres.spend(unit, owner, points, key, body, day, now, actor.name, reference, reason)
        if made is not None:
            return made
    with transaction.atomic():
        account = lock(unit, owner)
        before = known(account, key, body)
        if before is not None:
            return posted(before, is_repeated=True)
        draft = Draft(account, Kind.SPEND, key, body, points, day, now, actor, reference, reason)
        for lot, taken in free_parts(account, day, points):
            draft.move(Place.LOTS, Place.SPENT, taken, lot)
        return posted(draft.save())


def free_parts(account: Account, day: date, points: int) -> list[tuple[Lot, int]]:
    """The lots that give so many points, each with what it gives. Raises NotEnough."""
    parts, rest = take(in_turn(account, day).iterator(ROWS_AT_ONCE), points)
    if rest:
        raise NotEnough(points, points - rest)
    return parts


def take(lots: Iterable[Lot], points: int) -> tuple[list[tuple[Lot, int]], int]:
    """What is free of lots in their order, up to so many points; and what is missing."""
    parts = []
    for lot in lots:
        if points == 0:
            break
        taken = min(points, lot.free)
        if taken:
            parts.append((lot, taken))
            points -= taken
    return parts, points


def restore(
    *,
    unit: str,
    owner: str,
    spent: int,
    key: str,
    day: date,
    now: datetime,
    actor: Actor,
    points: int | None = None,
    reason: str = "",
) -> Posted:
    """Undo a spend (`spent`: its transaction), or `points` of it: back to the same lots, with their own expiry.

    What had been owed lessens the debt first; then the lots that were used last get back first. Raises NothingSuch,
    Decided if less than that is left to give back, KeyTaken.
    """
    check_day(day, now)
    body = body_of("restore", spent, points, reason)
    with transaction.atomic():
        account = lock(unit, owner)
        before = known(account, key, body)
        if before is not None:
            return posted(before, is_repeated=True)
        first = Transaction.objects.filter(account=account, pk=spent).first()
        if first is None:
            raise NothingSuch("There is no such transaction.")
        left = _still_spent(first)
        whole = sum(left.values())
        if whole == 0 or (points is not None and points > whole):
            raise Decided("This much has been given back already.", left=whole)
        wanted = whole if points is None else points
        draft = Draft(account, Kind.RESTORE, key, body, wanted, day, now, actor, first.reference, reason, undoes=first)
        _give_back(draft, first, left, wanted)
        return posted(draft.save())


def _still_spent(first: Transaction) -> dict[int | None, int]:
    """What a transaction has spent and nobody has given back, by lot, in the order taken; None: what was owed."""
    left: dict[int | None, int] = {}
    for lot, source, points in Entry.objects.filter(transaction=first, target=Place.SPENT).values_list(
        "lot", "source", "points"
    ):
        where = None if source == Place.DEBT else lot
        left[where] = left.get(where, 0) + points
    for lot, source, target, points in _undone(first).values_list("lot", "source", "target", "points"):
        where = None if Place.DEBT in {source, target} else lot
        left[where] += points if target == Place.SPENT else -points
    return left


def _undone(first: Transaction) -> QuerySet[Entry]:
    """What came back from a transaction, and what of that was reversed."""
    return Entry.objects.filter(
        Q(transaction__undoes=first) | Q(transaction__undoes__undoes=first),
        Q(source=Place.SPENT) | Q(target=Place.SPENT),
    )


def _give_back(draft: Draft, first: Transaction, left: dict[int | None, int], wanted: int) -> None:
    owed = min(wanted, left.pop(None, 0))
    if owed:
        draft.move(Place.SPENT, Place.DEBT, owed)
        _return_paid(draft, first, -min(draft.debt, 0))
    wanted -= owed
    lots = Lot.objects.in_bulk([pk for pk in left if pk is not None])
    for pk, points in reversed(left.items()):
        back = min(wanted, points)
        if back and pk is not None:
            draft.move(Place.SPENT, Place.LOTS, back, draft.same(lots[pk]))
            wanted -= back


def _return_paid(draft: Draft, first: Transaction, points: int) -> None:
    """The debt was paid since: the lots that paid it, the latest first, get so much back."""
    paid = Entry.objects.filter(
        transaction__account=draft.account, transaction__gt=first.pk, source=Place.LOTS, target=Place.DEBT
    ).select_related("lot")
    for entry in paid.order_by("-transaction_id", "-place"):
        assert entry.lot is not None
        lot = draft.same(entry.lot)
        back = min(points, entry.points, lot.amount - lot.remaining)
        draft.move(Place.DEBT, Place.LOTS, back, lot)
        points -= back
    assert points == 0, "whatever lessened the debt came from lots"
