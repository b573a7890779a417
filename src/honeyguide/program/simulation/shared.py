"""What two replays of one history can share, told from the rulebooks alone."""

from collections.abc import Callable
from typing import Any

from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.versions import Rules, versions_of


def same_layout(a: Rules, b: Rules) -> bool:
    """Whether a history lies in the same way for the kernels under both.

    The layout holds program days, the points of each sale and project as if due, whether a product counts, and the bit
    of each fact, which is the place of its requirement in the rulebook.
    """
    return _all_the_same(a, b, _lays_the_same)


def _all_the_same(a: Rules, b: Rules, same: Callable[[Rulebook, Rulebook], bool]) -> bool:
    """Whether all versions of the two are the same, and in force on the same days."""
    ours, theirs = versions_of(a), versions_of(b)
    days = [book.effective_from for book in ours][1:] == [book.effective_from for book in theirs][1:]
    return len(ours) == len(theirs) and days and all(same(*pair) for pair in zip(ours, theirs, strict=True))


def _lays_the_same(a: Rulebook, b: Rulebook) -> bool:
    return (
        a.time_zone == b.time_zone
        and list(a.requirements.items()) == list(b.requirements.items())
        and set(a.sales.counting_products) == set(b.sales.counting_products)
        and _without_clause(a.points.sale) == _without_clause(b.points.sale)
        and _without_clause(a.points.project) == _without_clause(b.points.project)
    )


def same_seats(a: Rules, b: Rules) -> bool:
    """Whether clients' coverage, and with it every seat change, is the same under both (T3.3).

    From which day on seats decide does not matter: they are counted before it too.
    """
    return _all_the_same(a, b, _seats_the_same)


def _seats_the_same(a: Rulebook, b: Rulebook) -> bool:
    return (
        a.time_zone == b.time_zone
        and a.seats.paid_months == b.seats.paid_months
        and set(a.seats.purchase_products) == set(b.seats.purchase_products)
    )


def _without_clause(section: Any) -> dict[str, Any]:
    figures: dict[str, Any] = section.model_dump(exclude={"clause"})
    if "products" in figures:
        figures["products"] = set(figures["products"])
    return figures
