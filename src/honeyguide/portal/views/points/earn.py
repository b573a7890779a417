"""How points are earned (T4.1), and the company's claims for activities."""

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from honeyguide.access.files import file_response
from honeyguide.access.person import PersonRequest, actor_of, own_partner
from honeyguide.common.errors import Refusal
from honeyguide.common.forms import show_refusal
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.earning import limits, queries
from honeyguide.earning.models import ClaimState, ProjectState
from honeyguide.earning.services import claims as services
from honeyguide.files.checking import ACCEPT, what_is_taken
from honeyguide.files.storing import file_with

ROWS_A_PAGE = 20
TOKEN_CHARS = 64


class ManyFiles(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True


class ClaimForm(forms.Form):
    """What is handed in for an activity. What is right is the service's to say."""

    form_token = forms.CharField(max_length=TOKEN_CHARS, widget=forms.HiddenInput)
    link = forms.CharField(
        label=gettext_lazy("Address of a public page or video"),
        widget=forms.TextInput(attrs={"type": "url", "placeholder": "https://", "autocomplete": "off"}),
    )
    file = forms.FileField(label=gettext_lazy("Files"), widget=ManyFiles(attrs={"accept": ACCEPT}))
    text = forms.CharField(
        label=gettext_lazy("In words"), max_length=limits.TEXT_MAX_CHARS, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, offer: queries.Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = files_help()
        self.fields["text"].help_text = _("What was done, when, and for whom.")
        for name in ("link", "file", "text"):
            self.fields[name].required = name in offer.rule.proofs


def files_help() -> str:
    """What can be chosen as files."""
    return _("%(taken)s; up to %(most)s files.") % {"taken": what_is_taken(), "most": limits.FILES_COUNT}


def token_of(request: PersonRequest) -> str:
    """The token of a form that was sent; a new one for a form without."""
    return request.POST.get("form_token", "")[:TOKEN_CHARS] or secrets.token_urlsafe(24)


def earn(request: PersonRequest) -> HttpResponse:
    """Every kind of award with its procedure, rules and value (T4.1)."""
    partner, rulebook = own_partner(request), current_rulebook()
    context = {
        "rules": rulebook.points,
        "rulebook": rulebook,
        "offers": queries.offers(partner, request.today),
        "report": queries.project_report(),
        "may_act": not request.person.viewing_as and queries.may_earn(request.person.standing),
        "claims_waiting": queries.claims_of(partner).filter(state=ClaimState.WAITING).count(),
        "projects_open": queries.projects_of(partner)
        .filter(state__in=[ProjectState.WAITING, ProjectState.ACCEPTED, ProjectState.DISPUTED])
        .count(),
    }
    return render(request, "portal/points/earn.html", context)


def earn_apply(request: PersonRequest, activity: str) -> HttpResponse:
    """The application form of one activity."""
    partner = own_partner(request)
    rule = queries.activity_named(activity)
    offer = queries.Offer(activity, rule, queries.room_for(partner, activity, rule, request.today))
    if request.method != "POST":
        form = ClaimForm(initial={"form_token": secrets.token_urlsafe(24)}, offer=offer)
        return _apply_page(request, form, offer)
    form = ClaimForm(request.POST, request.FILES, offer=offer)
    try:
        services.submit(
            partner=partner,
            activity=activity,
            link=request.POST.get("link", ""),
            text=request.POST.get("text", ""),
            files=request.FILES.getlist("file"),
            form_token=token_of(request),
            actor=actor_of(request),
            now=request.now,
        )
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _apply_page(request, form, offer, status=refusal.status)
    messages.success(request, _("Handed in. You are told here and by e-mail when the program team has looked at it."))
    return redirect("portal:points_earn_claims")


def _apply_page(request: PersonRequest, form: ClaimForm, offer: queries.Offer, status: int = 200) -> HttpResponse:
    for name in ("link", "file", "text"):
        if name not in offer.rule.proofs and name != "text":
            del form.fields[name]
    context = {"form": form, "offer": offer, "may_earn": queries.may_earn(request.person.standing)}
    return render(request, "portal/points/earn_apply.html", context, status=status)


def earn_claims(request: PersonRequest) -> HttpResponse:
    """The company's claims with their state."""
    rows = queries.claims_of(own_partner(request))
    context = {
        "page": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "may_act": not request.person.viewing_as,
        "answer_within_days": limits.ANSWER_WITHIN_DAYS,
    }
    return render(request, "portal/points/earn_claims.html", context)


@require_POST
def earn_claim_withdraw(request: PersonRequest, uid: str) -> HttpResponse:
    """Take back what waits."""
    services.withdraw(uid=uid, partner=own_partner(request), actor=actor_of(request), now=request.now)
    messages.success(request, _("Taken back. You can hand in something else."))
    return redirect("portal:points_earn_claims")


def earn_file(request: PersonRequest, uid: str) -> FileResponse:
    """One of the company's own files."""
    return file_response(file_with(uid, own_partner(request)), actor=actor_of(request), now=request.now)
