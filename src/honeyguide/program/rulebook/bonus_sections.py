"""The sections of a rulebook about money bonuses (T9, T10), and about points that are about to expire (G4.5)."""

from typing import Annotated

from honeyguide.program.phrases import Phrase
from honeyguide.program.rulebook.kinds import Amount, CalendarDay, Clause, Days, Flag, Product, Whole, Word
from honeyguide.program.rulebook.sections import Section

CalendarMonth = Annotated[int, Whole(Phrase("months of the calendar"), 1, 12)]


class Kickstart(Section):
    """The bonus that helps a new partner to its first sales (T9a): given once, as soon as everything is shown."""

    clause: Clause
    amount: Amount
    applied_after: CalendarDay
    """Only for those whose application came after this day."""
    requirements: tuple[Word, ...]
    valid_days: Days
    """After acceptance: the last day on which it can be used is so many days later."""


class AwardBonus(Section):
    """The bonus of a yearly winner (T10)."""

    clause: Clause
    least_amount: Amount
    most_amount: Amount
    valid_to_month: CalendarMonth
    """It can be used up to the last day of this month of the year in which it was credited."""


class Bonuses(Section):
    """Bonuses in money, and what they can pay for (T9b)."""

    clause: Clause
    pays_for: tuple[Product, ...]
    """New subscriptions and keys of these products; never upgrades, renewals or the partner's own use."""
    money_left_amount: Amount
    """So much of an order remains to be paid in money."""
    new_clients_only: Flag
    """Only for clients who have never paid before."""
    client_address_needed: Flag
    """The address of the client's account must be named."""
    kickstart: Kickstart | None = None
    award: AwardBonus | None = None
