"""The first page of the points: what there is, where it puts the company, what lies ahead."""

from django.http import HttpResponse
from django.shortcuts import render

from honeyguide.access.person import PersonRequest
from honeyguide.bonuses.queries import account_of
from honeyguide.common.errors import Invalid
from honeyguide.insights.queries import items_of, line_of, movements_of
from honeyguide.portal.views.points.cabinet import SOON_DAYS, Cabinet
from honeyguide.portal.views.status import company_of, day_asked, standing_at
from honeyguide.rewards.explain import explain_savings
from honeyguide.rewards.savings import year_of_savings
from honeyguide.standing.explain import explain_rank
from honeyguide.standing.queries import rank_today

RECENT_SHOWN = 6


def overview(request: PersonRequest) -> HttpResponse:
    """Balance by expiry, rank and the distance to the next place, charts; as of today or of the day asked for."""
    partner, standing = company_of(request)
    error = ""
    if "as_of" in request.GET:
        try:
            day = day_asked(request, partner)
        except Invalid as invalid:
            error = invalid.message
        else:
            standing = standing_at(request, partner, day)
    cabinet = Cabinet(partner, standing, request.today)
    rank = rank_today(standing) if cabinet.is_today else None
    recent = list(movements_of(partner).filter(day__lte=cabinet.day)[:RECENT_SHOWN])
    items = items_of(row.reference for row in recent)
    year, quarters = year_of_savings(partner, cabinet.day)
    context = {
        "cabinet": cabinet,
        "savings": year,
        "savings_why": explain_savings(year, quarters),
        "standing": standing,
        "rank": rank,
        "rank_why": explain_rank(standing, rank) if cabinet.is_today else None,
        "soon_days": SOON_DAYS,
        "accrued": cabinet.accrued(),
        "moved": cabinet.moved(),
        "lapsing": cabinet.lapsing(),
        "recent": [line_of(row, items) for row in recent],
        "bonuses": account_of(partner, cabinet.day),
        "as_of_error": error,
    }
    return render(request, "portal/points/overview.html", context, status=422 if error else 200)
