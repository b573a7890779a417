"""Who gets which bonus, of what amount and for how long (T9a, T10). Pure: days and facts in, decisions out."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.bonus_sections import AwardBonus, Kickstart
from honeyguide.standing.happenings import Happening

MINOR_IN_MAJOR = 100


def minor_of(amount: Decimal) -> int:
    """An amount of the rulebook (at most two decimals) in minor units."""
    return int(amount * MINOR_IN_MAJOR)


def major_of(minor: int) -> Decimal:
    """Minor units as an amount."""
    return Decimal(minor) / MINOR_IN_MAJOR


@dataclass(frozen=True, slots=True)
class KickstartState:
    """How far a partner is with the kickstart bonus.

    `requirements`: each with the day since which it is shown, None while it is not. `met_on`: the day on which all were
    shown together and the partner was in the program; `valid_to`: the last day on which the bonus can be used. Both
    None without an acceptance. `barred`: why it cannot be had: "early" (applied before the bonus existed), "inactive",
    "over" (its time went by); empty otherwise.
    """

    rule: Kickstart
    applied_on: date | None
    accepted_on: date | None
    requirements: tuple[tuple[str, date | None], ...]
    met_on: date | None
    valid_to: date | None
    barred: str

    @property
    def is_due(self) -> bool:
        """Whether it is to be granted."""
        return self.met_on is not None and not self.barred


def kickstart_state(
    happenings: Sequence[Happening], *, accepted_on: date | None, is_active: bool, today: date, rulebook: Rulebook
) -> KickstartState | None:
    """The kickstart bonus of a partner (T9a); None in a program without one.

    `happenings`: its events up to today; `accepted_on`: its latest acceptance. Without an application in the history
    the first acceptance stands for it.
    """
    if rulebook.bonuses is None or rulebook.bonuses.kickstart is None:
        return None
    rule = rulebook.bonuses.kickstart
    applied_on = next((one.day for one in happenings if one.type == "partner.applied"), None)
    applied_on = applied_on or next((one.day for one in happenings if one.type == "partner.accepted"), None)
    since = shown_since(happenings, rulebook)
    requirements = tuple((name, since.get(name)) for name in rule.requirements)
    days = [day for _name, day in requirements]
    met_on, valid_to = None, None
    if accepted_on is not None:
        valid_to = accepted_on + timedelta(days=rule.valid_days)
        if all(days):
            met_on = max(accepted_on, *(day for day in days if day is not None))
    barred = ""
    if applied_on is not None and applied_on <= rule.applied_after:
        barred = "early"
    elif not is_active:
        barred = "inactive"
    elif valid_to is not None and max(today, met_on or today) > valid_to:
        barred = "over"
    return KickstartState(rule, applied_on, accepted_on, requirements, met_on, valid_to, barred)


def shown_since(happenings: Sequence[Happening], rulebook: Rulebook) -> Mapping[str, date]:
    """Since when each requirement is shown: the day of its first event, or of the first after it was withdrawn."""
    held: dict[str, date] = {}
    for one in happenings:
        kind, field = _SHOWN_BY.get(one.type, ("", ""))
        for name, requirement in rulebook.requirements.items() if kind else ():
            if getattr(requirement, kind) != one.get(field):
                continue
            if one.type == "evidence.withdrawn":
                held.pop(name, None)
            else:
                held.setdefault(name, one.day)
    return held


_SHOWN_BY = {
    "course.completed": ("course", "course"),
    "nfr.claimed": ("nfr", "product"),
    "evidence.approved": ("evidence", "requirement"),
    "evidence.withdrawn": ("evidence", "requirement"),
}
"""By type of event: which kind of requirement it shows, and the field that names it."""


def award_valid_to(credited_on: date, rule: AwardBonus) -> date:
    """The last day on which an award bonus can be used: the end of the rule's month in the year of the credit.

    Credited after that month, it is valid to the end of the same month a year later.
    """
    year = credited_on.year + (credited_on.month > rule.valid_to_month)
    return date(year, rule.valid_to_month, calendar.monthrange(year, rule.valid_to_month)[1])


def fits_award(amount: Decimal, rule: AwardBonus) -> bool:
    """Whether an award bonus may have this amount: within the range, with at most two decimals."""
    return rule.least_amount <= amount <= rule.most_amount and amount == round(amount, 2)
