"""The queue of held repeat deals, with the earlier deal beside each (G1.4)."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter

from honeyguide.accounts.actor import Actor
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.console.queue_page import COMPANY, DECIDED_BY, REASON, STATE, Column, QueueFilters, QueuePage, by_age
from honeyguide.earning import awards
from honeyguide.earning.calculator import SaleCase, sale_worth
from honeyguide.earning.models import DealState, HeldDeal
from honeyguide.earning.services import held as services
from honeyguide.earning.undone import table_of
from honeyguide.earning.words import points_text


class DealFilters(QueueFilters):
    """Filters of the queue."""

    searched = ("partner__name", "partner__key", "client", "sale")
    state = ChoiceFilter(choices=DealState.choices, label=gettext_lazy("State"), initial=DealState.WAITING.value)

    class Meta:
        model = HeldDeal
        fields: ClassVar[list[str]] = []


class HeldPage(QueuePage):
    """The queue."""

    name = "points_held"
    desk = services.DESK
    rows = staticmethod(services.all_deals)
    row_template = "console/points/deal_row.html"
    item_template = "console/points/deal_item.html"
    filterset_class = DealFilters
    sorts: ClassVar = by_age("found_at")
    columns: ClassVar = (
        COMPANY,
        Column(gettext_lazy("Client"), lambda row: row.client),
        Column(gettext_lazy("Deal"), lambda row: row.sale),
        Column(gettext_lazy("Waiting since"), lambda row: row.found_at),
        STATE,
        DECIDED_BY,
        REASON,
    )
    subheading = gettext_lazy("A further deal with a client soon after the one before it: somebody decides on it.")
    empty_title = gettext_lazy("No deal is held")
    empty_text = gettext_lazy("Deals appear here when a sale follows another one to the same client too soon.")

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the queue as the history holds it now."""
        services.look(self.request.now)
        return super().get(request)

    def about(self, item: HeldDeal) -> dict[str, Any]:
        """Both deals, the days between them, and the points at stake part by part."""
        event = awards.sale_event(item.sale)
        held = next((each for each in awards.held_of({item.partner.key}) if each.sale == item.sale), None)
        before = awards.sale_before(event)
        return {
            **super().about(item),
            "sale": event,
            "before": before,
            "taken_back": table_of(before) if before is not None else None,
            "days": awards.days_between(before, event) if before is not None else None,
            "held": held,
            "worth": sale_worth(SaleCase.of(event)),
            "rule": current_rulebook().points.repeat_deal,
        }

    def act(self, action: str, uid: str, given: QueryDict, actor: Actor) -> str:
        """Give the points or not, or what every queue has."""
        now, reason, note = self.request.now, given.get("reason", ""), given.get("note", "")
        match action:
            case "accept":
                deal = services.accept(uid=uid, actor=actor, now=now, internal_note=note)
                points = awards.points_by_award(deal.partner, self.request.today).get(deal.sale, 0)
                said = {"company": deal.partner.name, "client": deal.client, "points": points_text(points)}
                return _("Given: %(points)s to %(company)s for %(client)s") % said
            case "refuse":
                deal = services.refuse(uid=uid, reason=reason, actor=actor, now=now, internal_note=note)
                said = {"company": deal.partner.name, "client": deal.client}
                return _("No points: %(company)s, %(client)s") % said
        return super().act(action, uid, given, actor)
