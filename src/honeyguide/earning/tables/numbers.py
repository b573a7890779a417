"""Numbers as tables write them: read whole or not at all, so that none is taken for another."""

import re
import unicodedata
from collections.abc import Collection
from decimal import Decimal

from babel.numbers import get_currency_symbol
from django.conf import settings
from django.utils.translation import gettext as _

MARKS = {".": "1,200.50", ",": "1.200,50"}
"""Decimal marks, each with how an amount is written by it."""
_SPACES = " \u00a0\u2009\u202f'\u2019"
"""Between thousands, beside the mark that is no decimal mark."""
_ABBREVIATIONS = {"RUB": ("руб.", "руб", "р.")}


class Unreadable(ValueError):
    """A cell that is no number, in words for who has sent the table."""


def number_in(cell: str, mark: str, signs: Collection[str] = ()) -> Decimal:
    """The one number that a cell holds, with thousands in threes and perhaps one of `signs` before or behind it.

    Raises Unreadable for anything else; and for a lone `1.200` where the mark is decimal: many would mean 1200.
    """
    text = _without_sign(cell.strip(), signs)
    between = _SPACES + ("," if mark == "." else ".")
    found = re.fullmatch(rf"([0-9]{{1,3}}([{between}])[0-9]{{3}}(?:\2[0-9]{{3}})*|[0-9]+)(?:[{mark}]([0-9]+))?", text)
    if found is None:
        raise Unreadable(_("“%(cell)s” is no number such as %(example)s") % {"cell": cell[:40], "example": MARKS[mark]})
    whole, part = re.sub(r"[^0-9]", "", found[1]), found[3] or ""
    if re.fullmatch(rf"[1-9][0-9]{{0,2}}[{mark}][0-9]{{3}}", text):
        small = f"{whole}{mark}{part}".rstrip("0").rstrip(mark)
        raise Unreadable(
            _("“%(cell)s” could be %(large)s or %(small)s: write it so, or choose how amounts are written")
            % {"cell": cell[:40], "large": whole + part, "small": small}
        )
    return Decimal(f"{whole}.{part}" if part else whole)


def _without_sign(text: str, signs: Collection[str]) -> str:
    for sign in sorted(signs, key=len, reverse=True):
        if text[: len(sign)].casefold() == sign.casefold():
            return text[len(sign) :].lstrip()
        if text[-len(sign) :].casefold() == sign.casefold():
            return text[: -len(sign)].rstrip()
    return text


def signs_of(currency: str) -> set[str]:
    """What may stand beside an amount in a currency: its code, its signs in the program's languages, their last letter.

    `CA$` is written `$` at home. Another currency's sign is none: amounts are not converted.
    """
    symbols = {get_currency_symbol(currency, locale=code) for code, _name in settings.LANGUAGES}
    short = {symbol[-1] for symbol in symbols if unicodedata.category(symbol[-1]) == "Sc"}
    return {currency, *symbols, *short, *_ABBREVIATIONS.get(currency, ())}
