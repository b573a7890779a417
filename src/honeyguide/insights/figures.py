"""Figures of the whole program, or of a part of it, for the program team (G4.2, G4.3).

What moved is read from the sums that standing.flows keeps: of the whole months in a period, and of the days before and
after them. Whatever the period, they are the sums of the views.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache, reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Count, DateField, F, QuerySet, Sum, Value

from honeyguide.common.days import add_months, month_ends
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.common.same import Same
from honeyguide.insights.models import MovementKind
from honeyguide.insights.periods import MONTHS, Period, before, in_months, trailing
from honeyguide.insights.queries import UNIT
from honeyguide.ledger.models import Account, Lot, Transaction
from honeyguide.partners.models import Partner
from honeyguide.program.rulebook import Rulebook
from honeyguide.standing.models import FlowsRead, FlowSum, State

type Sums = QuerySet[Any, Any]
type Mark = tuple[int | None, ...]

PLACES = 9_973
"""Amounts of different accounts are told apart by their numbers, within this: their sum stays small."""

AGES_MONTHS = (3, 6, 9, 12)
"""Bounds of the ages by which what is outstanding is shown; what is older comes last."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which partners figures are about; everything empty: all."""

    countries: tuple[str, ...] = ()
    kind: str = ""
    status: str = ""

    def partners(self) -> "QuerySet[Partner]":
        """They themselves."""
        found = Partner.objects.all()
        if self.countries:
            found = found.filter(country__in=self.countries)
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.status:
            found = found.filter(standing__status=self.status)
        return found

    @property
    def is_whole(self) -> bool:
        """Whether it is everybody."""
        return not (self.countries or self.kind or self.status)


@dataclass(frozen=True, slots=True)
class Flow:
    """What moved in a period. `spent` is less what was given back; both are positive."""

    accrued: int
    spent: int
    expired: int
    cancelled: int


