"""Business reviews on the partner's side: when, who comes, what was said (T3.1.3b)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest
from honeyguide.common.errors import Refusal
from honeyguide.portal.views.notices import company_of
from honeyguide.reviews import queries, services
from honeyguide.reviews.calendar import CONTENT_TYPE, calendar_of, file_name
from honeyguide.reviews.models import Answer, BusinessReview, ReviewState, Side


def business_reviews(request: PersonRequest) -> HttpResponse:
    """Those to come, with who comes; then those that were; and the quarters that the program asks for."""
    partner, user = company_of(request.person)
    reviews = list(queries.reviews_of(partner))
    standing, evidence = request.person.standing, queries.days_of_evidence([partner.key]).get(partner.key, [])
    ahead = [review for review in reversed(reviews) if _is_ahead(review, request)]
    return render(
        request,
        "portal/business_reviews.html",
        {
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
            "over": [
                {
                    "review": review,
                    "were_there": [str(each.user) for each in review.attendees.all() if each.was_there],
                }
                for review in reviews
                if review not in ahead
            ],
            "quarters": queries.quarters(standing, reviews, evidence) if standing is not None else [],
            "may_answer": not request.person.viewing_as,
        },
    )


def _is_ahead(review: BusinessReview, request: PersonRequest) -> bool:
    return review.state == ReviewState.PLANNED and review.ends_at > request.now


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
    review = queries.find(uid, partner)
    response = HttpResponse(calendar_of(review), content_type=f"{CONTENT_TYPE}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name(review)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
