"""Writes to the ledger: keyword-only, each one transaction, each under an idempotency key of the account.

Whoever writes locks the account row first. The same key and body give the first answer again (`is_repeated`); the same
key with another body raises KeyTaken. Refusals change nothing.
"""

from honeyguide.ledger.asked import Award
from honeyguide.ledger.services.awarding import award, award_many
from honeyguide.ledger.services.cancelling import cancel
from honeyguide.ledger.services.expiring import expire_due
from honeyguide.ledger.services.holding import capture, hold, release
from honeyguide.ledger.services.loading import Posting, Rewriting, rewrite_many
from honeyguide.ledger.services.posting import Moved, Movement, post
from honeyguide.ledger.services.reversing import reverse, unwind
from honeyguide.ledger.services.spending import restore, spend

__all__ = [
    "Award",
    "Moved",
    "Movement",
    "Posting",
    "Rewriting",
    "award",
    "award_many",
    "cancel",
    "capture",
    "expire_due",
    "hold",
    "post",
    "release",
    "restore",
    "reverse",
    "rewrite_many",
    "spend",
    "unwind",
]
