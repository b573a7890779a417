"""Points in words, for templates."""

from decimal import Decimal

from django import template

from honeyguide.common import local
from honeyguide.insights import wording

register = template.Library()
register.filter("activity_words", wording.activity_words)
register.filter("ident_text", wording.ident_text)
register.filter("line_note", wording.note_words)
register.filter("line_words", wording.what_words)
register.filter("movement_words", wording.kind_words)


@register.filter
def sum_words(group: str) -> str:
    """A sum of a statement."""
    return str(wording.SUMS[group])


@register.filter
def ratio(value: Decimal | float | None) -> str:
    """A ratio of two figures in percent: 1.25 is 125%; a dash where there is none."""
    return local.NOTHING if value is None else local.percent_text(round(Decimal(value) * 100, 1))
