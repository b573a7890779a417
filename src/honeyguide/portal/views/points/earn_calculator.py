"""The calculator: what a deal or project would earn today, and which exchange that would pay for (G1.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from honeyguide.access.person import PersonRequest, own_partner
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.common.words import PRODUCTS
from honeyguide.earning import limits, queries
from honeyguide.earning.calculator import (
    ProjectCase,
    SaleCase,
    Worth,
    held_warning,
    project_worth,
    sale_worth,
)
from honeyguide.earning.words import GRADES, MODULE_CLASSES, PLANS
from honeyguide.rewards.catalogue import NoRewards, Offered, day_of, offered
from honeyguide.rewards.quoting import position_of

DEAL, PROJECT = "deal", "project"
MODULES_MOST = 20
COUNT_MOST = 1_000_000


class DealForm(forms.Form):
    """A deal as it might be."""

    net = forms.DecimalField(
        label=_("Net amount"), min_value=0, max_value=Decimal("999999999999.99"), decimal_places=2, initial=1200
    )
    product = forms.ChoiceField(label=_("Product"))
    plan = forms.ChoiceField(label=_("Plan"), choices=list(PLANS.items()))
    licences = forms.IntegerField(label=_("Licences"), min_value=1, max_value=COUNT_MOST, initial=1)
    seats = forms.IntegerField(label=_("Users"), min_value=0, max_value=COUNT_MOST, initial=10)
    standard = forms.IntegerField(label=_("Standard modules"), min_value=0, max_value=MODULES_MOST, required=False)
    advanced = forms.IntegerField(label=_("Advanced modules"), min_value=0, max_value=MODULES_MOST, required=False)
    premium = forms.IntegerField(label=_("Premium modules"), min_value=0, max_value=MODULES_MOST, required=False)
    client = forms.CharField(
        label=_("Client"),
        required=False,
        max_length=limits.CLIENT_MAX_CHARS,
        widget=forms.TextInput(attrs={"list": "client-names", "autocomplete": "off"}),
        help_text=_("To see whether its points would wait for a decision."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product: Any = self.fields["product"]
        product.choices = list(PRODUCTS.items())

    def case(self) -> SaleCase:
        """What was typed in."""
        given = self.cleaned_data
        return SaleCase(
            given["net"], given["product"], given["plan"], given["licences"], given["seats"],
            listed(given, MODULE_CLASSES),
        )  # fmt: skip


class ProjectForm(forms.Form):
    """A project as it might be."""

    simple = forms.IntegerField(label=_("Simple modules"), min_value=0, max_value=MODULES_MOST, required=False)
    standard = forms.IntegerField(
        label=_("Standard modules"), min_value=0, max_value=MODULES_MOST, required=False, initial=2
    )
    complex = forms.IntegerField(label=_("Complex modules"), min_value=0, max_value=MODULES_MOST, required=False)
    integration = forms.BooleanField(label=_("With integration through the API, or custom development"), required=False)

    def case(self) -> ProjectCase:
        """What was typed in."""
        return ProjectCase(listed(self.cleaned_data, GRADES), self.cleaned_data["integration"])


def listed(given: Mapping[str, Any], names: Mapping[str, Any]) -> tuple[str, ...]:
    """Counts by name as a list of names."""
    return tuple(name for name in names for _one in range(given.get(name) or 0))


@dataclass(frozen=True, slots=True)
class Pays:
    """An exchange and how many of it the points would pay for; `missing`: what one lacks, 0 for none.

    `together`: how many with the points that can be spent now, as the catalogue counts them.
    """

    offered: Offered
    count: int
    missing: int
    together: int


def pays_for(points: int, request: PersonRequest) -> list[Pays]:
    """The catalogue of today: what the points would pay for first, then what comes nearest."""
    try:
        today = day_of(request.today)
    except NoRewards:
        return []
    have = points + position_of(own_partner(request), request.person.standing, today).available
    items = offered(today)
    found = [Pays(one, points // one.price, max(0, one.price - points), have // one.price) for one in items]
    return sorted(found, key=lambda one: (one.missing, -one.offered.price))


def calculator(request: PersonRequest) -> HttpResponse:
    """The forms and the answer. Nothing is stored; the address holds all, so that it can be sent."""
    partner, what = own_partner(request), PROJECT if request.GET.get("what") == PROJECT else DEAL
    form_class: type[DealForm | ProjectForm] = ProjectForm if what == PROJECT else DealForm
    asked = any(name in request.GET for name in form_class.base_fields)
    form = form_class(request.GET if asked else None)
    worth, warning = None, None
    if asked and form.is_valid():
        worth = _worth(form)
        warning = held_warning(partner, form.cleaned_data.get("client", ""), request.today)
    context = {
        "what": what,
        "form": form,
        "worth": worth,
        "warning": warning,
        "pays": pays_for(worth.points, request)[:6] if worth is not None and worth.points else [],
        "may_earn": queries.may_earn(request.person.standing),
        "clients": queries.clients_of_partner(partner),
        "rulebook": current_rulebook(),
    }
    return render(request, "portal/points/earn_calculator.html", context)


def _worth(form: DealForm | ProjectForm) -> Worth:
    return sale_worth(form.case()) if isinstance(form, DealForm) else project_worth(form.case())
