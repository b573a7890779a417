"""The drawing of the sales curve: words keep clear of the curve, and every status has its name."""

from datetime import date
from decimal import Decimal

from honeyguide.common.days import month_ends
from honeyguide.standing.curve import Curve, Month, Target
from honeyguide.standing.drawing import Drawing, drawing_of
from honeyguide.standing.story import Step

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
TARGET = Target("gold", "reach", Decimal(1000))


def drawn(*trailing: int, reached_on: date = date(2026, 7, 1)) -> Drawing:
    months = [
        Month(end.replace(day=1), end, Decimal(0), Decimal(sums), "bronze")
        for end, sums in zip(month_ends(FIRST, LAST), trailing, strict=True)
    ]
    steps = [
        Step(FIRST, "", "bronze", "accepted", "", regained=False, rows=()),
        Step(reached_on, "bronze", "silver", "upgraded", "", regained=False, rows=()),
    ]
    found = drawing_of(Curve(tuple(months), (TARGET,)), steps, LAST)
    assert found is not None
    return found


def test_a_targets_words_stand_where_the_curve_is_not() -> None:
    rising = drawn(0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1050)
    assert [(line.anchor, line.words_x) for line in rising.targets] == [("start", "0%")]
    falling = drawn(1050, 1000, 900, 800, 700, 600, 500, 400, 300, 200, 100, 0)
    assert [(line.anchor, line.words_x) for line in falling.targets] == [("end", "100%")]


def test_a_stretch_too_narrow_for_its_name_asks_for_a_key() -> None:
    assert not drawn(*[0] * 12).has_narrow_bands
    assert drawn(*[0] * 12, reached_on=date(2026, 1, 20)).has_narrow_bands
