"""The history of points: every accrual and write-off with its source, client and contract (G4.1)."""

from collections.abc import Mapping, Sequence
from typing import cast

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from honeyguide.access.person import PersonRequest
from honeyguide.common.explanation import Explanation
from honeyguide.common.lists import ListPage
from honeyguide.insights.models import Movement
from honeyguide.insights.movement_list import MovementFile, MovementFilter, MovementTable
from honeyguide.insights.queries import movements_of
from honeyguide.portal.views.points.sources import explanations_of
from honeyguide.portal.views.status import company_of


class HistoryTable(MovementTable):
    """With the parts of which each award is made."""

    def explain(self, rows: Sequence[Movement]) -> Mapping[int, Explanation]:
        """The engine's figures, part by part."""
        return explanations_of(rows)


class HistoryPage(ListPage):
    """All movements, the latest first."""

    table_class = HistoryTable
    file_table_class = MovementFile
    filterset_class = MovementFilter
    search_fields = ("award", "client", "contract", "reference")
    search_label: str | Promise = gettext_lazy("Sale, project, client, exchange")
    export_name = "points"
    template_name = "portal/points/history.html"
    empty_icon = "coins"
    empty_title = gettext_lazy("No points yet")
    empty_text = gettext_lazy(
        "Accruals and write-offs stand here as soon as there are any: each with where it came from."
    )

    def get_queryset(self) -> "QuerySet[Movement]":
        """The company's own."""
        partner, _standing = company_of(cast("PersonRequest", self.request))
        return movements_of(partner)


history = HistoryPage.as_view()
