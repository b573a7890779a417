"""Numbers, money, days and instants as the reader's language writes them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent, parse_pattern
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from honeyguide.common.clock import program_zone
from honeyguide.common.rulebooks import first_rulebook

NUMBERS = {"en": Locale("en"), "ru": Locale("ru")}
"""Languages of the pages and how they write numbers."""
DAYS = {"en": Locale("en", "GB"), "ru": Locale("ru")}
"""English pages are read all over the world: days are written day first, with the month in letters."""
WHOLE, NUMBER = parse_pattern("#,##0"), parse_pattern("#,##0.##")
"""Read once: a page has hundreds of numbers."""
DAYS_UNTIL_MONTHS, DAYS_UNTIL_YEARS = 60, 730
DAYS_A_MONTH, DAYS_A_YEAR = 30.44, 365.25
_KEPT = 8_192
"""Of each kind so many texts are kept: a page has hundreds of figures, and many of them on the page before."""
NEVER = 1e9
MINUS = "\N{MINUS SIGN}"
NOTHING = "—"
"""Shown where there is no figure, day or word; the lists' own, too."""


def language() -> str:
    """The reader's language, one of the pages' languages."""
    spoken = (get_language() or "en").partition("-")[0]
    return spoken if spoken in NUMBERS else "en"


def in_language(text: str, text_ru: str | None) -> str:
    """Of a text that is kept in two languages, the reader's: Russian where there is one, else English."""
    return text_ru if text_ru and language() == "ru" else text


def decimal_of(value: Decimal | float | str | None) -> Decimal | None:
    """A figure as the answer or a form holds it; None where it is none."""
    if value is None or value == "":
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def day_of(value: date | datetime | str | None) -> date | None:
    """A day, given as such, as an instant or as ISO text."""
    if isinstance(value, datetime):
        return value.astimezone(program_zone()).date() if value.tzinfo else value.date()
    if isinstance(value, date) or not value:
        return value or None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def instant_of(value: datetime | str | None) -> datetime | None:
    """An instant, given as such or as ISO text; without a zone it is UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if value is None:
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def whole_text(value: Decimal | float | str) -> str:
    """A whole number with separators."""
    return _decimal(decimal_of(value) or Decimal(0), language(), whole=True)


def signed_text(value: int) -> str:
    """A change with its sign: +1,200, −300, 0."""
    if not value:
        return "0"
    return f"{'+' if value > 0 else MINUS}{whole_text(abs(value))}"


def number_text(value: Decimal | float | str) -> str:
    """A number with as many places as it has, two at most."""
    return _decimal(decimal_of(value) or Decimal(0), language(), whole=False)


@lru_cache(_KEPT)
def _decimal(value: Decimal, spoken: str, *, whole: bool) -> str:
    return format_decimal(value, format=WHOLE if whole else NUMBER, locale=NUMBERS[spoken])


def money_text(value: Decimal | float | str, currency: str = "", *, short: bool = False) -> str:
    """An amount with its currency (the program's own by default); `short`: without cents where there are none."""
    return _money(decimal_of(value) or Decimal(0), currency or first_rulebook().currency, language(), short=short)


@lru_cache(_KEPT)
def _money(amount: Decimal, code: str, spoken: str, *, short: bool) -> str:
    locale = NUMBERS[spoken]
    if not short or amount != amount.to_integral_value():
        return str(format_currency(amount, code, locale=locale))
    pattern = locale.currency_formats["standard"].pattern.replace("0.00", "0")
    return str(format_currency(amount, code, format=pattern, locale=locale, currency_digits=False))


def percent_text(value: Decimal | float | str) -> str:
    """A percentage given in percent (20 is 20 %)."""
    return _percent((decimal_of(value) or Decimal(0)) / 100, language())


@lru_cache(_KEPT)
def _percent(share: Decimal, spoken: str) -> str:
    locale = NUMBERS[spoken]
    pattern = (
        locale.percent_formats[None]
        .pattern.replace("0%", "0.##%")
        .replace("0\N{NO-BREAK SPACE}%", "0.##\N{NO-BREAK SPACE}%")
    )
    return str(format_percent(share, format=pattern, locale=locale))


def day_text(value: date) -> str:
    """A day: 20 Nov 2026, 20 нояб. 2026. Without "г.", as in moment_text: it would end a sentence twice."""
    return _day(value, language())


@lru_cache(_KEPT)
def _day(value: date, spoken: str) -> str:
    return format_date(value, "d MMM y", locale=DAYS[spoken])


def month_text(value: date) -> str:
    """A month: Nov 2026."""
    return _month(value, language())


@lru_cache(_KEPT)
def _month(value: date, spoken: str) -> str:
    return format_date(value, "LLL y", locale=DAYS[spoken])


def moment_text(value: datetime) -> str:
    """An instant in the program's time zone, which is named."""
    return format_datetime(value, "d MMM y, HH:mm z", tzinfo=program_zone(), locale=DAYS[language()])


def days_text(days: int) -> str:
    """A number of days with the word in the right form."""
    return format_timedelta(timedelta(days=days), granularity="day", threshold=NEVER, locale=DAYS[language()])


def relative_text(value: date, today: date) -> str:
    """A day as seen from another: today, tomorrow, in 40 days, 3 months ago."""
    days = (value - today).days
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
    if days in near:
        return near[days]
    unit: Literal["day", "month", "year"] = "day"
    delta = timedelta(days=days)
    if abs(days) > DAYS_UNTIL_YEARS:
        unit, delta = "year", timedelta(days=round(days / DAYS_A_YEAR) * 365)
    elif abs(days) > DAYS_UNTIL_MONTHS:
        unit, delta = "month", timedelta(days=round(days / DAYS_A_MONTH) * 30)
    return format_timedelta(delta, granularity=unit, threshold=NEVER, add_direction=True, locale=DAYS[language()])


def country_text(code: str) -> str:
    """A country's name; the code where it has none."""
    return str(NUMBERS[language()].territories.get(code.upper(), code))
