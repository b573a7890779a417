"""Exchanges: a quote and its confirmation, the list, one exchange."""

import secrets
from datetime import date, timedelta
from typing import Any, ClassVar

import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_filters import ChoiceFilter, FilterSet

from honeyguide.access.person import PersonRequest, actor_of, own_partner
from honeyguide.access.table import MAIN
from honeyguide.bonuses.models import BonusKind
from honeyguide.bonuses.queries import Bonus, account_of
from honeyguide.common.columns import DayColumn
from honeyguide.common.errors import Refusal
from honeyguide.common.lists import NUMBER, ListPage
from honeyguide.common.local import day_text
from honeyguide.partners.models import Partner
from honeyguide.rewards import queries
from honeyguide.rewards.catalogue import Day, Item, NoRewards, day_of, offered
from honeyguide.rewards.explain import explain_price
from honeyguide.rewards.models import Exchange, ExchangeState, PriceList, Quote
from honeyguide.rewards.quoting import REWARD_OFFER, running_campaigns
from honeyguide.rewards.refusals import LimitReached, StaleQuote
from honeyguide.rewards.services.exchanges import confirm, withdraw
from honeyguide.rewards.templatetags.rewards import exchange_state

SOON_DAYS = 60
BONUS_COLUMNS = {BonusKind.KICKSTART: "kickstart", BonusKind.AWARD: "award_bonus"}
"""Kinds of bonuses as the matrix calls them."""


def quote(request: PersonRequest, uid: str) -> HttpResponse:
    """A quote: what it costs, which points it uses, what it goes together with; and its confirmation."""
    partner = own_partner(request)
    found = queries.quote_with(uid, partner)
    if request.method != "POST":
        return _quote_page(request, found)
    try:
        made = confirm(
            partner=partner, quote=uid, form_token=request.POST.get("form_token", ""),
            step=request.GET.get("step", ""), actor=actor_of(request), now=request.now,
        )  # fmt: skip
    except StaleQuote as stale:
        return _quote_page(request, found, {"stale": stale}, stale.status)
    except LimitReached as reached:
        return _quote_page(request, found, {"reached": reached, "refusal": reached}, reached.status)
    except Refusal as refusal:
        return _quote_page(request, found, {"refusal": refusal}, refusal.status)
    messages.success(
        request,
        _("The points are held. You are told when the program team has decided.")
        if made.needed_approval
        else _("Exchanged. You are told when it is handed over."),
    )
    return redirect("portal:points_exchange", made.uid)


