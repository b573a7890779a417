"""What can be had on a day: the rulebook's catalogue with the day's prices, promotions, stock and matrix."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from honeyguide.common.errors import Refusal
from honeyguide.common.local import in_language, language
from honeyguide.program.rulebook.rewards import DISCOUNT_KINDS, Reward, Rewards, Variant
from honeyguide.rewards.models import MatrixRule, PriceList, Promotion, Stock
from honeyguide.rewards.rules.combining import Matrix, pair
from honeyguide.rulebooks.queries import in_force


class NoRewards(Refusal):
    """The rulebook has no catalogue: nothing can be had for points."""

    code = "no_rewards"


@dataclass(frozen=True, slots=True)
class PriceTable:
    """The prices of a day, by item. `version`: the price list's public id, or the rulebook's version."""

    version: str
    effective_from: date
    prices: Mapping[str, int]
    is_rulebook: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One variant of a reward. `key`: `<reward>.<variant>`."""

    reward_name: str
    variant_name: str
    reward: Reward
    variant: Variant

    @property
    def key(self) -> str:
        """Its line in a price list."""
        return f"{self.reward_name}.{self.variant_name}"

    @property
    def title(self) -> str:
        """What it is called, in the reader's language."""
        return self.title_in(language())

    @property
    def reward_title(self) -> str:
        """What the reward is called, in the reader's language."""
        return in_language(self.reward.title, self.reward.title_ru)

    @property
    def variant_title(self) -> str:
        """What the variant is called, in the reader's language."""
        return in_language(self.variant.title, self.variant.title_ru)

    def title_in(self, code: str) -> str:
        """What it is called in a language."""
        if code == "ru":
            return f"{self.reward.title_ru}: {self.variant.title_ru}"
        return f"{self.reward.title}: {self.variant.title}"


@dataclass(frozen=True, slots=True)
class Offered:
    """An item on a day. `price`: with the promotion; `list_price`: without; `next_price`: as announced."""

    item: Item
    list_price: int
    price: int
    promotion: Promotion | None
    stock: int | None
    next_price: int | None = None
    next_from: date | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """All that decides what can be had on a day, read once."""

    day: date
    rewards: Rewards
    rulebook: str
    statuses: tuple[str, ...]
    table: PriceTable
    promotions: tuple[Promotion, ...]
    matrix: Matrix

    def item(self, key: str) -> Item | None:
        """The item with this key; None if the catalogue has none."""
        reward_name, _dot, variant_name = key.partition(".")
        reward = self.rewards.catalogue.get(reward_name)
        variant = reward.variants.get(variant_name) if reward is not None else None
        if reward is None or variant is None:
            return None
        return Item(reward_name, variant_name, reward, variant)

    def items(self) -> list[Item]:
        """The catalogue in the rulebook's order."""
        return items_of(self.rewards)

    def list_price(self, item: Item) -> int:
        """Its price without promotions."""
        return self.table.prices.get(item.key, item.variant.default_points)

    def promotion(self, item: Item) -> Promotion | None:
        """The promotion that takes most off its price in points."""
        found = [one for one in self.promotions if one.points_percent and one.concerns(item.reward_name)]
        return max(found, key=lambda one: one.points_percent, default=None)

    def price(self, item: Item) -> int:
        """Its price in points, with the promotion (half up, at least 1)."""
        promotion = self.promotion(item)
        return reduced(self.list_price(item), promotion.points_percent if promotion else Decimal(0))

    def sale_promotions(self, item: Item) -> list[Promotion]:
        """Promotions that lessen the purchase that goes with it."""
        return [one for one in self.promotions if one.sale_percent and one.concerns(item.reward_name)]


def items_of(rewards: Rewards) -> list[Item]:
    """The catalogue in the rulebook's order."""
    return [
        Item(reward_name, variant_name, reward, variant)
        for reward_name, reward in rewards.catalogue.items()
        for variant_name, variant in reward.variants.items()
    ]


