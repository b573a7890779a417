"""The rulebook as arrays: what the compiled kernels read.

A requirement that a partner has or has not is a *fact*: one bit of an integer, in the rulebook's order of requirements.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from honeyguide.program.engine.kernels.days import FAR
from honeyguide.program.engine.kernels.state import NO_LIMIT
from honeyguide.program.history.events import MEASURES, PRODUCTS
from honeyguide.program.rulebook import Rulebook

Ints = npt.NDArray[np.int64]
Records = npt.NDArray[np.void]

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

STATUS_FIGURES = np.dtype(
    [
        (name, np.int64)
        for name in (
            "reach_sales",  # minor units; NO_LIMIT here and below where nothing is asked
            "reach_months",
            "reach_since_previous",  # 1: only sales since the status below was reached
            "reach_clients",
            "reach_facts",  # bits
            "keep_sales",
            "keep_seats",
            "keep_facts",  # bits that decide
            "review_months",  # 0: never reviewed
            "discount",  # hundredths of a percent
            "discount_facts",  # bits without which the discount is 0
        )
    ]
)


class Figures(NamedTuple):
    """What statuses are decided by (T3, T14)."""

    statuses: Records  # STATUS_FIGURES, lowest first
    deadline_days: int  # of the lowest status
    seats_from_day: int
    block_access_months: int
    block_access_discount: int  # hundredths of a percent


class PointFigures(NamedTuple):
    """What points are counted by, beside the awards themselves (T4.2, G1.4)."""

    validity_months: int
    held_under_days: int


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH_ORDINAL


def hundredths(value: Decimal | int) -> int:
    """A figure with at most two decimals as a whole number of hundredths (minor units, hundredths of a percent)."""
    return int(Decimal(value) * 100)


def fact_bits(rulebook: Rulebook, names: list[str] | tuple[str, ...]) -> int:
    """The bits of some requirements."""
    order = list(rulebook.requirements)
    return sum(1 << order.index(name) for name in names)


def figures_of(rulebook: Rulebook) -> Figures:
    """Figures for statuses: T3."""
    statuses = np.zeros(len(rulebook.statuses), dtype=STATUS_FIGURES)
    for position, status in enumerate(rulebook.statuses):
        reach, keep, row = status.reach, status.keep, statuses[position]
        row["reach_sales"] = NO_LIMIT if reach is None else _money(reach.sales_amount)
        row["reach_months"] = 0 if reach is None else reach.sales_months or 0
        row["reach_since_previous"] = reach is not None and reach.sales_since_previous_status
        row["reach_clients"] = NO_LIMIT if reach is None else _count(reach.clients_count)
        row["reach_facts"] = 0 if reach is None else fact_bits(rulebook, reach.requirements)
        row["keep_sales"] = _money(keep.sales_amount)
        row["keep_seats"] = _count(keep.seats_count)
        row["keep_facts"] = fact_bits(rulebook, keep.requirements)
        row["review_months"] = keep.review_months or 0
        row["discount"] = hundredths(status.discount_percent)
        row["discount_facts"] = fact_bits(rulebook, status.discount_requires)
    deadline = rulebook.statuses[0].keep.deadline_days
    return Figures(
        statuses=statuses,
        deadline_days=FAR if deadline is None else deadline,
        seats_from_day=day_number(rulebook.seats.in_force_from),
        block_access_months=rulebook.measures.block_access_max_months,
        block_access_discount=hundredths(rulebook.measures.block_access_discount_percent),
    )


def point_figures(rulebook: Rulebook) -> PointFigures:
    """Figures for points: T4.2, G1.4."""
    return PointFigures(rulebook.points.validity_months, rulebook.points.repeat_deal.held_under_days)


def counting_products(rulebook: Rulebook) -> npt.NDArray[np.int8]:
    """By product 1 if its sales count for targets; one more at the end, 0, for events that are no sales (T3.2)."""
    return np.array([product in rulebook.sales.counting_products for product in PRODUCTS] + [False], dtype=np.int8)


def purchase_products(rulebook: Rulebook) -> npt.NDArray[np.int8]:
    """By product 1 if it is a purchase that covers the client (T3.3); one more at the end, 0."""
    return np.array([product in rulebook.seats.purchase_products for product in PRODUCTS] + [False], dtype=np.int8)


def word_bits(rulebook: Rulebook, words: list[str]) -> dict[str, Ints]:
    """For each word of a history the bit that it sets, by kind of requirement (`course`, …); 0 if none."""
    bits: dict[str, Ints] = {}
    for kind in ("course", "evidence", "nfr"):
        named: dict[str, int] = {}
        for position, requirement in enumerate(rulebook.requirements.values()):
            word = getattr(requirement, kind)
            if word is not None:
                named[word] = named.get(word, 0) | 1 << position
        bits[kind] = np.array([named.get(word, 0) for word in words], dtype=np.int64)
    return bits


def measure_codes(words: list[str]) -> Ints:
    """For each word of a history its position in MEASURES, -1 if it is no measure."""
    return np.array([MEASURES.index(word) if word in MEASURES else -1 for word in words], dtype=np.int64)


def _money(amount: Decimal | int | None) -> int:
    return NO_LIMIT if amount is None else hundredths(amount)


def _count(count: int | None) -> int:
    return NO_LIMIT if count is None else count
