"""A section of a partner's file that is a list: searched, filtered, sorted, paged and exported like every list."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase

from honeyguide.access.person import PersonRequest
from honeyguide.common.lists import ListPage
from honeyguide.console.partner_tabs import file_context, section_day
from honeyguide.joining.services import partner_by_key


class PartnerList(ListPage):
    """A list of one partner's. Has `partner`, and `as_of`: the day that the address asks for."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Whose file it is, and as of when. Raises NotFound."""
        super().setup(request, *args, **kwargs)
        self.partner = partner_by_key(kwargs["key"])
        self.as_of = section_day(cast("PersonRequest", request))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page; a day that is none is told, and answered as what cannot be taken."""
        response = super().get(request, *args, **kwargs)
        if self.as_of.problem:
            response.status_code = 422
        return response

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """What every section has above."""
        request = cast("PersonRequest", self.request)
        return super().get_context_data(**context, **file_context(request, self.partner.key, partner=self.partner))
