"""Points in words, for templates."""

from decimal import Decimal

from django import template

from honeyguide.common import local
from honeyguide.insights import wording
from honeyguide.insights.statements import Line

register = template.Library()
register.filter("activity_words", wording.activity_words)
register.filter("movement_words", wording.kind_words)
register.filter("ident_text", wording.ident_text)
register.filter("signed", wording.signed_text)


@register.filter
def line_words(line: Line) -> str:
    """What a line of a statement is."""
    return wording.what_words(line)


@register.filter
def line_note(line: Line) -> str:
    """What stands under it."""
    return wording.note_words(line)


@register.filter
def sum_words(group: str) -> str:
    """A sum of a statement."""
    return str(wording.SUMS[group])


@register.filter
def ratio(value: Decimal | float | None) -> str:
    """A ratio of two figures in percent: 1.25 is 125%; "—" where there is none."""
    return "—" if value is None else local.percent_text(round(Decimal(value) * 100, 1))
