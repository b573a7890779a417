"""One partner's whole file: what holds on any day, what has happened, the company's data; acceptance and care."""

from datetime import date, timedelta
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.accounts.models import User
from honeyguide.bonuses.tasks import look_at as look_at_bonuses
from honeyguide.common.clock import start_of_day
from honeyguide.common.errors import Refusal, Stale
from honeyguide.common.forms import show_refusal
from honeyguide.common.local import day_of
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.console.partner_tabs import file_context, open_cases
from honeyguide.console.views.partners import CompanyForm
from honeyguide.history.models import Event
from honeyguide.history.words import sentence, title
from honeyguide.joining import queries
from honeyguide.joining.profile import FIELDS, LABELS, missing_of, text_of, values_of
from honeyguide.joining.services import (
    ACCEPTABLE,
    COMPANY_FIELDS,
    accept_partner,
    acceptance_on,
    assign_manager,
    change_company,
    company_version,
    partner_by_key,
)
from honeyguide.partners.models import Partner
from honeyguide.standing.queries import rank_on, standing_on
from honeyguide.standing.story import Story

EVENTS_A_PAGE = 50
EVENTS_ON_OVERVIEW = 8
CHANGES_SHOWN = 20
FIRST_DAY = date(1900, 1, 1)


class EditForm(CompanyForm):
    """Who the company is, and its profile."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    email = forms.CharField(label=LABELS["email"], required=False, widget=forms.EmailInput)
    phone = forms.CharField(label=LABELS["phone"], required=False)
    website = forms.CharField(label=LABELS["website"], required=False)
    postal_address = forms.CharField(
        label=LABELS["postal_address"], required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    description = forms.CharField(label=LABELS["description"], required=False, widget=forms.Textarea(attrs={"rows": 4}))
    services = forms.CharField(label=LABELS["services"], required=False)


def partner(request: PersonRequest, key: str) -> HttpResponse:
    """What holds today, or on `?as_of=`: status with its requirements, outlook, how it came about; what is open."""
    context = file_context(request, key)
    found: Partner = context["partner"]
    day, asked, problem = _as_of(request)
    standing = context["head"] if day == request.today else standing_on(found, day)
    story = Story(standing, current_rulebook()) if standing is not None and standing.answer else None
    requirements = standing.answer["requirements"] if standing is not None else []
    recent = Event.objects.filter(partner=found.key).order_by("-at", "-seq")[:EVENTS_ON_OVERVIEW]
    context |= {
        "standing": standing,
        "day": day,
        "is_today": day == request.today,
        "asked": asked,
        "problem": problem,
        "rank": context["rank"] if day == request.today else rank_on(found, day),
        "story": story,
        "keep_rows": [row for row in requirements if row["purpose"] == "keep"],
        "reach_rows": [row for row in requirements if row["purpose"] == "reach"],
        "cases": open_cases(found, request.now),
        "recent": [(event, sentence(event), queries.changed_fields(event.data)) for event in recent],
        "acceptable": context["head"] is not None and context["head"].state in ACCEPTABLE,
        "follows": acceptance_on(request.today),
        "managers": User.objects.exclude(role="").filter(is_active=True).order_by("name"),
    }
    return render(request, "console/partner.html", context, status=422 if problem else 200)


def partner_history(request: PersonRequest, key: str) -> HttpResponse:
    """Everything that is known of the partner, in words; by kind, and as it was known on a day."""
    context = file_context(request, key)
    found: Partner = context["partner"]
    day, asked, problem = _as_of(request)
    kind = request.GET.get("kind", "")
    events = _events(found, kind)
    if asked and not problem:
        events = events.filter(recorded_at__lt=start_of_day(day + timedelta(days=1)))
    page = Paginator(events, EVENTS_A_PAGE).get_page(request.GET.get("page"))
    context |= {
        "page": page,
        "lines": [(event, sentence(event), queries.changed_fields(event.data)) for event in page],
        "kind": kind,
        "types": [(each, title(each)) for each in events_types(found)],
        "asked": asked,
        "problem": problem,
        "query": urlencode({name: value for name, value in (("kind", kind), ("as_of", asked)) if value}),
    }
    return render(request, "console/partner_history.html", context, status=422 if problem else 200)


def partner_company(request: PersonRequest, key: str) -> HttpResponse:
    """The company's data, what waits, and what was decided."""
    context = file_context(request, key)
    found: Partner = context["partner"]
    waiting = queries.waiting_profile(found)
    context |= {
        "fields": [(LABELS[name], name, text_of(value)) for name, value in values_of(found).items()],
        "missing": [str(LABELS[name]) for name in missing_of(found)],
        "waiting": waiting,
        "waiting_rows": queries.differences(waiting) if waiting is not None else [],
        "changes": found.changes.exclude(state="waiting")[:CHANGES_SHOWN],
    }
    return render(request, "console/partner_company.html", context)


