"""Explicit moves of many accounts at once: worked out in memory, written in a few statements.

Does what posting.post() does for each posting and reversing.reverse() for each transaction that is undone; tests
compare the two.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import batched, groupby
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import transaction

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.rows import insert_rows
from honeyguide.ledger.drafts import BATCH_ROWS, NEAR, Move, body_of, opened, save_lots, sequence_of
from honeyguide.ledger.models import (
    NOT_CARRIED,
    Account,
    Cancellation,
    Entry,
    Hold,
    Kind,
    Lot,
    Place,
    Transaction,
    Unit,
)
from honeyguide.ledger.services.holding import refill
from honeyguide.ledger.services.posting import PLACES, Moved, Movement, post
from honeyguide.ledger.services.reversing import reverse

ACCOUNTS_AT_ONCE = 400
_READ_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Posting:
    """One thing that the account is to have: post()'s arguments. `hold`: the uid of the open hold that it spends."""

    key: str
    day: date
    movements: tuple[Movement, ...]
    points: int
    reference: str = ""
    reason: str = ""
    hold: str = field(default="", compare=False)

    @property
    def body(self) -> str:
        """The hash of what it says, as post() makes it."""
        return body_of("post", self.day, self.reference, self.reason, *self.movements)

    @property
    def spends(self) -> bool:
        """Whether it is a spend."""
        return any(movement.kind in {Moved.SPENT, Moved.OWED} for movement in self.movements)

    def captures(self, hold: str) -> "Posting":
        """The same, by which an open hold is decided."""
        return replace(self, hold=hold)


class Rewriting(NamedTuple):
    """What is to become of one account: `undo`, numbers of transactions in the order of undoing; then `postings`."""

    postings: Sequence[Posting]
    undo: Sequence[int] = ()


class _DoesNotFitError(Exception):
    """A lot or the account would become negative."""


def rewrite_many(
    *, unit: str, owners: Mapping[str, Rewriting], now: datetime, actor: Actor, reason: str = ""
) -> list[str]:
    """Undo transactions of accounts and post movements, each in its order.

    Gives the owners whose rewriting does not fit, because some lot would have less than nothing at some moment: nothing
    is written for them. Holds give way to what is taken back. `reason`: of the reversals.
    """
    refused = []
    with transaction.atomic():
        for keys in batched(owners, ACCOUNTS_AT_ONCE):
            chosen = {key: owners[key] for key in keys}
            refused += _rewrite(unit, chosen, now, actor, reason)
    return refused


def _rewrite(unit: str, owners: Mapping[str, Rewriting], now: datetime, actor: Actor, reason: str) -> list[str]:
    accounts = _locked(unit, owners)
    counting = _Counting(unit, now)
    books = {account.owner: _Book(account, now, actor, counting) for account in accounts}
    _fill(books, owners)
    refused, written = [], []
    for owner, book in books.items():
        wanted = owners[owner]
        holding = book.account.held > 0
        try:
            for number in wanted.undo:
                book.undo(number, reason)
            for posting in wanted.postings:
                book.post(posting)
        except _DoesNotFitError:
            refused.append(owner)
            continue
        if holding:
            _one_by_one(unit, owner, wanted, now, actor, reason)
        else:
            written.append(book)
    _write(written)
    _refill_short([account.pk for account in accounts if account.owner not in refused], program_day(now))
    return refused


def _one_by_one(unit: str, owner: str, wanted: Rewriting, now: datetime, actor: Actor, reason: str) -> None:
    """For an account with holds, which give way."""
    common: dict[str, Any] = {"unit": unit, "owner": owner, "now": now, "actor": actor}
    days = dict(Transaction.objects.filter(pk__in=wanted.undo).values_list("pk", "day"))
    for number in wanted.undo:
        reverse(made=number, key=_undoing(number), day=days[number], reason=reason, **common)
    for one in wanted.postings:
        post(
            movements=one.movements, key=one.key, day=one.day, points=one.points, reference=one.reference,
            reason=one.reason, hold=one.hold, **common,
        )  # fmt: skip


def _refill_short(accounts: Collection[int], day: date) -> None:
    """Holds that were cut short take what has come, the earliest first."""
    short = Hold.objects.filter(account__in=accounts, status=Hold.Status.OPEN, short__gt=0).order_by("account", "pk")
    for account, holds in groupby(short.select_related("account"), attrgetter("account")):
        refill(account, holds, day)


def _undoing(number: int) -> str:
    return f"reverse:{number}"


