"""Months, quarters and years of the program's calendar, for statements and figures."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from honeyguide.common.days import add_months
from honeyguide.common.errors import NotFound
from honeyguide.common.local import day_text, month_text

MONTHS = {"month": 1, "quarter": 3, "year": 12}
"""Lengths of periods, by the word in the address."""
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Whole months; `last` is included. A period that runs is cut at the day up to which is known."""

    first: date
    last: date

    @property
    def key(self) -> str:
        """Its first month as the address has it: 2026-11."""
        return f"{self.first:%Y-%m}"

    @property
    def text(self) -> str:
        """In words: the month, or its first and last day."""
        if (self.first.year, self.first.month) == (self.last.year, self.last.month) and self.is_whole:
            return month_text(self.first)
        return _("%(first)s to %(last)s") % {"first": day_text(self.first), "last": day_text(self.last)}

    @property
    def is_whole(self) -> bool:
        """Whether it ends with a month."""
        return (self.last + timedelta(days=1)).day == 1


def month_of(day: date) -> Period:
    """The month of a day."""
    return Period(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))


def before(period: Period, length: str) -> Period:
    """The period of the same length that ends right before one."""
    return trailing(period.first - timedelta(days=1), length)


def trailing(day: date, length: str) -> Period:
    """The month, quarter or year that ends with a day: as many whole months back. Raises KeyError for a length."""
    return Period(add_months(day, -MONTHS[length]) + timedelta(days=1), day)


def in_months(period: Period) -> list[tuple[bool, Period]]:
    """A period in parts, for sums of months and of days: its whole months (True), and the days before and after them.

    Days of two months are two parts.
    """
    months_from = period.first if period.first.day == 1 else add_months(period.first.replace(day=1), 1)
    months_to = (period.last + timedelta(days=1)).replace(day=1)
    if months_from > months_to:
        return [(False, period)]
    parts = [
        (False, Period(period.first, months_from - timedelta(days=1))),
        (True, Period(months_from, months_to - timedelta(days=1))),
        (False, Period(months_to, period.last)),
    ]
    return [(whole, part) for whole, part in parts if part.first <= part.last]


def month_asked(text: str, *, first: date, today: date) -> Period:
    """The month of an address ("2026-11"), whole or up to today. Raises NotFound for none, or one without figures."""
    found = _MONTH.fullmatch(text)
    if found is None or not 1 <= int(found[2]) <= 12 or not int(found[1]):
        raise NotFound(_("This is not a month. Choose one in the list."))
    month = month_of(date(int(found[1]), int(found[2]), 1))
    if month.first > today or month.last < first:
        raise NotFound(_("There are no figures of this month. Choose one in the list."))
    return Period(month.first, min(month.last, today))


def months_between(first: date, last: date) -> list[Period]:
    """The months from one day to another, the latest first; each whole but for the last, which ends on `last`."""
    found = []
    month = month_of(last)
    while month.last >= first:
        found.append(Period(month.first, min(month.last, last)))
        month = month_of(month.first - timedelta(days=1))
    return found
