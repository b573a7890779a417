"""What this room knows to be due, for the digest that partners get."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.common.clock import program_day
from honeyguide.earning.models import Project, ProjectState
from honeyguide.partners.models import Partner
from honeyguide.standing.digest import Due


def links_due(partner: Partner, day: date, last: date) -> list[Due]:
    """Links of clients that end from a day to a day without an answer (G1.3)."""
    rows = Project.objects.filter(partner=partner, state=ProjectState.ACCEPTED, link_expires_at__isnull=False)
    ends = [(program_day(row.link_expires_at), row) for row in rows if row.link_expires_at is not None]
    return [
        Due(
            on,
            _("The client's link ends without a confirmation: %(project)s") % {"project": row.title},
            (row.client,),
            reverse("portal:points_earn_project", args=[row.uid]),
        )
        for on, row in ends
        if day <= on <= last
    ]
