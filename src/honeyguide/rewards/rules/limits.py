"""Limits of spending: what an exchange exceeds, what fits instead, and how it can be split (G2.5, G2.7)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from honeyguide.program.rulebook.rewards import Reward, RewardLimits
from honeyguide.rewards.rules.wallet import Wallet

SPLIT_MAX_PARTS = 12


class LimitName(StrEnum):
    """What can stand in the way, in the order in which it is told."""

    STATUS = "status"
    ACTIVITY = "activity"
    BALANCE = "balance"
    STOCK = "stock"
    EXCHANGE_COUNT = "exchange_count"
    PERIOD_COUNT = "period_count"
    EXCHANGE_SHARE = "exchange_share"
    PERIOD_POINTS = "period_points"


@dataclass(frozen=True, slots=True)
class Exceeded:
    """A limit that an exchange exceeds: points or pieces that were asked for, and at most allowed.

    `status`: the lowest status, for that limit; `until`: the period's last day.
    """

    name: LimitName
    clause: str
    asked: int = 0
    most: int = 0
    status: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Spending:
    """Where a partner stands on a day.

    `period_points`, `period_count`: exchanged in the day's period, all and of this reward; what was refused or undone
    is not in them. `stock`: None without a limit.
    """

    day: date
    wallet: Wallet
    period_points: int = 0
    period_count: int = 0
    stock: int | None = None
    status_rank: int = -1
    active_points: int = 0

    def after(self, quantity: int, points: int) -> "Spending":
        """The same day after one more exchange."""
        return replace(
            self,
            wallet=self.wallet.spend(points, self.day),
            period_points=self.period_points + points,
            period_count=self.period_count + quantity,
            stock=None if self.stock is None else self.stock - quantity,
        )

    def on(self, day: date, months: int) -> "Spending":
        """The same on a later day: in another period nothing has been exchanged."""
        if period_of(day, months) == period_of(self.day, months):
            return replace(self, day=day)
        return replace(self, day=day, period_points=0, period_count=0)


def period_of(day: date, months: int) -> tuple[date, date]:
    """The first and last day of the period that holds a day; periods of so many months begin with January."""
    first = (day.month - 1) // months * months + 1
    following = first + months
    end = date(day.year + 1, 1, 1) if following > 12 else date(day.year, following, 1)
    return date(day.year, first, 1), end - timedelta(days=1)


def share_of(available: int, percent: Decimal) -> int:
    """At most so many points at once, of what is available (G2.7)."""
    return available * _hundredths(percent) // 10_000


def balance_for(points: int, percent: Decimal) -> int:
    """How much must be available so that so many points can be spent at once."""
    return -(-points * 10_000 // _hundredths(percent))


def _hundredths(percent: Decimal) -> int:
    return int(percent * 100)


def condition_problems(reward: Reward, ranks: dict[str, int], spending: Spending, clause: str) -> list[Exceeded]:
    """Conditions of status and activity that are not met (G2.5). `ranks`: place of each status, lowest 0."""
    found = []
    if reward.status is not None and spending.status_rank < ranks[reward.status]:
        found.append(Exceeded(LimitName.STATUS, clause, status=reward.status))
    if reward.active_min_points is not None and spending.active_points < reward.active_min_points:
        found.append(Exceeded(LimitName.ACTIVITY, clause, asked=spending.active_points, most=reward.active_min_points))
    return found


def exceeded(reward: Reward, limits: RewardLimits, spending: Spending, *, quantity: int, price: int) -> list[Exceeded]:
    """All limits that an exchange of so many pieces at this price would exceed; empty if it fits (G2.7)."""
    asked, available = quantity * price, spending.wallet.available(spending.day)
    share = share_of(available, limits.exchange_max_percent)
    _first, last = period_of(spending.day, limits.period_months)
    found = []
    if asked > available:
        found.append(Exceeded(LimitName.BALANCE, limits.clause, asked, available))
    elif asked > share:
        found.append(Exceeded(LimitName.EXCHANGE_SHARE, limits.clause, asked, share))
    if limits.period_max_points is not None and spending.period_points + asked > limits.period_max_points:
        left = max(limits.period_max_points - spending.period_points, 0)
        found.append(Exceeded(LimitName.PERIOD_POINTS, limits.clause, asked, left, until=last))
    if spending.stock is not None and quantity > spending.stock:
        found.append(Exceeded(LimitName.STOCK, reward.clause, quantity, spending.stock))
    if reward.exchange_max_count is not None and quantity > reward.exchange_max_count:
        found.append(Exceeded(LimitName.EXCHANGE_COUNT, limits.clause, quantity, reward.exchange_max_count))
    if reward.period_max_count is not None and spending.period_count + quantity > reward.period_max_count:
        left = max(reward.period_max_count - spending.period_count, 0)
        found.append(Exceeded(LimitName.PERIOD_COUNT, limits.clause, quantity, left, until=last))
    return sorted(found, key=lambda one: list(LimitName).index(one.name))


def most_at_once(reward: Reward, limits: RewardLimits, spending: Spending, *, price: int, wanted: int) -> int:
    """The largest number of pieces, up to those wanted, that fit into one exchange now; 0 if none."""
    low, high = 0, wanted
    while low < high:
        middle = (low + high + 1) // 2
        if exceeded(reward, limits, spending, quantity=middle, price=price):
            high = middle - 1
        else:
            low = middle
    return low


@dataclass(frozen=True, slots=True)
class Part:
    """One exchange of a proposal."""

    day: date
    quantity: int
    points: int
    campaign: str = ""


def split_over_campaigns(
    reward: Reward, limits: RewardLimits, spending: Spending, *, quantity: int, price: int, campaigns: Sequence[str]
) -> list[Part]:
    """The same pieces as exchanges for several campaigns on the same day; empty if they do not fit so (G2.7)."""
    parts: list[Part] = []
    for campaign in campaigns[:SPLIT_MAX_PARTS]:
        fits = most_at_once(reward, limits, spending, price=price, wanted=quantity)
        if fits == 0:
            break
        parts.append(Part(spending.day, fits, fits * price, campaign))
        spending, quantity = spending.after(fits, fits * price), quantity - fits
        if quantity == 0:
            return parts if len(parts) > 1 else []
    return []


def split_over_dates(
    reward: Reward,
    limits: RewardLimits,
    spending: Spending,
    *,
    quantity: int,
    price_on: Callable[[date], int],
    until: date,
) -> list[Part]:
    """As many of the pieces as fit from today until a day: each part on the next day, or in the next period.

    One part alone is on a later day. Empty when nothing fits, or all of it today.
    """
    today, parts = spending.day, list[Part]()
    while quantity and spending.day <= until and len(parts) < SPLIT_MAX_PARTS:
        price = price_on(spending.day)
        fits = most_at_once(reward, limits, spending, price=price, wanted=quantity)
        if fits:
            parts.append(Part(spending.day, fits, fits * price))
            spending, quantity = spending.after(fits, fits * price), quantity - fits
            spending = spending.on(spending.day + timedelta(days=1), limits.period_months)
        else:
            _first, last = period_of(spending.day, limits.period_months)
            spending = spending.on(last + timedelta(days=1), limits.period_months)
    return parts if any(part.day > today for part in parts) else []
