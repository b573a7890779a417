"""Arithmetic of program days (reading 1 of docs/readings.md), for what is shown; the engine has its own."""

import calendar
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """The same day so many months later (or earlier); where that month is shorter, its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def trailing_start(day: date, months: int) -> date:
    """The first day d whose months hold the day: d + months > day."""
    first = add_months(day, -months)
    while add_months(first, months) <= day:
        first += timedelta(days=1)
    return first


def month_ends(first: date, last: date) -> list[date]:
    """The last day of each month from that of `first` on; the last one is `last` itself."""
    ends: list[date] = []
    day = first
    while True:
        end = date(day.year, day.month, calendar.monthrange(day.year, day.month)[1])
        if end >= last:
            return [*ends, last]
        ends.append(end)
        day = end + timedelta(days=1)
