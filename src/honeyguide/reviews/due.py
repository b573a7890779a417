"""What this room knows to be due, for the digest that partners get."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.common.clock import day_over, program_day, start_of_day
from honeyguide.common.local import moment_text
from honeyguide.partners.models import Partner
from honeyguide.reviews.models import ReviewState
from honeyguide.reviews.queries import reviews_of
from honeyguide.standing.digest import Due


def business_reviews_due(partner: Partner, day: date, last: date) -> list[Due]:
    """Business reviews that are planned for a day from a day to a day (T3.1.3b)."""
    planned = reviews_of(partner).filter(
        state=ReviewState.PLANNED,
        starts_at__gte=start_of_day(day),
        starts_at__lt=day_over(last),
    )
    return [
        Due(
            program_day(review.starts_at),
            _("Business review"),
            tuple(filter(None, (moment_text(review.starts_at), review.place))),
            reverse("portal:business_reviews"),
        )
        for review in planned
    ]
