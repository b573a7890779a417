"""Campaigns: what points went into and what came of it, by campaign and by channel (G2.9, G4.6)."""

import secrets
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from honeyguide.access.person import PersonRequest, actor_of, own_partner
from honeyguide.common.downloads import csv_file
from honeyguide.common.errors import Refusal
from honeyguide.common.forms import show_refusal
from honeyguide.rewards import limits, queries
from honeyguide.rewards.effect import by_channel, effects, points_chart, return_chart, table_of, total
from honeyguide.rewards.models import Campaign, Channel
from honeyguide.rewards.services import campaigns as services

DAY = {"type": "date"}


def campaigns(request: PersonRequest) -> HttpResponseBase:
    """All campaigns with points, leads, clients, revenue and the return of a point; or all that as CSV."""
    partner = own_partner(request)
    found = effects(list(queries.campaigns_of(partner).select_related("partner")), request.today)
    if request.GET.get("export") == "csv":
        return csv_file("campaigns.csv", table_of(found))
    channels = by_channel(found)
    return render(
        request,
        "portal/points/campaigns.html",
        {
            "found": found,
            "channels": channels,
            "total": total(found),
            "points_chart": points_chart(channels),
            "return_chart": return_chart(channels),
            "may_act": not request.person.viewing_as,
        },
    )


class CampaignForm(forms.Form):
    """A campaign and its results. What is right is the service's to say."""

    form_token = forms.CharField(max_length=64, widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    name = forms.CharField(label=gettext_lazy("Name of the campaign"), max_length=limits.NAME_MAX_CHARS)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=Channel.choices)
    starts_on = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    ends_on = forms.DateField(label=gettext_lazy("Through"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    budget_amount = forms.DecimalField(
        label=gettext_lazy("Budget in money"), required=False, decimal_places=2, min_value=0
    )
    leads_count = forms.IntegerField(label=gettext_lazy("Leads"), required=False, min_value=0)
    won_count = forms.IntegerField(label=gettext_lazy("Clients won"), required=False, min_value=0)
    clients = forms.CharField(
        label=gettext_lazy("Clients that it brought"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One a line, as in your sales: what they buy counts for the campaign."),
    )
    revenue_amount = forms.DecimalField(
        label=gettext_lazy("Revenue"),
        required=False,
        decimal_places=2,
        min_value=0,
        help_text=gettext_lazy("Empty: counted from the sales to the clients above."),
    )

    def values(self) -> services.CampaignForm:
        """What the service takes."""
        given = self.cleaned_data
        return services.CampaignForm(
            name=given["name"],
            channel=given["channel"],
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            budget_amount=given["budget_amount"] or Decimal(0),
            leads_count=given["leads_count"] or 0,
            won_count=given["won_count"] or 0,
            revenue_amount=given["revenue_amount"],
            clients=given["clients"].splitlines(),
        )


def campaign_new(request: PersonRequest) -> HttpResponse:
    """Write a campaign down."""
    if request.method != "POST":
        form = CampaignForm(initial={"form_token": secrets.token_urlsafe(24), "starts_on": request.today})
        return _form_page(request, form)
    form = CampaignForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    try:
        made = services.add_campaign(
            partner=own_partner(request), form=form.values(), form_token=form.cleaned_data["form_token"],
            actor=actor_of(request), now=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _form_page(request, form, status=refusal.status)
    messages.success(request, _("Written down. Points can be spent on it now."))
    return redirect("portal:points_campaign", made.uid)


def campaign(request: PersonRequest, uid: str) -> HttpResponse:
    """A campaign: what went into it, what came of it, and the form to change it."""
    found = queries.campaign_with(uid, own_partner(request))
    if request.method != "POST":
        return _form_page(request, CampaignForm(initial=_initial(found)), found)
    form = CampaignForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, found, status=422)
    try:
        services.change_campaign(
            uid=uid, partner=own_partner(request), form=form.values(), version=form.cleaned_data["version"],
            actor=actor_of(request), now=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _form_page(request, form, found, status=refusal.status)
    messages.success(request, _("Changed."))
    return redirect("portal:points_campaign", uid)


def _initial(found: Campaign) -> dict[str, Any]:
    names = (
        "version", "name", "channel", "starts_on", "ends_on", "budget_amount", "leads_count", "won_count",
        "revenue_amount",
    )  # fmt: skip
    clients = "\n".join(one.client for one in found.clients.all())
    return {name: getattr(found, name) for name in names} | {"clients": clients, "form_token": "change"}


def _form_page(
    request: PersonRequest, form: CampaignForm, found: Campaign | None = None, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "campaign": found, "may_act": not request.person.viewing_as}
    if found is not None:
        (context["effect"],) = effects([found], request.today)
        context["exchanges"] = queries.exchanges_of(found.partner).filter(campaign=found)
    return render(request, "portal/points/campaign.html", context, status=status)
