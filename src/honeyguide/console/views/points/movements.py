"""A partner's movements of points, in its file."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from honeyguide.common.clock import end_of_day
from honeyguide.common.lists import day_filter
from honeyguide.console.partner_list import PartnerList
from honeyguide.insights.models import Movement
from honeyguide.insights.movement_list import MovementFile, MovementFilter, MovementTable
from honeyguide.insights.queries import books_on, movements_of


class KnownFilter(MovementFilter):
    """The filters of the history, and what was known on a day."""

    known = day_filter(label=gettext_lazy("As known on"), method="known_on")

    def known_on(self, rows: "QuerySet[Movement]", _name: str, day: date) -> "QuerySet[Movement]":
        """What was recorded by the end of a program day."""
        return rows.filter(recorded_at__lte=end_of_day(day))


class PartnerMovements(PartnerList):
    """All of one partner's, the latest first."""

    table_class = MovementTable
    file_table_class = MovementFile
    filterset_class = KnownFilter
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
        """What the ledger has at the end of the day, too; by what was known on a day, if that is asked."""
        found = super().get_context_data(**context)
        filters = found["filter"]
        known = filters.form.cleaned_data.get("known") if filters.is_valid() else None
        if known is None:
            books = books_on(self.partner, self.as_of.day)
        else:
            books = books_on(self.partner, min(known, self.as_of.day), end_of_day(known))
        return found | {"books": books, "known": known}


partner_movements = PartnerMovements.as_view()
