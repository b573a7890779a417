"""What a quote rests on: price, lots, limits and combinations of a moment. Reading only; services.quotes keeps it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from honeyguide.common.errors import Invalid
from honeyguide.partners.models import Partner
from honeyguide.rewards.catalogue import Day, Item, days_of, stocks_of
from honeyguide.rewards.models import Campaign, Exchange
from honeyguide.rewards.models.exchanges import SPENT_STATES
from honeyguide.rewards.points import ident_of, mark_of, wallet_of
from honeyguide.rewards.rules.combining import Combination, Offer, allowed_combinations, worth_of_reward
from honeyguide.rewards.rules.limits import (
    Exceeded,
    LimitName,
    Part,
    Spending,
    condition_problems,
    exceeded,
    period_of,
    share_of,
    split_over_campaigns,
    split_over_dates,
)
from honeyguide.rewards.rules.wallet import Use, Wallet
from honeyguide.standing.models import Standing

SPLIT_DAYS_AHEAD = 366
COMBINATIONS_SHOWN = 5
SPLITTABLE = frozenset(
    {LimitName.EXCHANGE_SHARE, LimitName.PERIOD_POINTS, LimitName.EXCHANGE_COUNT, LimitName.PERIOD_COUNT}
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides on an exchange now."""

    found: Day
    item: Item
    quantity: int
    price: int
    spending: Spending
    exceeded: tuple[Exceeded, ...]
    uses: tuple[Use, ...]
    combinations: tuple[Combination, ...]
    offers: tuple[Offer, ...]
    purchase: Decimal

    @property
    def points(self) -> int:
        """What all pieces cost."""
        return self.price * self.quantity

    @property
    def available(self) -> int:
        """What can be spent before it."""
        return self.spending.wallet.available(self.found.day)

    @property
    def lots_mark(self) -> str:
        """Another mark, a changed balance."""
        return mark_of(self.spending.wallet)

    @property
    def terms_mark(self) -> str:
        """Another mark, other combinations: of what goes together with the item, the discount, and promotions on it."""
        promotions = ",".join(
            f"{one.uid}:{one.points_percent}" for one in self.found.promotions if one.concerns(self.item.reward_name)
        )
        offers = ",".join(f"{one.name}:{one.percent.normalize():f}:{one.amount}" for one in self.offers)
        text = f"{self.found.matrix.digest(self.item.reward_name)};{promotions};{offers}"
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def worth(self) -> Decimal:
        """What the points save on all pieces, beside what makes them cheaper anyway (G2.8)."""
        reward, *others = self.offers
        return worth_of_reward(reward, others, self.found.matrix, self.purchase)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a partner stands on a day, for all items: read once."""

    found: Day
    standing: Standing | None
    wallet: Wallet
    period_points: int
    period_counts: Mapping[str, int]
    """Pieces exchanged in the period, by reward."""
    stocks: Mapping[str, int | None]

    def spending(self, item: Item) -> Spending:
        """The same for one item."""
        return Spending(
            day=self.found.day,
            wallet=self.wallet,
            period_points=self.period_points,
            period_count=self.period_counts.get(item.reward_name, 0),
            stock=self.stocks[item.key],
            status_rank=self.standing.status_rank if self.standing is not None else -1,
            active_points=self.standing.points_active if self.standing is not None else 0,
        )

    def unmet(self, item: Item) -> list[Exceeded]:
        """Conditions of status and activity that are not met (G2.5)."""
        ranks = {name: place for place, name in enumerate(self.found.statuses)}
        return condition_problems(item.reward, ranks, self.spending(item), self.found.rewards.condition_clause)

    def exceeded(self, item: Item, quantity: int) -> list[Exceeded]:
        """Everything that stands in the way of an exchange of so many pieces now."""
        limits, price = self.found.rewards.limits, self.found.price(item)
        found = exceeded(item.reward, limits, self.spending(item), quantity=quantity, price=price)
        return [*self.unmet(item), *found]

    @property
    def available(self) -> int:
        """What can be spent."""
        return self.wallet.available(self.found.day)

    @property
    def at_once(self) -> int:
        """What can be spent at once: the share limit, and what is left of the period."""
        limits = self.found.rewards.limits
        most = share_of(self.available, limits.exchange_max_percent)
        return most if self.period_left is None else min(most, self.period_left)

    @property
    def period_left(self) -> int | None:
        """What can still be spent in the period; None without a limit."""
        most = self.found.rewards.limits.period_max_points
        return None if most is None else max(most - self.period_points, 0)


def position_of(partner: Partner, standing: Standing | None, found: Day) -> Position:
    """Where a partner stands on a day."""
    first, last = period_of(found.day, found.rewards.limits.period_months)
    done = Exchange.objects.filter(
        partner=partner, state__in=SPENT_STATES, confirmed_on__gte=first, confirmed_on__lte=last
    )
    sums = done.order_by().values_list("reward").annotate(Sum("quantity"), Sum("points"))
    counts = {reward: (pieces, points) for reward, pieces, points in sums}
    return Position(
        found=found,
        standing=standing,
        wallet=wallet_of(partner, found.day),
        period_points=sum(points for _pieces, points in counts.values()),
        period_counts={reward: pieces for reward, (pieces, _points) in counts.items()},
        stocks=stocks_of(found.rewards),
    )


def facts_of(
    partner: Partner,
    standing: Standing | None,
    found: Day,
    item: Item,
    quantity: int,
    sale_amount: Decimal | None,
) -> Facts:
    """What decides on an exchange of so many pieces now."""
    position = position_of(partner, standing, found)
    spending, price = position.spending(item), found.price(item)
    points = quantity * price
    uses = spending.wallet.uses(points, found.day) if points <= spending.wallet.available(found.day) else ()
    purchase = sale_amount if sale_amount is not None else item.variant.list_amount * quantity
    offers = offers_of(found, item, quantity, standing)
    return Facts(
        found=found,
        item=item,
        quantity=quantity,
        price=price,
        spending=spending,
        exceeded=tuple(position.exceeded(item, quantity)),
        uses=uses,
        combinations=tuple(allowed_combinations(offers, found.matrix, purchase)[:COMBINATIONS_SHOWN]),
        offers=tuple(offers),
        purchase=purchase,
    )


REWARD_OFFER = "points"


def offers_of(found: Day, item: Item, quantity: int, standing: Standing | None) -> list[Offer]:
    """What could be used on the purchase that an item goes with: the points, the discount, running promotions."""
    percent = item.variant.covers_percent
    offers = [Offer(REWARD_OFFER, item.reward_name, percent=percent, is_reward=True)]
    if percent == 100 and quantity:  # the points pay for the thing itself: an amount, whatever else is bought with it
        amount = item.variant.worth_amount * quantity
        offers = [Offer(REWARD_OFFER, item.reward_name, amount=amount, is_reward=True)]
    if standing is not None and standing.discount_percent and standing.may("store_discount"):
        offers.append(Offer("partner_discount", "partner_discount", percent=standing.discount_percent))
    offers += [Offer(one.uid, "promotion", percent=one.sale_percent) for one in found.sale_promotions(item)[:6]]
    return offers


def told(facts: Facts) -> dict[str, Any]:
    """The combinations as they are kept with a quote: the best one first, in JSON values.

    {"purchase", "all": [{"names", "saving", "price"}], "titles": {name: [English, Russian]}, "percents": {name: …}}
    """
    titles = {one.uid: [one.name, one.name_ru] for one in facts.found.promotions}
    return {
        "purchase": str(facts.purchase),
        "all": [
            {"names": list(one.names), "saving": str(one.saving), "price": str(one.price)} for one in facts.combinations
        ],
        "titles": {offer.name: titles[offer.name] for offer in facts.offers if offer.name in titles},
        "percents": {offer.name: str(offer.percent) for offer in facts.offers if offer.percent},
    }


def lots_told(facts: Facts) -> list[dict[str, Any]]:
    """The lots to be used, with what is left of each, in JSON values."""
    return [
        {
            "ident": ident_of(use.lot),
            "expires_on": use.lot.expires_on.isoformat(),
            "points": use.points,
            "left": use.lot.points - use.points,
        }
        for use in facts.uses
    ]


def proposals_for(facts: Facts, partner: Partner) -> list[list[Part]]:
    """How the same can be had, where a limit of points or pieces bites: over campaigns, over dates, or later (G2.7)."""
    if not facts.exceeded or not {one.name for one in facts.exceeded} <= SPLITTABLE:
        return []
    reward, limits, day = facts.item.reward, facts.found.rewards.limits, facts.found.day
    found = []
    if reward.for_campaign and facts.quantity > 1:
        campaigns = running_campaigns(partner, day)
        parts = split_over_campaigns(
            reward,
            limits,
            facts.spending,
            quantity=facts.quantity,
            price=facts.price,
            campaigns=[campaign.uid for campaign in campaigns],
        )
        found.append(parts)
    found.append(
        split_over_dates(
            reward,
            limits,
            facts.spending,
            quantity=facts.quantity,
            price_on=_price_on(facts.item),
            until=day + timedelta(days=SPLIT_DAYS_AHEAD),
        )
    )
    return [parts for parts in found if parts]


def _price_on(item: Item) -> Callable[[date], int]:
    """The item's price on any day, each looked up once."""

    @cache
    def price(day: date) -> int:
        return days_of([day])[0].price(item)

    return price


def running_campaigns(partner: Partner, day: date) -> list[Campaign]:
    """Campaigns that points can be spent on: not over yet, the earliest first."""
    return list(Campaign.objects.filter(partner=partner, ends_on__gte=day).order_by("starts_on", "pk"))


def item_with(found: Day, key: str) -> Item:
    """An item of the catalogue. Raises Invalid."""
    item = found.item(key)
    if item is None:
        message = _("Choose something from the catalogue.")
        raise Invalid(message, fields={"item": message})
    return item


def changes_since(
    *, facts: Facts, price: int, price_version: str, points: int, lots_mark: str, terms: str
) -> Sequence[str]:
    """What has changed since a quote was made, in sentences; empty if nothing has (G2.3)."""
    found = []
    if (facts.price, facts.points) != (price, points):
        found.append(_("The price is %(now)s points now; it was %(before)s.") % {"now": facts.points, "before": points})
    elif facts.found.table.version != price_version:
        found.append(_("Another price list is in force now."))
    if facts.lots_mark != lots_mark:
        found.append(_("The available points have changed since."))
    if facts.terms_mark != terms:
        found.append(_("The discount, a promotion, or what it goes together with has changed since."))
    return found
