"""Words of this room for templates."""

from functools import partial
from urllib.parse import urlencode

from django import template

from honeyguide.common.local import in_language, money_text
from honeyguide.common.words import words_of
from honeyguide.earning import words
from honeyguide.earning.models import Project
from honeyguide.earning.services.tables import name_of
from honeyguide.history.models import Event
from honeyguide.history.words import sentence

register = template.Library()
register.filter("activity_title", words.activity_title)
register.filter("event_sentence", sentence)
register.filter("grade_words", words.grade_words)
register.filter("importer_name", name_of)
register.filter("kind_words", partial(words_of, words.KINDS))
register.filter("module_words", partial(words_of, words.MODULE_CLASSES))
register.filter("plan_words", partial(words_of, words.PLANS))


@register.filter
def line_text(line: dict[str, str]) -> str:
    """A ticked line of a checklist, as it read then, in the reader's language."""
    return in_language(line["text"], line.get("text_ru"))


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
def calculator_query(project: Project) -> str:
    """The calculator's address for a project, behind its question mark."""
    counts = {grade: project.modules.count(grade) for grade in words.GRADES}
    given = {"what": "project", **{grade: count for grade, count in counts.items() if count}}
    return urlencode({**given, "integration": "on"} if project.integration else given)


@register.filter
def net_of(sale: Event) -> str:
    """The net amount of a sale, in its own currency."""
    return money_text(sale.data["net"], sale.data.get("currency", ""))
