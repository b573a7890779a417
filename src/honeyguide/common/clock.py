"""The clock. It is read at the edge alone (a request, a task, a command) and handed in as an argument from there."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from honeyguide.common.rulebooks import first_rulebook


def read() -> datetime:
    """The instant now, UTC, to the microsecond."""
    return datetime.now(UTC)


def program_day(now: datetime) -> date:
    """The program day of an instant: the calendar day in the rulebook's time zone."""
    return now.astimezone(program_zone()).date()


def program_zone() -> ZoneInfo:
    """The time zone in which the program's days begin and end."""
    return ZoneInfo(first_rulebook().time_zone)


def end_of_day(day: date) -> datetime:
    """The last instant of a program day."""
    return day_over(day) - timedelta(microseconds=1)


def day_over(day: date) -> datetime:
    """The instant at which a program day is over."""
    return start_of_day(day + timedelta(days=1))


def start_of_day(day: date) -> datetime:
    """The first instant of a program day."""
    return datetime(day.year, day.month, day.day, tzinfo=program_zone()).astimezone(UTC)
