"""The sales curve under the status: net by month, the trailing year at each month's end, the targets. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from honeyguide.common.days import month_ends, trailing_start
from honeyguide.standing.happenings import NOTHING, Sale
from honeyguide.standing.story import Row, Step, Story

MONTHS_SHOWN = 36
DEFAULT_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Month:
    """One month, the last one up to the day: what was sold, the trailing year's sum, the status on its last day."""

    first: date
    last: date
    net: Decimal
    trailing: Decimal
    status: str


@dataclass(frozen=True, slots=True)
class Target:
    """A line: the sales that keeping or reaching a status asks for."""

    status: str
    purpose: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Curve:
    """What the chart and the table behind it show."""

    months: tuple[Month, ...]
    targets: tuple[Target, ...]

    @property
    def highest(self) -> Decimal:
        """The highest figure that is drawn."""
        figures = [month.trailing for month in self.months] + [target.amount for target in self.targets]
        return max(figures, default=NOTHING)


def curve_of(story: Story, sales: Sequence[Sale]) -> Curve:
    """The curve up to the standing's day, at most MONTHS_SHOWN months back. `sales`: happenings.sales_of."""
    today = story.standing.assessed_on
    steps = story.steps[::-1]
    began = min([step.on for step in steps[:1]] + [sale.on for sale in sales[:1]], default=None)
    if began is None:
        return Curve((), ())
    ends = month_ends(began, today)[-MONTHS_SHOWN:]
    length = trailing_months(story)
    firsts = [began.replace(day=1) if len(ends) < MONTHS_SHOWN else ends[0].replace(day=1)]
    firsts += [later.replace(day=1) for _earlier, later in pairwise(ends)]
    months = tuple(
        Month(
            first,
            last,
            _sum(sales, first, last),
            _sum(sales, trailing_start(last, length), last),
            status_at(steps, last),
        )
        for first, last in zip(firsts, ends, strict=True)
    )
    return Curve(months, tuple(targets_of(story)))


def trailing_months(story: Story) -> int:
    """How long the trailing window is: that of the next status, else of the one held."""
    aim = story.reach.status if story.reach else story.standing.status
    status = next((one for one in story.statuses if one.name == aim), None)
    return status.reach.sales_months if status and status.reach else DEFAULT_MONTHS


def targets_of(story: Story) -> list[Target]:
    """The sales asked for keeping the status, and for the next one; one line where both are the same."""
    goals = [goal for goal in (story.keep, story.reach) if goal]
    rows = [row for goal in goals for row in goal.figures if row.name == "sales"]
    return [Target(row.status, row.purpose, Decimal(row.required)) for row in rows]


def status_at(steps: Sequence[Step], day: date) -> str:
    """The status at the end of a day; "" without one. `steps`: the earliest first."""
    status = ""
    for step in steps:
        if step.on > day:
            break
        status = step.after
    return status


def _sum(sales: Sequence[Sale], first: date, last: date) -> Decimal:
    return sum((sale.counts for sale in sales if first <= sale.on <= last), NOTHING)


def sales_in(sales: Sequence[Sale], row: Row) -> list[Sale]:
    """The sales of a requirement's window, the latest first.

    Where the sales of a first Gold count only from the event that gave Silver, those before it on that very day are
    left out: the engine's figure tells how many.
    """
    if row.window is None:
        return []
    first, last = row.window
    within = [sale for sale in sales if first <= sale.on <= last]
    surplus = sum((sale.counts for sale in within), NOTHING) - Decimal(row.actual)
    while surplus > 0 and within and within[0].on == first:
        surplus -= within.pop(0).counts
    return within[::-1]
