"""A partner's movements of points, in its file."""

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from honeyguide.console.partner_list import PartnerList
from honeyguide.insights.models import Movement
from honeyguide.insights.movement_list import MovementFilter, MovementTable
from honeyguide.insights.queries import books_on, movements_of


class PartnerMovements(PartnerList):
    """All of one partner's, the latest first."""

    table_class = MovementTable
    filterset_class = MovementFilter
    search_fields = ("award", "client", "contract", "reference")
    search_label: str | Promise = gettext_lazy("Sale, project, client, exchange")
    export_name = "partner-points"
    template_name = "console/points/partner_movements.html"
    empty_icon = "coins"
    empty_title = gettext_lazy("No points yet")
    empty_text = gettext_lazy(
        "Accruals and write-offs stand here as soon as there are any: each with where it came from."
    )

    def get_queryset(self) -> "QuerySet[Movement]":
        """The partner's own, up to the day."""
        return movements_of(self.partner).filter(day__lte=self.as_of.day)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """What the ledger has at the end of the day, too."""
        return {**super().get_context_data(**context), "books": books_on(self.partner, self.as_of.day)}


partner_movements = PartnerMovements.as_view()
