"""Values in bodies, parameters and answers that Pydantic alone would read too kindly, or show too coarsely."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from honeyguide.program.history import instant_of

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AMOUNT = re.compile(r"[0-9]+(\.[0-9]{1,2})?")
AMOUNT_MOST = Decimal("999999999999.99")


def _day(value: Any) -> Any:
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("expected a day as 2026-11-20")


def _asked_instant(value: Any) -> datetime:
    found = instant_of(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(
            "expected a time with its zone, as 2026-11-20T09:30:00Z or 2026-11-20T10:30:00.25+01:00 (at most 6 digits "
            "of a second), of the years 1900 to 9000"
        )
    return found


def _instant(text: str) -> str:
    _asked_instant(text)
    return text


def _amount(value: Any) -> Any:
    if isinstance(value, str) and not _AMOUNT.fullmatch(value):
        raise ValueError("expected an amount as 1200.50")
    return value


def shown_instant(value: datetime) -> str:
    """A time as the history writes it: in UTC, to the microsecond, without zeros at the end."""
    text = value.astimezone(UTC).isoformat().removesuffix("+00:00")
    return f"{text.rstrip('0') if '.' in text else text}Z"


Day = Annotated[date, BeforeValidator(_day)]
"""A program day, YYYY-MM-DD and nothing else: a number is no count of seconds."""

InstantText = Annotated[str, AfterValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
"""A time in the form of the history, as it was written."""

AskedInstant = Annotated[
    datetime, BeforeValidator(_asked_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""A time in a parameter, in UTC: databases know fewer offsets than RFC 3339, which goes up to 23:59."""

Instant = Annotated[
    datetime,
    PlainSerializer(shown_instant, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A time of an answer, to the microsecond."""

Amount = Annotated[Decimal, BeforeValidator(_amount), Field(ge=0, le=AMOUNT_MOST, decimal_places=2)]
"""Money, in the form of the history."""
