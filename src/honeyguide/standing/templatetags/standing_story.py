"""A standing in a template: read into typed figures, worded in the reader's language."""

from collections.abc import Collection
from datetime import date

from django import template

from honeyguide.common.explanation import figure_text
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.common.words import requirement_words
from honeyguide.standing import explain, wording
from honeyguide.standing.models import Standing
from honeyguide.standing.page import StandingPage
from honeyguide.standing.steps_ahead import Ahead
from honeyguide.standing.steps_ahead import steps_of as steps_ahead_of
from honeyguide.standing.story import Action, Goal, Row, Story

register = template.Library()
register.simple_tag(explain.explain_review)
register.simple_tag(explain.explain_row)
register.simple_tag(explain.explain_status)
register.filter("amount", wording.amount)
register.filter("decision_day", wording.decision_day)
register.filter("keeping", wording.keeping)
register.filter("missing_words", wording.missing_text)
register.filter("reaching", wording.reaching)
register.filter("regaining", wording.regaining)
register.filter("step_reason", wording.step_reason)
register.filter("step_title", wording.step_title)
register.filter("why_not", wording.why_not_text)


@register.simple_tag
def story_of(standing: Standing) -> Story:
    """A standing, read (`{% story_of standing as story %}`)."""
    return Story(standing, current_rulebook())


@register.simple_tag
def standing_page(standing: Standing, today: date) -> StandingPage:
    """A partner on the standing's day, with its sales, discount, measures and drawing."""
    return StandingPage(standing.partner, standing, today)


@register.simple_tag
def steps_of(story: Story, goal: Goal, waiting: Collection[str] = ()) -> list[Ahead]:
    """The steps still to be taken to a goal (`{% steps_of story goal waiting as steps %}`). `waiting`: as there."""
    return steps_ahead_of(story, goal, waiting or ())


@register.filter
def action_words(action: Action, goal: Goal | None = None) -> str:
    """One step of a plan, with its last day where the goal has one."""
    return wording.action_words(action, dated=goal is None or goal.purpose == "keep")


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
