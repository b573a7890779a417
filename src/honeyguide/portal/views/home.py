"""Where a visitor arrives, and the partner's first page."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from honeyguide.access.person import PersonRequest


def landing(request: PersonRequest) -> HttpResponse:
    """Send each visitor to their own first page."""
    person = request.person
    if person.user is None:
        return redirect("account_login")
    return redirect("console:home" if person.user.is_operator and not person.viewing_as else "portal:home")


def home(request: PersonRequest) -> HttpResponse:
    """The partner's first page."""
    return render(request, "portal/home.html")