def _locked(unit: str, owners: Collection[str]) -> list[Account]:
    """The accounts, made where they are not there, locked in their order."""
    found = Account.objects.filter(unit=unit, owner__in=list(owners))
    missing = set(owners) - set(found.values_list("owner", flat=True))
    Unit.objects.bulk_create([Unit(name=unit, carried_to=NOT_CARRIED)], ignore_conflicts=True)
    Account.objects.bulk_create([Account(unit=unit, owner=owner) for owner in sorted(missing)], ignore_conflicts=True)
    return list(found.select_for_update().order_by("pk"))


class _Counting:
    """Whether `Account.active` counts a lot: the unit has not been carried past its expiry (drafts.still_counts)."""

    def __init__(self, unit: str, now: datetime) -> None:
        self.unit, self.near = unit, now.date() + NEAR
        self.carried_to = Unit.objects.get(name=unit).carried_to
        self.is_locked = False

    def counts(self, lot: Lot) -> bool:
        """Locks the unit where the answer could change meanwhile: it is only ever carried further."""
        if not self.is_locked and self.carried_to < lot.expires_on <= self.near:
            self.carried_to = Unit.objects.select_for_update().get(name=self.unit).carried_to
            self.is_locked = True
        return lot.expires_on > self.carried_to


class _Book:
    """An account with its lots in memory, and the rows that are to be written."""

    def __init__(self, account: Account, now: datetime, actor: Actor, counting: _Counting) -> None:
        self.account, self.now, self.actor, self.counting = account, now, actor, counting
        self.is_new = account.latest_at is None
        self.lots: dict[str, Lot] = {}
        self.keys: set[str] = set()
        self.known: dict[int, Transaction] = {}
        self.entries_of: dict[int, list[Entry]] = {}
        self.cuts_of: dict[int, list[Cancellation]] = {}
        self.transactions: list[tuple[Transaction, list[Move]]] = []
        self.new: list[Lot] = []
        self.moves: list[Move] = []  # of the transaction that is being made
        self.cuts: list[Cancellation] = []
        self.touched: dict[int, Lot] = {}

    def post(self, posting: Posting) -> None:
        """Add a posting."""
        made = self._begun(Kind.POST, self._free_key(posting.key), posting.body, posting.points, posting.day)
        made.reference, made.reason = posting.reference, posting.reason
        for movement in posting.movements:
            self._apply(made, movement)
        self._finish(made)

    def undo(self, number: int, reason: str) -> None:
        """Mirror a transaction."""
        first = self.known[number]
        key = _undoing(number)
        made = self._begun(Kind.REVERSE, key, body_of("reverse", number, reason), first.points, first.day)
        made.reference, made.reason, made.undoes = first.reference, reason, first
        for cut in self.cuts_of.get(number, []):
            self._cut(made, cut.lot, -cut.points)
        for entry in reversed(self.entries_of.get(number, [])):
            lot = entry.lot
            self._move(Place(entry.target), Place(entry.source), entry.points, lot)
            if entry.source == Place.ISSUED and lot is not None:
                self._cut(made, lot, lot.amount - lot.cancelled)
                lot.is_void = True
                self.lots.pop(lot.ident, None)
        self._finish(made)

    def _free_key(self, key: str) -> str:
        """The key itself, or where it stands for a reversed transaction with the next number behind it."""
        numbered, number = key, 1
        while numbered in self.keys:
            number += 1
            numbered = f"{key}~{number}"
        self.keys.add(numbered)
        return numbered

    def _begun(self, kind: Kind, key: str, body: str, points: int, day: date) -> Transaction:
        account = self.account
        self.moves = []
        return Transaction(
            account=account,
            kind=kind,
            key=key,
            body=body,
            points=points,
            day=day,
            recorded_at=max(self.now, account.latest_at or self.now),
            change=account.balance,  # what it was before, until _finish
            debt_change=account.debt,
            is_late=account.latest_day is not None and day < account.latest_day,
            actor_name=self.actor.name,
        )

    def _finish(self, made: Transaction) -> None:
        account = self.account
        if account.debt < 0 or account.balance < 0:
            raise _DoesNotFitError
        made.change, made.debt_change = account.balance - made.change, account.debt - made.debt_change
        made.balance_after, made.debt_after = account.balance, account.debt
        account.latest_at = made.recorded_at
        account.latest_day = max(account.latest_day or made.day, made.day)
        self.transactions.append((made, self.moves))

    def _apply(self, made: Transaction, movement: Movement) -> None:
        kind, points = movement.kind, movement.points
        if kind == Moved.EARNED:
            self._earn(made, movement)
            return
        lot = self.lots.get(movement.lot)
        if movement.lot and lot is None:
            raise _DoesNotFitError
        if kind == Moved.CUT:
            self._cut(made, lot, points)
        elif kind == Moved.CANCELLED and lot is not None:
            own = min(points, lot.remaining)
            self._move(Place.LOTS, Place.CANCELLED, own, lot)
            self._move(Place.EXPIRED, Place.CANCELLED, points - own, lot)
        else:
            self._move(*PLACES[kind], points, lot)

    def _earn(self, made: Transaction, movement: Movement) -> None:
        if movement.lot in self.lots:
            raise _DoesNotFitError
        lot = Lot(
            account=self.account,
            ident=movement.lot,
            source=movement.source,
            allocated_on=movement.allocated_on or made.day,
            expires_on=movement.expires_on,
            sequence=sequence_of(movement.at or self.now),
            amount=movement.points,
            remaining=0,
        )
        self.lots[lot.ident] = lot
        self.new.append(lot)
        if self.counting.counts(lot):
            self.account.active += lot.amount
        self._move(Place.ISSUED, Place.LOTS, movement.points, lot)

    def _move(self, source: Place, target: Place, points: int, lot: Lot | None) -> None:
        if points == 0:
            return
        self.moves.append(Move(source, target, points, lot))
        for place, sign in ((source, -points), (target, points)):
            if place == Place.LOTS:
                self.account.balance += sign
            elif place == Place.DEBT:
                self.account.debt -= sign
            if lot is not None:
                self._change(lot, place, sign)

    def _change(self, lot: Lot, place: Place, points: int) -> None:
        if place == Place.LOTS:
            lot.remaining += points
        elif place == Place.EXPIRED:
            lot.expired += points
        if lot.remaining < 0 or lot.expired < 0 or lot.remaining + lot.expired > lot.amount:
            raise _DoesNotFitError
        if lot.pk is not None:
            self.touched[lot.pk] = lot

    def _cut(self, made: Transaction, lot: Lot | None, points: int) -> None:
        if points == 0 or lot is None:
            return
        lot.cancelled += points
        if not 0 <= lot.cancelled <= lot.amount:
            raise _DoesNotFitError
        if self.counting.counts(lot):
            self.account.active -= points
        self.cuts.append(Cancellation(transaction=made, lot=lot, points=points))
        if lot.pk is not None:
            self.touched[lot.pk] = lot


