"""The day of a page of a partner's file: `?as_of=`, kept in the address from section to section."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from honeyguide.access.person import PersonRequest
from honeyguide.common.clock import day_over
from honeyguide.common.local import day_of

FIRST_DAY = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class AsOf:
    """The day that a page shows.

    `asked`: as the address has it; `problem`: what is wrong with that, in words; `ignored`: a day was asked for on a
    page that shows today alone.
    """

    day: date
    today: date
    asked: str = ""
    problem: str = ""
    ignored: bool = False

    @property
    def is_past(self) -> bool:
        """Whether it is a day before today."""
        return self.day < self.today

    @property
    def query(self) -> str:
        """What keeps the day in the addresses of the other sections."""
        return f"?as_of={self.asked}" if self.asked and not self.problem else ""

    @property
    def end(self) -> datetime:
        """The instant at which the day is over."""
        return day_over(self.day)


def as_of(request: PersonRequest, *, has_past: bool = True) -> AsOf:
    """The day that the address asks for; today without one, with a wrong one, and where a page has no past."""
    asked, today = request.GET.get("as_of", "").strip(), request.today
    if not asked:
        return AsOf(today, today)
    day = day_of(asked)
    if day is None or len(asked) != len(day.isoformat()):
        return AsOf(today, today, asked, _("Expected a day, like 2026-03-01."))
    if not FIRST_DAY <= day <= today:
        return AsOf(today, today, asked, _("Expected a day up to today: what lies ahead is in the outlook."))
    return AsOf(day, today, asked) if has_past else AsOf(today, today, asked, ignored=day != today)
