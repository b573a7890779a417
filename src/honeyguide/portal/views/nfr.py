"""Licences not for resale: what the company has, until when, what comes then, and the claim (T8)."""

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.access.table import MAIN
from honeyguide.common.errors import Refusal
from honeyguide.common.forms import show_refusal
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.portal.views.evidence import own_partner
from honeyguide.requirements import limits, queries
from honeyguide.requirements.models import NfrProduct, NfrState, NfrUse
from honeyguide.requirements.services import nfr as services


class ClaimForm(forms.Form):
    """A claim. What is right is the service's to say."""

    form_token = forms.CharField(max_length=64, widget=forms.HiddenInput)
    product = forms.ChoiceField(label=gettext_lazy("What you claim"), widget=forms.RadioSelect)
    account = forms.CharField(label=gettext_lazy("For which account"), max_length=limits.ACCOUNT_MAX_CHARS)
    use = forms.ChoiceField(label=gettext_lazy("What you use it for"), choices=NfrUse.choices)
    agreed = forms.BooleanField(
        label=gettext_lazy(
            "We use it inside our company and for demonstrations only, and neither sell it nor hand it on, "
            "nor build anything for clients with it."
        )
    )

    def __init__(self, *args: Any, rooms: list[queries.Room], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        products = [(room.product, NfrProduct(room.product).label) for room in rooms if room.free]
        self.fields["product"].choices = products  # type: ignore[attr-defined]
        if products:
            self.fields["product"].initial = products[0][0]
        self.fields["account"].help_text = _(
            "For a cloud subscription the address of your account, as company.example.com; for a key the e-mail to "
            "which it goes."
        )


def nfr(request: PersonRequest) -> HttpResponse:
    """What the status allows, what is there, what waits; and how it goes on with each."""
    partner, standing = own_partner(request), request.person.standing
    licences = queries.licences_of(partner, standing, request.today)
    rooms = queries.rooms_of(partner, standing, request.today)
    others = queries.claims_of(partner).exclude(state__in=queries.GIVEN)
    rules = current_rulebook().nfr
    return render(
        request,
        "portal/nfr.html",
        {
            "rooms": rooms,
            "running": [licence for licence in licences if licence.term.runs],
            "over": [licence for licence in licences if not licence.term.runs],
            "waiting": [claim for claim in others if claim.state == NfrState.WAITING],
            "refused": [claim for claim in others if claim.state != NfrState.WAITING],
            "clause": rules.clause if rules is not None else "",
            "may_claim": request.person.kind == MAIN and any(room.free for room in rooms),
            "may_ask": request.person.kind != MAIN and any(room.free for room in rooms),
            "may_act": request.person.kind == MAIN,
        },
    )


def nfr_claim(request: PersonRequest) -> HttpResponse:
    """The form of a claim."""
    partner = own_partner(request)
    rooms = queries.rooms_of(partner, request.person.standing, request.today)
    if request.method != "POST":
        given = {"form_token": secrets.token_urlsafe(24)}
        asked = request.GET.get("product", "")
        if asked in NfrProduct.values:
            given["product"] = asked
        return render(request, "portal/nfr_claim.html", {"form": ClaimForm(initial=given, rooms=rooms), "rooms": rooms})
    form = ClaimForm(request.POST, rooms=rooms)
    text = {name: request.POST.get(name, "") for name in ("product", "account", "use")}
    token = request.POST.get("form_token", "")[:64] or secrets.token_urlsafe(24)
    try:
        services.claim(
            partner=partner, **text, agreed=bool(request.POST.get("agreed")), form_token=token,
            actor=actor_of(request), now=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        show_refusal(form, refusal, alone=True)
        context = {"form": form, "rooms": rooms}
        return render(request, "portal/nfr_claim.html", context, status=refusal.status)
    messages.success(request, _("Claimed. You are told here and by e-mail when it is granted."))
    return redirect("portal:nfr")


@require_POST
def nfr_withdraw(request: PersonRequest, uid: str) -> HttpResponse:
    """Take back a claim that waits."""
    services.withdraw(uid=uid, partner=own_partner(request), actor=actor_of(request), now=request.now)
    messages.success(request, _("Taken back."))
    return redirect("portal:nfr")
