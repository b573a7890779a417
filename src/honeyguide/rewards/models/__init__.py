"""What spending keeps: prices by version, what goes together, exchanges, campaigns, plans."""

from honeyguide.rewards.models.campaigns import Campaign, CampaignClient, Channel
from honeyguide.rewards.models.exchanges import Exchange, ExchangeState, Quote
from honeyguide.rewards.models.matrix import MatrixChange, MatrixRule, Promotion
from honeyguide.rewards.models.plans import Plan, PlanStep
from honeyguide.rewards.models.prices import Price, PriceDraft, PriceList, Stock

__all__ = [
    "Campaign",
    "CampaignClient",
    "Channel",
    "Exchange",
    "ExchangeState",
    "MatrixChange",
    "MatrixRule",
    "Plan",
    "PlanStep",
    "Price",
    "PriceDraft",
    "PriceList",
    "Promotion",
    "Quote",
    "Stock",
]
