"""What this room knows to be due, for the digest that partners get."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.conduct.queries import measures_in_force
from honeyguide.partners.models import Partner
from honeyguide.standing.digest import Due


def measures_due(partner: Partner, day: date, last: date) -> list[Due]:
    """Measures whose last day is from a day to a day (T14)."""
    return [
        Due(
            record.until,
            _("Last day of a measure: %(measure)s") % {"measure": record.title},
            (record.reason,) if record.reason else (),
            reverse("portal:home"),
        )
        for record in measures_in_force(day, partner=partner.key)
        if record.until is not None and record.until <= last
    ]
