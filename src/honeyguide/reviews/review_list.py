"""Lists of business reviews: their columns and filters, for the team and for a partner (T3.1.3b)."""

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from honeyguide.common.columns import MomentColumn
from honeyguide.common.templatetags.honeyguide import chip
from honeyguide.reviews import queries
from honeyguide.reviews.models import Answer, BusinessReview, ReviewState, Side

TONES = {
    ReviewState.PLANNED: ("blue", "calendar-event"),
    ReviewState.HELD: ("green", "circle-check"),
    ReviewState.MISSED: ("red", "circle-x"),
    ReviewState.CANCELLED: ("gray", "ban"),
}


def review_chip(review: BusinessReview) -> SafeString:
    """The state of a review."""
    return chip(review.get_state_display(), *TONES[ReviewState(review.state)])


class ReviewTable(tables.Table):
    """The columns of every list of reviews."""

    starts_at = MomentColumn(verbose_name=gettext_lazy("Begins"), order_by=("starts_at", "uid"))
    state = tables.Column(verbose_name=gettext_lazy("State"), order_by=("state", "-starts_at"))

    def render_state(self, record: BusinessReview) -> SafeString:
        """The state."""
        return review_chip(record)

    def value_state(self, record: BusinessReview) -> str:
        """The word alone, for the file."""
        return record.get_state_display()


class TeamReviewTable(ReviewTable):
    """What the team sees besides."""

    coming = tables.Column(
        verbose_name=gettext_lazy("Who comes"), accessor="attendees", orderable=False, empty_values=()
    )
    organizer = tables.Column(
        verbose_name=gettext_lazy("Organiser"), accessor="organizer__name", order_by=("organizer__name", "-starts_at")
    )

    def render_coming(self, record: BusinessReview) -> str:
        """Those of the partner who come or were there."""
        people = queries.on_side(record, Side.PARTNER)
        if record.state in {ReviewState.HELD, ReviewState.MISSED}:
            names = [str(attendee.user) for attendee in people if attendee.was_there]
        else:
            names = [str(attendee.user) for attendee in people if attendee.answer == Answer.YES]
        return ", ".join(names) or _("Nobody yet")


class ReviewFilters(django_filters.FilterSet):
    """What a list of reviews can be narrowed to."""

    state = django_filters.ChoiceFilter(
        choices=ReviewState.choices, label=gettext_lazy("State"), empty_label=gettext_lazy("Any state")
    )

    class Meta:
        model = BusinessReview
        fields: ClassVar[list[str]] = []


class TimedReviewFilters(ReviewFilters):
    """By time, too, where a list has those to come and those that were."""

    when = django_filters.ChoiceFilter(
        choices=[
            ("ahead", gettext_lazy("To come")),
            ("record", gettext_lazy("Over, not recorded")),
            ("over", gettext_lazy("Over")),
        ],
        method="by_time",
        label=gettext_lazy("When"),
        empty_label=gettext_lazy("At any time"),
    )

    def by_time(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """To come, over, or waiting to be recorded."""
        now = self.request.now
        if value == "ahead":
            return rows.filter(starts_at__gte=now)
        over = rows.filter(starts_at__lt=now)
        return over.filter(state=ReviewState.PLANNED) if value == "record" else over
