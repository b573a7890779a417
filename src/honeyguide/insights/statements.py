"""The statement of points for a period (G4.4): opening, movements, closing, and the proof that they agree. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from honeyguide.insights.periods import Period

ACCRUED, RESTORED, SPENT, EXPIRED, CANCELLED = "accrued", "restored", "spent", "expired", "cancelled"
DEBT, CORRECTED = "debt", "corrected"
GROUPS = (ACCRUED, SPENT, RESTORED, EXPIRED, CANCELLED, DEBT, CORRECTED)
"""Sums of a statement, in the order in which they are shown."""
GROUP_OF = {
    "earned": ACCRUED,
    "restored": RESTORED,
    "spent": SPENT,
    "expired": EXPIRED,
    "cancelled": CANCELLED,
    "debt_paid": DEBT,
    "reversed": CORRECTED,
}
"""By kind of movement."""


class DoesNotAddUp(AssertionError):
    """Opening and movements do not give the ledger's closing balance: nothing may be shown or sent then."""


@dataclass(frozen=True, slots=True)
class Line:
    """A movement of a partner's points.

    `kind`: of GROUP_OF; `points`: with its sign; `award`: of the lot that it moves; `activity`: how that lot was
    earned; `client`, `contract`: of the sale or project; `exchange`, `item`: what was spent on; "" where none.
    """

    day: date
    kind: str
    points: int
    award: str
    activity: str
    client: str
    contract: str
    exchange: str
    item: str
    reason: str
    number: int
    """Of the movement; 0 for an expiry that is not posted yet."""

    @property
    def group(self) -> str:
        """The sum that it belongs to."""
        return GROUP_OF[self.kind]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line with the balance after it."""

    line: Line
    balance: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What a partner had, what came and went, what it has. `sums`: by group, with their sign."""

    period: Period
    opening: int
    entries: tuple[Entry, ...]
    closing: int
    sums: dict[str, int]

    def of(self, group: str) -> int:
        """A sum; 0 where nothing moved."""
        return self.sums[group]


def statement(period: Period, opening: int, lines: Sequence[Line], closing: int) -> Statement:
    """Put a statement together. `closing`: the ledger's own balance at the end of the period.

    Raises DoesNotAddUp where opening + movements is another figure.
    """
    entries, balance = [], opening
    sums = dict.fromkeys(GROUPS, 0)
    for line in lines:
        balance += line.points
        sums[line.group] += line.points
        entries.append(Entry(line, balance))
    if balance != closing or opening + sum(sums.values()) != closing:
        raise DoesNotAddUp(f"{period.key}: {opening} and movements give {balance}, the ledger has {closing}")
    return Statement(period, opening, tuple(entries), closing, sums)
