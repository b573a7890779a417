"""What a company sees while its dashboard is closed: the application, a suspension, a block, the end (T7.1, T1.5)."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from honeyguide.access.person import PersonRequest, own_partner
from honeyguide.common.clock import program_day
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.history.models import Event
from honeyguide.joining.services import acceptance_on
from honeyguide.notices.models import Notice
from honeyguide.partners.models import Partner
from honeyguide.standing.happenings import measures_of
from honeyguide.standing.models import Standing, State
from honeyguide.standing.own import happenings_of
from honeyguide.standing.story import Story

REVIEW_BUSINESS_DAYS = 7
"""Days within which an application is looked at first, and then verified (T1.2.1, T1.2.2)."""
NOTICES_SHOWN = 5
SATURDAY = 5
_ENDS = {State.SUSPENDED: "partner.suspended", State.TERMINATED: "partner.terminated"}


def application_page(request: PersonRequest) -> HttpResponse:
    """The first page of a company without the dashboard: where it stands, why, and what happens next."""
    partner, standing = own_partner(request), request.person.standing
    context: dict[str, Any] = {
        "partner": partner,
        "standing": standing,
        "view": _view_of(standing),
        "notices": Notice.objects.filter(partner=partner)[:NOTICES_SHOWN],
    }
    if standing is None or standing.state == State.APPLICANT:
        context |= _application(partner, request.today)
    elif standing.state == State.ACTIVE:
        happenings = happenings_of(partner, request.today)
        blocks = [
            measure
            for measure in measures_of(happenings, request.today, current_rulebook())
            if measure.measure == "block_access"
        ]
        context |= {"blocks": blocks, "clause": current_rulebook().clauses.measure}
    else:
        context |= _ended(partner, standing)
    return render(request, "portal/application.html", context)


def business_days_after(day: date, count: int) -> date:
    """The day on which so many business days (Monday to Friday) after a day are over."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < SATURDAY
    return day


def _view_of(standing: Standing | None) -> str:
    if standing is None or standing.state == State.APPLICANT:
        return "applicant"
    return "blocked" if standing.state == State.ACTIVE else str(standing.state)


def _application(partner: Partner, today: date) -> dict[str, Any]:
    applied = _last(partner, "partner.applied")
    on = program_day(applied.at) if applied is not None else None
    return {
        "applied_on": on,
        "answer_by": business_days_after(on, REVIEW_BUSINESS_DAYS) if on is not None else None,
        "follows": acceptance_on(today),
    }


def _ended(partner: Partner, standing: Standing) -> dict[str, Any]:
    """When and by which clause it ended or was suspended, with the reason given, or with what was missing."""
    steps = Story(standing, current_rulebook()).steps
    step = next((step for step in steps if step.cause in {standing.state, "measure"}), None)
    reason = ""
    if step is not None and step.cause == "measure":
        event = _last(partner, "measure.applied")
    else:
        kind = _ENDS.get(State(standing.state))
        event = _last(partner, kind) if kind is not None else None
    if event is not None:
        reason = str(event.data.get("reason") or "")
    missing = [row for row in step.rows if row.decides and not row.met] if step is not None else []
    return {"step": step, "reason": reason, "missing_rows": missing if standing.state == State.CANCELLED else []}


def _last(partner: Partner, kind: str) -> Event | None:
    return Event.objects.filter(partner=partner.key, type=kind).order_by("-at", "-seq").first()
