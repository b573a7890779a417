"""Figures of the whole program, or of a part of it, for the program team (G4.2, G4.3). All are sums of the views."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from django.db.models import CharField, Count, QuerySet, Sum
from django.db.models.functions import Cast, Substr

from honeyguide.common.days import add_months, month_ends
from honeyguide.insights.models import FlowRow
from honeyguide.insights.periods import MONTHS, Period, before, trailing
from honeyguide.insights.queries import UNIT
from honeyguide.ledger.models import Lot
from honeyguide.partners.models import Partner
from honeyguide.program.rulebook import Rulebook
from honeyguide.standing.models import State

MONTH = Substr(Cast("day", CharField()), 1, 7)
"""A day's month as year and month; SQLite would call Python for each row of a TruncMonth."""
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
    earners: int
    """Partners with an accrual in it."""


@dataclass(frozen=True)
class Figures:
    """The figures of a scope on a day, over the trailing `length` (of periods.MONTHS)."""

    scope: Scope
    day: date
    length: str
    rulebook: Rulebook

    @property
    def period(self) -> Period:
        """The trailing period."""
        return trailing(self.day, self.length)

    @property
    def period_before(self) -> Period:
        """The one of the same length before it."""
        return before(self.period, self.length)

    def movements(self) -> "QuerySet[FlowRow]":
        """All movements of the scope, in no order."""
        rows = FlowRow.objects.order_by()
        return rows if self.scope.is_whole else rows.filter(partner__in=self.scope.partners().values("key"))

    def lots(self) -> "QuerySet[Lot]":
        """What is outstanding, lot by lot, in no order."""
        rows = Lot.objects.order_by().filter(account__unit=UNIT, remaining__gt=0, expires_on__gt=self.day)
        return rows if self.scope.is_whole else rows.filter(account__owner__in=self.scope.partners().values("key"))

    @cached_property
    def active_partners(self) -> int:
        """How many are active in the program today."""
        return self.scope.partners().filter(standing__state=State.ACTIVE).count()

    @cached_property
    def now(self) -> Flow:
        """What moved in the period."""
        return self._flow(self.period)

    @cached_property
    def previously(self) -> Flow:
        """What moved in the one before."""
        return self._flow(self.period_before)

    def _flow(self, period: Period) -> Flow:
        rows = self.movements().filter(day__gte=period.first, day__lte=period.last)
        sums = dict(rows.values_list("kind").annotate(Sum("points")))
        earners = rows.filter(kind="earned").aggregate(count=Count("partner", distinct=True))["count"]
        spent = -(sums.get("spent", 0) + sums.get("restored", 0))
        return Flow(
            sums.get("earned", 0), spent, -sums.get("expired", 0), -sums.get("cancelled", 0), earners
        )  # fmt: skip

    @property
    def average(self) -> Decimal | None:
        """Points accrued by a partner in a month, on average; None without partners."""
        if not self.active_partners:
            return None
        return Decimal(self.now.accrued) / self.active_partners / MONTHS[self.length]

    @property
    def share(self) -> Decimal | None:
        """Share of the active partners that accrued anything; None without partners."""
        return (
            Decimal(min(self.now.earners, self.active_partners)) / self.active_partners
            if self.active_partners
            else None
        )

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
    def outstanding(self) -> int:
        """What all have to spend together: in valid lots, reserved points too."""
        return int(self.lots().aggregate(sum=Sum("remaining"))["sum"] or 0)

    @property
    def value(self) -> Decimal | None:
        """What is outstanding in money, where the rulebook has a figure for it."""
        return value_of(self.outstanding, self.rulebook)

    @cached_property
    def by_age(self) -> list[int]:
        """What is outstanding, by how long ago it was allocated: up to each of AGES_MONTHS, and longer."""
        sums = [0] * (len(AGES_MONTHS) + 1)
        bounds = [add_months(self.day, -months) for months in AGES_MONTHS]
        for allocated_on, points in self.lots().values_list("allocated_on").annotate(Sum("remaining")):
            sums[sum(allocated_on <= bound for bound in bounds)] += points
        return sums

    @cached_property
    def by_expiry(self) -> dict[date, int]:
        """What is outstanding, by the month (its first day) in which it has its last day."""
        found: dict[date, int] = defaultdict(int)
        for expires_on, points in self.lots().values_list("expires_on").annotate(Sum("remaining")):
            found[(expires_on - timedelta(days=1)).replace(day=1)] += points
        if not found:
            return {}
        months = [end.replace(day=1) for end in month_ends(self.day, max(found))]
        return {month: found.get(month, 0) for month in dict.fromkeys([*months, *sorted(found)])}

    def by_month(self, months: list[date]) -> dict[str, list[int]]:
        """By kind of movement, what moved in each of some months (their first days)."""
        rows = self.movements().filter(day__gte=months[0], day__lte=self.day).annotate(month=MONTH)
        found: dict[str, dict[date, int]] = defaultdict(dict)
        for kind, month, points in rows.values_list("kind", "month").annotate(Sum("points")):
            found[kind][_first_day(month)] = points
        return {kind: [sums.get(month, 0) for month in months] for kind, sums in found.items()}

    def by_activity(self, months: list[date]) -> dict[str, list[int]]:
        """By activity, what was accrued in each of some months."""
        rows = self.movements().filter(kind="earned", day__gte=months[0], day__lte=self.day)
        found: dict[str, dict[date, int]] = defaultdict(dict)
        grouped = rows.annotate(month=MONTH).values_list("activity", "month")
        for activity, month, points in grouped.annotate(Sum("points")):
            found[activity][_first_day(month)] = points
        return {name: [sums.get(month, 0) for month in months] for name, sums in found.items()}

    def earners_by_month(self, months: list[date]) -> list[int]:
        """How many partners accrued anything in each of some months."""
        rows = self.movements().filter(kind="earned", day__gte=months[0], day__lte=self.day)
        grouped = rows.annotate(month=MONTH).values_list("month")
        found = {_first_day(month): count for month, count in grouped.annotate(Count("partner", distinct=True))}
        return [found.get(month, 0) for month in months]


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a breakdown: a country, a kind of business or a status; `name`: as it is stored."""

    name: str
    partners: int
    outstanding: int
    accrued: int
    spent: int


def breakdown(figures: Figures, field: str) -> list[Part]:
    """A scope by `country`, `kind` or `standing__status` of its active partners and of whoever has points."""
    keys: dict[str, str] = dict(figures.scope.partners().values_list("key", field))
    active = figures.scope.partners().filter(standing__state=State.ACTIVE)
    counts = dict(active.order_by().values_list(field).annotate(Count("pk")))
    outstanding = _by_part(keys, dict(figures.lots().values_list("account__owner").annotate(Sum("remaining"))))
    period = figures.period
    rows = figures.movements().filter(day__gte=period.first, day__lte=period.last)
    sums: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, partner, points in rows.values_list("kind", "partner").annotate(Sum("points")):
        sums[kind][partner] = points
    accrued = _by_part(keys, sums["earned"])
    spent, back = _by_part(keys, sums["spent"]), _by_part(keys, sums["restored"])
    names = {name for name in (*counts, *outstanding, *accrued, *spent) if name is not None}
    parts = [
        Part(name, counts.get(name, 0), outstanding[name], accrued[name], -spent[name] - back[name]) for name in names
    ]
    return sorted(parts, key=lambda part: (-part.outstanding, part.name))


def _by_part(keys: Mapping[str, str], sums: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for partner, points in sums.items():
        found[keys.get(partner, "")] += points
    return found


def ratio(now: int, then: int) -> Decimal | None:
    """One figure to another; None where there is nothing to compare with."""
    return Decimal(now) / then if then else None


def value_of(points: int, rulebook: Rulebook) -> Decimal | None:
    """Points in money by the rulebook's value; None where it has none."""
    worth = rulebook.points.value
    return None if worth is None else (points * worth.thousand_points_amount / 1000).quantize(Decimal("0.01"))
