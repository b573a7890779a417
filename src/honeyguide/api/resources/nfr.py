"""Licences not for resale (T8)."""

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from honeyguide.api.documenting import Closed, answers
from honeyguide.api.gate import Gate
from honeyguide.api.once import handed_in, once
from honeyguide.api.paging import PageOut
from honeyguide.api.resources.evidence import IdempotencyKey
from honeyguide.api.seen import PartnerQuery, company_of, listed
from honeyguide.api.values import Instant
from honeyguide.requirements.limits import ACCOUNT_MAX_CHARS
from honeyguide.requirements.models import NfrClaim, NfrProduct, NfrState, NfrUse
from honeyguide.requirements.queries import all_claims, claim_with
from honeyguide.requirements.services.nfr import claim

router = Router(tags=["Licences not for resale"])


class ClaimOut(Schema):
    """A claim, and the licence that came of it. The key itself is read in the portal alone."""

    id: str
    partner: str
    product: str = Field(description="cloud or on_premise.")
    account: str
    use: str = Field(description="internal, demonstration or both.")
    state: str = Field(description="waiting, granted, declined, withdrawn, ended or returned.")
    reason: str
    submitted_at: Instant
    decided_at: Instant | None
    granted_on: date | None
    ends_on: date | None = Field(description="The first day without it, as settled so far.")


class ClaimsPage(PageOut):
    """A page of claims."""

    data: list[ClaimOut]


class ClaimQuery(PartnerQuery):
    """Which claims."""

    state: NfrState | None = Field(None, description="Only in this state.")


class ClaimIn(Closed):
    """What is claimed."""

    product: NfrProduct
    account: str = Field(
        max_length=ACCOUNT_MAX_CHARS, description="Address of the cloud account, or the e-mail to which a key goes."
    )
    use: NfrUse
    agreed: Literal[True] = Field(description="That it is used inside the company or for demonstrations only (T8).")


def claim_out(found: NfrClaim) -> ClaimOut:
    """A claim as the API shows it."""
    names = ("product", "account", "use", "state", "reason", "submitted_at", "decided_at", "granted_on", "ends_on")
    return ClaimOut(id=found.uid, partner=found.partner.key, **{name: getattr(found, name) for name in names})


@router.get(
    "/nfr-claims",
    auth=Gate("nfr:read", ClaimQuery),
    response=answers(200, ClaimsPage),
    operation_id="list_nfr_claims",
    summary="List claims",
)
def list_claims(request: HttpRequest, query: Query[ClaimQuery]) -> dict[str, Any]:
    """The newest first. Scope: `nfr:read`."""
    return listed(request, query, all_claims(), claim_out)


@router.get(
    "/nfr-claims/{id}",
    auth=Gate("nfr:read"),
    response=answers(200, ClaimOut),
    operation_id="get_nfr_claim",
    summary="Get a claim",
)
def get_claim(request: HttpRequest, id: str) -> ClaimOut:  # noqa: A002 - its name in the address
    """One of them. Scope: `nfr:read`."""
    return claim_out(claim_with(id, company_of(request)))


@router.post(
    "/nfr-claims",
    auth=Gate("nfr:write"),
    response=answers(201, ClaimOut, writes=True),
    operation_id="create_nfr_claim",
    summary="Claim a licence",
)
def create_claim(request: HttpRequest, body: ClaimIn, idempotency_key: IdempotencyKey) -> Status[Any]:
    """As many as the status allows; the program team decides. Scope: `nfr:write`."""
    return once(
        request,
        idempotency_key,
        body.model_dump(),
        lambda: claim_out(claim(**handed_in(request, idempotency_key), **body.model_dump())),
    )
