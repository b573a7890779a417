"""A partner's conduct: what is in force, what was, and each decision with what will follow before it is made."""

import hashlib

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise

from honeyguide.access.person import Person, PersonRequest, actor_of
from honeyguide.access.table import PAGES
from honeyguide.common.errors import Refusal
from honeyguide.common.forms import show_refusal
from honeyguide.conduct import queries, restatements, rules, services
from honeyguide.conduct.previews import Known, Preview, preview
from honeyguide.console.conduct_actions import ACTIONS, Action
from honeyguide.console.conduct_forms import DecisionForm
from honeyguide.console.partner_tabs import file_context
from honeyguide.history.models import Event
from honeyguide.history.queries import origins_of
from honeyguide.history.words import named
from honeyguide.partners.models import Partner
from honeyguide.standing.models import Standing, State
from honeyguide.standing.page import StandingPage

SALES_EXCLUDED_SHOWN = 50


def partner_conduct(request: PersonRequest, key: str) -> HttpResponse:
    """What is in force, what was, and what can be decided."""
    context = file_context(request, key)
    partner, standing = context["partner"], context["head"]
    records = queries.measures(request.today, partner=key)
    adjusted = queries.adjustments(request.today, partner=key)
    context |= {
        "standing": standing,
        "in_force": [record for record in records if record.in_force],
        "past": [record for record in records if not record.in_force],
        "adjustment": next((record for record in adjusted if record.end is None), None),
        "past_adjustments": [record for record in adjusted if record.end is not None],
        "exclusions": _exclusions(key),
        "state_changes": queries.changes_of_state(key),
        "cases": restatements.cases_of(partner),
        "notes": notes_of(key),
        "inactive_since": queries.inactive_since(standing),
        "discount_words": StandingPage(partner, standing, request.today).discount_words if standing else "",
        "status_discount": rules.status_discount(standing.status) if standing is not None else 0,
        "may": possible(request.person, standing, adjusted, records),
    }
    return render(request, "console/partner_conduct.html", context)


def _exclusions(key: str) -> list[tuple[Event, str, str]]:
    """The latest sales that count for no targets: each with what people know of it and the ground."""
    events = list(queries.exclusions(key)[:SALES_EXCLUDED_SHOWN])
    sales = origins_of(events)
    return [
        (
            event,
            named(sales[event.seq]) if event.seq in sales else event.ident,
            str(rules.GROUND_WORDS.get(event.data.get("ground", ""), "")),
        )
        for event in events
    ]


def notes_of(key: str) -> dict[str, str]:
    """Internal notes of a partner's decisions, by the uid of the event."""
    events = Event.objects.filter(partner=key, type="conduct.noted")
    return {event.ident: str(event.data["note"]) for event in events}


def possible(
    person: Person,
    standing: Standing | None,
    adjusted: list[queries.AdjustmentRecord],
    records: list[queries.MeasureRecord],
) -> list[tuple[str, str | Promise, str]]:
    """Decisions that fit what holds and are the reader's to take: address, words, tone."""
    if standing is None:
        return []
    is_active = standing.state == State.ACTIVE
    fits = {
        "conduct_measure": True,
        "conduct_lift": any(record.in_force for record in records),
        "conduct_points": standing.points_active > 0,
        "conduct_suspend": is_active,
        "conduct_reinstate": standing.state == State.SUSPENDED,
        "conduct_adjust": is_active and rules.status_discount(standing.status) > 0,
        "conduct_restore": any(record.end is None for record in adjusted),
        "conduct_exclude": is_active or standing.state == State.SUSPENDED,
        "conduct_terminate": standing.state != State.TERMINATED,
    }
    return [
        (f"console:{name}", ACTIONS[name].title, ACTIONS[name].tone)
        for name, fit in fits.items()
        if fit and person.kind in PAGES[f"console:{name}"].act
    ]


def decide(request: PersonRequest, key: str, action: str) -> HttpResponse:
    """One decision: the form, then what will follow, then the deed. A change after the preview is previewed anew."""
    context = file_context(request, key)
    partner, chosen = context["partner"], ACTIONS[action]
    context |= {"action": chosen, "action_name": f"console:{action}", "standing": context["head"]}
    if request.method != "POST":
        initial = {name: value for name, value in request.GET.items() if name in chosen.form.base_fields}
        form = chosen.form(partner=partner, now=request.now, initial=initial)
        return render(request, "console/conduct_action.html", {**context, "form": form})
    if services.decided_already(request.POST.get("token", ""), partner, actor_of(request)) is not None:
        messages.success(request, str(chosen.done))
        return redirect("console:partner_conduct", key)
    form = chosen.form(request.POST, partner=partner, now=request.now)
    status, shown = 422, None
    if form.is_valid():
        try:
            if request.POST.get("step") == "confirm" and request.POST.get("previewed") == digest(form):
                _act(chosen, form, partner, request)
                messages.success(request, str(chosen.done))
                return redirect("console:partner_conduct", key)
            shown = _preview(chosen, form, partner, request)
            status = 200
        except Refusal as refusal:
            show_refusal(form, refusal)
            status = refusal.status
    changed = status == 200 and request.POST.get("step") == "confirm"
    context |= {"form": form, "preview": shown, "digest": digest(form) if shown else "", "changed": changed}
    return render(request, "console/conduct_action.html", context, status=status)


def digest(form: DecisionForm) -> str:
    """A mark of what was filled in, so that what is confirmed is what was previewed."""
    told = repr(sorted((name, str(value)) for name, value in form.given().items()))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _act(chosen: Action, form: DecisionForm, partner: Partner, request: PersonRequest) -> Event:
    return chosen.act(partner=partner, sheet=form.sheet(), actor=actor_of(request), now=request.now, **form.given())


def _preview(chosen: Action, form: DecisionForm, partner: Partner, request: PersonRequest) -> Preview:
    services.check_seen(partner, form.cleaned_data["seen"])
    plan = chosen.plan(partner=partner, actor=actor_of(request), now=request.now, **form.given())
    return preview(Known(partner, request.today), plan.events, request.now)
