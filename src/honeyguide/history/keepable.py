"""What both databases can keep as it is: not every text and number that JSON has a form for."""

import json
import re
from collections.abc import Iterable

import polars as pl
from django.utils.translation import gettext as _

_SUSPECT = r"\\u0000|[0-9]{301}|[0-9][eE][+-]?[0-9]{3}"
_NO_CHARACTER = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
DIGITS_MOST, EXPONENT_MOST = 300, 300


def unkeepable(lines: Iterable[str]) -> str:
    """What is wrong with the first event (a line of JSON) that cannot be kept; "" where all can."""
    texts = pl.Series(lines, dtype=pl.String)
    for line in texts.filter(texts.str.contains(_SUSPECT)):
        if _NO_CHARACTER.search(line):
            return _("a text has the character U+0000 in it, expected text without it: %(event)s") % {
                "event": line[:120]
            }
        too_much: list[str] = []

        def look(number: str, found: list[str] = too_much) -> str:
            digits, _exponent, power = number.lower().partition("e")
            if len(digits) > DIGITS_MOST or abs(int(power or 0)) > EXPONENT_MOST:
                found.append(number)
            return number

        json.loads(line, parse_int=look, parse_float=look)
        if too_much:
            return _("%(number)s… is too much of a number, expected at most 300 digits") % {"number": too_much[0][:20]}
    return ""