@dataclass(frozen=True)
class Figures:
    """The figures of a scope on a day, over the trailing `length` (of periods.MONTHS). Each is read once.

    `by`: the field of partners by which the scope is broken down: `country`, `kind` or `standing__status`.
    """

    scope: Scope
    day: date
    length: str
    rulebook: Rulebook
    by: str = "country"
    _kept: dict[date, list[tuple[str, str, date, int]]] = field(default_factory=dict, init=False, compare=False)
    _earners: dict[date, list[int]] = field(default_factory=dict, init=False, compare=False)

    @property
    def period(self) -> Period:
        """The trailing period."""
        return trailing(self.day, self.length)

    @property
    def period_before(self) -> Period:
        """The one of the same length before it."""
        return before(self.period, self.length)

    def sums(self, period: Period, **only: str) -> list[Sums]:
        """The sums that make up a period, of the scope, in parts and in no order; `month`: the first day of theirs."""
        rows = FlowSum.objects.order_by().filter(**only)
        if not self.scope.is_whole:
            rows = rows.filter(partner__in=self.scope.partners())
        return [
            rows.filter(is_month=whole, day__gte=part.first, day__lte=part.last).annotate(
                month=F("day") if whole else Value(part.first.replace(day=1), DateField())
            )
            for whole, part in in_months(period)
        ]

    def lots(self) -> "QuerySet[Lot]":
        """What is outstanding, lot by lot, in no order."""
        rows = Lot.objects.order_by().filter(account__unit=UNIT, remaining__gt=0, expires_on__gt=self.day)
        return rows if self.scope.is_whole else rows.filter(account__owner__in=self.scope.partners().values("key"))

    def left_of_partners(self) -> dict[str, int]:
        """What is outstanding, by partner (key): what accounts have, less what has expired without being posted."""
        accounts = Account.objects.filter(unit=UNIT, balance__gt=0)
        over = Lot.objects.order_by().filter(account__unit=UNIT, remaining__gt=0, expires_on__lte=self.day)
        over = over.filter(account__open_from__lte=self.day)  # where there may be any
        if not self.scope.is_whole:
            keys = self.scope.partners().values("key")
            accounts, over = accounts.filter(owner__in=keys), over.filter(account__owner__in=keys)
        gone = dict(over.values_list("account__owner").annotate(Sum("remaining")))
        return {key: balance - gone.get(key, 0) for key, balance in accounts.values_list("owner", "balance")}

    @cached_property
    def active_partners(self) -> int:
        """How many are active in the program today."""
        return self.scope.partners().filter(standing__state=State.ACTIVE).count()

    @cached_property
    def moved(self) -> dict[str | None, Flow]:
        """What moved in the period, by part. Each partner is in one."""
        found: dict[str | None, dict[str, int]] = defaultdict(dict)
        rows = reduce(or_, self.sums(self.period)).values_list(f"partner__{self.by}", "kind")
        for name, kind, points in rows.annotate(Sum("points")):
            found[name][kind] = points
        return {name: _flow(kinds) for name, kinds in found.items()}

    @cached_property
    def now(self) -> Flow:
        """What moved in the period."""
        parts = self.moved.values()
        return Flow(*(sum(getattr(part, name) for part in parts) for name in Flow.__slots__))

    @cached_property
    def previously(self) -> Flow:
        """What moved in the one before."""
        rows = reduce(or_, self.sums(self.period_before)).values_list("kind")
        return _flow(dict(rows.annotate(Sum("points"))))

    @cached_property
    def accrued_by_active(self) -> tuple[int, int]:
        """What partners accrued in the period that are active today, and how many of them did."""
        rows = reduce(or_, self.sums(self.period, kind=MovementKind.EARNED))
        found = rows.filter(partner__standing__state=State.ACTIVE)
        sums = found.aggregate(points=Sum("points", default=0), partners=Count("partner", distinct=True))
        return sums["points"], sums["partners"]

    @property
    def average(self) -> Decimal | None:
        """Points accrued by an active partner in a month, on average; None without active partners."""
        if not self.active_partners:
            return None
        return Decimal(self.accrued_by_active[0]) / self.active_partners / MONTHS[self.length]

    @property
    def share(self) -> Decimal | None:
        """Share of the active partners that accrued anything; None without partners."""
        return Decimal(self.accrued_by_active[1]) / self.active_partners if self.active_partners else None

    @property
    def velocity(self) -> Decimal | None:
        """Accrued in this period to the one before; None where nothing was."""
        return ratio(self.now.accrued, self.previously.accrued)

    @property
    def velocity_spent(self) -> Decimal | None:
        """Spent in this period to the one before; None where nothing was."""
        return ratio(self.now.spent, self.previously.spent)

    @property
    def forecast(self) -> int:
        """What will be spent in the next period: as much as in this, changing as it did; at most what is there."""
        pace = self.velocity_spent if self.velocity_spent is not None else Decimal(1)
        return min(int((self.now.spent * pace).to_integral_value()), self.outstanding)

    @cached_property
    def left(self) -> list[tuple[date, date, int]]:
        """What is outstanding, by the days on which it was allocated and on which it is no longer valid."""
        return list(self.lots().values_list("allocated_on", "expires_on").annotate(Sum("remaining")))

    @cached_property
    def outstanding(self) -> int:
        """What all have to spend together: in valid lots, reserved points too."""
        return sum(points for _, _, points in self.left)

    @property
    def value(self) -> Decimal | None:
        """What is outstanding in money, where the rulebook has a figure for it."""
        return value_of(self.outstanding, self.rulebook)

    @cached_property
    def by_age(self) -> list[int]:
        """What is outstanding, by how long ago it was allocated: up to each of AGES_MONTHS, and longer."""
        sums = [0] * (len(AGES_MONTHS) + 1)
        bounds = [add_months(self.day, -months) for months in AGES_MONTHS]
        for allocated_on, _, points in self.left:
            sums[sum(allocated_on <= bound for bound in bounds)] += points
        return sums

    @cached_property
    def by_expiry(self) -> dict[date, int]:
        """What is outstanding, by the month (its first day) in which it has its last day."""
        found: dict[date, int] = defaultdict(int)
        for _, expires_on, points in self.left:
            found[(expires_on - timedelta(days=1)).replace(day=1)] += points
        if not found:
            return {}
        months = [end.replace(day=1) for end in month_ends(self.day, max(found))]
        return {month: found.get(month, 0) for month in dict.fromkeys([*months, *sorted(found)])}

    def by_month(self, months: list[date]) -> dict[str, list[int]]:
        """By kind of movement, what moved in each of some months: their first days, that of the present one last."""
        return _table(months, ((kind, month, points) for kind, _, month, points in self._monthly(months[0])))

    def by_activity(self, months: list[date]) -> dict[str, list[int]]:
        """By activity, what was accrued in each of some months."""
        rows = self._monthly(months[0])
        return _table(months, (row[1:] for row in rows if row[0] == MovementKind.EARNED))

    def _monthly(self, first: date) -> list[tuple[str, str, date, int]]:
        """Kind, activity, month and points, from a month on. Kept: both tables are asked for one after the other."""
        if first not in self._kept:
            parts = self.sums(Period(first, self.day))
            rows = (part.values_list("kind", "activity", "month").annotate(Sum("points")) for part in parts)
            self._kept[first] = list(_together(rows))
        return self._kept[first]

    def earners_by_month(self, months: list[date]) -> list[int]:
        """How many partners accrued anything in each of some months, the present one last."""
        if months[0] not in self._earners:
            parts = self.sums(Period(months[0], self.day), kind=MovementKind.EARNED)
            found = dict(
                _together(part.values_list("month").annotate(Count("partner", distinct=True)) for part in parts)
            )
            self._earners[months[0]] = [found.get(month, 0) for month in months]
        return self._earners[months[0]]

    @cached_property
    def parts(self) -> "list[Part]":
        """The scope in its parts: of its active partners and of whoever has points."""
        left = self.left_of_partners()
        active: dict[str | None, int] = defaultdict(int)
        outstanding: dict[str | None, int] = defaultdict(int)
        for key, name, state in self.scope.partners().order_by().values_list("key", self.by, "standing__state"):
            active[name] += state == State.ACTIVE
            outstanding[name] += left.get(key, 0)
        flows = {name: self.moved.get(name, NOTHING) for name in active if name is not None}
        found = [
            Part(name, active[name], outstanding[name], flow.accrued, flow.spent)
            for name, flow in flows.items()
            if active[name] or outstanding[name] or flow.accrued or flow.spent
        ]
        return sorted(found, key=lambda part: (-part.outstanding, part.name))


