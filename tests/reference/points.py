"""Readings 11 to 16 (T4.2, G1): what sales and projects earn, and a partner's lots of points."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.reference.books import Books
from tests.reference.days import add_months
from tests.reference.ledger import Sale

Json = dict[str, Any]


def half_up(amount: Fraction) -> int:
    """Rounded to whole points, a half upwards."""
    return math.floor(amount + Fraction(1, 2))


def exact(figure: object) -> Fraction:
    """A figure of the rulebook as it is written."""
    return Fraction(str(figure))


def sale_points(sale: Sale, rulebook: Json) -> int:
    """Reading 11 (G1.1, G1.2): P + L + surcharge."""
    figures = rulebook["points"]["sale"]
    for_net = half_up(Fraction(sale.net) * exact(figures["net_percent"]) / 100)
    for_licences = sale.licences * _licence_points(sale, figures)
    percent = sum((exact(figures["module_percent"][module]) for module in sale.modules), Fraction(0))
    return for_net + for_licences + half_up((for_net + for_licences) * percent / 100)


def _licence_points(sale: Sale, figures: Json) -> int:
    if sale.plan == "basic":
        return int(figures["basic_licence_points"])
    for tier in figures["extended_licence_points"]:
        if "up_to_seats_count" not in tier or sale.seats <= tier["up_to_seats_count"]:
            return int(tier["points"])
    raise AssertionError("the last tier has no limit")


def project_points(delivered: Mapping[str, Any], rulebook: Json) -> int:
    """Reading 12 (G1.3): so many a module; with integration twice the sum, at most 500."""
    figures = rulebook["points"]["project"]
    total = sum((exact(figures["module_points"][module]) for module in delivered["modules"]), Fraction(0))
    if delivered.get("integration", False):
        total = min(total * exact(figures["integration_factor"]), exact(figures["integration_max_points"]))
    return half_up(total)


def refunded_share(points: int, refunded: Decimal, sale: Sale) -> int:
    """Reading 16: half up of (award x refunded / net); nothing of a sale of net 0."""
    if sale.net == 0:
        return 0
    return half_up(points * Fraction(refunded) / Fraction(sale.net))


@dataclass
class Award:
    """An allocated award and its lot: `cancelled` lowers what is active (reading 14), `rest` is yet to be spent."""

    id: str
    points: int
    allocated: date
    expires: date  # the first day on which it is no longer valid
    rest: int
    cancelled: int = 0
    paid: int = 0  # used for debt

    @property
    def left(self) -> int:
        """What is left of the award: spending does not lower it (T4.2)."""
        return self.points - self.cancelled


@dataclass
class Exchange:
    """What an exchange took from which lots, and what became debt."""

    points: int
    taken: list[tuple[Award, int]]
    short: int


@dataclass(frozen=True)
class Move:
    """A movement of points: of which event, from or to which award's lot, for which award that is cancelled."""

    event: int
    kind: str
    lot: str | None
    points: int
    cancels: str | None = None


@dataclass
class Account:
    """The points of one partner, in the order in which its events change them."""

    books: Books
    awards: list[Award] = field(default_factory=list)  # in the order of allocation
    debt: int = 0
    spent: int = 0
    exchanges: dict[str, "Exchange"] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    event: int = -1  # the place of the event at hand

    def award(self, award_id: str) -> Award | None:
        """The allocated award of that id."""
        return next((a for a in self.awards if a.id == award_id), None)

    def valid_lots(self, day: date) -> list[Award]:
        """Lots valid on the day, by expiry, then by allocation (the list's order; the sort is stable)."""
        return sorted((a for a in self.awards if day < a.expires), key=lambda a: a.expires)

    def active(self, day: date) -> int:
        """Reading 14: awards whose trailing year holds the day, less what was cancelled of each."""
        return sum(a.left for a in self.valid_lots(day))

    def available(self, day: date) -> int:
        """Reading 15: what can be spent."""
        return sum(a.rest for a in self.valid_lots(day))

    def expired(self, day: date) -> int:
        """Reading 15: the unspent, uncancelled rest of expired lots."""
        return sum(a.rest for a in self.awards if day >= a.expires)

    def allocate(self, award_id: str, points: int, day: date) -> None:
        """Reading 15: a new lot, from which debt is paid first. An award of 0 points is never allocated."""
        if points == 0:
            return
        lot = Award(award_id, points, day, add_months(day, self.books.on(day)["points"]["validity_months"]), points)
        self.awards.append(lot)
        self.note("earned", lot, points)
        paid = lot.paid = min(self.debt, lot.rest)
        lot.rest -= paid
        self.debt -= paid
        self.note("debt_paid", lot, paid)

    def note(self, kind: str, lot: Award | None, points: int, cancels: str | None = None) -> None:
        """Write a movement down, if there is one."""
        if points:
            self.moves.append(Move(self.event, kind, None if lot is None else lot.id, points, cancels))

    def cancel(self, award: Award, points: int, day: date) -> None:
        """Reading 16: up to what is left of the award; its lot gives first, then the other lots, then debt."""
        points = min(points, award.left)
        award.cancelled += points
        others = [lot for lot in self.valid_lots(day) if lot is not award]
        taken = _take(points, [award, *others])
        short = points - sum(part for _, part in taken)
        self.debt += short
        for lot, part in taken:
            self.note("cancelled", lot, part, award.id)
        self.note("owed", None, short, award.id)

    def cancel_oldest(self, points: int, day: date) -> int:
        """Reading 16: so much from the active awards, oldest expiry first; answers how much they held of it."""
        taken = 0
        for award in self.valid_lots(day):
            part = min(points - taken, award.left)
            self.cancel(award, part, day)
            taken += part
        return taken

    def spend(self, exchange: str, points: int, day: date) -> int:
        """Reading 15: takes lots by expiry, then allocation; the rest becomes debt. Answers what became debt."""
        taken = _take(points, self.valid_lots(day))
        short = points - sum(part for _, part in taken)
        self.spent += points
        self.debt += short
        self.exchanges[exchange] = Exchange(points, taken, short)
        for lot, part in taken:
            self.note("spent", lot, part)
        self.note("owed", None, short)
        return short

    def restore(self, exchange: str, day: date) -> None:
        """An exchange is undone: what was debt lessens it, or goes to the lots that paid it; the rest to its lots.

        Debt that is left then is paid from what went back to lots that are still valid.
        """
        undone = self.exchanges[exchange]
        self.spent -= undone.points
        less = min(self.debt, undone.short)
        self.debt -= less
        self.note("restored", None, less)
        over = undone.short - less
        for lot in reversed(self.awards):  # the one that paid last first
            back = min(over, lot.paid)
            lot.paid -= back
            lot.rest += back
            over -= back
            self.note("restored", lot, back)
        for lot, part in undone.taken:
            paid = min(self.debt, part) if day < lot.expires else 0
            self.debt -= paid
            lot.paid += paid
            lot.rest += part - paid
            self.note("restored", lot, part)
            self.note("debt_paid", lot, paid)


def _take(points: int, lots: list[Award]) -> list[tuple[Award, int]]:
    """Take so much from the lots, one after another, as far as they have it; answers how much from which."""
    taken = []
    for lot in lots:
        part = min(points, lot.rest)
        lot.rest -= part
        points -= part
        if part:
            taken.append((lot, part))
    return taken
