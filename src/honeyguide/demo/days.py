"""Days reckoned from today, so that the demonstration is always about now."""

from calendar import monthrange
from datetime import date


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the month's last day where it is shorter."""
    month = day.year * 12 + day.month - 1 - months
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 28 February for 29."""
    return months_before(day, 12 * years)