def figures_of(scope: Scope, day: date, length: str, by: str = "country") -> Figures:
    """The figures, kept as long as nothing was posted and no partner changed: tabs and filters ask for them again.

    Not in a transaction: what it reads may never have happened.
    """
    rulebook = current_rulebook()
    if connection.in_atomic_block:
        return Figures(scope, day, length, rulebook, by)
    return _figures_of(scope, day, length, by, Same(rulebook), _mark())


@lru_cache(32)
def _figures_of(scope: Scope, day: date, length: str, by: str, same: Same[Rulebook], _mark: Mark) -> Figures:
    return Figures(scope, day, length, same.thing, by)


def _mark() -> Mark:
    """What every figure follows from, in short: the same as long as nothing of it changed.

    Whoever writes lots adds a transaction and changes an account, whoever writes sums the last transaction in them.
    """
    place = F("id") % PLACES + 1
    accounts = Account.objects.filter(unit=UNIT).aggregate(
        balance=Sum(F("balance") * place), active=Sum(F("active") * place)
    )
    sums = FlowsRead.objects.aggregate(read=Sum(F("transaction") * (F("partner_id") % PLACES + 1)))
    latest = Transaction.objects.order_by("-pk").values_list("pk", flat=True).first()
    names = ("pk", "key", "country", "kind", "standing__status", "standing__state")
    partners = hash(tuple(Partner.objects.order_by("pk").values_list(*names)))
    return (latest, *accounts.values(), *sums.values(), partners)


def _together(parts: Iterable[Sums]) -> Sums:
    """The rows of all parts, read at once."""
    first, *others = parts
    return first.union(*others, all=True) if others else first


def _table(months: list[date], rows: Iterable[tuple[str, date, int]]) -> dict[str, list[int]]:
    """By name, a figure for each of some months."""
    found: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for name, month, points in rows:
        found[name][month] += points
    return {name: [sums.get(month, 0) for month in months] for name, sums in found.items()}


def _flow(kinds: Mapping[str, int]) -> Flow:
    """Of the points of each kind."""
    sums = {kind: kinds.get(kind, 0) for kind in MovementKind.values}
    return Flow(
        accrued=sums[MovementKind.EARNED],
        spent=-sums[MovementKind.SPENT] - sums[MovementKind.RESTORED],
        expired=-sums[MovementKind.EXPIRED],
        cancelled=-sums[MovementKind.CANCELLED],
    )


NOTHING = Flow(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a breakdown: a country, a kind of business or a status; `name`: as it is stored."""

    name: str
    partners: int
    outstanding: int
    accrued: int
    spent: int


def ratio(now: int, then: int) -> Decimal | None:
    """One figure to another; None where there is nothing to compare with."""
    return Decimal(now) / then if then else None


def value_of(points: int, rulebook: Rulebook) -> Decimal | None:
    """Points in money by the rulebook's value; None where it has none."""
    worth = rulebook.points.value
    return None if worth is None else (points * worth.thousand_points_amount / 1000).quantize(Decimal("0.01"))
