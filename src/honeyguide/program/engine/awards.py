"""What a sale or a project is worth in points, by the rulebook alone (G1.1-G1.3, readings 11 and 12)."""

import numpy as np
import polars as pl

from honeyguide.program.engine.columns import column
from honeyguide.program.engine.figures import Ints, hundredths
from honeyguide.program.engine.kernels.awards import SaleRates, Sales, sale_points
from honeyguide.program.engine.kernels.days import FAR
from honeyguide.program.engine.threads import in_parts
from honeyguide.program.history.events import PLANS, PRODUCTS, PROJECT_MODULES, SALE_MODULES
from honeyguide.program.rulebook import Rulebook


def sale_awards(events: pl.DataFrame, rows: Ints, rulebook: Rulebook) -> Ints:
    """Points of the sale.paid events in some rows as if the partner is active: 0 for products that earn none.

    5 % of net, half up, so much a licence by plan, and a surcharge by module on both, half up (G1.1, G1.2).
    """
    rule = rulebook.points.sale
    bands = rule.extended_licence_points
    rates = SaleRates(
        earning=np.array([product in rule.products for product in PRODUCTS], dtype=np.int64),
        net_percent=hundredths(rule.net_percent),
        basic=PLANS.index("basic"),
        basic_points=rule.basic_licence_points,
        band_seats=np.array([FAR if b.up_to_seats_count is None else b.up_to_seats_count for b in bands]),
        band_points=np.array([b.points for b in bands]),
        module_percents=np.array([hundredths(rule.module_percent[name]) for name in SALE_MODULES]),
    )
    sales = Sales(
        net=column(events, "amount_minor", np.int64),
        product=column(events, "product", np.int8),
        plan=column(events, "plan", np.int8),
        licences=column(events, "licences", np.int64),
        seats=column(events, "seats", np.int64),
        modules_1=column(events, "modules_1", np.int32),
        modules_2=column(events, "modules_2", np.int32),
        modules_3=column(events, "modules_3", np.int32),
    )
    worth = np.empty(len(rows), dtype=np.int64)
    in_parts(len(rows), lambda low, high: sale_points(worth, sales, rows, rates, low, high))
    return worth


def project_awards(events: pl.DataFrame, rows: Ints, rulebook: Rulebook) -> Ints:
    """Points of the project.delivered events in some rows: so much a module by grade; with integration a multiple.

    0 where the report or the checklist is missing (G1.3, reading 12).
    """
    rule = rulebook.points.project
    points = np.zeros(len(rows), dtype=np.int64)
    for name, grade in zip(("modules_1", "modules_2", "modules_3"), PROJECT_MODULES, strict=True):
        points += column(events, name, np.int32)[rows] * np.int64(rule.module_points[grade])
    integrated = np.minimum(points * rule.integration_factor, rule.integration_max_points)
    points = np.where(column(events, "flag", np.int8)[rows] == 1, integrated, points)
    return np.where(column(events, "documented", np.int8)[rows] == 1, points, 0)
