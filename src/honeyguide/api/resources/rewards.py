"""Spending points: the catalogue, quotes, exchanges, campaigns (G2)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from honeyguide.api.documenting import Closed, answers
from honeyguide.api.gate import Gate, actor_of, now_of, own_partner
from honeyguide.api.once import handed_in, once
from honeyguide.api.paging import PageOut
from honeyguide.api.resources.evidence import IdempotencyKey
from honeyguide.api.seen import PartnerQuery, company_of, listed
from honeyguide.api.values import Day, Instant
from honeyguide.common.clock import program_day
from honeyguide.rewards import limits, queries
from honeyguide.rewards.catalogue import Offered, day_of, next_list, offered
from honeyguide.rewards.effect import effects
from honeyguide.rewards.models import Campaign, Exchange, ExchangeState, Quote
from honeyguide.rewards.services import deciding
from honeyguide.rewards.services.exchanges import confirm, withdraw
from honeyguide.rewards.services.quotes import Purpose, quote

router = Router(tags=["Rewards"])


class RewardOut(Schema):
    """One thing that can be had for points, with its price of today."""

    item: str = Field(description="Its name: `<reward>.<variant>`.")
    title: str
    title_ru: str
    kind: str
    clause: str
    price: int = Field(description="In points, with a running promotion.")
    list_price: int
    next_price: int | None = Field(description="As announced.")
    next_from: date | None
    worth_amount: str = Field(description="For planning, in the program's currency.")
    stock: int | None = Field(description="null: no limit.")
    needs_approval: bool
    for_client: bool
    for_campaign: bool
    status: str | None = Field(description="The lowest status that can have it.")
    active_min_points: int | None
    combines_with: list[str] = Field(description="Discounts and promotions that it goes with today.")


class RewardsOut(Schema):
    """The catalogue of a day."""

    day: date
    price_list: str = Field(description="Of the prices: a price list's id, or the rulebook's version.")
    effective_from: date
    next_effective_from: date | None
    data: list[RewardOut]


class QuoteIn(Closed):
    """What is asked for, and what for."""

    item: str = Field(max_length=130)
    quantity: int = Field(1, ge=1, le=limits.QUANTITY_MAX)
    client: str = Field("", max_length=limits.CLIENT_MAX_CHARS)
    contract: str = Field("", max_length=limits.CONTRACT_MAX_CHARS)
    campaign: str = Field("", max_length=32, description="The campaign's id.")
    sale_amount: str | None = Field(None, pattern=r"^[0-9]{1,9}(\.[0-9]{1,2})?$")


class LotOut(Schema):
    """Points of one award that are used."""

    ident: str
    expires_on: date = Field(description="The first day without them.")
    points: int
    left: int


class QuoteOut(Schema):
    """An offer: it holds until `valid_until`, and only while price, balance and matrix stay as they are."""

    id: str
    item: str
    title: str
    quantity: int
    price: int
    points: int
    available: int
    price_list: str
    valid_until: Instant
    lots: list[LotOut]
    combinations: list[dict[str, Any]] = Field(description="Allowed on the purchase, the best one first.")
    client: str
    contract: str
    campaign: str | None


class ExchangeIn(Closed):
    """The quote that is taken up."""

    quote: str = Field(max_length=32)


class ExchangeOut(Schema):
    """An exchange, from its confirmation to what was handed over."""

    id: str
    partner: str
    item: str
    title: str
    quantity: int
    points: int
    price_list: str
    client: str
    contract: str
    campaign: str | None
    state: str = Field(description="waiting, approved, fulfilled, refused, withdrawn or cancelled.")
    reason: str
    fulfilment: str = Field(description="What was handed over.")
    fulfilment_until: date | None
    confirmed_at: Instant
    decided_at: Instant | None
    fulfilled_at: Instant | None
    cancelled_at: Instant | None


class ExchangesPage(PageOut):
    """A page of exchanges."""

    data: list[ExchangeOut]


class ExchangeQuery(PartnerQuery):
    """Which exchanges."""

    state: ExchangeState | None = Field(None, description="Only in this state.")


class FulfilmentIn(Closed):
    """What is handed over."""

    fulfilment: str = Field(min_length=1, max_length=limits.FULFILMENT_MAX_CHARS)
    until: Day | None = None


class CampaignOut(Schema):
    """A campaign with what came of it."""

    id: str
    partner: str
    name: str
    channel: str
    starts_on: date
    ends_on: date
    points: int
    leads: int
    won: int
    budget: str
    revenue: str
    return_per_point: str | None


class CampaignsPage(PageOut):
    """A page of campaigns."""

    data: list[CampaignOut]


class CampaignQuery(PartnerQuery):
    """Which campaigns."""


def reward_out(one: Offered, together: list[str]) -> RewardOut:
    """A line of the catalogue."""
    reward, variant = one.item.reward, one.item.variant
    return RewardOut(
        item=one.item.key,
        title=one.item.title_in("en"),
        title_ru=one.item.title_in("ru"),
        price=one.price,
        list_price=one.list_price,
        next_price=one.next_price,
        next_from=one.next_from,
        worth_amount=str(variant.worth_amount),
        stock=one.stock,
        combines_with=together,
        **{
            name: getattr(reward, name)
            for name in (
                "kind", "clause", "needs_approval", "for_client", "for_campaign", "status", "active_min_points",
            )
        },
    )  # fmt: skip


def quote_out(made: Quote) -> QuoteOut:
    """A quote."""
    return QuoteOut(
        id=made.uid,
        item=made.item,
        price_list=made.price_version,
        lots=[LotOut(**lot) for lot in made.lots],
        combinations=made.combination["all"],
        campaign=made.campaign.uid if made.campaign is not None else None,
        **{
            name: getattr(made, name)
            for name in ("title", "quantity", "price", "points", "available", "valid_until", "client", "contract")
        },
    )


def exchange_out(made: Exchange) -> ExchangeOut:
    """An exchange; the team's own notes are not in it."""
    return ExchangeOut(
        id=made.uid,
        partner=made.partner.key,
        item=made.item,
        price_list=made.price_version,
        campaign=made.campaign.uid if made.campaign is not None else None,
        **{
            name: getattr(made, name)
            for name in (
                "title", "quantity", "points", "client", "contract", "state", "reason", "fulfilment",
                "fulfilment_until", "confirmed_at", "decided_at", "fulfilled_at", "cancelled_at",
            )
        },
    )  # fmt: skip


