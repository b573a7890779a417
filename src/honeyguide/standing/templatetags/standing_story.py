"""A standing in a template: read into typed figures, worded in the reader's language."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import template

from honeyguide.common.explanation import Explanation, figure_text
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.common.words import requirement_words
from honeyguide.standing import explain, wording
from honeyguide.standing.models import Standing
from honeyguide.standing.page import StandingPage
from honeyguide.standing.story import Action, Goal, Row, Step, Story

register = template.Library()


@register.simple_tag
def story_of(standing: Standing) -> Story:
    """A standing, read (`{% story_of standing as story %}`)."""
    return Story(standing, current_rulebook())


@register.simple_tag
def standing_page(standing: Standing, today: date) -> StandingPage:
    """A partner on the standing's day, with its sales, discount, measures and drawing."""
    return StandingPage(standing.partner, standing, today)


@register.simple_tag
def explain_row(story: Story, row: Row) -> Explanation:
    """Why a requirement is met or missing."""
    return explain.explain_row(story, row)


@register.simple_tag
def explain_status(story: Story) -> Explanation:
    """Why the status is what it is."""
    return explain.explain_status(story)


@register.simple_tag
def explain_review(story: Story) -> Explanation | None:
    """Why the status is decided on that day."""
    return explain.explain_review(story)


@register.filter
def keeping(story: Story) -> list[str]:
    """The verdict on keeping the status, in sentences."""
    return wording.keeping(story)


@register.filter
def reaching(story: Story) -> list[str]:
    """How the next status stands, in sentences."""
    return wording.reaching(story)


@register.filter
def decision_day(story: Story) -> list[str]:
    """What happens on the day of the decision, in sentences."""
    return wording.decision_day(story)


@register.filter
def regaining(goal: Goal) -> str:
    """Why a lost status asks for more (T3.5)."""
    return wording.regaining(goal)


@register.filter
def action_words(action: Action, goal: Goal | None = None) -> str:
    """One step of a plan, with its last day where the goal has one."""
    return wording.action_words(action, dated=goal is None or goal.purpose == "keep")


@register.filter
def amount(value: Decimal) -> str:
    """An amount without cents where there are none, as in the sentences beside it."""
    return wording.amount(value)


@register.filter
def missing_words(row: Row) -> str:
    """What is missing of a requirement."""
    return wording.missing_text(row)


@register.filter
def missing_names(goal: Goal) -> str:
    """What is missing for a goal, by name."""
    return ", ".join(requirement_words(row.name) for row in goal.missing)


@register.filter
def actual_text(row: Row) -> str:
    """What is there of a requirement."""
    return figure_text(row.name, row.actual)


@register.filter
def required_text(row: Row) -> str:
    """What a requirement asks for."""
    return figure_text(row.name, row.required)


@register.filter
def expected_text(row: Row) -> str:
    """What will be there at the review; "" where nothing can be said."""
    return "" if row.expected is None else figure_text(row.name, row.expected)


@register.filter
def step_title(step: Step) -> str:
    """A transition in words."""
    return wording.step_title(step)


@register.filter
def step_reason(step: Step, story: Story) -> str:
    """What decided a transition."""
    return wording.step_reason(step, story)


@register.filter
def of(table: Mapping[str, Any], name: str) -> Any:
    """An entry of a table by its name; None without one."""
    return table.get(name) if table else None
