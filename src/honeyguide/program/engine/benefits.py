"""The entitlements that a standing brings (T3.1, T7, T14, reading 10).

Partners share few combinations of status, facts and measures: each combination is worked out once.
"""

from decimal import Decimal

import polars as pl

from honeyguide.program.engine.figures import Ints, fact_bits
from honeyguide.program.engine.kernels.state import ACTIVE, F_FACTS, F_MEASURES, F_STATE, F_STATUS
from honeyguide.program.history.events import MEASURES
from honeyguide.program.rulebook import Rulebook

_BLOCK = 1 << MEASURES.index("block_access")


def entitlements(rulebook: Rulebook, standings: Ints) -> pl.Series:
    """Sorted names of entitlements, List(String), one row a standing."""
    keys = pl.DataFrame(
        {
            "active": standings[:, F_STATE] == ACTIVE,
            "status": standings[:, F_STATUS],
            "facts": standings[:, F_FACTS] & fact_bits(rulebook, tuple(rulebook.entitlements.after)),
            "measures": standings[:, F_MEASURES],
        }
    )
    found = keys.unique(maintain_order=True)
    entitled = [
        _entitlements(rulebook, status, facts, measures) if active else []
        for active, status, facts, measures in found.iter_rows()
    ]
    found = found.with_columns(pl.Series("entitlements", entitled, dtype=pl.List(pl.String)))
    return keys.join(found, on=keys.columns, how="left", maintain_order="left")["entitlements"]


def percent_text(value: int) -> str:
    """Hundredths of a percent as the shortest decimal: 2000 -> "20", 1250 -> "12.5"."""
    return format((Decimal(value) / 100).normalize(), "f")


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
