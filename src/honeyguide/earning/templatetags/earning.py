"""Words of this room for templates."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import template

from honeyguide.accounts.models import User
from honeyguide.common.local import money_text, whole_text
from honeyguide.common.words import words_of
from honeyguide.earning import words
from honeyguide.earning.models import Project
from honeyguide.earning.services.tables import name_of
from honeyguide.history.models import Event
from honeyguide.history.words import sentence

register = template.Library()


@register.filter
def activity_title(name: str) -> str:
    """What an activity of the rulebook is called."""
    return words.activity_title(name)


@register.filter
def importer_name(user: User | None) -> str:
    """Who has brought in a table, or taken it back: a person or a program."""
    return name_of(user)


@register.filter
def grade_words(name: str) -> str:
    """A grade of a project's module."""
    return words.grade_words(name)


@register.filter
def kind_words(name: str) -> str:
    """A kind of award."""
    return words_of(words.KINDS, name)


@register.filter
def line_text(line: dict[str, str]) -> str:
    """A ticked line of a checklist, as it read then, in the reader's language."""
    return words.in_language(line["text"], line.get("text_ru"))


@register.filter
def points_text(number: int | None) -> str:
    """A number of points with the word in the right form."""
    return words.points_text(number or 0)


@register.filter
def modules_by_grade(project: Project) -> list[tuple[str, int]]:
    """A project's modules: grade in words, and how many."""
    found = [(words.grade_words(grade), project.modules.count(grade)) for grade in words.GRADES]
    return [(grade, count) for grade, count in found if count]


@register.filter
def module_words(name: str) -> str:
    """A class of a sale's module."""
    return words_of(words.MODULE_CLASSES, name)


@register.filter
def plan_words(name: str) -> str:
    """A plan of a sale."""
    return words_of(words.PLANS, name)


@register.filter
def at(table: Mapping[str, Any], name: str) -> Any:
    """What a table has under a name; None for nothing."""
    return table.get(name)


@register.filter
def event_sentence(event: Event) -> str:
    """An event of the history in one sentence."""
    return sentence(event)


@register.filter
def calculator_query(project: Project) -> str:
    """The calculator's address for a project, behind its question mark."""
    counts = {grade: project.modules.count(grade) for grade in words.GRADES}
    given = {"what": "project", **{grade: count for grade, count in counts.items() if count}}
    return urlencode({**given, "integration": "on"} if project.integration else given)


@register.filter
def signed(number: int) -> str:
    """A change of points: +120, −40; 0 for none."""
    if number == 0:
        return "0"
    return f"{'+' if number > 0 else '−'}{whole_text(abs(number))}"


@register.filter
def net_of(sale: Event) -> str:
    """The net amount of a sale, in its own currency."""
    return money_text(sale.data["net"], sale.data.get("currency", ""))
