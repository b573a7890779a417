"""Spending points: the catalogue of rewards, its limits, and what goes together with what (G2).

A reward is a thing or a service. No kind pays out, and there is no key by which one could (G2.6): `list_amount` is what
the thing costs elsewhere, for planning alone.
"""

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from honeyguide.program.phrases import Phrase
from honeyguide.program.rulebook.checks import STATUSES_COUNT, Path, Problem, repeated
from honeyguide.program.rulebook.kinds import (
    Amount,
    Clause,
    Count,
    Days,
    Flag,
    Label,
    Months,
    OneOf,
    Percent,
    Points,
    StatusName,
    Whole,
    Word,
)
from honeyguide.program.rulebook.sections import Section

REWARD_KINDS = (
    "renewal_discount",
    "licence_discount",
    "licence",
    "course",
    "consultation",
    "module",
    "storage",
    "service",
    "promotion",
    "material",
    "demo",
    "loyalty",
    "webinar",
)
"""What can be had for points: things and services, never money (G2.6)."""
DISCOUNT_KINDS = ("partner_discount", "special_offer", "promotion", "kickstart", "award_bonus")
"""What a reward can meet on one purchase (G2.8)."""
PRIORITIES = ("first", "then", "last")
"""How much a partner wants a thing that it plans, most wanted first (G4.7)."""

RewardKind = Annotated[str, OneOf(REWARD_KINDS)]
DiscountKind = Annotated[str, OneOf(DISCOUNT_KINDS)]
Minutes = Annotated[int, Whole(Phrase("minutes"), 1, 1440)]


class Variant(Section):
    """One form of a reward, as for one plan: the range of its price in points, and the price to begin with."""

    title: Label
    title_ru: Label
    min_points: Points
    max_points: Points
    default_points: Points
    """Until the first price list says otherwise (G2.3)."""
    list_amount: Amount
    """What it costs without points, or what the purchase costs that a discount lessens; in the program's currency."""
    covers_percent: Percent = Decimal(100)
    """How much of `list_amount` the points cover, at most: 20 for a discount of up to 20 %."""
    stock_count: Count | None = None
    """How many there are to begin with; None: as many as are asked for."""

    @property
    def worth_amount(self) -> Decimal:
        """What one is worth in the program's currency, in cents, half up."""
        return (self.list_amount * self.covers_percent / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


class Reward(Section):
    """One line of the catalogue."""

    clause: Clause
    kind: RewardKind
    title: Label
    title_ru: Label
    needs_approval: Flag = False
    """The manager approves beforehand (G2.4)."""
    for_client: Flag = False
    """It is used for a client: client and contract are named (G2.4)."""
    for_campaign: Flag = False
    """A marketing use: the spend is tied to a campaign (G2.9)."""
    status: StatusName | None = None
    """The lowest status that can have it (G2.5)."""
    active_min_points: Points | None = None
    """Active points that are asked for (G2.5)."""
    exchange_max_count: Count | None = None
    """At most so many in one exchange (G2.7)."""
    period_max_count: Count | None = None
    """At most so many in one period (G2.7)."""
    combines_with: tuple[DiscountKind, ...] = ()
    """Discounts and promotions that it goes with, unless the matrix says otherwise (G2.8)."""
    variants: dict[Word, Variant]


class RewardLimits(Section):
    """How much may be spent at once and in a period (G2.7)."""

    clause: Clause
    exchange_max_percent: Percent
    """Of what is available before the exchange."""
    period_months: Months
    """Length of a period; periods begin with January."""
    period_max_points: Points | None = None


class Matrix(Section):
    """What goes together on one purchase, beside what each reward says (G2.8)."""

    clause: Clause
    together: dict[DiscountKind, tuple[DiscountKind, ...]]
    """Discounts that go with other discounts; each pair is named once or twice."""


class Rewards(Section):
    """Spending (G2)."""

    clause: Clause
    price_clause: Clause
    condition_clause: Clause
    approval_clause: Clause
    price_months: Months
    """At least so long between two price lists (G2.3)."""
    notice_days: Days
    """Partners are told of a price list so long ahead."""
    quote_minutes: Minutes
    """A quote holds so long, if nothing changes."""
    campaign_sales_months: Months
    """Sales to a campaign's clients count for it so long from its first day (G4.6)."""
    limits: RewardLimits
    matrix: Matrix
    catalogue: dict[Word, Reward]

    def titles(self, item: str) -> tuple[str, str] | None:
        """What `<reward>.<variant>` is called in English and in Russian; None if the catalogue has none such."""
        name, _dot, variant_name = item.partition(".")
        reward = self.catalogue.get(name)
        variant = reward.variants.get(variant_name) if reward is not None else None
        if reward is None or variant is None:
            return None
        return f"{reward.title}: {variant.title}", f"{reward.title_ru}: {variant.title_ru}"


def reward_problems(rewards: Rewards | None, statuses: Mapping[str, int]) -> Iterator[Problem]:
    """What must hold between parts; `statuses`: the rulebook's names."""
    if rewards is None:
        return
    known = len(statuses) in STATUSES_COUNT  # else that is to be put right first
    for kind, others in rewards.matrix.together.items():
        yield from repeated(("rewards", "matrix", "together", kind), others)
        if kind in others:
            yield Problem(("rewards", "matrix", "together", kind), Phrase("expected other discounts than itself"))
    if rewards.limits.exchange_max_percent < 1:
        yield Problem(("rewards", "limits", "exchange_max_percent"), Phrase("expected a percentage from 1 to 100"))
    for name, reward in rewards.catalogue.items():
        path: Path = ("rewards", "catalogue", name)
        yield from repeated((*path, "combines_with"), reward.combines_with)
        if known and reward.status is not None and reward.status not in statuses:
            yield Problem((*path, "status"), Phrase("expected one of {names}", names=", ".join(statuses)))
        if not reward.variants:
            yield Problem((*path, "variants"), Phrase("expected at least one variant"))
        for variant_name, variant in reward.variants.items():
            yield from _variant_problems((*path, "variants", variant_name), variant)


def _variant_problems(path: Path, variant: Variant) -> Iterator[Problem]:
    if variant.min_points < 1:
        yield Problem((*path, "min_points"), Phrase("expected at least 1: nothing is given away"))
    if not variant.min_points <= variant.default_points <= variant.max_points:
        yield Problem((*path, "default_points"), Phrase("expected a price from min_points to max_points"))
