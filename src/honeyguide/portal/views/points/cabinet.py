"""A partner's points on a day, as the pages of the cabinet show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.utils.translation import gettext as _

from honeyguide.common.charts import Chart, Series
from honeyguide.common.days import add_months, month_ends
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.insights import queries
from honeyguide.insights.closing import NextPlace, Way, next_place, ways
from honeyguide.insights.queries import Batch
from honeyguide.insights.wording import activity_words, kind_words
from honeyguide.ledger.queries import Balance
from honeyguide.partners.models import Partner
from honeyguide.standing.models import Standing, State

SOON_DAYS = 60
MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Cabinet:
    """A partner's points at the end of a day. `standing`: of that day; `today`: the real day."""

    partner: Partner
    standing: Standing
    today: date

    @property
    def day(self) -> date:
        """The day that is shown."""
        return self.standing.assessed_on

    @property
    def is_today(self) -> bool:
        """Whether it is today."""
        return self.day == self.today

    @cached_property
    def batches(self) -> list[Batch]:
        """What is there, by award and expiry."""
        return queries.batches(self.partner, self.day)

    @cached_property
    def books(self) -> Balance:
        """The ledger's own figures."""
        return queries.books_on(self.partner, self.day)

    @property
    def balance(self) -> int:
        """What is there in all, reserved points too."""
        return self.books.in_lots

    @property
    def held(self) -> int:
        """What of it is reserved for exchanges."""
        return self.books.held

    @cached_property
    def expiring(self) -> list[tuple[date, int]]:
        """How much has its last day when."""
        return queries.expiring(self.batches)

    @cached_property
    def soon(self) -> int:
        """How much has its last day within SOON_DAYS."""
        last = self.day + timedelta(days=SOON_DAYS)
        return sum(points for day, points in self.expiring if day <= last)

    @property
    def next_expiry(self) -> tuple[date, int] | None:
        """The first day on which something is lost, and how much."""
        return self.expiring[0] if self.expiring else None

    @cached_property
    def next_place(self) -> NextPlace | None:
        """The place above; today and for active partners alone."""
        if not self.is_today or self.standing.state != State.ACTIVE:
            return None
        above = Standing.objects.filter(state=State.ACTIVE, points_active__gt=self.standing.points_active)
        return next_place(self.standing.points_active, list(above.values_list("points_active", flat=True)))

    @cached_property
    def ways(self) -> Sequence[Way]:
        """What would close the distance to it."""
        return ways(self.next_place.points, current_rulebook()) if self.next_place else []

    def accrued(self) -> Chart | None:
        """Accruals of the last months, stacked by activity (G4.1)."""
        months = months_up_to(self.day)
        found = queries.accrued_by_month(self.partner, months[0], self.day)
        if not found:
            return None
        return Chart(
            label=_("Points accrued by month and activity"),
            x=months,
            x_kind="month",
            kind="bar",
            stacked=True,
            series=[
                Series(activity_words(name), [found[name].get(month, 0) for month in months])
                for name in sorted(found, key=lambda name: -sum(found[name].values()))
            ],
        )

    def moved(self) -> Chart | None:
        """What came and went by month, by kind of action; and the balance at the end of each."""
        months = months_up_to(self.day)
        found = queries.by_month(self.partner, months[0], self.day)
        if not found:
            return None
        balance = queries.balance_on(self.partner, months[0] - timedelta(days=1))
        balances = []
        for month in months:
            balance += sum(by_month.get(month, 0) for by_month in found.values())
            balances.append(balance)
        return Chart(
            label=_("Points in and out by month, and the balance at its end"),
            x=months,
            x_kind="month",
            kind="bar",
            stacked=True,
            series=[
                *(Series(kind_words(kind), [found[kind].get(month, 0) for month in months]) for kind in sorted(found)),
                Series(_("Balance"), balances, kind="line"),
            ],
        )

    def lapsing(self) -> Chart | None:
        """By month ahead, how much has its last day in it."""
        if not self.expiring:
            return None
        ends = month_ends(self.day, max(self.expiring[-1][0], self.day))
        months = [end.replace(day=1) for end in ends]
        sums = [sum(points for day, points in self.expiring if day.replace(day=1) == month) for month in months]
        return Chart(
            label=_("Balance by the month in which it expires"), x=months, x_kind="month", kind="bar",
            series=[Series(_("Points"), sums)],
        )  # fmt: skip


def months_up_to(day: date, count: int = MONTHS_SHOWN) -> list[date]:
    """The first days of so many months, the last one that of the day."""
    first = day.replace(day=1)
    return [add_months(first, -back) for back in reversed(range(count))]
