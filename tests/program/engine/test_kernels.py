"""Days, shares and awards of the kernels against Python's own arithmetic."""

from datetime import date, timedelta
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reference.days import add_months as plus_months

from honeyguide.program.engine.figures import day_number
from honeyguide.program.engine.kernels.arithmetic import half_up, percent_of_money, percent_of_points, share
from honeyguide.program.engine.kernels.days import add_months, first_trailing_day

EPOCH = date(1970, 1, 1)
DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))


def exactly_half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2023, 2, 28), 12, date(2024, 2, 28)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2025, 10, 31), 1, date(2025, 11, 30)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
    ],
)
def test_a_month_or_a_year_later_stops_at_the_months_last_day(day: date, months: int, expected: date) -> None:
    assert add_months(day_number(day), months) == day_number(expected)


@given(DAYS, st.integers(-600, 600))
def test_months_are_added_as_the_calendar_has_them(day: date, months: int) -> None:
    assert EPOCH + timedelta(days=add_months(day_number(day), months)) == plus_months(day, months)


@given(DAYS, st.integers(1, 36))
def test_the_trailing_window_begins_with_the_first_day_whose_months_are_not_over(day: date, months: int) -> None:
    number = day_number(day)
    first = first_trailing_day(number, months)
    assert add_months(first, months) > number
    assert add_months(first - 1, months) <= number


@given(st.integers(0, 10**15), st.integers(1, 10**15))
def test_half_up_is_exact(numerator: int, denominator: int) -> None:
    assert half_up(numerator, denominator) == exactly_half_up(Fraction(numerator, denominator))


@given(st.integers(0, 10**13), st.integers(1, 10**14), st.data())
def test_a_share_is_exact_beyond_64_bits(points: int, whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    assert share(points, part, whole) == exactly_half_up(Fraction(points * part, whole))


def test_a_share_of_nothing_is_nothing() -> None:
    assert share(100, 0, 0) == 0


@pytest.mark.clause("G1.1")
@pytest.mark.parametrize(
    ("net_minor", "points"),
    [(0, 0), (100_00, 5), (110_00, 6), (109_99, 5), (10_00, 1), (9_99, 0), (99_999_999_999_999, 50_000_000_000)],
)
def test_five_percent_of_net_is_rounded_half_up_to_points(net_minor: int, points: int) -> None:
    assert percent_of_money(net_minor, 500) == points


@given(st.integers(0, 10**14), st.integers(0, 10_000))
def test_a_percentage_of_money_is_exact(net_minor: int, percent: int) -> None:
    assert percent_of_money(net_minor, percent) == exactly_half_up(Fraction(net_minor * percent, 1_000_000))


@given(st.integers(0, 10**11), st.integers(0, 1_000_000))
def test_a_percentage_of_points_is_exact_above_a_hundred_too(points: int, percent: int) -> None:
    assert percent_of_points(points, percent) == exactly_half_up(Fraction(points * percent, 10_000))
