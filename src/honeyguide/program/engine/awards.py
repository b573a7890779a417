"""What a sale or a project is worth in points, by the rulebook alone (G1.1-G1.3, readings 11 and 12)."""

import numpy as np
import polars as pl

from honeyguide.program.engine.figures import Ints, hundredths
from honeyguide.program.engine.kernels.arithmetic import awards
from honeyguide.program.engine.kernels.days import FAR
from honeyguide.program.history.events import PLANS, PRODUCTS, PROJECT_MODULES, SALE_MODULES
from honeyguide.program.rulebook import Rulebook

_MODULES = ("modules_1", "modules_2", "modules_3")


def sale_awards(sales: pl.DataFrame, rulebook: Rulebook) -> Ints:
    """Points of sale.paid events (rows of History.events) as if the partner is active: 0 for products that earn none.

    5 % of net, half up, so much a licence by plan, and a surcharge by module on both, half up (G1.1, G1.2).
    """
    rule = rulebook.points.sale
    earning = np.array([product in rule.products for product in PRODUCTS])
    surcharge = _weighted(sales, [hundredths(rule.module_percent[name]) for name in SALE_MODULES])
    bands = rule.extended_licence_points
    limits = np.array([FAR if b.up_to_seats_count is None else b.up_to_seats_count for b in bands], dtype=np.int64)
    each = np.array([b.points for b in bands], dtype=np.int64)[np.searchsorted(limits, _ints(sales, "seats"))]
    basic = _ints(sales, "plan") == PLANS.index("basic")
    by_licence = _ints(sales, "licences") * np.where(basic, rule.basic_licence_points, each)
    worth = awards(_ints(sales, "amount_minor"), hundredths(rule.net_percent), by_licence, surcharge)
    return np.where(earning[_ints(sales, "product")], worth, 0)


def project_awards(projects: pl.DataFrame, rulebook: Rulebook) -> Ints:
    """Points of project.delivered events: so much a module by grade; with integration a multiple, up to a limit (G1.3).

    0 where the report or the checklist is missing.
    """
    rule = rulebook.points.project
    points = _weighted(projects, [rule.module_points[name] for name in PROJECT_MODULES])
    integrated = np.minimum(points * rule.integration_factor, rule.integration_max_points)
    points = np.where(_ints(projects, "flag") == 1, integrated, points)
    return np.where(_ints(projects, "documented") == 1, points, 0)


def _weighted(events: pl.DataFrame, weights: list[int]) -> Ints:
    """Modules of each class times a weight, added up."""
    total = np.zeros(events.height, dtype=np.int64)
    for name, weight in zip(_MODULES, weights, strict=True):
        total += _ints(events, name) * weight
    return total


def _ints(events: pl.DataFrame, name: str) -> Ints:
    return events[name].to_numpy().astype(np.int64)
