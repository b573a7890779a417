"""Points of a partner as lots in the order in which they are spent: what the ledger has and nobody has reserved."""

import hashlib
from datetime import date

from honeyguide.ledger.queries import lots
from honeyguide.partners.models import Partner
from honeyguide.rewards.rules.wallet import Lot, Wallet

UNIT = "points"


def wallet_of(partner: Partner, day: date) -> Wallet:
    """What the partner can spend on a day, without what is held for exchanges that wait."""
    # The place stands before the ident, so that lots of one day keep the ledger's order.
    return Wallet.of(
        Lot(row.expires_on, row.allocated_on, f"{place:06} {row.ident}", row.free)
        for place, row in enumerate(lots(UNIT, partner.key, day=day))
    )


def ident_of(lot: Lot) -> str:
    """The award, sale or project that a lot is for."""
    return lot.ident.partition(" ")[2]


def mark_of(wallet: Wallet) -> str:
    """A mark of all lots with what is left of each: another mark, a changed balance."""
    text = ";".join(f"{ident_of(lot)}={lot.points}" for lot in wallet.lots)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
