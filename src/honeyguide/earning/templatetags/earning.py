"""Words of this room for templates."""

from django import template

from honeyguide.common.words import words_of
from honeyguide.earning import words

register = template.Library()


@register.filter
def activity_title(name: str) -> str:
    """What an activity of the rulebook is called."""
    return words.activity_title(name)


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
