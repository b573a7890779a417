"""The calendar of expiry: which points have their last day when (G4.5)."""

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render

from honeyguide.access.person import PersonRequest
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.insights.queries import reasons_of
from honeyguide.portal.views.points.cabinet import Cabinet
from honeyguide.portal.views.status import company_of
from honeyguide.rewards.queries import planned


def calendar(request: PersonRequest) -> HttpResponse:
    """By month and day, what expires, where it came from; beside it what is planned to be spent."""
    partner, standing = company_of(request)
    cabinet = Cabinet(partner, standing, request.today)
    months = []
    for month, found in groupby(cabinet.batches, key=lambda batch: batch.last_day.replace(day=1)):
        days = [(day, list(batches)) for day, batches in groupby(found, key=lambda batch: batch.last_day)]
        rows = [(day, sum(batch.left for batch in batches), batches) for day, batches in days]
        months.append((month, sum(points for _day, points, _batches in rows), rows))
    notices = current_rulebook().points.notices
    context = {
        "cabinet": cabinet,
        "months": months,
        "reasons": reasons_of(cabinet.batches),
        "lapsing": cabinet.lapsing(),
        "planned": planned(partner, request.today),
        "before_days": notices.before_days if notices else (),
    }
    return render(request, "portal/points/calendar.html", context)
