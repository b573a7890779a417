"""Reviews in a partner's file: what its status is decided by, its quarters, its business reviews (T3.1.3b, T3.4)."""

from datetime import datetime
from typing import Any, cast

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from honeyguide.access.person import PersonRequest
from honeyguide.access.table import MANAGERS
from honeyguide.common import local
from honeyguide.console.partner_list import PartnerList
from honeyguide.reviews import queries
from honeyguide.reviews.models import BusinessReview
from honeyguide.reviews.review_list import TeamReviewTable, TimedReviewFilters


class ReviewsInFile(TeamReviewTable):
    """The day leads to the review; where it is."""

    place = tables.Column(
        verbose_name=gettext_lazy("Where"), order_by=("place", "-starts_at"), attrs={"td": {"class": "text-break"}}
    )

    class Meta:
        order_by = ("-starts_at",)
        sequence = ("starts_at", "state", "place", "...")

    def render_starts_at(self, value: datetime, record: BusinessReview) -> SafeString:
        """The instant."""
        url = reverse("console:business_review", args=[record.uid])
        return format_html('<a href="{}">{}</a>', url, local.moment_text(value))


class PartnerReviews(PartnerList):
    """The list of business reviews, below what they are about."""

    table_class = ReviewsInFile
    filterset_class = TimedReviewFilters
    search_fields = ("place", "agenda", "summary", "attendees__user__name")
    search_label = gettext_lazy("Person or words")
    export_name = "partner-business-reviews"
    template_name = "console/partner_reviews.html"
    empty_icon = "presentation"
    empty_title = gettext_lazy("No business reviews yet")
    empty_text = gettext_lazy("One that is planned appears here, and in the partner's notices.")

    def get_queryset(self) -> QuerySet[BusinessReview]:
        """The partner's own."""
        return queries.reviews_of(self.partner)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """What decides about the status, and the quarters."""
        found = super().get_context_data(**context)
        standing, evidence = found["head"], queries.days_of_evidence(self.partner)
        return {
            **found,
            "standing": standing,
            "keep": queries.keeping(standing) if standing is not None else None,
            "quarters": queries.quarters(standing, queries.reviews_of(self.partner), evidence) if standing else [],
            "may_plan": cast("PersonRequest", self.request).person.kind in MANAGERS,
        }
