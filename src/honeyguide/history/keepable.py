"""What both databases can keep as it is: not every text and number that JSON has a form for."""

import json
import re
from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

from honeyguide.program.phrases import Phrase

_SUSPECT = r"\\u0000|[0-9]{301}|[0-9][eE][+-]?[0-9]{3}"
_NO_CHARACTER = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
DIGITS_MOST, EXPONENT_MOST = 300, 300


class Unkeepable(NamedTuple):
    """The first event that cannot be kept, counted from 0, and what is wrong with it."""

    place: int
    problem: Phrase


def unkeepable(lines: Iterable[str]) -> Unkeepable | None:
    """What is wrong with the first event (a line of JSON) that cannot be kept; None where all can."""
    texts = pl.Series(lines, dtype=pl.String)
    for place in texts.str.contains(_SUSPECT).arg_true():
        line: str = texts[place]
        if _NO_CHARACTER.search(line):
            return Unkeepable(place, _with_no_character(line))
        too_much: list[str] = []

        def look(number: str, found: list[str] = too_much) -> str:
            digits, _exponent, power = number.lower().partition("e")
            if len(digits) > DIGITS_MOST or abs(int(power or 0)) > EXPONENT_MOST:
                found.append(number)
            return number

        json.loads(line, parse_int=look, parse_float=look)
        if too_much:
            number = f"{too_much[0][:20]}…"
            problem = Phrase(
                "{number} is too much of a number, expected at most {most} digits", number=number, most=DIGITS_MOST
            )
            return Unkeepable(place, problem)
    return None


def _with_no_character(line: str) -> Phrase:
    """Which field has it, by its name as JSON writes it."""
    fields = (json.dumps({name: value}) for name, value in json.loads(line).items())
    field = next(field for field in fields if _NO_CHARACTER.search(field))
    name = field[2 : field.index('": ')]
    return Phrase("{field} has the character U+0000 in it, expected text without it", field=name)
