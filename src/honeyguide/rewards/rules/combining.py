"""What goes together on one purchase: points with discounts and promotions, and the best allowed combination (G2.8).

A sale is checked with this before it is made, a quote shows it, and a plan reckons with it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from honeyguide.program.rulebook.rewards import DISCOUNT_KINDS

OFFERS_MAX = 12
"""All combinations are looked at: 4,096 of so many."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that makes a purchase cheaper: a share of its price, then an amount.

    `name`: its own; `kind`: one of DISCOUNT_KINDS, or the reward's name for one that points pay (`is_reward`).
    """

    name: str
    kind: str
    percent: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    is_reward: bool = False


@dataclass(frozen=True, slots=True)
class Combination:
    """Offers that are used together, and what they save of the price."""

    names: tuple[str, ...]
    saving: Decimal
    price: Decimal
    """What is left to pay."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """What goes together on a day: pairs (reward, discount), and pairs of discounts as `pair` orders them."""

    rewards: frozenset[tuple[str, str]]
    discounts: frozenset[tuple[str, str]]

    @property
    def cells(self) -> frozenset[tuple[str, str]]:
        """All pairs that go together, by row and column of the grid."""
        return self.rewards | self.discounts

    def goes_together(self, one: Offer, other: Offer) -> bool:
        """Whether two offers may be used on one purchase. Two rewards, or two of one kind, never."""
        if one.is_reward and other.is_reward:
            return False
        if one.is_reward:
            return (one.kind, other.kind) in self.rewards
        if other.is_reward:
            return (other.kind, one.kind) in self.rewards
        return pair(one.kind, other.kind) in self.discounts

    def digest(self, reward: str) -> str:
        """A mark of all that decides on the combinations of one reward: another mark, other combinations."""
        own = sorted(kind for name, kind in self.rewards if name == reward)
        text = f"{','.join(own)};{','.join('+'.join(each) for each in sorted(self.discounts))}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def pair(one: str, other: str) -> tuple[str, str]:
    """Two kinds of discounts in the one order in which a pair is kept."""
    first, second = sorted((one, other), key=DISCOUNT_KINDS.index)
    return first, second


def allowed_combinations(offers: Sequence[Offer], matrix: Matrix, price: Decimal) -> list[Combination]:
    """All combinations to which nothing could be added, the one that saves most first.

    Of equal savings the one with fewer offers comes first, then the order of `offers`. Raises ValueError for more than
    OFFERS_MAX.
    """
    if len(offers) > OFFERS_MAX:
        raise ValueError(f"{len(offers)} offers: expected at most {OFFERS_MAX}")
    clashes = [
        sum(1 << there for there, other in enumerate(offers) if there != here and not matrix.goes_together(one, other))
        for here, one in enumerate(offers)
    ]
    fitting = [chosen for chosen in range(1 << len(offers)) if not any(clashes[here] & chosen for here in _of(chosen))]
    whole = [
        chosen
        for chosen in fitting
        if not any(not chosen >> here & 1 and not clash & chosen for here, clash in enumerate(clashes))
    ]
    found = [_combined([offers[here] for here in _of(chosen)], price) for chosen in whole]
    return sorted(found, key=lambda one: (-one.saving, len(one.names)))


def best_combination(offers: Sequence[Offer], matrix: Matrix, price: Decimal) -> Combination:
    """The allowed combination that saves most."""
    return allowed_combinations(offers, matrix, price)[0]


def worth_of_reward(reward: Offer, others: Sequence[Offer], matrix: Matrix, price: Decimal) -> Decimal:
    """What points add to a purchase: the best combination with them less the best one without, at least 0."""
    with_it = [one for one in allowed_combinations([reward, *others], matrix, price) if reward.name in one.names]
    best_with = max((one.saving for one in with_it), default=Decimal(0))
    return max(best_with - best_combination(others, matrix, price).saving, Decimal(0))


def _of(chosen: int) -> Iterator[int]:
    return (here for here in range(chosen.bit_length()) if chosen >> here & 1)


def _combined(offers: Iterable[Offer], price: Decimal) -> Combination:
    """Shares one after the other, each of what is left; then amounts; never below nothing. Cents, half up."""
    left, names, amounts = price, [], Decimal(0)
    for offer in offers:
        left = left * (100 - offer.percent) / 100
        amounts += offer.amount
        names.append(offer.name)
    left = max(left - amounts, Decimal(0)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Combination(tuple(names), price - left, left)
