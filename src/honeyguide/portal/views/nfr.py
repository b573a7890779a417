"""Licences not for resale: what the company has, until when, what comes then, and the claim (T8)."""

import secrets
from datetime import date
from typing import Any, ClassVar, NamedTuple, cast

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_filters import CharFilter, ChoiceFilter, FilterSet

from honeyguide.access.person import PersonRequest, actor_of, own_partner
from honeyguide.access.table import MAIN
from honeyguide.common.clock import program_day
from honeyguide.common.columns import DayColumn
from honeyguide.common.errors import Refusal
from honeyguide.common.forms import show_refusal
from honeyguide.common.lists import ListPage
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.common.templatetags.honeyguide import chip
from honeyguide.requirements import limits, queries
from honeyguide.requirements.models import CLOSED_WORDS, NfrClaim, NfrProduct, NfrState, NfrUse
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


OVER = (NfrState.ENDED, NfrState.RETURNED, NfrState.DECLINED, NfrState.WITHDRAWN)
"""What neither runs nor waits any more."""


class Earlier(NamedTuple):
    """A licence that is over, or a claim that came to nothing. `why`: the reason in words, "" where there is none."""

    product: str
    account: str
    since: date
    until: date | None
    state: NfrState
    why: str


class EarlierTable(tables.Table):
    """The columns of the list of what was."""

    product = tables.Column(verbose_name=gettext_lazy("Product"), order_by=("product", "since"))
    account = tables.Column(verbose_name=gettext_lazy("Account"), empty_values=(None,))
    since = DayColumn(verbose_name=gettext_lazy("Claimed or granted"))
    until = DayColumn(verbose_name=gettext_lazy("Until"))
    state = tables.Column(verbose_name=gettext_lazy("State"), order_by=("state", "since"))
    why = tables.Column(verbose_name=gettext_lazy("Why"), orderable=False)

    class Meta:
        order_by = ("-since",)

    def render_product(self, value: str) -> str:
        """In words."""
        return str(NfrProduct(value).label)

    def render_state(self, value: NfrState) -> SafeString:
        """In words."""
        return chip(str(value.label), *(("red", "circle-x") if value == NfrState.DECLINED else ("gray", "ban")))

    def value_state(self, value: NfrState) -> str:
        """The word alone, for the file."""
        return str(value.label)


class EarlierFilters(FilterSet):
    """Filters of the list. The page carries them out: a licence's state follows from the day."""

    q = CharFilter(label=gettext_lazy("Account or reason"), method="left")
    state = ChoiceFilter(
        choices=[(state.value, state.label) for state in OVER], label=gettext_lazy("State"),
        empty_label=gettext_lazy("All states"), method="left",
    )  # fmt: skip
    product = ChoiceFilter(
        choices=NfrProduct.choices, label=gettext_lazy("Product"), empty_label=gettext_lazy("All products"),
        method="left",
    )  # fmt: skip

    class Meta:
        model = NfrClaim
        fields: ClassVar[list[str]] = []

    def left(self, rows: QuerySet[NfrClaim], _name: str, _value: str) -> QuerySet[NfrClaim]:
        """All rows."""
        return rows


class OwnLicences(ListPage):
    """What the status allows, what is there, what waits; how it goes on with each; and the list of what was."""

    table_class = EarlierTable
    filterset_class = EarlierFilters
    search_label = EarlierFilters.base_filters["q"].label
    export_name = "own-licences"
    template_name = "portal/nfr.html"

    def get_queryset(self) -> QuerySet[NfrClaim]:
        """The company's claims."""
        request = cast("PersonRequest", self.request)
        partner = own_partner(request)
        self.claims = list(queries.claims_of(partner))
        self.licences = queries.licences_of(partner, request.person.standing, request.today)
        return queries.claims_of(partner)

    def get_rows(self, found: QuerySet[Any]) -> list[Earlier]:  # noqa: ARG002 - rows follow from the licences
        """What is over, narrowed to what is asked for."""
        over = [_ended(licence) for licence in self.licences if not licence.term.runs]
        over += [_refused(claim) for claim in self.claims if claim.state in OVER and claim.state not in queries.GIVEN]
        self.any_earlier = bool(over)
        asked = self.request.GET
        words = asked.get("q", "").lower().split()
        return [
            row
            for row in over
            if asked.get("state", "") in {"", row.state}
            and asked.get("product", "") in {"", row.product}
            and all(word in f"{row.account} {row.why}".lower() for word in words)
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """What runs and waits, and what may be claimed."""
        request = cast("PersonRequest", self.request)
        rooms = queries.rooms_of(own_partner(request), request.person.standing, request.today)
        rules, is_main = current_rulebook().nfr, request.person.kind == MAIN
        return {
            **context,
            "rooms": rooms,
            "running": [licence for licence in self.licences if licence.term.runs],
            "waiting": [claim for claim in self.claims if claim.state == NfrState.WAITING],
            "any_earlier": self.any_earlier,
            "clause": rules.clause if rules is not None else "",
            "may_claim": is_main and any(room.free for room in rooms),
            "may_ask": not is_main and any(room.free for room in rooms),
            "may_act": is_main,
        }


def _ended(licence: queries.Licence) -> Earlier:
    reason = licence.claim.reason if licence.claim is not None else ""
    why = ": ".join(text for text in (str(CLOSED_WORDS[licence.term.closed_because]), reason) if text)
    return Earlier(
        licence.product, licence.account, licence.granted_on, licence.term.ends_on, licence.state, capfirst(why)
    )


def _refused(claim: NfrClaim) -> Earlier:
    return Earlier(
        claim.product, claim.account, program_day(claim.submitted_at), None, NfrState(claim.state), claim.reason
    )


nfr = OwnLicences.as_view()


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
