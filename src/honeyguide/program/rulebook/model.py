"""The rulebook: every figure by which a program decides, with the clause beside it."""

from collections.abc import Iterator
from typing import Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from honeyguide.program.rulebook import checks
from honeyguide.program.rulebook.bonus_checks import bonus_problems, notice_problems
from honeyguide.program.rulebook.bonus_sections import Bonuses
from honeyguide.program.rulebook.earning import Earning, earning_problems
from honeyguide.program.rulebook.kinds import CalendarDay, Currency, Label, Word, Zone
from honeyguide.program.rulebook.rewards import Rewards, reward_problems
from honeyguide.program.rulebook.sections import (
    Activity,
    Clauses,
    Entitlements,
    Measures,
    Nfr,
    PointRules,
    Publishing,
    Requirement,
    Sales,
    Seats,
    Section,
    Status,
)


class Rulebook(Section):
    """One version of a program's rules. Attributes have the names of the TOML keys; it never changes after reading.

    `Rulebook.model_validate(data)` takes what a TOML reader gives (decimals as Decimal, never float) and raises
    Pydantic's ValidationError; `load_rulebook` reads a file and words the problems for its author.
    """

    name: Label
    version: Label
    effective_from: CalendarDay
    currency: Currency
    time_zone: Zone
    requirements: dict[Word, Requirement]
    statuses: tuple[Status, ...]
    """Lowest first."""
    sales: Sales
    seats: Seats
    activity: Activity
    clauses: Clauses
    entitlements: Entitlements
    measures: Measures
    points: PointRules
    nfr: Nfr | None = None
    """None: the program gives no not-for-resale licences."""
    rewards: Rewards | None = None
    """None: points cannot be spent here."""
    earning: Earning | None = None
    """None: points come from sales and projects alone, and projects from the history."""
    bonuses: Bonuses | None = None
    """None: the program gives no bonuses in money."""
    publishing: Publishing | None = None
    """None: a new version may come into force on any day from today on."""

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        problems = list(self._problems())
        if problems:
            told = "; ".join(f"{'.'.join(map(str, problem.path))}: {problem.expected}" for problem in problems)
            raise PydanticCustomError("rulebook", "{told}", {"told": told, "problems": problems})
        return self

    def _problems(self) -> Iterator[checks.Problem]:
        yield from checks.requirement_problems(self.requirements)
        yield from checks.status_problems(self.statuses)
        yield from checks.reference_problems(self.requirements, self.statuses, self.entitlements, self.measures)
        yield from checks.repeated(("sales", "counting_products"), self.sales.counting_products)
        yield from checks.repeated(("seats", "purchase_products"), self.seats.purchase_products)
        yield from checks.point_problems(self.points)
        yield from reward_problems(self.rewards, {status.name: place for place, status in enumerate(self.statuses)})
        yield from (checks.Problem(path, expected) for path, expected in earning_problems(self.earning))
        yield from notice_problems(self.points.notices)
        yield from bonus_problems(self.bonuses, self.requirements)