@router.get(
    "/rewards",
    auth=Gate("rewards:read"),
    response=answers(200, RewardsOut),
    operation_id="list_rewards",
    summary="What can be had for points",
)
def list_rewards(request: HttpRequest) -> RewardsOut:
    """The whole catalogue with prices of today and announced ones. Scope: `rewards:read`."""
    found = day_of(program_day(now_of(request)))
    ahead = next_list(found.day)
    together: dict[str, list[str]] = {}
    for reward, kind in sorted(found.matrix.rewards):
        together.setdefault(reward, []).append(kind)
    return RewardsOut(
        day=found.day,
        price_list=found.table.version,
        effective_from=found.table.effective_from,
        next_effective_from=ahead.effective_from if ahead is not None else None,
        data=[reward_out(one, together.get(one.item.reward_name, [])) for one in offered(found)],
    )


@router.post(
    "/reward-quotes",
    auth=Gate("rewards:write"),
    response=answers(201, QuoteOut, writes=True),
    operation_id="quote_reward",
    summary="Get a quote",
)
def quote_reward(request: HttpRequest, body: QuoteIn, idempotency_key: IdempotencyKey) -> Status[Any]:
    """What an exchange would cost now, which points it would use, what it goes with. Scope: `rewards:write`.

    409 `limit_reached` names the limits, and how the same can be had in parts.
    """
    purpose = Purpose(
        body.client, body.contract, body.campaign, None if body.sale_amount is None else Decimal(body.sale_amount)
    )
    return once(
        request,
        idempotency_key,
        body.model_dump(),
        lambda: quote_out(
            quote(
                partner=own_partner(request), item=body.item, quantity=body.quantity, purpose=purpose,
                actor=actor_of(request), now=now_of(request),
            )
        ),
    )  # fmt: skip


