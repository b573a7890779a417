"""Words, days and figures for plain text, in the language of the mail."""

from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_date
from django import template
from django.utils.translation import gettext as _

from honeyguide.common import local
from honeyguide.common.words import MEASURES, STATUSES, requirement_words, words_of

register = template.Library()


@register.filter
def status_word(name: str) -> str:
    """A status in words; one of another rulebook by its name."""
    return words_of(STATUSES, name) if name else _("no status")


@register.filter
def requirement_title(name: str) -> str:
    """A requirement in words."""
    return requirement_words(name)


@register.filter
def plain_day(value: date | datetime | str | None) -> str:
    """A day: 20 Nov 2026, 20 ноября 2026 (without the full stop of «г.»: it may end a sentence)."""
    day = local.day_of(value)
    if day is None:
        return ""
    return format_date(day, "d MMMM y", locale="ru") if local.language() == "ru" else local.day_text(day)


@register.filter
def plain_percent(value: Decimal | float | str) -> str:
    """A percentage: 40%."""
    return local.percent_text(value)


@register.filter
def plain_money(value: Decimal | float | str, currency: str = "") -> str:
    """An amount with its currency."""
    return local.money_text(value, currency)


@register.filter
def plain_number(value: Decimal | float | str) -> str:
    """A whole number."""
    return local.whole_text(value)


@register.filter
def measure_word(name: str) -> str:
    """A measure in words."""
    return words_of(MEASURES, name)


@register.filter
def plain_moment(value: datetime | str | None) -> str:
    """An instant in the program's time zone, which is named."""
    instant = local.instant_of(value)
    return "" if instant is None else local.moment_text(instant)
