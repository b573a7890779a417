"""One transaction being written in an account that is locked: the way of all writes but the fast ones of PostgreSQL.

A draft collects moves, applies each to the lots in memory, and is saved once: transaction, lots, entries, account. The
functions of `ledger.postgres` do the same for awards and spends in one round trip; tests compare the two.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from honeyguide.accounts.actor import Actor
from honeyguide.ledger.models import NOT_CARRIED, Account, Cancellation, Kind, Lot, Place, Transaction, Unit
from honeyguide.ledger.refusals import KeyTaken

NEAR = timedelta(days=2)
"""Lots that expire so soon after now may be carried past at the same time: whether they count is asked under a lock."""
BATCH_ROWS = 500
_HASH_BYTES = 16
_FIELD_END = "\x1f"
_CHANGE = "UPDATE ledger_lot SET remaining = %s, held = %s, expired = %s, cancelled = %s, is_void = %s WHERE id = %s"


class Move(NamedTuple):
    """So much goes from one place to another; `lot` where one of the places is `lots`, or `expired` of a lot."""

    source: Place
    target: Place
    points: int
    lot: Lot | None = None

    @property
    def stored(self) -> list[int | str | None]:
        """As `Transaction.moves` holds it; the lot is stored already."""
        return [None if self.lot is None else self.lot.pk, self.source.value, self.target.value, self.points]


def body_of(*fields: object) -> str:
    """The hash of what is asked for."""
    text = _FIELD_END.join(map(str, fields))
    return hashlib.blake2b(text.encode(), digest_size=_HASH_BYTES).hexdigest()


def sequence_of(at: datetime) -> int:
    """An instant as a lot's place in the order of allocation: microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def instant_of(sequence: int) -> datetime:
    """The instant of a number of microseconds since 1970."""
    return _EPOCH + sequence * _MICROSECOND


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def lock(unit: str, owner: str) -> Account:
    """The account, made if it is not there, locked until the transaction ends."""
    found = Account.objects.select_for_update().filter(unit=unit, owner=owner)
    account = found.first()
    if account is None:
        Unit.objects.bulk_create([Unit(name=unit, carried_to=NOT_CARRIED)], ignore_conflicts=True)
        Account.objects.bulk_create([Account(unit=unit, owner=owner)], ignore_conflicts=True)
        account = found.get()
    return account


def known(account: Account, key: str, body: str) -> Transaction | None:
    """What the account's key was used for before. Raises KeyTaken where that was something else."""
    before = Transaction.objects.filter(account=account, key=key).first()
    if before is not None and before.body != body:
        raise KeyTaken(key, before.uid)
    return before


def in_turn(account: Account, day: date) -> QuerySet[Lot]:
    """The lots of the account that are valid on a day and have something left, in the order in which they are spent."""
    if account.open_from is None:
        return Lot.objects.none()
    valid = Lot.objects.filter(account=account, expires_on__gt=day, expires_on__gte=account.open_from)
    return valid.filter(remaining__gt=0).order_by("expires_on", "sequence", "id")


def still_counts(unit: str, expires_on: date, now: datetime) -> bool:
    """Whether `Account.active` counts a lot: the unit has not been carried past its expiry."""
    if expires_on > now.date() + NEAR:
        return True
    return Unit.objects.select_for_update().get(name=unit).carried_to < expires_on


