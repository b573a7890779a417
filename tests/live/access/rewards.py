"""What Nectar exchanges and plans, and what the team prepares, for the walk through all addresses."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from honeyguide.accounts.actor import Actor
from honeyguide.rewards.catalogue import day_of
from honeyguide.rewards.models import Campaign, Exchange, Plan, PriceDraft, Promotion, Quote
from honeyguide.rewards.proposing import Wish
from honeyguide.rewards.services.campaigns import CampaignForm, add_campaign
from honeyguide.rewards.services.exchanges import confirm
from honeyguide.rewards.services.matrix import PromotionForm, add_promotion
from honeyguide.rewards.services.plans import keep
from honeyguide.rewards.services.prices import save_draft
from honeyguide.rewards.services.quotes import Purpose, quote
from tests.live.conftest import NOW, TODAY, World


@dataclass
class Spending:
    """An exchange that waits, a quote, a plan, a campaign; a promotion, a draft of prices."""

    exchange: Exchange
    quote: Quote
    plan: Plan
    campaign: Campaign
    promotion: Promotion
    draft: PriceDraft


def make_spending(world: World) -> Spending:
    """All of them, of Nectar."""
    nectar = world.nectar
    alice = Actor(name="Alice", user=world.alice, partner="nectar")
    manager = Actor(name="Manager Person", user=world.staff["manager"])
    offer = quote(
        partner=nectar, item="renewal_discount.basic", quantity=1, purpose=Purpose("client-1", "C-1"), actor=alice,
        now=NOW,
    )  # fmt: skip
    exchange = confirm(partner=nectar, quote=offer.uid, form_token="form", actor=alice, now=NOW)
    plan = keep(
        partner=nectar, name="Winter", wishes=[Wish("course.webinar", 1, "first")], months=6, form_token="form",
        actor=alice, now=NOW,
    )  # fmt: skip
    campaign = add_campaign(
        partner=nectar, form=CampaignForm("Autumn", "search", TODAY, TODAY + timedelta(days=30)), form_token="form",
        actor=alice, now=NOW,
    )  # fmt: skip
    promotion = add_promotion(
        uid="prm_1k3f9x2aq7m4c8r2w5",
        form=PromotionForm("Renew", "Продлить", TODAY, TODAY + timedelta(days=9), sale_percent=Decimal(5)),
        actor=manager, now=NOW,
    )  # fmt: skip
    draft = save_draft(
        effective_from=TODAY + timedelta(days=20), note="", version=0, actor=manager, now=NOW,
        prices=dict(day_of(TODAY).table.prices) | {"course.course": 900},
    )  # fmt: skip
    another = quote(partner=nectar, item="course.webinar", quantity=1, purpose=Purpose(), actor=alice, now=NOW)
    return Spending(exchange, another, plan, campaign, promotion, draft)