def _quote_page(
    request: PersonRequest, found: Quote, more: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    partner, today = own_partner(request), request.today
    context: dict[str, Any] = {"price_why": None, "needs_approval": False, "matrix_clause": ""}
    try:
        day = day_of(today)
    except NoRewards:
        day = None
    offer = next((one for one in offered(day) if one.item.key == found.item), None) if day is not None else None
    if day is not None and offer is not None:
        context = {
            "item": offer.item,
            "price_why": explain_price(offer, day),
            "needs_approval": offer.item.reward.needs_approval,
            "matrix_clause": day.rewards.matrix.clause,
            "bonuses": _bonuses(partner, offer.item, day),
        }
    combinations = found.combination.get("all", [])
    lots = [{**lot, "last_day": date.fromisoformat(lot["expires_on"]) - timedelta(days=1)} for lot in found.lots]
    context |= {
        "quote": found,
        "lots": lots,
        "saved": sum(lot["points"] for lot in lots if (lot["last_day"] - today).days <= SOON_DAYS),
        "soon_days": SOON_DAYS,
        "left": found.available - found.points,
        "best_has_points": not combinations or REWARD_OFFER in combinations[0]["names"],
        "taken": Exchange.objects.filter(partner=partner, quote_uid=found.uid).first(),
        "is_over": request.now >= found.valid_until,
        "may_confirm": request.person.kind == MAIN and not request.person.viewing_as,
        "form_token": secrets.token_urlsafe(24),
        "step": request.GET.get("step", "")[:20],
        "campaigns": running_campaigns(partner, today),
        **(more or {}),
    }
    return render(request, "portal/points/quote.html", context, status=status)


def _bonuses(partner: Partner, item: Item, day: Day) -> list[tuple[Bonus, bool]]:
    """Bonuses in money beside a reward for a client's purchase, and whether they go together (G2.8).

    They are not weighed against the points: they are the company's own money, paid in the store, and what one purchase
    takes of them another lacks.
    """
    if not item.reward.for_client:
        return []
    valid = account_of(partner, day.day).valid
    return [(one, (item.reward_name, BONUS_COLUMNS[BonusKind(one.grant.kind)]) in day.matrix.rewards) for one in valid]


class ExchangeFilters(FilterSet):
    """Filters of the list."""

    state = ChoiceFilter(choices=ExchangeState.choices, label=gettext_lazy("State"))

    class Meta:
        model = Exchange
        fields: ClassVar[list[str]] = []


class ExchangeTable(tables.Table):
    """A company's exchanges."""

    confirmed_at = DayColumn(verbose_name=gettext_lazy("Confirmed"))
    title = tables.Column(verbose_name=gettext_lazy("Reward"))
    quantity = tables.Column(verbose_name=gettext_lazy("Quantity"), attrs=NUMBER)
    points = tables.TemplateColumn(
        "{% load honeyguide %}{{ record.points|points }}", verbose_name=gettext_lazy("Points"),
        attrs=NUMBER,
    )  # fmt: skip
    purpose = tables.Column(verbose_name=gettext_lazy("For"), empty_values=(), orderable=False)
    state = tables.Column(verbose_name=gettext_lazy("State"))

    class Meta:
        model = Exchange
        fields = ("confirmed_at", "title", "quantity", "points", "purpose", "state")
        order_by = "-confirmed_at"

    def render_title(self, record: Exchange) -> str:
        """The reward, with the way to the exchange."""
        return format_html('<a href="{}">{}</a>', reverse("portal:points_exchange", args=[record.uid]), str(record))

    def value_title(self, record: Exchange) -> str:
        """The reward alone, for the table that is taken along."""
        return str(record)

    def render_purpose(self, record: Exchange) -> str:
        """The campaign, or the client and the contract."""
        return record.campaign.name if record.campaign else ", ".join(filter(None, (record.client, record.contract)))

    def render_state(self, record: Exchange) -> str:
        """A chip."""
        return exchange_state(record)

    def value_state(self, record: Exchange) -> str:
        """The word alone."""
        return str(record.get_state_display())


class ExchangesPage(ListPage):
    """The list."""

    table_class = ExchangeTable
    filterset_class = ExchangeFilters
    search_fields = ("title", "title_ru", "client", "contract", "campaign__name")
    export_name = "exchanges"
    template_name = "portal/points/exchanges.html"
    empty_icon = "gift"
    empty_title = gettext_lazy("Nothing was exchanged yet")
    empty_text = gettext_lazy("The catalogue shows what you can have for your points.")
    empty_action_text = gettext_lazy("Catalogue")

    @property
    def empty_action_url(self) -> str:  # type: ignore[override]
        """The catalogue."""
        return reverse("portal:points_catalogue")

    def get_queryset(self) -> QuerySet[Exchange]:
        """The company's own."""
        return queries.exchanges_of(own_partner(self.request))  # type: ignore[arg-type]


def exchange(request: PersonRequest, uid: str) -> HttpResponse:
    """One exchange: how far it is, what was handed over."""
    found = queries.exchange_with(uid, own_partner(request))
    lists = PriceList.objects.filter(uid=found.price_version).first()
    return render(
        request,
        "portal/points/exchange.html",
        {
            "exchange": found,
            "price_list": day_text(lists.effective_from) if lists is not None else found.price_version,
            "may_act": request.person.kind == MAIN and not request.person.viewing_as,
        },
    )


@require_POST
def exchange_withdraw(request: PersonRequest, uid: str) -> HttpResponse:
    """Take back what waits."""
    withdraw(uid=uid, partner=own_partner(request), actor=actor_of(request), now=request.now)
    messages.success(request, _("Taken back. The points are free again."))
    return redirect("portal:points_exchange", uid)