def reduced(points: int, percent: Decimal) -> int:
    """A price in points less a share of it: half up, at least 1."""
    left = (Decimal(points) * (100 - percent) / 100).quantize(Decimal(1), ROUND_HALF_UP)
    return max(int(left), 1)


def rewards_on(day: date) -> Rewards:
    """The catalogue of the rulebook in force. Raises NoRewards."""
    rewards = in_force(day).rewards
    if rewards is None:
        raise NoRewards("This program gives nothing for points.")
    return rewards


def day_of(day: date) -> Day:
    """What decides on a day. Raises NoRewards."""
    return days_of([day])[0]


def days_of(days: Sequence[date]) -> list[Day]:
    """The same for several days, read at once."""
    lists = list(PriceList.objects.prefetch_related("prices").order_by("effective_from"))
    promotions = list(Promotion.objects.filter(starts_on__lte=max(days), ends_on__gte=min(days)))
    cells = list(MatrixRule.objects.select_related("change").order_by("change__number"))
    return [_day(day, lists, promotions, cells) for day in days]


def _day(day: date, lists: list[PriceList], promotions: list[Promotion], cells: list[MatrixRule]) -> Day:
    book = in_force(day)
    rewards = rewards_on(day)
    return Day(
        day=day,
        rewards=rewards,
        rulebook=f"{book.name} {book.version}",
        statuses=tuple(status.name for status in book.statuses),
        table=_table(day, lists, rewards, f"{book.name} {book.version}"[:40], book.effective_from),
        promotions=tuple(one for one in promotions if one.starts_on <= day <= one.ends_on),
        matrix=_matrix(day, rewards, cells),
    )


def _table(day: date, lists: list[PriceList], rewards: Rewards, version: str, since: date) -> PriceTable:
    prices = {item.key: item.variant.default_points for item in items_of(rewards)}
    found = [one for one in lists if one.effective_from <= day]
    if not found:
        return PriceTable(version, since, prices, is_rulebook=True)
    prices |= {price.item: price.points for price in found[-1].prices.all()}
    return PriceTable(found[-1].uid, found[-1].effective_from, prices)


def _matrix(day: date, rewards: Rewards, cells: Iterable[MatrixRule]) -> Matrix:
    pairs = {(name, kind) for name, reward in rewards.catalogue.items() for kind in reward.combines_with}
    discounts = {pair(one, other) for one, others in rewards.matrix.together.items() for other in others}
    for cell in cells:
        if cell.change.starts_on > day or (cell.change.ends_on is not None and cell.change.ends_on < day):
            continue
        if cell.row in DISCOUNT_KINDS:
            (discounts.add if cell.is_allowed else discounts.discard)(pair(cell.row, cell.column))
        else:
            (pairs.add if cell.is_allowed else pairs.discard)((cell.row, cell.column))
    return Matrix(frozenset(pairs), frozenset(discounts))


def next_list(day: date) -> PriceList | None:
    """The price list that was announced for a later day, the nearest one."""
    return PriceList.objects.filter(effective_from__gt=day).order_by("effective_from").first()


def offered(found: Day) -> list[Offered]:
    """The whole catalogue with prices now and announced, and what is in stock."""
    stocks = stocks_of(found.rewards)
    ahead = next_list(found.day)
    coming = {price.item: price.points for price in ahead.prices.all()} if ahead is not None else {}
    return [
        Offered(
            item=item,
            list_price=found.list_price(item),
            price=found.price(item),
            promotion=found.promotion(item),
            stock=stocks[item.key],
            next_price=coming.get(item.key),
            next_from=ahead.effective_from if ahead is not None and item.key in coming else None,
        )
        for item in found.items()
    ]


def stocks_of(rewards: Rewards) -> dict[str, int | None]:
    """How many are left, by item; None: no limit."""
    kept = dict(Stock.objects.values_list("item", "left"))
    return {item.key: kept.get(item.key, item.variant.stock_count) for item in items_of(rewards)}
