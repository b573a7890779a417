"""The partner's status page: what holds and why, what is missing, what lies ahead, what one more event would change."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.access.person import PersonRequest
from honeyguide.common.errors import Invalid, NotFound
from honeyguide.common.limits import limit
from honeyguide.common.local import day_text
from honeyguide.partners.models import Partner
from honeyguide.portal.what_if_form import NEW, SALE, WhatIfForm
from honeyguide.requirements.models import EvidenceCase, EvidenceState
from honeyguide.requirements.queries import own_waiting_claims
from honeyguide.standing.explain import explain_rank
from honeyguide.standing.models import Standing
from honeyguide.standing.own import first_day
from honeyguide.standing.page import StandingPage, client_names
from honeyguide.standing.queries import rank_on, rank_today, standing_on
from honeyguide.standing.whatif import what_if as ask_what_if

CLIENTS_CHOICE_COUNT = 200
WHAT_IF_TIMES, WHAT_IF_WITHIN_S = 30, 60
AS_OF_TIMES, AS_OF_WITHIN_S = 60, 60


def status(request: PersonRequest) -> HttpResponse:
    """The status page, as of today or of the day asked for."""
    partner, standing = company_of(request)
    error = ""
    if "as_of" in request.GET:
        try:
            day = day_asked(request, partner)
        except Invalid as invalid:
            error = invalid.message
        else:
            standing = standing_at(request, partner, day)
    page = StandingPage(partner, standing, request.today)
    context = page_context(request, page) | {"as_of_error": error, "as_of_text": request.GET.get("as_of", "")}
    return render(request, "portal/status.html", context, status=422 if error else 200)


def status_rank(request: PersonRequest) -> HttpResponse:
    """The rank on a day before today: everybody's points are counted, so it comes after the page. No page by itself."""
    if not request.htmx:
        return redirect(f"{reverse('portal:status')}?{request.GET.urlencode()}")
    partner, _standing = company_of(request)
    day = day_asked(request, partner)
    standing = standing_at(request, partner, day)
    rank = rank_on(partner, day)
    context = {"rank": rank, "rank_why": explain_rank(standing, rank), "day": day}
    return render(request, "portal/parts/rank.html", context)


def what_if(request: PersonRequest) -> HttpResponse:
    """What one more event would change: a part of the status page, or a page of its own where there is no script."""
    partner, standing = company_of(request)
    page = StandingPage(partner, standing, request.today)
    form = what_if_form(request, page, bound=bool(request.GET))
    context = {"page": page, "story": page.story, "form": form, "difference": None}
    if form.is_bound and form.is_valid():
        limit("what_if", str(request.user.pk), times=WHAT_IF_TIMES, within_s=WHAT_IF_WITHIN_S)
        try:
            context["difference"] = ask_what_if(partner, form.imagined(), today=request.today, now=request.now)
        except Invalid as invalid:
            for name, message in invalid.fields.items():
                form.add_error(name if name in form.fields else None, message)
    template = "portal/parts/what_if.html" if request.htmx else "portal/status_what_if.html"
    return render(request, template, context)


def company_of(request: PersonRequest) -> tuple[Partner, Standing]:
    """The visitor's company and its standing today. Raises NotFound where there is none."""
    person = request.person
    if person.partner is None or person.standing is None:
        raise NotFound(_("There is no status to show."))
    return person.partner, person.standing


def day_asked(request: PersonRequest, partner: Partner) -> date:
    """The day of `?as_of=`, today without it. Raises Invalid for no day, one ahead, or one before the first event."""
    try:
        day = date.fromisoformat(request.GET.get("as_of", request.today.isoformat()))
    except ValueError as error:
        raise Invalid(_("This is not a day. Choose one in the calendar.")) from error
    if day > request.today:
        raise Invalid(_("This day lies ahead. Choose today or a day before."))
    first = first_day(partner)
    if first is None or day < first:
        raise Invalid(_("Nothing is known before %(day)s.") % {"day": day_text(first or request.today)})
    return day


def standing_at(request: PersonRequest, partner: Partner, day: date) -> Standing:
    """The standing on a day; the engine is asked for any but today. Raises NotFound and TooOften."""
    if day != request.today:
        limit("as_of", str(request.user.pk), times=AS_OF_TIMES, within_s=AS_OF_WITHIN_S)
    standing = standing_on(partner, day)
    if standing is None:
        raise NotFound(_("There is no status to show."))
    return standing


def page_context(request: PersonRequest, page: StandingPage) -> dict[str, object]:
    """What the template of the page needs."""
    rank = rank_today(page.standing) if page.is_today else None
    return {
        "page": page,
        "story": page.story,
        "standing": page.standing,
        "rank": rank,
        "rank_why": explain_rank(page.standing, rank) if page.is_today else None,
        "form": what_if_form(request, page, bound=False) if page.is_today else None,
        "links": page.is_today,
        **(waiting_context(page.partner) if page.is_today else {}),
    }


def what_if_form(request: PersonRequest, page: StandingPage, *, bound: bool) -> WhatIfForm:
    """The form, with the partner's own clients and missing requirements to choose from."""
    clients = client_names(page.sales, CLIENTS_CHOICE_COUNT)
    initial = {"what": SALE, "on": request.today, "product": "cloud", "client": NEW, "term": "12"}
    data = request.GET if bound else None
    return WhatIfForm(data, initial=initial, story=page.story, clients=clients, today=request.today)


def waiting_context(partner: Partner) -> dict[str, object]:
    """What was handed in (`cases`) and claimed (`claims`), and what of it waits for a decision (`waiting`)."""
    cases, claims = latest_cases(partner), own_waiting_claims(partner)
    waits = {kind for kind, case in cases.items() if case.state == EvidenceState.WAITING}
    return {"cases": cases, "claims": claims, "waiting": waits | set(claims)}


def latest_cases(partner: Partner) -> dict[str, EvidenceCase]:
    """By kind of evidence the latest case."""
    cases = EvidenceCase.objects.filter(partner=partner).order_by("submitted_at")
    return {case.requirement: case for case in cases}
