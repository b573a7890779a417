"""What the services give back: plain values, the same for a first write and for its repetition."""

from dataclasses import dataclass, field
from datetime import date, datetime

from honeyguide.ledger.models import Hold, Transaction


@dataclass(frozen=True, slots=True)
class Posted:
    """A transaction as it was written. Amounts in the account's unit."""

    transaction: int
    kind: str
    points: int
    """What was asked: awarded, spent, cancelled, …"""
    day: date
    recorded_at: datetime
    balance: int
    """In lots after it."""
    debt: int
    """Owed after it."""
    is_repeated: bool = field(default=False, compare=False)
    """It had been written before, under the same key."""

    @property
    def uid(self) -> str:
        """Its public name."""
        return f"ltx_{self.transaction}"


def posted(made: Transaction, *, is_repeated: bool = False) -> Posted:
    """A stored transaction as an answer."""
    return Posted(
        made.pk,
        made.kind,
        made.points,
        made.day,
        made.recorded_at,
        made.balance_after,
        made.debt_after,
        is_repeated,
    )


@dataclass(frozen=True, slots=True)
class Held:
    """A hold as it stands."""

    uid: str
    status: str
    points: int
    short: int
    """What it had to give up and could not reserve elsewhere."""
    reference: str
    placed_on: date
    transaction: int | None
    """By which it was spent."""
    is_repeated: bool = field(default=False, compare=False)


def held(hold: Hold, *, is_repeated: bool = False) -> Held:
    """A stored hold as an answer."""
    return Held(
        hold.uid,
        hold.status,
        hold.points,
        hold.short,
        hold.reference,
        hold.placed_on,
        hold.transaction_id,
        is_repeated,
    )
