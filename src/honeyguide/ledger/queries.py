"""Reads of the ledger: balances today and as of any day, lots, statements."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet, Sum

from honeyguide.ledger.models import Account, Entry, Hold, Lot, Place, Transaction

ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account has on a day, in its unit."""

    available: int
    """Can be spent: in valid lots, not held."""
    held: int
    """Reserved by open holds."""
    debt: int
    expired_unposted: int = 0
    """Still in lots that are valid no more: their expiry is not posted yet."""

    @property
    def in_lots(self) -> int:
        """Available and held."""
        return self.available + self.held


NOTHING = Balance(0, 0, 0)


def account_of(unit: str, owner: str) -> Account | None:
    """An account; None where nothing was ever written."""
    return Account.objects.filter(unit=unit, owner=owner).first()


def balance(unit: str, owner: str, *, day: date) -> Balance:
    """What there is now, on a program day that is today (or, to look ahead, later: if nothing else happens)."""
    account = account_of(unit, owner)
    if account is None:
        return NOTHING
    expired = _expired(account, day)
    return Balance(account.balance - account.held - expired, account.held, account.debt, expired)


def as_of(unit: str, owner: str, *, day: date, known_at: datetime | None = None) -> Balance:
    """What there was at the end of a past day, by what is known today: by the days on which transactions take effect.

    `known_at`: by what was known at that instant instead; reserved is what was reserved on the day. The latest
    transaction that came in order has the sum of everything before it; those that were told late and came after it are
    added. Both are looked up by index, however many there are. What had expired by then without that being posted is
    added up from the lots' entries if something has become known since.
    """
    account = account_of(unit, owner)
    if account is None:
        return NOTHING
    until = Transaction.objects.filter(account=account, day__lte=day)
    held = _held_as_of(account, day)
    if known_at is None or account.latest_at is None or known_at >= account.latest_at:
        expired = _expired(account, day)
    else:
        until = until.filter(recorded_at__lte=known_at)
        expired = sum(points for _lot, points in expired_as_known(unit, owner, day=day, known_at=known_at))
    last = until.filter(is_late=False).order_by("-day", "-id").only("id", "balance_after", "debt_after").first()
    late = until.filter(is_late=True)
    if last is not None:
        late = late.filter(pk__gt=last.pk)
    more = late.aggregate(lots=Sum("change", default=0), debt=Sum("debt_change", default=0))
    in_lots = (last.balance_after if last else 0) + more["lots"]
    debt = (last.debt_after if last else 0) + more["debt"]
    return Balance(in_lots - held - expired, held, debt, expired)


def expired_as_known(unit: str, owner: str, *, day: date, known_at: datetime) -> list[tuple[Lot, int]]:
    """Lots that had expired by a day without that being posted, and what was in them, as known at an instant."""
    moved = Entry.objects.filter(
        transaction__account__unit=unit, transaction__account__owner=owner, transaction__recorded_at__lte=known_at,
        lot__expires_on__lte=day,
    ).order_by()  # fmt: skip
    left: dict[int, int] = defaultdict(int)
    for lot, source, target, points in moved.values_list("lot", "source", "target").annotate(points=Sum("points")):
        left[lot] += points * ((target == Place.LOTS) - (source == Place.LOTS))
    found = Lot.objects.filter(pk__in=[lot for lot, points in left.items() if points > 0])
    return [(lot, left[lot.pk]) for lot in found.order_by("expires_on", "sequence", "id")]


def lots(unit: str, owner: str, *, day: date | None = None) -> QuerySet[Lot]:
    """An account's lots in the order in which they are spent; with a day, those that are valid and not used up."""
    found = Lot.objects.filter(account__unit=unit, account__owner=owner, is_void=False)
    if day is not None:
        found = found.filter(remaining__gt=0, expires_on__gt=day)
    return found.order_by("expires_on", "sequence", "id")


def by_expiry(unit: str, owner: str, *, day: date) -> list[tuple[date, int]]:
    """What is in valid lots, held parts included, by the first day on which it is no longer valid."""
    found = lots(unit, owner, day=day).order_by("expires_on").values("expires_on").annotate(points=Sum("remaining"))
    return [(row["expires_on"], row["points"]) for row in found]


