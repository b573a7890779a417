"""The catalogue of rewards: what can be had now, what is missing, prices now and announced; and the way to a quote."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from honeyguide.access.person import PersonRequest, actor_of, own_partner
from honeyguide.access.table import MAIN
from honeyguide.common.errors import NotFound, Refusal
from honeyguide.common.explanation import Explanation
from honeyguide.common.forms import show_refusal
from honeyguide.partners.models import Partner
from honeyguide.program.rulebook.rewards import DISCOUNT_KINDS
from honeyguide.rewards import limits, queries
from honeyguide.rewards.catalogue import Day, Item, NoRewards, Offered, day_of, next_list, offered
from honeyguide.rewards.explain import explain_conditions, explain_limits, explain_price
from honeyguide.rewards.models import Campaign, PlanStep
from honeyguide.rewards.quoting import Position, position_of, running_campaigns
from honeyguide.rewards.refusals import LimitReached
from honeyguide.rewards.rules.limits import Exceeded
from honeyguide.rewards.services.quotes import Purpose, quote
from honeyguide.rewards.words import KINDS
from honeyguide.standing.models import Standing

SEARCH_MAX_CHARS = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One variant as the page shows it. `missing`: points that are still missing for one."""

    offer: Offered
    problems: tuple[Exceeded, ...]
    missing: int
    price_why: Explanation

    @property
    def is_open(self) -> bool:
        """Whether one can be had now."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Group:
    """A reward with its variants."""

    item: Item
    conditions_why: Explanation
    is_barred: bool
    lines: tuple[Line, ...]


class Filters(forms.Form):
    """What the page is narrowed to."""

    q = forms.CharField(required=False, max_length=SEARCH_MAX_CHARS, label=gettext_lazy("Search"))
    kind = forms.ChoiceField(required=False, label=gettext_lazy("Kind"))
    show = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Show"),
        choices=[("", gettext_lazy("Everything")), ("now", gettext_lazy("What I can have now"))],
    )
    use = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Used for"),
        choices=[
            ("", gettext_lazy("Any use")),
            ("own", gettext_lazy("Our own company")),
            ("client", gettext_lazy("A client")),
            ("campaign", gettext_lazy("A campaign")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [("", _("All kinds")), *((name, str(text)) for name, text in KINDS.items())]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


def catalogue(request: PersonRequest) -> HttpResponse:
    """The catalogue with prices, conditions and what is missing for each."""
    partner, standing = own_partner(request), request.person.standing
    try:
        found = day_of(request.today)
    except NoRewards:
        return render(request, "portal/points/catalogue.html", {"found": None})
    offers = offered(found)
    position = position_of(partner, standing, found)
    filters = Filters(request.GET)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    return render(
        request,
        "portal/points/catalogue.html",
        {
            "found": found,
            "filters": filters,
            "is_filtered": any(chosen.values()),
            "groups": [kept for group in _groups(position, offers) if (kept := _narrowed(group, chosen)) is not None],
            "position": position,
            "limits_why": explain_limits(position),
            "ahead": next_list(found.day),
            "ahead_changes": [one for one in offers if one.next_price not in {None, one.list_price}],
            "may_act": not request.person.viewing_as,
            "discounts": DISCOUNT_KINDS,
            "matrix": _matrix(found, offers),
            "promotions": found.promotions,
        },
    )


def _groups(position: Position, offers: Sequence[Offered]) -> list[Group]:
    groups = []
    for _name, several in groupby(offers, key=lambda one: one.item.reward_name):
        lines = [
            Line(
                offer=offer,
                problems=tuple(position.exceeded(offer.item, 1)),
                missing=max(offer.price - position.available, 0),
                price_why=explain_price(offer, position.found),
            )
            for offer in several
        ]
        item = lines[0].offer.item
        unmet = position.unmet(item)
        groups.append(Group(item, explain_conditions(item, position.found, unmet), bool(unmet), tuple(lines)))
    return groups


def _narrowed(group: Group, chosen: dict[str, str]) -> Group | None:
    reward = group.item.reward
    uses = {"own": not (reward.for_client or reward.for_campaign), "client": reward.for_client,
            "campaign": reward.for_campaign}  # fmt: skip
    if chosen.get("kind") and reward.kind != chosen["kind"]:
        return None
    if chosen.get("use") and not uses[chosen["use"]]:
        return None
    words = chosen.get("q", "").lower().split()
    lines = [
        line
        for line in group.lines
        if all(word in line.offer.item.title.lower() for word in words)
        and (chosen.get("show") != "now" or line.is_open)
    ]
    return Group(group.item, group.conditions_why, group.is_barred, tuple(lines)) if lines else None


def _matrix(found: Day, offers: Sequence[Offered]) -> list[tuple[Item, list[bool]]]:
    """Which reward goes with which discount today."""
    items = {one.item.reward_name: one.item for one in offers}
    return [(item, [(name, kind) in found.matrix.rewards for kind in DISCOUNT_KINDS]) for name, item in items.items()]


class ExchangeForm(forms.Form):
    """What is asked for, and what for. What is right is the service's to say."""

    quantity = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=limits.QUANTITY_MAX, initial=1)
    client = forms.CharField(label=gettext_lazy("Client"), max_length=limits.CLIENT_MAX_CHARS, required=False)
    contract = forms.CharField(label=gettext_lazy("Contract"), max_length=limits.CONTRACT_MAX_CHARS, required=False)
    sale_amount = forms.DecimalField(
        label=gettext_lazy("Amount of the purchase that it goes with"),
        required=False,
        min_value=Decimal("0.01"),
        max_value=limits.AMOUNT_MAX,
        decimal_places=2,
    )
    campaign = forms.ChoiceField(label=gettext_lazy("Campaign"), required=False)

    def __init__(self, *args: Any, item: Item, campaigns: list[Campaign], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not item.reward.for_client:
            for name in ("client", "contract", "sale_amount"):
                del self.fields[name]
        else:
            self.fields["client"].widget.attrs["list"] = "known-clients"
            self.fields["client"].help_text = _("The client for whom it is used, as in your sales.")
            self.fields["sale_amount"].help_text = _("With it the quote reckons what goes together and saves most.")
            self.fields["client"].required = self.fields["contract"].required = True
        if not item.reward.for_campaign:
            del self.fields["campaign"]
        else:
            self.fields["campaign"].choices = [(one.uid, one.name) for one in campaigns]  # type: ignore[attr-defined]
            self.fields["campaign"].required = True


def exchange_new(request: PersonRequest, item: str) -> HttpResponse:
    """The form that leads to a quote; `?step=`: of a kept plan, `?quantity=` and `?campaign=` fill it beforehand."""
    partner, standing = own_partner(request), request.person.standing
    found = day_of(request.today)
    chosen = found.item(item)
    if chosen is None:
        raise NotFound(_("There is no such reward."))
    campaigns = running_campaigns(partner, request.today)
    step = _step(request, partner, chosen)
    context: dict[str, Any] = {"item": chosen, "step": step, "campaigns": campaigns}
    if request.method == "POST":
        form = ExchangeForm(request.POST, item=chosen, campaigns=campaigns)
        given = form.cleaned_data if form.is_valid() else {}
        if form.is_valid():
            try:
                made = quote(
                    partner=partner, item=item, quantity=given["quantity"], actor=actor_of(request), now=request.now,
                    purpose=Purpose(
                        given.get("client", ""), given.get("contract", ""), given.get("campaign", ""),
                        given.get("sale_amount"),
                    ),
                )  # fmt: skip
            except LimitReached as reached:
                return _form_page(request, form, standing, found, {**context, "reached": reached}, reached.status)
            except Refusal as refusal:
                show_refusal(form, refusal)
                return _form_page(request, form, standing, found, context, refusal.status)
            address = redirect("portal:points_quote", made.uid)
            if step is not None:
                address["Location"] += f"?step={step.pk}"
            return address
        return _form_page(request, form, standing, found, context, 422)
    initial = {
        "quantity": step.quantity if step else request.GET.get("quantity", "1")[:4],
        "campaign": step.campaign.uid if step and step.campaign else request.GET.get("campaign", "")[:40],
    }
    return _form_page(
        request, ExchangeForm(initial=initial, item=chosen, campaigns=campaigns), standing, found, context
    )


def _step(request: PersonRequest, partner: Partner, item: Item) -> PlanStep | None:
    asked = request.GET.get("step", "")
    if not asked:
        return None
    found = queries.step_with(asked, partner)
    return found if found.item == item.key else None


def _form_page(
    request: PersonRequest,
    form: ExchangeForm,
    standing: Standing | None,
    found: Day,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    item: Item = context["item"]
    position = position_of(own_partner(request), standing, found)
    offer = next(one for one in offered(found) if one.item.key == item.key)
    context |= {
        "form": form,
        "offer": offer,
        "position": position,
        "price_why": explain_price(offer, found),
        "conditions_why": explain_conditions(item, found, position.unmet(item)),
        "limits_why": explain_limits(position),
        "known_clients": queries.known_clients(own_partner(request)) if item.reward.for_client else [],
        "approval_clause": found.rewards.approval_clause,
        "needs_campaign": item.reward.for_campaign and not context["campaigns"],
        "is_main": request.person.kind == MAIN,
    }
    return render(request, "portal/points/exchange_new.html", context, status=status)
