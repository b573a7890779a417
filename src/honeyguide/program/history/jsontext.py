"""JSON without binary floats: numbers keep the text they were written with."""

import json
import re
from typing import Any, Never

from honeyguide.program.phrases import Phrase, PhraseError, recognized

NESTING_MOST = 100
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


class Number(str):
    """A JSON number as it was written."""

    __slots__ = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for place, name in enumerate(names) if name in names[:place])
        raise PhraseError(Phrase("the name {name} is there twice, expected each name once", name=shown(twice)))
    return found


def _refuse(constant: str) -> Never:
    raise PhraseError(Phrase("{constant} is no JSON number", constant=constant))


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Number, parse_int=Number, parse_constant=_refuse, strict=True
)


_SCAN = _DECODER.scan_once  # type: ignore[attr-defined]


def parse(text: str) -> Any:
    """The JSON value of a text without space around it, or a PhraseError that says what is wrong with it."""
    try:
        value, end = _SCAN(text, 0)
    except StopIteration as error:
        raise _no_json("Expecting value", error.value) from None
    except json.JSONDecodeError as error:
        raise _no_json(error.msg.removesuffix(" at"), error.pos) from None
    except RecursionError:
        raise _too_deep() from None
    if end != len(text):
        raise _no_json("Extra data", end)
    if text.count("[") + text.count("{") > NESTING_MOST and depth(value) > NESTING_MOST:
        raise _too_deep()
    if "\\u" in text:
        refuse_halves(value)
    return value


_FAULTS = (
    Phrase("Expecting value"),
    Phrase("Expecting property name enclosed in double quotes"),
    Phrase("Expecting ':' delimiter"),
    Phrase("Expecting ',' delimiter"),
    Phrase("Illegal trailing comma before end of object"),
    Phrase("Illegal trailing comma before end of array"),
    Phrase("Extra data"),
    Phrase("Unterminated string starting"),
    Phrase("Invalid control character"),
    Phrase("Invalid \\escape: "),
    Phrase("Invalid \\uXXXX escape"),
)
"""What the decoder finds wrong."""


def _no_json(fault: str, place: int) -> PhraseError:
    return PhraseError(
        Phrase("not JSON: {fault} at character {place}", fault=recognized(fault, _FAULTS), place=place + 1)
    )


def _too_deep() -> PhraseError:
    return PhraseError(Phrase("nested too deep, expected at most {most} levels", most=NESTING_MOST))


def refuse_halves(value: object) -> None:
    """Raise PhraseError if a text in the value is no Unicode: half of a surrogate pair has no bytes."""
    try:
        dump(value).encode()
    except UnicodeEncodeError:
        raise PhraseError(Phrase("holds half of a surrogate pair, expected whole characters")) from None


def depth(value: object) -> int:
    """How many lists and objects lie in each other, without recursion."""
    depth, level = 0, [value]
    while level := [inner for outer in level if isinstance(outer, dict | list) for inner in _inside(outer)]:
        depth += 1
    return depth + 1


def _inside(value: dict[str, Any] | list[Any]) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value


def dump(value: object) -> str:
    """The JSON text of a value whose numbers are Number, int or Decimal."""
    if isinstance(value, Number):
        return str(value)
    if value is None or isinstance(value, str | bool):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ",".join(f"{dump(str(name))}:{dump(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(dump, value)) + "]"
    return f"{value:f}" if hasattr(value, "as_tuple") else str(value)


def shown(value: object, most: int = 60) -> str:
    """The value for a message: as JSON, on one line, not too long."""
    text = dump(value)
    text = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)
    return text if len(text) <= most else f"{text[:most]}…"


def looks_like_json(text: str) -> bool:
    """Whether the text would be taken for a JSON value other than itself."""
    if text[:1] not in '{["':
        return text in ("true", "false", "null") or _NUMBER.fullmatch(text) is not None
    try:
        parse(text)
    except ValueError:
        return False
    return True


def cell_of(value: object) -> str:
    """Any JSON value as the text of one cell, from which value_of_cell gives it back.

    A string stands for itself, unless it is empty or looks like JSON; then it, and every other value, is JSON text.
    """
    if isinstance(value, str) and not isinstance(value, Number) and value and not looks_like_json(value):
        return value
    return dump(value)


def json_of_cell(cell: str) -> str:
    """The JSON text of what a cell stands for."""
    if looks_like_json(cell):
        return cell if cell[:1] not in "{[" else dump(parse(cell))
    return dump(cell)


def value_of_cell(cell: str) -> Any:
    """The JSON value that a cell stands for."""
    return parse(cell) if looks_like_json(cell) else cell
