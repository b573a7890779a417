"""What a key reaches: the rows of a list, and whose one of them may be."""

from collections.abc import Callable
from typing import Any, cast

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from pydantic import Field

from honeyguide.api.gate import ApiRequest, own_partner
from honeyguide.api.paging import PageQuery, page
from honeyguide.partners.models import Partner


class PartnerQuery(PageQuery):
    """Parameters of a list of companies' things; its own query adds `state`."""

    partner: str | None = Field(None, max_length=64, description="Only this company's.")


def only_own[Rows: QuerySet[Any]](
    request: HttpRequest, rows: Rows, partner: str | None, field: str = "partner__key"
) -> Rows:
    """The rows of the key's company, or of the one asked for; all for a key of the operator that names none."""
    own = cast("ApiRequest", request).auth.partner
    if own:
        rows = rows.filter(**{field: own})
    return rows.filter(**{field: partner}) if partner is not None else rows


def listed[Row: Model, Out](
    request: HttpRequest, query: PartnerQuery, rows: QuerySet[Row], form: Callable[[Row], Out]
) -> dict[str, Any]:
    """A page of the rows that the key reaches, the newest first; in one state where the query asks for it."""
    rows = only_own(request, rows, query.partner)
    state = getattr(query, "state", None)
    return page(rows.filter(state=state) if state else rows, query, form)


def company_of(request: HttpRequest) -> Partner | None:
    """The company of the key, which reaches its own alone; None for a key of the operator, which reaches all."""
    return own_partner(request) if cast("ApiRequest", request).auth.partner else None
