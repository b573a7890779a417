"""Reading 1: program days and how months and years are counted on them."""

import calendar
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


def program_day(at: datetime, zone: ZoneInfo) -> date:
    """Reading 1: decisions are by program day, in the program's time zone."""
    return at.astimezone(zone).date()


@cache
def add_months(day: date, months: int) -> date:
    """Reading 1: the same day so many months later; where that month is shorter, its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def trailing_year_holds(happened: date, months: int, day: date) -> bool:
    """Reading 1: what happened on d lies in the trailing year of D while d <= D < d + 1 year (here: so many months)."""
    return happened <= day < add_months(happened, months)


def trailing_year_starts(day: date, months: int) -> date:
    """Answer, `window`: the first d with d + 1 year > D, found by trying one day after another."""
    first = add_months(day, -months) - 4 * ONE_DAY
    while not add_months(first, months) > day:
        first += ONE_DAY
    return first
