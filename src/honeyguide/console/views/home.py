"""The operator's first page."""

from django.http import HttpResponse
from django.shortcuts import render

from honeyguide.access.person import PersonRequest


def home(request: PersonRequest) -> HttpResponse:
    """What waits for a decision."""
    return render(request, "console/home.html")