@router.post(
    "/exchanges",
    auth=Gate("rewards:write"),
    response=answers(201, ExchangeOut, writes=True),
    operation_id="confirm_exchange",
    summary="Take up a quote",
)
def confirm_exchange(request: HttpRequest, body: ExchangeIn, idempotency_key: IdempotencyKey) -> Status[Any]:
    """The points are held where approval is needed, else spent. Scope: `rewards:write`.

    409 `stale_quote` says what has changed since the quote: get another one.
    """
    return once(
        request,
        idempotency_key,
        body.model_dump(),
        lambda: exchange_out(confirm(quote=body.quote, **handed_in(request, idempotency_key))),
    )


@router.get(
    "/exchanges",
    auth=Gate("rewards:read", ExchangeQuery),
    response=answers(200, ExchangesPage),
    operation_id="list_exchanges",
    summary="List exchanges",
)
def list_exchanges(request: HttpRequest, query: Query[ExchangeQuery]) -> dict[str, Any]:
    """The newest first. Scope: `rewards:read`."""
    return listed(request, query, queries.all_exchanges(), exchange_out)


@router.get(
    "/exchanges/{id}",
    auth=Gate("rewards:read"),
    response=answers(200, ExchangeOut),
    operation_id="get_exchange",
    summary="Get an exchange",
)
def get_exchange(request: HttpRequest, id: str) -> ExchangeOut:  # noqa: A002 - its name in the address
    """One of them. Scope: `rewards:read`."""
    return exchange_out(queries.exchange_with(id, company_of(request)))


@router.post(
    "/exchanges/{id}/withdrawal",
    auth=Gate("rewards:write"),
    response=answers(201, ExchangeOut, writes=True),
    operation_id="withdraw_exchange",
    summary="Take back an exchange that waits",
)
def withdraw_exchange(request: HttpRequest, id: str, idempotency_key: IdempotencyKey) -> Status[Any]:  # noqa: A002
    """The points are free again. Scope: `rewards:write`."""
    return once(
        request,
        idempotency_key,
        {},
        lambda: exchange_out(
            withdraw(uid=id, partner=own_partner(request), actor=actor_of(request), now=now_of(request))
        ),
    )


@router.post(
    "/exchanges/{id}/fulfilment",
    auth=Gate("exchanges:write"),
    response=answers(201, ExchangeOut, writes=True),
    operation_id="fulfil_exchange",
    summary="Hand over what was exchanged",
)
def fulfil_exchange(
    request: HttpRequest,
    id: str,  # noqa: A002 - its name in the address
    body: FulfilmentIn,
    idempotency_key: IdempotencyKey,
) -> Status[Any]:
    """A shop of licences or a training system hands over by itself. Operator's scope: `exchanges:write`."""
    return once(
        request,
        idempotency_key,
        body.model_dump(mode="json"),
        lambda: exchange_out(
            deciding.fulfil(
                uid=id, fulfilment=body.fulfilment, until=body.until, actor=actor_of(request), now=now_of(request)
            )
        ),
    )


@router.get(
    "/campaigns",
    auth=Gate("rewards:read", CampaignQuery),
    response=answers(200, CampaignsPage),
    operation_id="list_campaigns",
    summary="List campaigns with what came of them",
)
def list_campaigns(request: HttpRequest, query: Query[CampaignQuery]) -> dict[str, Any]:
    """Points, leads, clients won, revenue and the return of a point (G4.6). Scope: `rewards:read`."""
    day = program_day(now_of(request))
    return listed(request, query, queries.all_campaigns(), lambda campaign: campaign_out(campaign, day))


def campaign_out(campaign: Campaign, day: date) -> CampaignOut:
    """A campaign and its sums."""
    ((found),) = effects([campaign], day)
    sums = found.effect
    return CampaignOut(
        id=campaign.uid,
        partner=campaign.partner.key,
        points=sums.points,
        leads=sums.leads,
        won=sums.won,
        budget=str(sums.budget),
        revenue=str(sums.revenue),
        return_per_point=None if sums.return_per_point is None else str(sums.return_per_point),
        **{name: getattr(campaign, name) for name in ("name", "channel", "starts_on", "ends_on")},
    )
