"""Business reviews on the partner's side: when, who comes, what was said (T3.1.3b)."""

from typing import Any, cast

import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest
from honeyguide.common.columns import DayColumn
from honeyguide.common.errors import Refusal
from honeyguide.common.lists import ListPage
from honeyguide.common.local import NOTHING
from honeyguide.common.templatetags.honeyguide import chip
from honeyguide.portal.views.notices import company_of
from honeyguide.reviews import queries, services
from honeyguide.reviews.calendar import calendar_response
from honeyguide.reviews.models import Answer, BusinessReview, ReviewState, Side
from honeyguide.reviews.review_list import ReviewFilters, ReviewTable


class EarlierReviews(ReviewTable):
    """The columns of the list of what was."""

    starts_at = DayColumn(verbose_name=gettext_lazy("Day"), order_by=("starts_at", "uid"))
    there = tables.Column(
        verbose_name=gettext_lazy("Who was there"), accessor="attendees", orderable=False, empty_values=()
    )
    minutes = tables.TemplateColumn(
        "{% firstof record.summary record.cancel_reason as said %}{{ said|default:'–'|linebreaks }}",
        verbose_name=gettext_lazy("Minutes of the meeting"), orderable=False, attrs={"td": {"class": "text-break"}},
    )  # fmt: skip

    class Meta:
        order_by = ("-starts_at",)

    def render_state(self, record: BusinessReview) -> SafeString:
        """The state; planned and over means that nobody has written down how it went."""
        if record.state == ReviewState.PLANNED:
            return chip(_("Not recorded yet"), "gray", "clock")
        return super().render_state(record)

    def render_there(self, record: BusinessReview) -> str:
        """Names of both sides."""
        return ", ".join(str(each.user) for each in record.attendees.all() if each.was_there) or NOTHING

    def value_there(self, record: BusinessReview) -> str:
        """For the file."""
        return ", ".join(str(each.user) for each in record.attendees.all() if each.was_there)


class BusinessReviews(ListPage):
    """Those to come, with who comes; the quarters that the program asks for; and the list of those that were."""

    table_class = EarlierReviews
    filterset_class = ReviewFilters
    search_fields = ("summary", "agenda", "place", "cancel_reason", "attendees__user__name")
    search_label = gettext_lazy("Person or words")
    export_name = "business-reviews"
    template_name = "portal/business_reviews.html"

    def get_queryset(self) -> QuerySet[BusinessReview]:
        """The company's own that are over or were called off."""
        request = cast("PersonRequest", self.request)
        partner, _user = company_of(request.person)
        self.reviews = list(queries.reviews_of(partner))
        ahead = [review.pk for review in self.reviews if _is_ahead(review, request)]
        return queries.reviews_of(partner).exclude(pk__in=ahead)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """What is to come."""
        request = cast("PersonRequest", self.request)
        partner, user = company_of(request.person)
        standing, evidence = request.person.standing, queries.days_of_evidence(partner)
        ahead = [review for review in reversed(self.reviews) if _is_ahead(review, request)]
        return {
            **context,
            "ahead": [
                {
                    "review": review,
                    "people": queries.on_side(review, Side.PARTNER),
                    "team": queries.on_side(review, Side.TEAM),
                    "mine": next((each.answer for each in review.attendees.all() if each.user_id == user.pk), ""),
                    "open": review.starts_at > request.now,
                }
                for review in ahead
            ],
            "any_over": len(ahead) < len(self.reviews),
            "quarters": queries.quarters(standing, self.reviews, evidence) if standing is not None else [],
            "may_answer": not request.person.viewing_as,
        }


def _is_ahead(review: BusinessReview, request: PersonRequest) -> bool:
    return review.state == ReviewState.PLANNED and review.ends_at > request.now


business_reviews = BusinessReviews.as_view()


@require_POST
def business_review_answer(request: PersonRequest, uid: str) -> HttpResponse:
    """Say whether one comes."""
    partner, user = company_of(request.person)
    review = queries.find(uid, partner)
    comes = request.POST.get("answer") == Answer.YES
    try:
        services.answer(review=review, user=user, comes=comes, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("You come.") if comes else _("You do not come."))
    return redirect("portal:business_reviews")


def business_review_file(request: PersonRequest, uid: str) -> HttpResponse:
    """The appointment for a calendar."""
    partner, _user = company_of(request.person)
    return calendar_response(queries.find(uid, partner))
