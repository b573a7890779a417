"""Why a lot has so many points: the parts of its award, by the rulebook of its own day."""

from collections.abc import Iterable

from honeyguide.common.explanation import Explanation
from honeyguide.insights.models import Movement


def explanations_of(rows: Iterable[Movement]) -> dict[int, Explanation]:
    """By movement, the explanation of its award; of accruals alone."""
    return {}
