"""Bodies: JSON as RFC 8259 has it, of characters that a database can keep."""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from honeyguide.api.problems import FieldError, Refused
from honeyguide.program.history.jsontext import NESTING_MOST, depth

NUMBER_CHARS_MOST, EXPONENT_MOST = 300, 300
_EXPONENT = re.compile(r"[eE][+-]?0*([0-9]+)$")


class StrictParser(Parser):
    """Numbers with a point are exact. Raises Refused for what is no JSON, nests too deep, or has no characters.

    NaN and the like are no JSON; NUL and halves of characters are none.
    """

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value."""
        if request.content_type != "application/json":
            raise Refused("media_type", "Expected a body of the content type application/json.")
        try:
            value = json.loads(request.body, parse_constant=_refuse_constant, parse_float=_decimal)
        except (ValueError, RecursionError) as bad:
            raise Refused("malformed", f"The body is no JSON: {str(bad)[:200]}") from bad
        if depth(value) > NESTING_MOST:
            message = f"Expected at most {NESTING_MOST} lists and objects in each other."
            raise Refused("invalid", message, errors=[FieldError("", message)])
        check_text(json.dumps(value, ensure_ascii=False, default=str).replace("\\u0000", "\0"))
        return value

    def parse_querydict(
        self, data: "MultiValueDict[str, Any]", list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Parameters and the fields of a form."""
        if isinstance(data, QueryDict):
            for name, values in data.lists():
                check_text(name + "".join(str(value) for value in values))
        found: dict[str, Any] = super().parse_querydict(data, list_fields, request)
        return found


def check_text(text: str) -> None:
    """Refuse the character NUL and halves of characters."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = "\0"
    if "\0" in text:
        message = "Expected characters of Unicode, without NUL."
        raise Refused("malformed", message, errors=[FieldError("", message)])


def _decimal(text: str) -> Decimal:
    exponent = _EXPONENT.search(text)
    if len(text) > NUMBER_CHARS_MOST or (exponent and int(exponent[1]) > EXPONENT_MOST):
        raise ValueError(f"{text[:20]}… is too much of a number: expected at most {NUMBER_CHARS_MOST} digits")
    return Decimal(text)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
