"""Limits of what is typed in, and the team's own promise of an answer: all in one place."""

NAME_MAX_CHARS = 120
CLIENT_MAX_CHARS = 200
CONTRACT_MAX_CHARS = 120
FULFILMENT_MAX_CHARS = 500
NOTE_MAX_CHARS = 1_000
QUANTITY_MAX = 100
AMOUNT_MAX = 100_000_000
BUDGET_MAX = 1_000_000_000
COUNT_MAX = 1_000_000
CAMPAIGNS_PER_PARTNER_COUNT = 500
CLIENTS_PER_CAMPAIGN_COUNT = 200
PLANS_PER_PARTNER_COUNT = 50
WANTS_COUNT = 12
PLAN_MONTHS = (3, 6, 12)
"""How far ahead a plan may look."""
PRICE_TABLE_MAX_BYTES = 200_000
PRICE_TABLE_MAX_ROWS = 500
ANSWER_WITHIN_DAYS = 3
"""From when an exchange that waits is late."""
FULFIL_WITHIN_DAYS = 7
"""From when an approved exchange that was not handed over is late."""
