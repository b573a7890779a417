"""The operator's first page."""

from datetime import timedelta

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from honeyguide.access.person import PersonRequest
from honeyguide.console.queues import QUEUES
from honeyguide.history.kinds import AUDIT_TYPES
from honeyguide.history.models import Event
from honeyguide.partners.models import Partner
from honeyguide.standing.models import Standing, State

DECISIONS_SHOWN = 8
DUE_SHOWN = 8
DUE_WITHIN_DAYS = 60
SAFE_VERDICTS = ("met", "on_pace")


def home(request: PersonRequest) -> HttpResponse:
    """What waits for a decision, how long and who is on it; then what was decided, and whose status is soon decided."""
    queues = [(queue, queue.summary(request.now)) for queue in QUEUES]
    due = standings_due(request)
    return render(
        request,
        "console/home.html",
        {
            "queues": queues,
            "waiting_count": sum(waiting.count for _queue, waiting in queues),
            "overdue_count": sum(waiting.overdue for _queue, waiting in queues),
            "decisions": recent_decisions(),
            "at_risk": [
                (standing, partner_url(standing.partner.key))
                for standing in due.exclude(verdict__in=SAFE_VERDICTS)[:DUE_SHOWN]
            ],
            "due": [
                (standing, partner_url(standing.partner.key))
                for standing in due.filter(verdict__in=SAFE_VERDICTS)[:DUE_SHOWN]
            ],
            "due_within_days": DUE_WITHIN_DAYS,
        },
    )


def standings_due(request: PersonRequest) -> QuerySet[Standing]:
    """Active partners whose status is decided within DUE_WITHIN_DAYS, the nearest first."""
    last = request.today + timedelta(days=DUE_WITHIN_DAYS)
    return (
        Standing.objects.filter(state=State.ACTIVE, due_on__gte=request.today, due_on__lte=last)
        .select_related("partner")
        .defer("answer", "outlook")
        .order_by("due_on", "partner__name")
    )


def recent_decisions() -> list[tuple[Event, str, Partner | None, str]]:
    """The last decisions of all queues: the event, its words, its partner, and the address of the partner's file."""
    kinds = [kind for queue in QUEUES for kind in queue.decisions]
    events = list(Event.objects.filter(type__in=kinds).order_by("-recorded_at", "-seq")[:DECISIONS_SHOWN])
    partners = {partner.key: partner for partner in Partner.objects.filter(key__in={event.partner for event in events})}
    return [
        (event, str(AUDIT_TYPES[event.type]), partners.get(event.partner), partner_url(event.partner))
        for event in events
    ]


def partner_url(key: str) -> str:
    """The partner's file; "" where there is none."""
    try:
        return reverse("console:partner", args=[key]) if key else ""
    except NoReverseMatch:
        return ""