def partner_edit(request: PersonRequest, key: str) -> HttpResponse:
    """Correct the company's data at once; what was there before stays in the history."""
    context = file_context(request, key)
    found: Partner = context["partner"]
    initial = {name: text_of(value) for name, value in values_of(found).items()}
    initial |= {name: str(getattr(found, name)) for name in COMPANY_FIELDS}
    version = company_version(found)
    form = EditForm(initial={"seen": version, **initial}, kind=found.kind)
    status = 200
    if request.method == "POST":
        values = {name: request.POST.get(name, "") for name in (*COMPANY_FIELDS, *FIELDS)}
        try:
            change_company(
                key=key, values=values, seen=request.POST.get("seen", ""), actor=actor_of(request), now=request.now
            )
        except Stale as stale:
            form, status = EditForm({**values, "seen": version}, kind=found.kind), stale.status
            show_refusal(form, stale)
            form.add_error(None, stale.message)
        except Refusal as refusal:
            form, status = EditForm(request.POST, kind=found.kind), refusal.status
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The company's data are changed. What was there before stays in the history."))
            return redirect("console:partner_company", key)
    return render(request, "console/partner_edit.html", {**context, "form": form}, status=status)


@require_POST
def partner_accept(request: PersonRequest, key: str) -> HttpResponse:
    """Accept the company into the program (T1.3)."""
    found = accept_partner(key=key, actor=actor_of(request), now=request.now)
    look_at_bonuses([key], request.now)
    messages.success(request, _("%(company)s is accepted. The mails are on their way.") % {"company": found.name})
    return redirect("console:partner", key)


@require_POST
def partner_manager(request: PersonRequest, key: str) -> HttpResponse:
    """Put the partner into somebody's care."""
    partner_by_key(key)
    chosen = request.POST.get("manager", "")
    manager = User.objects.filter(email=chosen).exclude(role="").first() if chosen else None
    if chosen and manager is None:
        messages.error(request, _("Expected one of the program team."))
        return redirect("console:partner", key)
    assign_manager(key=key, manager=manager, actor=actor_of(request), now=request.now)
    said = _("%(name)s is the partner manager.") % {"name": manager.name} if manager else _("Nobody is assigned now.")
    messages.success(request, said)
    return redirect("console:partner", key)


def _as_of(request: PersonRequest) -> tuple[date, str, str]:
    """The day that the address asks for, as it was asked, and what is wrong with it; today where none is asked for."""
    asked = request.GET.get("as_of", "").strip()
    if not asked:
        return request.today, "", ""
    day = day_of(asked)
    if day is None or len(asked) != len(day.isoformat()):
        return request.today, asked, _("Expected a day, like 2026-03-01.")
    if not FIRST_DAY <= day <= request.today:
        return request.today, asked, _("Expected a day up to today: what lies ahead is in the outlook.")
    return day, asked, ""


def _events(partner: Partner, kind: str) -> QuerySet[Event]:
    events = Event.objects.filter(partner=partner.key).order_by("-at", "-seq")
    if kind in {"program", "audit"}:
        return events.filter(is_program=kind == "program")
    return events.filter(type=kind) if kind else events


def events_types(partner: Partner) -> list[str]:
    """Types of events that the partner's history has."""
    found = Event.objects.filter(partner=partner.key).order_by().values_list("type", flat=True).distinct()
    return sorted(found, key=title)