def open_holds(unit: str, owner: str) -> QuerySet[Hold]:
    """The holds that wait for a decision, the earliest first."""
    return Hold.objects.filter(account__unit=unit, account__owner=owner, status=Hold.Status.OPEN).order_by("id")


def hold_for(unit: str, owner: str, reference: str) -> Hold | None:
    """The open hold for something, an exchange."""
    return open_holds(unit, owner).filter(reference=reference).first()


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of a statement. `change`: of what is in lots; `debt_change`: of what is owed."""

    transaction: int
    kind: str
    day: date
    recorded_at: datetime
    points: int
    change: int
    debt_change: int
    balance: int
    """In lots after it, in the statement's order."""
    debt: int
    reference: str
    reason: str
    actor: str
    undoes: int | None


@dataclass(frozen=True, slots=True)
class Statement:
    """An account from the first to the last day, inclusive, by the days on which transactions take effect.

    `opening` plus the changes of all lines is `closing`, in lots and in debt; `unposted`: of `closing`, what has
    expired by the last day without that being posted.
    """

    first: date
    last: date
    opening: int
    opening_debt: int
    lines: tuple[Line, ...]
    closing: int
    closing_debt: int
    unposted: int


def statement(unit: str, owner: str, *, first: date, last: date, known_at: datetime | None = None) -> Statement:
    """The statement of a period. `known_at`: of what was known at that instant alone."""
    before = as_of(unit, owner, day=first - timedelta(days=1), known_at=known_at) if first > date.min else NOTHING
    opening, opening_debt = before.in_lots + before.expired_unposted, before.debt
    balance_now, debt_now = opening, opening_debt
    lines = []
    rows = movements(unit, owner, first=first, last=last)
    for row in rows if known_at is None else rows.filter(recorded_at__lte=known_at):
        balance_now += row.change
        debt_now += row.debt_change
        lines.append(
            Line(
                row.pk, row.kind, row.day, row.recorded_at, row.points, row.change, row.debt_change, balance_now,
                debt_now, row.reference, row.reason, row.actor_name, row.undoes_id,
            )
        )  # fmt: skip
    unposted = as_of(unit, owner, day=last, known_at=known_at).expired_unposted
    return Statement(first, last, opening, opening_debt, tuple(lines), balance_now, debt_now, unposted)


def movements(unit: str, owner: str, *, first: date, last: date) -> QuerySet[Transaction]:
    """The transactions of a period, by the days on which they take effect."""
    return Transaction.objects.filter(account__unit=unit, account__owner=owner, day__range=(first, last)).order_by(
        "day", "id"
    )


def entries(transaction: int) -> QuerySet[Entry]:
    """What a transaction moved, lot by lot."""
    return Entry.objects.filter(transaction=transaction).select_related("lot").order_by("place")


def uses(lot: Lot) -> QuerySet[Entry]:
    """All that came into a lot and went out of it: where its units are."""
    own = Entry.objects.filter(transaction__account=lot.account_id, lot=lot)
    return own.select_related("transaction").order_by("transaction_id", "place")


def flows(unit: str, owner: str) -> dict[str, int]:
    """Net units by place, over all time: `issued` is negative, `lots` the balance, `debt` negative where owed."""
    sums = dict.fromkeys(Place.values, 0)
    found = Entry.objects.filter(transaction__account__unit=unit, transaction__account__owner=owner)
    rows = found.order_by().values_list("source", "target").annotate(points=Sum("points"))
    for source, target, points in rows:
        sums[source] -= points
        sums[target] += points
    return sums


def accounts(unit: str) -> Iterator[Account]:
    """All accounts of a unit, by owner."""
    return Account.objects.filter(unit=unit).order_by("owner").iterator(ROWS_AT_ONCE)


def _expired(account: Account, day: date) -> int:
    """In lots that are valid no more on a day, and not held."""
    if account.open_from is None or account.open_from > day:
        return 0
    found = Lot.objects.filter(account=account, expires_on__range=(account.open_from, day))
    return int(found.aggregate(points=Sum(F("remaining") - F("held"), default=0))["points"])


def _held_as_of(account: Account, day: date) -> int:
    held = Hold.objects.filter(Q(decided_on__isnull=True) | Q(decided_on__gt=day), account=account, placed_on__lte=day)
    return int(held.aggregate(points=Sum(F("points") - F("short"), default=0))["points"])
