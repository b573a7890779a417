"""A partner on a day, with all that pages show of it, gathered in few queries: the standing read, its own events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from honeyguide.common.explanation import Explanation
from honeyguide.common.plain_table import PlainTable
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.partners.models import Partner
from honeyguide.standing import explain
from honeyguide.standing.curve import Curve, curve_of, sales_in
from honeyguide.standing.drawing import Drawing, drawing_of
from honeyguide.standing.explain import DiscountDecision, discount_decision, discount_sentence
from honeyguide.standing.happenings import Happening, MeasureInForce, Sale, measures_of, sales_of
from honeyguide.standing.models import Standing
from honeyguide.standing.own import happenings_of
from honeyguide.standing.story import Goal, Row, Story
from honeyguide.standing.tables import months_table, sales_table


@dataclass(frozen=True)
class StandingPage:
    """A partner on a day. `today`: the real one, from which days are told."""

    partner: Partner
    standing: Standing
    today: date

    @property
    def day(self) -> date:
        """The day that is shown."""
        return self.standing.assessed_on

    @property
    def is_today(self) -> bool:
        """Whether it is today's standing."""
        return self.day == self.today

    @cached_property
    def story(self) -> Story:
        """The standing, read."""
        return Story(self.standing, current_rulebook())

    @cached_property
    def happenings(self) -> list[Happening]:
        """The partner's events up to the day."""
        return happenings_of(self.partner, self.day)

    @cached_property
    def sales(self) -> tuple[Sale, ...]:
        """All sales up to the day, as they count."""
        cancelled = [step.on for step in self.story.steps if step.cause == "cancelled"]
        return sales_of(self.happenings, cancelled, self.story.rulebook)

    @cached_property
    def discount(self) -> DiscountDecision:
        """Which rule gave the discount."""
        return discount_decision(self.standing, self.happenings, self.story.rulebook)

    @property
    def discount_words(self) -> str:
        """Where the discount comes from."""
        return discount_sentence(self.discount, self.standing)

    @property
    def discount_why(self) -> Explanation:
        """Its explanation."""
        return explain.explain_discount(self.story, self.discount)

    @cached_property
    def measures(self) -> tuple[MeasureInForce, ...]:
        """Measures in force (T14)."""
        return measures_of(self.happenings, self.day, self.story.rulebook)

    @cached_property
    def curve(self) -> Curve:
        """Sales by month."""
        return curve_of(self.story, self.sales)

    @cached_property
    def drawing(self) -> Drawing | None:
        """The chart."""
        return drawing_of(self.curve, self.story.steps[::-1], self.day)

    @property
    def months_table(self) -> PlainTable:
        """The same figures in words."""
        return months_table(self.curve)

    @cached_property
    def counted_sales(self) -> list[Sale]:
        """The sales of the window that matters: that of keeping the status, else of the next one; the latest first."""
        row = self.sales_row
        return sales_in(self.sales, row) if row else []

    @property
    def sales_table(self) -> PlainTable:
        """They, one by one."""
        return sales_table(self.counted_sales)

    @cached_property
    def sales_row(self) -> Row | None:
        """The requirement of sales that matters."""
        goals: list[Goal] = [goal for goal in (self.story.keep, self.story.reach) if goal]
        return next((row for goal in goals for row in goal.figures if row.name == "sales" and row.window), None)

    @property
    def next_percent(self) -> Decimal | None:
        """The discount of the next status."""
        reach = self.story.reach
        if reach is None:
            return None
        return next((one.discount_percent for one in self.story.statuses if one.name == reach.status), None)


def client_names(sales: tuple[Sale, ...], most: int) -> list[str]:
    """The partner's clients, the latest first, at most so many."""
    seen: Mapping[str, None] = dict.fromkeys(sale.client for sale in reversed(sales))
    return list(seen)[:most]
