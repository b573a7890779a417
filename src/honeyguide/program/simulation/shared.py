"""What two replays of one history can share, told from the rulebooks alone."""

from typing import Any

from honeyguide.program.rulebook import Rulebook


def same_layout(a: Rulebook, b: Rulebook) -> bool:
    """Whether a history lies in the same way for the kernels under both.

    The layout holds program days, the points of each sale and project as if due, whether a product counts, and the bit
    of each fact, which is the place of its requirement in the rulebook.
    """
    return (
        a.time_zone == b.time_zone
        and list(a.requirements.items()) == list(b.requirements.items())
        and set(a.sales.counting_products) == set(b.sales.counting_products)
        and _without_clause(a.points.sale) == _without_clause(b.points.sale)
        and _without_clause(a.points.project) == _without_clause(b.points.project)
    )


def same_seats(a: Rulebook, b: Rulebook) -> bool:
    """Whether clients' coverage, and with it every seat change, is the same under both (T3.3).

    From which day on seats decide does not matter: they are counted before it too.
    """
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
