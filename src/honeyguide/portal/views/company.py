"""The company's own page: its profile with what waits and what was declined, the form, and the history of changes."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of, own_partner
from honeyguide.common.errors import Refusal, Stale
from honeyguide.common.forms import show_refusal
from honeyguide.common.lists import ListPage
from honeyguide.history.models import Event
from honeyguide.joining import changes, queries
from honeyguide.joining.event_list import EventFilter, EventTable
from honeyguide.joining.models import ChangeKind
from honeyguide.joining.profile import (
    ADDRESS_CHARS,
    DESCRIPTION_CHARS,
    FIELDS,
    LABELS,
    missing_of,
    plain_lines,
    text_of,
    values_of,
    version_of,
)


class ProfileForm(forms.Form):
    """The fields that a company keeps up to date itself. What a value must look like is the service's to say."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    email = forms.CharField(label=LABELS["email"], required=False, widget=forms.EmailInput)
    phone = forms.CharField(label=LABELS["phone"], required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    website = forms.CharField(label=LABELS["website"], required=False, widget=forms.TextInput(attrs={"type": "url"}))
    postal_address = forms.CharField(
        label=LABELS["postal_address"], required=False, widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    description = forms.CharField(
        label=LABELS["description"], required=False, widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    services = forms.CharField(label=LABELS["services"], required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].help_text = _("With the country code, like +44 20 7946 0018.")
        self.fields["postal_address"].help_text = _("At most %(most)d characters.") % {"most": ADDRESS_CHARS}
        self.fields["description"].help_text = _(
            "What clients should know, in a few sentences. At most %(most)d characters."
        ) % {"most": DESCRIPTION_CHARS}
        self.fields["services"].help_text = _("Separated by commas, like: implementation, training, support.")


def company(request: PersonRequest) -> HttpResponse:
    """What is published, what waits, what was declined and why."""
    partner = own_partner(request)
    waiting = queries.waiting_profile(partner)
    declined = queries.declined_profile(partner) if waiting is None else None
    return render(
        request,
        "portal/company.html",
        {
            "partner": partner,
            "fields": [(LABELS[name], name, text_of(value)) for name, value in values_of(partner).items()],
            "services": partner.services,
            "missing": [str(LABELS[name]) for name in missing_of(partner)],
            "waiting": waiting,
            "waiting_rows": queries.differences(waiting) if waiting is not None else [],
            "declined": declined,
            "declined_rows": queries.differences(declined) if declined is not None else [],
            "team": queries.team_of(partner),
            "may_edit": not request.person.viewing_as,
        },
    )


def company_edit(request: PersonRequest) -> HttpResponse:
    """The form. One that shows an older profile is refused, and what was typed stays in it."""
    partner = own_partner(request)
    waiting = queries.waiting_profile(partner)
    current = {name: text_of(value) for name, value in values_of(partner).items()}
    current |= {name: text_of(value) for name, value in (waiting.after if waiting else {}).items()}
    version = version_of(partner, waiting.uid if waiting else "")
    if request.method != "POST":
        return _edit_page(request, ProfileForm(initial={"seen": version, **current}), waiting=waiting is not None)
    form = ProfileForm(request.POST)
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    try:
        change = changes.request_profile(
            partner=partner, values=typed, seen=request.POST.get("seen", ""), actor=actor_of(request), now=request.now
        )
    except Stale as stale:
        fresh = ProfileForm({**typed, "seen": version})
        show_refusal(fresh, stale)
        conflicts = [
            (LABELS[name], current[name], typed[name])
            for name in FIELDS
            if plain_lines(typed[name]) != plain_lines(current[name])
        ]
        return _edit_page(request, fresh, waiting=waiting is not None, conflicts=conflicts, status=stale.status)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _edit_page(request, form, waiting=waiting is not None, status=refusal.status)
    if change is None:
        messages.info(request, _("Nothing differs from what is published: nothing waits for approval."))
    else:
        messages.success(
            request, _("Sent for approval. What is published stays until the program team has looked at it.")
        )
    return redirect("portal:company")


class CompanyHistory(ListPage):
    """Everything that has happened to the company's data and people (T1.7.4)."""

    table_class = EventTable
    filterset_class = EventFilter
    search_label = EventFilter.base_filters["q"].label
    export_name = "company-history"
    template_name = "portal/company_history.html"
    empty_icon = "history"
    empty_title = gettext_lazy("Nothing has changed yet")
    empty_text = gettext_lazy("Each change of the profile and the team will be listed here.")

    def get_queryset(self) -> QuerySet[Event]:
        """The company's own."""
        return queries.company_events(own_partner(cast("PersonRequest", self.request)))

    def get_table_kwargs(self) -> dict[str, Any]:
        """When the program came to know of it is no matter of the company's data."""
        return {"exclude": ("known",)}


company_history = CompanyHistory.as_view()


@require_POST
def change_withdraw(request: PersonRequest, uid: str) -> HttpResponse:
    """Take back what was asked for."""
    change = changes.withdraw(partner=own_partner(request), uid=uid, actor=actor_of(request), now=request.now)
    messages.success(request, _("Taken back. Nothing of it was published."))
    return redirect("portal:company" if change.kind == ChangeKind.PROFILE else "portal:team")


def _edit_page(
    request: PersonRequest,
    form: ProfileForm,
    *,
    waiting: bool,
    conflicts: list[tuple[Any, str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "waiting": waiting, "conflicts": conflicts or []}
    return render(request, "portal/company_edit.html", context, status=status)
