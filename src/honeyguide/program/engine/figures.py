"""The rulebook as arrays: what the compiled kernels read.

A requirement that a partner has or has not is a *fact*: one bit of an integer, in the rulebook's order of requirements.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from honeyguide.program.engine.kernels.coverage import SeatRules
from honeyguide.program.engine.kernels.days import FAR
from honeyguide.program.engine.kernels.state import NO_LIMIT
from honeyguide.program.history.events import MEASURES, PRODUCTS
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.versions import Rules, Versions, versions_of

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
    """What statuses are decided by (T3, T14), by version of the rulebook."""

    starts: Ints  # first day on which the version is in force; the first one's is never asked
    statuses: Records  # STATUS_FIGURES by version and status, lowest first
    deadline_days: Ints  # of the lowest status
    seats_from_day: Ints
    block_access_months: Ints
    block_access_discount: Ints  # hundredths of a percent


class PointFigures(NamedTuple):
    """What points are counted by, beside the awards themselves (T4.2, G1.4), by version of the rulebook."""

    starts: Ints
    validity_months: Ints
    held_under_days: Ints


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


def starts_of(versions: Versions) -> Ints:
    """By version the first day on which it is in force."""
    return _column(day_number(book.effective_from) for book in versions)


def version_numbers(versions: Versions, days: npt.NDArray[np.integer]) -> Ints:
    """By day the number of the version in force."""
    return np.searchsorted(starts_of(versions)[1:], days, side="right").astype(np.int64)


def figures_of(rules: Rules) -> Figures:
    """Figures for statuses: T3."""
    versions = versions_of(rules)
    deadlines = [book.statuses[0].keep.deadline_days for book in versions]
    return Figures(
        starts=starts_of(versions),
        statuses=np.stack([_status_figures(book) for book in versions]),
        deadline_days=_column(FAR if days is None else days for days in deadlines),
        seats_from_day=_column(day_number(book.seats.in_force_from) for book in versions),
        block_access_months=_column(book.measures.block_access_max_months for book in versions),
        block_access_discount=_column(hundredths(book.measures.block_access_discount_percent) for book in versions),
    )


def _column(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int64)


def _status_figures(rulebook: Rulebook) -> Records:
    """STATUS_FIGURES, lowest first."""
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
    return statuses


def point_figures(rules: Rules) -> PointFigures:
    """Figures for points: T4.2, G1.4."""
    versions = versions_of(rules)
    return PointFigures(
        starts=starts_of(versions),
        validity_months=_column(book.points.validity_months for book in versions),
        held_under_days=_column(book.points.repeat_deal.held_under_days for book in versions),
    )


def seat_rules(rules: Rules) -> SeatRules:
    """Figures for seats: T3.3."""
    versions = versions_of(rules)
    return SeatRules(
        starts=starts_of(versions),
        purchase=np.stack([purchase_products(book) for book in versions]),
        paid_months=_column(book.seats.paid_months for book in versions),
    )


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
