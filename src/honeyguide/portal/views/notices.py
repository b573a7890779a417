"""The company's notices: the list, one of them, and what comes by mail."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from honeyguide.access.person import PersonRequest
from honeyguide.notices.queries import notice_of, notices_for
from honeyguide.notices.services import mark_all_seen, mark_seen


def notices(request: PersonRequest) -> HttpResponse:
    """All that was sent to the company."""
    person = request.person
    assert person.partner is not None
    assert person.user is not None
    return render(request, "portal/notices.html", {"notices": notices_for(person.partner, person.user)})


def notice(request: PersonRequest, uid: str) -> HttpResponse:
    """One notice; opening it is written down."""
    person = request.person
    assert person.partner is not None
    assert person.user is not None
    found = notice_of(person.partner, uid)
    if not person.viewing_as:
        mark_seen(notice=found, user=person.user, now=request.now)
    return render(request, "portal/notice.html", {"notice": found})


def notices_seen(request: PersonRequest) -> HttpResponse:
    """Mark all as read."""
    person = request.person
    assert person.partner is not None
    assert person.user is not None
    mark_all_seen(partner=person.partner, user=person.user, now=request.now)
    return redirect("portal:notices")


def notice_settings(request: PersonRequest) -> HttpResponse:
    """What comes by mail."""
    return render(request, "portal/notice_settings.html")
