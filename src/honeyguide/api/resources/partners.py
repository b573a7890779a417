"""Companies."""

from typing import Any

from django.http import HttpRequest
from django_countries import countries
from ninja import Query, Router, Schema
from pydantic import Field

from honeyguide.api.documenting import answers
from honeyguide.api.gate import Gate, partner_seen
from honeyguide.api.paging import PageOut, PageQuery, page
from honeyguide.api.values import Instant
from honeyguide.common.errors import Invalid
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.partners.models import Partner
from honeyguide.standing.models import State

router = Router(tags=["Partners"])


class PartnerOut(Schema):
    """A company in the program, or applying to it."""

    id: str = Field(description="As in the history.")
    name: str
    country: str = Field(description="ISO 3166-1 alpha-2.")
    kind: str
    email: str
    phone: str
    website: str
    description: str
    services: list[str]
    state: str | None = Field(description="applicant, active, suspended, cancelled or terminated.")
    status: str | None = Field(description="A status of the rulebook; null without one.")
    discount_percent: str | None
    added_at: Instant


class PartnersOut(PageOut):
    """A page of companies."""

    data: list[PartnerOut]


class PartnerQuery(PageQuery):
    """Which companies."""

    state: State | None = Field(None, description="Only those in this state.")
    status: str | None = Field(None, max_length=40, description="Only those with this status of the rulebook.")
    country: str | None = Field(
        None, max_length=2, description="Only those of this country: ISO 3166-1 alpha-2, in capitals."
    )


def partner_out(partner: Partner) -> dict[str, Any]:
    """A company as the API shows it."""
    standing = getattr(partner, "standing", None)
    return {
        "id": partner.key,
        "name": partner.name,
        "country": str(partner.country),
        **{name: getattr(partner, name) for name in ("kind", "email", "phone", "website", "description")},
        "services": [str(service) for service in partner.services],
        "state": standing.state if standing is not None else None,
        "status": (standing.status or None) if standing is not None else None,
        "discount_percent": f"{standing.discount_percent:.2f}" if standing is not None else None,
        "added_at": partner.added_at,
    }


def _check(query: PartnerQuery) -> None:
    """Refuse a status or country that there is not: it would pass for one that nobody has."""
    statuses = [status.name for status in current_rulebook().statuses]
    if query.status is not None and query.status not in statuses:
        message = f"Expected one of {', '.join(statuses)}."
        raise Invalid(message, fields={"status": message})
    if query.country is not None and query.country not in countries.countries:
        message = "Expected a country as ISO 3166-1 alpha-2 has it, in capitals."
        raise Invalid(message, fields={"country": message})


@router.get(
    "/partners",
    auth=Gate("partners:read", PartnerQuery),
    response=answers(200, PartnersOut),
    operation_id="list_partners",
    summary="List companies",
)
def list_partners(request: HttpRequest, query: Query[PartnerQuery]) -> dict[str, Any]:
    """All companies by id, for a key of the operator; the own one for a company's. Scope: `partners:read`."""
    _check(query)
    own = request.auth.partner  # type: ignore[attr-defined]
    rows = Partner.objects.select_related("standing").defer("standing__answer", "standing__outlook")
    if own:
        rows = rows.filter(key=own)
    chosen = {"standing__state": query.state, "standing__status": query.status, "country": query.country}
    rows = rows.filter(**{name: value for name, value in chosen.items() if value is not None})
    return page(rows, query, partner_out, field="key", newest_first=False)


@router.get(
    "/partners/{partner}",
    auth=Gate("partners:read"),
    response=answers(200, PartnerOut),
    operation_id="get_partner",
    summary="Get a company",
)
def get_partner(request: HttpRequest, partner: str) -> dict[str, Any]:
    """One company. Scope: `partners:read`."""
    return partner_out(partner_seen(request, partner))
