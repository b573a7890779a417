"""What exchanges saved a partner, as a share of what its licences cost (G4.7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q

from honeyguide.common.clock import day_over, program_day, start_of_day
from honeyguide.common.days import add_months
from honeyguide.history.queries import own_events
from honeyguide.partners.models import Partner
from honeyguide.rewards.models import Exchange, ExchangeState
from honeyguide.rewards.sales import left_of, refunded_in
from honeyguide.rulebooks.queries import in_force

YEAR_MONTHS, QUARTER_MONTHS = 12, 3


@dataclass(frozen=True, slots=True)
class Savings:
    """The days from `first` to `last`. `saved`: by exchanges handed over in them; `purchases`: licences bought."""

    first: date
    last: date
    saved: Decimal
    purchases: Decimal
    exchanges: int

    @property
    def share_percent(self) -> Decimal | None:
        """The one of the other; None without purchases."""
        return share_of_cost(self.saved, self.purchases)


def share_of_cost(saved: Decimal, cost: Decimal) -> Decimal | None:
    """What is saved of a cost, in percent, half up; None without a cost."""
    return (saved * 100 / cost).quantize(Decimal("0.1"), ROUND_HALF_UP) if cost else None


def months_before(day: date, months: int) -> tuple[date, date]:
    """The first and last of so many months that end with a day."""
    return add_months(day, -months) + timedelta(days=1), day


def year_of_savings(partner: Partner, day: date) -> tuple[Savings, list[Savings]]:
    """The year that ends with a day, and its quarters, the latest first."""
    quarters, last = [], day
    for number in range(1, YEAR_MONTHS // QUARTER_MONTHS + 1):
        start = add_months(day, -number * QUARTER_MONTHS)
        quarters.append((start + timedelta(days=1), last))
        last = start
    whole, *parts = savings_of(partner, [months_before(day, YEAR_MONTHS), *quarters])
    return whole, parts


def savings_of(partner: Partner, periods: Sequence[tuple[date, date]]) -> list[Savings]:
    """What exchanges saved, and what licences cost, in each of some periods (first and last day)."""
    first, last = min(start for start, _end in periods), max(end for _start, end in periods)
    handed_over = [
        (program_day(at), worth)
        for at, worth in Exchange.objects.filter(
            partner=partner, state=ExchangeState.FULFILLED, fulfilled_at__gte=start_of_day(first),
            fulfilled_at__lt=day_over(last),
        ).values_list("fulfilled_at", "worth_amount")
        if at is not None
    ]  # fmt: skip
    bought = licences_bought(partner, first, last)
    found = []
    for start, end in periods:
        worths = [worth for on, worth in handed_over if start <= on <= end]
        purchases = sum((net for on, net in bought if start <= on <= end), Decimal(0))
        found.append(Savings(start, end, sum(worths, Decimal(0)), purchases, len(worths)))
    return found


def licences_bought(partner: Partner, first: date, last: date) -> list[tuple[date, Decimal]]:
    """What a partner bought from one day to another, services left out: day and net amount, less refunds (T3.2)."""
    products = in_force(last).sales.counting_products
    sold = Q(type="sale.paid", at__gte=start_of_day(first), at__lt=day_over(last))
    events = list(own_events([partner.key]).filter(sold | Q(type="sale.refunded")))
    refunded = refunded_in(event for event in events if event.type == "sale.refunded")
    licences = [event for event in events if event.type == "sale.paid" and event.data["product"] in products]
    return [(program_day(sale.at), left_of(sale, refunded)) for sale in licences]
