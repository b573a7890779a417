"""A partner's movements of points, in its file."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from honeyguide.access.person import PersonRequest
from honeyguide.common.lists import ListPage
from honeyguide.console.partner_tabs import file_context
from honeyguide.insights.models import Movement
from honeyguide.insights.movement_list import MovementFilter, MovementTable
from honeyguide.insights.queries import books_on, movements_of
from honeyguide.joining.services import partner_by_key


class PartnerMovements(ListPage):
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

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Whose file it is. Raises NotFound."""
        super().setup(request, *args, **kwargs)
        self.partner = partner_by_key(kwargs["key"])

    def get_queryset(self) -> "QuerySet[Movement]":
        """The partner's own."""
        return movements_of(self.partner)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The head of the file, and what the ledger has."""
        request = cast("PersonRequest", self.request)
        books = books_on(self.partner, request.today)
        return {**context, **file_context(request, self.partner.key, partner=self.partner), "books": books}


partner_movements = PartnerMovements.as_view()