def _fill(books: Mapping[str, _Book], owners: Mapping[str, Rewriting]) -> None:
    """What the accounts have already, as far as it can matter."""
    used = {book.account.pk: book for book in books.values() if not book.is_new}
    if not used:
        return
    by_pk: dict[int, Lot] = {}
    undo = [number for owner in owners.values() for number in owner.undo]
    for lot in Lot.objects.filter(account__in=used):
        by_pk[lot.pk] = lot
        if not lot.is_void:
            used[lot.account_id].lots[lot.ident] = lot
    for account, key in Transaction.objects.filter(account__in=used).order_by().values_list("account", "key"):
        used[account].keys.add(key)
    for numbers in batched(undo, _READ_ROWS):
        of: dict[int, _Book] = {}
        for one in Transaction.objects.filter(pk__in=numbers):
            of[one.pk] = used[one.account_id]
            of[one.pk].known[one.pk] = one
        for entry in Entry.objects.filter(transaction__in=numbers).order_by("pk"):
            if entry.lot_id is not None:
                entry.lot = by_pk[entry.lot_id]
            of[entry.transaction_id].entries_of.setdefault(entry.transaction_id, []).append(entry)
        for cut in Cancellation.objects.filter(transaction__in=numbers).order_by("pk"):
            cut.lot = by_pk[cut.lot_id]
            of[cut.transaction_id].cuts_of.setdefault(cut.transaction_id, []).append(cut)


def _transactions(books: Iterable[_Book]) -> Iterator[Transaction]:
    """All new ones, once their lots are stored."""
    for book in books:
        for made, moves in book.transactions:
            made.moves = [move.stored for move in moves]
            yield made


def _write(books: Iterable[_Book]) -> None:
    books = [book for book in books if book.transactions]
    save_lots(lot for book in books for lot in book.touched.values())  # first: a void lot makes room for another
    insert_rows(row for book in books for row in book.new)
    insert_rows(_transactions(books))
    insert_rows(row for book in books for row in book.cuts)
    for book in books:
        book.account.open_from = opened(book.account.open_from, (*book.new, *book.touched.values()))
    Account.objects.bulk_update(
        [book.account for book in books],
        ["balance", "debt", "active", "open_from", "latest_at", "latest_day"],
        batch_size=BATCH_ROWS,
    )