@dataclass
class Draft:
    """A transaction of a locked account that is being put together."""

    account: Account
    kind: Kind
    key: str
    body: str
    points: int
    day: date
    now: datetime
    actor: Actor
    reference: str = ""
    reason: str = ""
    undoes: Transaction | None = None
    moves: list[Move] = field(default_factory=list)
    cuts: list[tuple[Lot, int]] = field(default_factory=list)
    new: list[Lot] = field(default_factory=list)
    touched: dict[int, Lot] = field(default_factory=dict)

    def move(self, source: Place, target: Place, points: int, lot: Lot | None = None) -> None:
        """Move some of the unit, and with it what the lot says; nothing if `points` is 0."""
        if points == 0:
            return
        assert points > 0
        self.moves.append(Move(source, target, points, lot))
        if lot is None:
            return
        for place, sign in ((source, -points), (target, points)):
            if place == Place.LOTS:
                lot.remaining += sign
            elif place == Place.EXPIRED:
                lot.expired += sign
        self._touch(lot)

    def cut(self, lot: Lot, points: int) -> None:
        """So much of the lot's award no longer counts as active (again counts, if negative)."""
        if points:
            self.cuts.append((lot, points))
            lot.cancelled += points
            self._touch(lot)

    def same(self, lot: Lot) -> Lot:
        """The one object of this draft for a lot's row."""
        return self.touched.setdefault(lot.pk, lot)

    def award(self, lot: Lot) -> None:
        """A new lot; debt is paid from it first (reading 15)."""
        lot.account, lot.remaining = self.account, 0
        self.new.append(lot)
        self.move(Place.ISSUED, Place.LOTS, lot.amount, lot)
        self.move(Place.LOTS, Place.DEBT, min(lot.amount, self.debt), lot)

    @property
    def debt(self) -> int:
        """The account's debt after the moves so far."""
        return self.account.debt + self._flow(Place.DEBT, sign=-1)

    def hold_differently(self, lot: Lot, points: int) -> None:
        """More (or, negative, less) of the lot is held from now on."""
        lot.held += points
        self.account.held += points
        self._touch(lot)

    def save(self) -> Transaction:
        """Write all of it. The database refuses what would make a lot or an account negative."""
        account = self.account
        change, debt_change = self._flow(Place.LOTS), self._flow(Place.DEBT, sign=-1)
        account.balance += change
        account.debt += debt_change
        account.active += self._active_change()
        Lot.objects.bulk_create(self.new, batch_size=BATCH_ROWS)
        save_lots(self.touched.values())
        made = self._transaction(change, debt_change)
        made.save(force_insert=True)
        Cancellation.objects.bulk_create(
            (Cancellation(transaction=made, lot=lot, points=points) for lot, points in self.cuts),
            batch_size=BATCH_ROWS,
        )
        account.latest_at = made.recorded_at
        account.latest_day = max(account.latest_day or self.day, self.day)
        account.open_from = opened(account.open_from, (*self.new, *self.touched.values()))
        account.save(update_fields=["balance", "held", "debt", "active", "open_from", "latest_at", "latest_day"])
        return made

    def _transaction(self, change: int, debt_change: int) -> Transaction:
        account = self.account
        return Transaction(
            account=account,
            kind=self.kind,
            key=self.key,
            body=self.body,
            day=self.day,
            recorded_at=max(self.now, account.latest_at or self.now),
            points=self.points,
            change=change,
            debt_change=debt_change,
            balance_after=account.balance,
            debt_after=account.debt,
            is_late=account.latest_day is not None and self.day < account.latest_day,
            undoes=self.undoes,
            reference=self.reference,
            reason=self.reason,
            actor_name=self.actor.name,
            moves=[move.stored for move in self.moves],
        )

    def _flow(self, place: Place, sign: int = 1) -> int:
        return sign * sum(move.points * ((move.target == place) - (move.source == place)) for move in self.moves)

    def _active_change(self) -> int:
        unit, now = self.account.unit, self.now
        changes = [(lot, lot.amount) for lot in self.new] + [(lot, -points) for lot, points in self.cuts]
        return sum(points for lot, points in changes if still_counts(unit, lot.expires_on, now))

    def _touch(self, lot: Lot) -> None:
        if lot.pk is not None:
            self.touched[lot.pk] = lot


def opened(open_from: date | None, lots: Iterable[Lot]) -> date | None:
    """`Account.open_from` after some lots have changed: it goes back to the earliest in which something is left."""
    days = [lot.expires_on for lot in lots if lot.remaining > 0]
    return min(days if open_from is None else [open_from, *days], default=None)


def save_lots(lots: Iterable[Lot]) -> None:
    """Write what changes of lots: a plain statement a lot, which takes less time than one with a case for each."""
    rows = [(lot.remaining, lot.held, lot.expired, lot.cancelled, lot.is_void, lot.pk) for lot in lots]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_CHANGE, rows)
