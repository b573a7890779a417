"""A partner's points in its file: what was earned and claimed; issuing, cancelling and correcting awards."""

import hashlib
import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.access.table import PAGES
from honeyguide.common.errors import Refusal
from honeyguide.common.forms import show_refusal
from honeyguide.common.local import day_text
from honeyguide.console.partner_tabs import file_context
from honeyguide.earning import limits, queries
from honeyguide.earning.models import HeldDeal
from honeyguide.earning.services import issuing
from honeyguide.earning.words import points_text
from honeyguide.history.models import Event
from honeyguide.partners.models import Partner

SHOWN = 50


class IssueForm(forms.Form):
    """What is to be done, and why."""

    form_token = forms.CharField(max_length=60, widget=forms.HiddenInput)
    action = forms.ChoiceField(
        label=gettext_lazy("What is to be done"),
        choices=(
            (issuing.ISSUE, gettext_lazy("Issue points")),
            (issuing.CORRECT, gettext_lazy("Correct an award")),
            (issuing.CANCEL, gettext_lazy("Cancel an award")),
        ),
        widget=forms.RadioSelect,
    )
    award = forms.ChoiceField(label=gettext_lazy("Award"), required=False)
    points = forms.IntegerField(
        label=gettext_lazy("Points"), required=False, min_value=1, max_value=limits.GRANT_MAX_POINTS
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The partner reads it."),
    )

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        award: Any = self.fields["award"]
        award.choices = [("", _("none: new points")), *award_choices(partner)]
        award.help_text = _("For correcting and cancelling: awards that the team or an activity gave.")
        self.fields["points"].help_text = _("How many to issue, or what the award should have been.")

    def wanted(self) -> issuing.Wanted:
        """What was filled in."""
        given = self.cleaned_data
        return issuing.Wanted(given["action"], given["reason"], given["points"], given["award"])

    def digest(self) -> str:
        """A mark of what was filled in, so that what is confirmed is what was previewed."""
        return hashlib.sha256(repr(self.wanted()).encode()).hexdigest()[:32]


def award_choices(partner: Partner) -> list[tuple[str, str]]:
    """A partner's awards that are not cancelled, in words."""
    return [
        (row["award"], f"{day_text(row['event'].at.date())}, {points_text(row['points'])}, {_about(row['event'])}")
        for row in queries.awards_of(partner)
        if not row["gone"]
    ]


def _about(event: Event) -> str:
    return str(event.data.get("reason") or event.data["activity"])[:60]


def partner_earned(request: PersonRequest, key: str) -> HttpResponse:
    """Awards of one partner as of a day; today its claims, projects and held deals too."""
    context = file_context(request, key)
    partner, shown = context["partner"], context["as_of"]
    context |= {
        "standing": context["head"],
        "awards": list(queries.awards_of(partner, shown.end))[:SHOWN],
        "claims": queries.claims_of(partner)[:SHOWN],
        "projects": queries.projects_of(partner)[:SHOWN],
        "deals": HeldDeal.objects.filter(partner=partner)[:SHOWN],
        "may_issue": not shown.is_past and request.person.kind in PAGES["console:partner_issue"].act,
        "may_cancel": not shown.is_past and request.person.kind in PAGES["console:conduct_points"].act,
    }
    return render(request, "console/points/partner_earned.html", context, status=422 if shown.problem else 200)


def points_issue(request: PersonRequest, key: str) -> HttpResponse:
    """The form, then what will follow, then the deed. A change after the preview is previewed anew."""
    context = file_context(request, key)
    partner = context["partner"]
    context["standing"] = context["head"]
    if request.method != "POST":
        initial = {
            "form_token": secrets.token_hex(12),
            "action": request.GET.get("action", issuing.ISSUE),
            "award": request.GET.get("award", ""),
        }
        return render(
            request, "console/points/issue.html", {**context, "form": IssueForm(partner=partner, initial=initial)}
        )
    form = IssueForm(request.POST, partner=partner)
    status, shown = 422, None
    token = request.POST.get("form_token", "")
    if Event.objects.filter(uid=f"awd_{token}", partner=partner.key).exists():  # the same form once more
        messages.success(request, _("Done. The partner is told."))
        return redirect("console:partner_earned", key)
    if form.is_valid():
        given = {"partner": partner, "wanted": form.wanted(), "actor": actor_of(request), "now": request.now}
        try:
            if request.POST.get("step") == "confirm" and request.POST.get("previewed") == form.digest():
                issuing.carry_out(**given, form_token=token)
                messages.success(request, _("Done. The partner is told."))
                return redirect("console:partner_earned", key)
            shown, status = issuing.preview(**given), 200
        except Refusal as refusal:
            show_refusal(form, refusal)
            status = refusal.status
    context |= {
        "form": form,
        "effects": [effect.told() for effect in shown] if shown is not None else None,
        "digest": form.digest() if shown is not None else "",
        "changed": shown is not None and request.POST.get("step") == "confirm",
    }
    return render(request, "console/points/issue.html", context, status=status)
