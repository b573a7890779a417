"""Where a visitor arrives, and the partner's first page."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from honeyguide.access.person import PersonRequest
from honeyguide.portal.home_page import HomePage
from honeyguide.portal.views.application import application_page
from honeyguide.standing.explain import explain_rank
from honeyguide.standing.queries import rank_today


def landing(request: PersonRequest) -> HttpResponse:
    """Send each visitor to their own first page."""
    person = request.person
    if person.user is None:
        return redirect("account_login")
    return redirect("console:home" if person.user.is_operator and not person.viewing_as else "portal:home")


def home(request: PersonRequest) -> HttpResponse:
    """The partner's first page: what is due and what it is worth; the application where there is no more to see yet."""
    person = request.person
    if person.partner is None or person.user is None or person.standing is None or not person.sees_dashboard:
        return application_page(request)
    page = HomePage(person.partner, person.standing, request.today, person.user)
    rank = rank_today(page.standing)
    context = {
        "page": page,
        "story": page.story,
        "standing": page.standing,
        "rank": rank,
        "rank_why": explain_rank(page.standing, rank),
    }
    return render(request, "portal/home.html", context)
