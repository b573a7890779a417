"""The points of the whole program at a glance."""

from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import render

from honeyguide.access.person import PersonRequest
from honeyguide.standing.models import Standing


def overview(request: PersonRequest) -> HttpResponse:
    """What all partners have together."""
    sums = Standing.objects.aggregate(active=Sum("points_active"), available=Sum("points_available"))
    return render(request, "console/points/overview.html", {"sums": sums})
