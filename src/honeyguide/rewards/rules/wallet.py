"""Points in lots, spent in the order of their expiry: what is there on a day, and which lots an exchange takes.

The ledger holds the truth; this is the same order (reading 15 of docs/readings.md) over figures that were read from it,
for quotes, proposals and plans, which look at days to come.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class Lot:
    """Points of one award. `expires_on`: the first day without them."""

    expires_on: date
    allocated_on: date
    ident: str
    points: int


@dataclass(frozen=True, slots=True)
class Use:
    """What an exchange takes of a lot."""

    lot: Lot
    points: int


@dataclass(frozen=True, slots=True)
class Wallet:
    """Lots by expiry, then by allocation; those without points are left out."""

    lots: tuple[Lot, ...]

    @classmethod
    def of(cls, lots: Iterable[Lot]) -> "Wallet":
        """A wallet of lots in any order."""
        return cls(tuple(sorted(lot for lot in lots if lot.points > 0)))

    def available(self, day: date) -> int:
        """Points that can be spent on a day."""
        return sum(lot.points for lot in self.lots if lot.expires_on > day)

    def uses(self, points: int, day: date) -> tuple[Use, ...]:
        """The lots that an exchange takes. Raises ValueError for more than is there."""
        found, open_points = [], points
        for lot in self.lots:
            if lot.expires_on > day and open_points:
                taken = min(lot.points, open_points)
                found.append(Use(lot, taken))
                open_points -= taken
        if open_points:
            raise ValueError(f"{points} points: expected at most {self.available(day)}")
        return tuple(found)

    def without(self, uses: Iterable[Use]) -> "Wallet":
        """What is left after an exchange."""
        taken = {use.lot: use.points for use in uses}
        return Wallet.of(
            Lot(lot.expires_on, lot.allocated_on, lot.ident, lot.points - taken.get(lot, 0)) for lot in self.lots
        )

    def spend(self, points: int, day: date) -> "Wallet":
        """What is left after spending so much. Raises ValueError for more than is there."""
        return self.without(self.uses(points, day))

    def by_expiry(self, day: date) -> list[tuple[date, int]]:
        """What expires when, from a day on: (the first day without, points), the soonest first."""
        found: dict[date, int] = {}
        for lot in self.lots:
            if lot.expires_on > day:
                found[lot.expires_on] = found.get(lot.expires_on, 0) + lot.points
        return sorted(found.items())
