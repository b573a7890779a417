"""One partner's whole file: what holds on any day, what has happened, the company's data; acceptance and care."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.accounts.models import User
from honeyguide.bonuses.tasks import look_at as look_at_bonuses
from honeyguide.common.errors import Refusal, Stale
from honeyguide.common.forms import show_refusal
from honeyguide.console.partner_list import PartnerList
from honeyguide.console.partner_tabs import file_context, open_cases
from honeyguide.console.views.partners import CompanyForm
from honeyguide.history.models import Event
from honeyguide.history.words import sentences
from honeyguide.joining import queries
from honeyguide.joining.event_list import EventFilter, EventTable
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
from honeyguide.standing.explain import explain_points, explain_rank
from honeyguide.standing.models import Standing
from honeyguide.standing.queries import rank_on

EVENTS_ON_OVERVIEW = 8
CHANGES_SHOWN = 20


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
    shown, standing = context["as_of"], context["head"]
    rank = rank_on(found, shown.day) if shown.is_past else context["rank"]
    requirements = standing.answer["requirements"] if standing is not None else []
    context |= {
        "standing": standing,
        "rank": rank,
        "rank_why": explain_rank(standing, rank) if standing is not None else None,
        "points_why": explain_points(standing) if standing is not None else None,
        "keep_rows": [row for row in requirements if row["purpose"] == "keep"],
        "reach_rows": [row for row in requirements if row["purpose"] == "reach"],
    }
    if not shown.is_past:
        context |= _present(request, found, standing)
    return render(request, "console/partner.html", context, status=422 if shown.problem else 200)


def _present(request: PersonRequest, found: Partner, standing: Standing | None) -> dict[str, Any]:
    """What only today's page shows."""
    recent = Event.objects.filter(partner=found.key).order_by("-at", "-seq")[:EVENTS_ON_OVERVIEW]
    return {
        "cases": open_cases(found, request.now),
        "recent": [(event, said, queries.changed_fields(event.data)) for event, said in sentences(recent)],
        "acceptable": standing is not None and standing.state in ACCEPTABLE,
        "follows": acceptance_on(request.today),
        "managers": User.objects.exclude(role="").filter(is_active=True).order_by("name"),
    }


class PartnerHistory(PartnerList):
    """Everything that is known of the partner, in words; by kind, and as it was known on a day."""

    table_class = EventTable
    filterset_class = EventFilter
    search_label = EventFilter.base_filters["q"].label
    export_name = "partner-history"
    template_name = "console/partner_history.html"
    empty_icon = "history"
    empty_title = gettext_lazy("Nothing has happened yet")
    empty_text = gettext_lazy("Each event of this company will be listed here.")

    def get_queryset(self) -> QuerySet[Event]:
        """The partner's events that were known by the end of the day."""
        events = Event.objects.filter(partner=self.partner.key)
        return events.filter(recorded_at__lt=self.as_of.end) if self.as_of.is_past else events


partner_history = PartnerHistory.as_view()


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
