"""The queue of exchanges: approved or refused, handed over, cancelled with the points given back (G2.4)."""

from datetime import date
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter

from honeyguide.accounts.actor import Actor
from honeyguide.common.errors import Invalid
from honeyguide.console.queue_page import COMPANY, DECIDED_BY, REASON, STATE, Column, QueueFilters, QueuePage, by_age
from honeyguide.ledger.queries import balance
from honeyguide.rewards import queries
from honeyguide.rewards.models import Exchange, ExchangeState
from honeyguide.rewards.models.exchanges import OPEN_STATES
from honeyguide.rewards.points import UNIT
from honeyguide.rewards.services import deciding as services
from honeyguide.rewards.words import KINDS

EARLIER_SHOWN = 5
OPEN = "open"


class ExchangeFilters(QueueFilters):
    """Filters of the queue."""

    searched = ("partner__name", "partner__key", "title", "title_ru", "client", "contract", "campaign__name")
    state = ChoiceFilter(
        method="by_state",
        choices=[(OPEN, gettext_lazy("All that is open")), *ExchangeState.choices],
        label=gettext_lazy("State"),
        initial=OPEN,
    )
    kind = ChoiceFilter(method="by_kind", choices=list(KINDS.items()), label=gettext_lazy("Kind"))

    class Meta:
        model = Exchange
        fields: ClassVar[list[str]] = []

    def by_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """One state, or both that the team has to do with."""
        return rows.filter(state__in=OPEN_STATES) if value == OPEN else rows.filter(state=value)

    def by_kind(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Rewards of one kind."""
        rewards = queries.rewards_of_kind(value, self.request.today)
        return rows.filter(reward__in=rewards)


class ExchangesPage(QueuePage):
    """The queue."""

    name = "exchanges"
    desk = services.DESK
    rows = staticmethod(queries.all_exchanges)
    row_template = "console/points/parts/exchange_row.html"
    item_template = "console/points/parts/exchange_item.html"
    filterset_class = ExchangeFilters
    sorts: ClassVar = by_age("confirmed_at", points=(gettext_lazy("Most points first"), ("-points", "pk")))
    columns: ClassVar = (
        COMPANY,
        Column(gettext_lazy("Reward"), str),
        Column(gettext_lazy("Quantity"), lambda row: row.quantity),
        Column(gettext_lazy("Points"), lambda row: row.points),
        Column(gettext_lazy("What the points save"), lambda row: row.worth_amount),
        Column(gettext_lazy("Client"), lambda row: row.client),
        Column(gettext_lazy("Contract"), lambda row: row.contract),
        Column(gettext_lazy("Campaign"), lambda row: row.campaign or ""),
        Column(gettext_lazy("Confirmed"), lambda row: row.confirmed_at),
        STATE,
        DECIDED_BY,
        REASON,
        Column(gettext_lazy("What was handed over"), lambda row: row.fulfilment),
    )
    subheading = gettext_lazy("Points that partners spend: to be approved, and to be handed over.")
    empty_title = gettext_lazy("No exchange waits")
    empty_text = gettext_lazy("They appear here when a partner confirms a quote.")
    more = ("console:points_prices", gettext_lazy("Prices"))

    def waits(self, item: Exchange) -> bool:
        """Whether there is something to be done with it."""
        return item.is_open

    def about(self, item: Exchange) -> dict[str, Any]:
        """Where the partner stands, what it has, and what it exchanged before."""
        earlier = queries.exchanges_of(item.partner).exclude(pk=item.pk)
        return {
            **super().about(item),
            "balance": balance(UNIT, item.partner.key, day=self.request.today),
            "earlier": earlier[:EARLIER_SHOWN],
            "barred": services.barred(item, self.request.today) if item.is_open else "",
            "is_waiting": item.state == ExchangeState.WAITING,
            "is_approved": item.state == ExchangeState.APPROVED,
            "may_cancel": item.state in {ExchangeState.APPROVED, ExchangeState.FULFILLED},
        }

    def act(self, action: str, uid: str, given: QueryDict, actor: Actor) -> str:
        """Approve, refuse, hand over, cancel, or what every queue has."""
        now, reason, note = self.request.now, given.get("reason", ""), given.get("note", "")
        match action:
            case "approve":
                found = services.approve(uid=uid, actor=actor, now=now, internal_note=note)
                return _("Approved: %(what)s, %(company)s") % _named(found)
            case "refuse":
                found = services.refuse(uid=uid, reason=reason, actor=actor, now=now, internal_note=note)
                return _("Refused: %(what)s, %(company)s") % _named(found)
            case "fulfil":
                until = _day_in(given.get("until", ""))
                found = services.fulfil(
                    uid=uid, fulfilment=given.get("fulfilment", ""), until=until, actor=actor, now=now
                )
                return _("Handed over: %(what)s, %(company)s") % _named(found)
            case "cancel":
                restock = given.get("restock") == "on"
                found = services.cancel(uid=uid, reason=reason, restock=restock, actor=actor, now=now)
                return _("Cancelled, points given back: %(what)s, %(company)s") % _named(found)
        return super().act(action, uid, given, actor)


def _named(found: Exchange) -> dict[str, str]:
    return {"what": str(found), "company": found.partner.name}


def _day_in(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = _("Choose a day to come, or none.")
        raise Invalid(message, fields={"until": message}) from None
