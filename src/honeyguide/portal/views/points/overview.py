"""The first page of the points: what there is, where it puts the company, what lies ahead."""

from django.http import HttpResponse
from django.shortcuts import render

from honeyguide.access.person import PersonRequest
from honeyguide.portal.views.status import company_of
from honeyguide.standing.explain import explain_rank
from honeyguide.standing.queries import rank_today


def overview(request: PersonRequest) -> HttpResponse:
    """The balance and the rank."""
    _partner, standing = company_of(request)
    rank = rank_today(standing)
    context = {"standing": standing, "rank": rank, "rank_why": explain_rank(standing, rank)}
    return render(request, "portal/points/overview.html", context)
