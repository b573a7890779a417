"""What a standing brings: discount and entitlements (T3.1, T3.6, T14, readings 10 and 18).

Partners share few combinations of status, facts and measures: each combination is worked out once.
"""

from decimal import Decimal

import polars as pl

from honeyguide.program.engine.figures import Ints, fact_bits, hundredths
from honeyguide.program.engine.kernels.state import ACTIVE, F_ADJUSTED, F_FACTS, F_MEASURES, F_STATE, F_STATUS
from honeyguide.program.history.events import MEASURES, NONE
from honeyguide.program.rulebook import Rulebook

_BLOCK = 1 << MEASURES.index("block_access")


def benefits(rulebook: Rulebook, standings: Ints) -> pl.DataFrame:
    """One row a standing: `discount_hundredths` Int64 (of a percent) and `entitlements` List(String), sorted."""
    asked = 0
    for status in rulebook.statuses:
        asked |= fact_bits(rulebook, status.discount_requires)
    asked |= fact_bits(rulebook, tuple(rulebook.entitlements.after))
    keys = pl.DataFrame(
        {
            "active": standings[:, F_STATE] == ACTIVE,
            "status": standings[:, F_STATUS],
            "facts": standings[:, F_FACTS] & asked,
            "measures": standings[:, F_MEASURES],
            "adjusted": standings[:, F_ADJUSTED],
        }
    )
    found = keys.unique(maintain_order=True)
    discounts, entitled = [], []
    for active, status, facts, measures, adjusted in found.iter_rows():
        discounts.append(_discount(rulebook, status, facts, measures, adjusted) if active else 0)
        entitled.append(_entitlements(rulebook, status, facts, measures) if active else [])
    found = found.with_columns(
        pl.Series("discount_hundredths", discounts, dtype=pl.Int64),
        pl.Series("entitlements", entitled, dtype=pl.List(pl.String)),
    )
    joined = keys.join(found, on=keys.columns, how="left", maintain_order="left")
    return joined.select("discount_hundredths", "entitlements")


def percent_text(value: int) -> str:
    """Hundredths of a percent as the shortest decimal: 2000 -> "20", 1250 -> "12.5"."""
    return format((Decimal(value) / 100).normalize(), "f")


def _discount(rulebook: Rulebook, status: int, facts: int, measures: int, adjusted: int) -> int:
    """Hundredths of a percent for an active partner (T3.1.1b, T3.1.2c, T3.1.3c, T3.6)."""
    held = rulebook.statuses[status]
    needed = fact_bits(rulebook, held.discount_requires)
    discount = hundredths(held.discount_percent) if facts & needed == needed else 0
    if adjusted != NONE:
        discount = min(discount, adjusted)
    if measures & _BLOCK:
        discount = min(discount, hundredths(rulebook.measures.block_access_discount_percent))
    return discount


def _entitlements(rulebook: Rulebook, status: int, facts: int, measures: int) -> list[str]:
    """Sorted names for an active partner."""
    names = {*rulebook.entitlements.every_partner, *rulebook.statuses[status].entitlements}
    for fact, more in rulebook.entitlements.after.items():
        if facts & fact_bits(rulebook, (fact,)):
            names |= set(more)
    for position, measure in enumerate(MEASURES):
        if measures & (1 << position):
            names -= set(rulebook.measures.takes.get(measure, ()))
    if measures & _BLOCK:
        names &= set(rulebook.measures.block_access_leaves)
    return sorted(names)
