"""Reading exchanges, quotes, campaigns, plans and prices: for pages, queues and the API."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet

from honeyguide.common.clock import program_day
from honeyguide.common.errors import NotFound
from honeyguide.common.queues import Promise, Waiting, summarise
from honeyguide.history.queries import own_events
from honeyguide.partners.models import Partner
from honeyguide.rewards import limits
from honeyguide.rewards.models import Campaign, Exchange, ExchangeState, Plan, PlanStep, PriceList, Promotion, Quote
from honeyguide.rewards.models.exchanges import OPEN_STATES
from honeyguide.rulebooks.queries import in_force


def all_exchanges() -> QuerySet[Exchange]:
    """Everybody's exchanges, with what a list shows.

    Not all by joins: of eight tables PostgreSQL weighs every order, for longer than it then takes to read them.
    """
    rows = Exchange.objects.select_related("partner", "campaign", "confirmed_by")
    return rows.prefetch_related("decided_by", "fulfilled_by", "cancelled_by", "held_by")


def exchanges_of(partner: Partner) -> QuerySet[Exchange]:
    """A partner's own exchanges, the newest first."""
    return all_exchanges().filter(partner=partner)


def exchange_with(uid: str, partner: Partner | None = None) -> Exchange:
    """An exchange by its public id, for its partner or (None) the team. Raises NotFound."""
    rows = all_exchanges() if partner is None else exchanges_of(partner)
    found = rows.filter(uid=uid).first() if uid.isprintable() else None
    if found is None:
        raise NotFound("There is no such exchange.")
    return found


def quote_with(uid: str, partner: Partner) -> Quote:
    """One of a partner's own quotes. Raises NotFound."""
    rows = Quote.objects.filter(partner=partner).select_related("campaign", "partner")
    found = rows.filter(uid=uid).first() if uid.isprintable() else None
    if found is None:
        raise NotFound("There is no such quote.")
    return found


def rewards_of_kind(kind: str, day: date) -> list[str]:
    """Names of the rewards of a kind, in the rulebook of a day."""
    found = in_force(day).rewards
    return [] if found is None else [name for name, reward in found.catalogue.items() if reward.kind == kind]


TO_APPROVE = Promise("confirmed_at", limits.ANSWER_WITHIN_DAYS, Q(state=ExchangeState.WAITING))
TO_HAND_OVER = Promise("confirmed_at", limits.FULFIL_WITHIN_DAYS, Q(state=ExchangeState.APPROVED))


def due_at(item: Exchange) -> datetime:
    """When an open exchange is to be approved, or handed over, at the latest."""
    return (TO_APPROVE if item.is_waiting else TO_HAND_OVER).due_at(item)


def open_exchanges() -> QuerySet[Exchange]:
    """Exchanges with which the team has something to do."""
    return Exchange.objects.filter(state__in=OPEN_STATES)


def exchanges_waiting(now: datetime) -> Waiting:
    """The queue: what waits for approval, and what is to be handed over."""
    return summarise(open_exchanges(), TO_APPROVE, TO_HAND_OVER, now=now)


def known_clients(partner: Partner) -> list[str]:
    """Clients that a partner has sold to, by name."""
    sales = own_events([partner.key]).filter(type="sale.paid").order_by("client")
    return list(sales.values_list("client", flat=True).distinct())


def campaigns_of(partner: Partner) -> QuerySet[Campaign]:
    """A partner's own campaigns, the latest first."""
    return Campaign.objects.filter(partner=partner).prefetch_related("clients")


def all_campaigns() -> QuerySet[Campaign]:
    """Everybody's campaigns, the latest first, with what a list shows."""
    return Campaign.objects.select_related("partner").prefetch_related("clients")


def campaign_with(uid: str, partner: Partner | None = None) -> Campaign:
    """A campaign by its public id, for its partner or (None) the team. Raises NotFound."""
    rows = all_campaigns() if partner is None else all_campaigns().filter(partner=partner)
    found = rows.filter(uid=uid).first() if uid.isprintable() else None
    if found is None:
        raise NotFound("There is no such campaign.")
    return found


def plans_of(partner: Partner) -> QuerySet[Plan]:
    """A partner's kept plans, the latest first."""
    return Plan.objects.filter(partner=partner, dropped_at=None).prefetch_related("steps__exchange", "steps__campaign")


def plan_with(uid: str, partner: Partner) -> Plan:
    """One of a partner's own plans. Raises NotFound."""
    found = plans_of(partner).filter(uid=uid).first() if uid.isprintable() else None
    if found is None:
        raise NotFound("There is no such plan.")
    return found


def step_with(step: str, partner: Partner) -> PlanStep:
    """One step of a partner's plans that was not carried out yet. Raises NotFound."""
    pk = int(step) if step.isascii() and step.isdigit() and len(step) < 18 else 0
    rows = PlanStep.objects.filter(plan__partner=partner, plan__dropped_at=None, exchange=None)
    found = rows.select_related("plan", "campaign").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such step.")
    return found


@dataclass(frozen=True, slots=True)
class Planned:
    """An exchange that a kept plan has ahead."""

    day: date
    title: str
    points: int
    quantity: int
    worth_amount: Decimal
    plan: str
    """The plan's public id."""
    step: int
    is_overdue: bool


def planned(partner: Partner, day: date) -> list[Planned]:
    """The exchanges that a partner has planned and not carried out by a day; for its calendar (G4.5, G4.7)."""
    rows = PlanStep.objects.filter(plan__partner=partner, plan__dropped_at=None, exchange=None)
    return [
        Planned(row.day, str(row), row.points, row.quantity, row.worth_amount, row.plan.uid, row.pk, row.day < day)
        for row in rows.select_related("plan").order_by("day", "pk")
    ]


def price_lists() -> QuerySet[PriceList]:
    """Published price lists, the latest first."""
    return PriceList.objects.select_related("published_by").prefetch_related("prices")


def promotions(now: datetime) -> list[Promotion]:
    """Promotions that run or are to come, the earliest first."""
    return list(Promotion.objects.filter(ends_on__gte=program_day(now)).order_by("starts_on", "uid"))
