"""A partner's own events as pages and explanations read them: one query for all of them."""

from datetime import date, datetime

from honeyguide.common.clock import day_over, program_zone
from honeyguide.history.queries import own_events
from honeyguide.partners.models import Partner
from honeyguide.standing.happenings import Happening


def happenings_of(partner: Partner, day: date) -> list[Happening]:
    """The partner's events of the program up to the end of a day, in the order in which the engine takes them."""
    rows = own_events([partner.key]).filter(at__lt=day_over(day)).order_by("at", "seq")
    zone = program_zone()
    return [
        Happening(at.astimezone(zone).date(), kind, data) for at, kind, data in rows.values_list("at", "type", "data")
    ]


def first_day(partner: Partner) -> date | None:
    """The program day of the partner's first event; None without one."""
    first: datetime | None = own_events([partner.key]).order_by("at").values_list("at", flat=True).first()
    return None if first is None else first.astimezone(program_zone()).date()
