"""Pages of lists: an opaque cursor that stays where it is while rows are added."""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from ninja import Schema
from pydantic import Field

from honeyguide.api.problems import FieldError, Refused

ROWS_USUAL, ROWS_MOST = 50, 200
_KEY, _NUMBER = re.compile(r"[a-z0-9._-]{1,64}"), re.compile(r"[0-9]{1,18}")


class PageQuery(Schema):
    """Parameters of every list."""

    limit: int = Field(ROWS_USUAL, ge=1, le=ROWS_MOST, description="Rows a page.")
    cursor: str = Field("", max_length=200, description="`next` of the page before; empty for the first page.")


class PageOut(Schema):
    """What every list has beside its rows."""

    next: str | None = Field(description="The cursor of the next page; null after the last one.")


def page[Row: Model, Out](
    rows: QuerySet[Row], query: PageQuery, form: Callable[[Row], Out], *, field: str = "pk", newest_first: bool = True
) -> dict[str, Any]:
    """One page of rows in the order of a unique field: `{"data": […], "next": …}`. Raises Refused for a bad cursor."""
    order = f"-{field}" if newest_first else field
    if query.cursor:
        after = read_cursor(query.cursor, field)
        rows = rows.filter(**{f"{field}__{'lt' if newest_first else 'gt'}": after})
    found = list(rows.order_by(order)[: query.limit + 1])
    shown = found[: query.limit]
    more = len(found) > query.limit
    return {
        "data": [form(row) for row in shown],
        "next": make_cursor(getattr(shown[-1], field), field) if more else None,
    }


def make_cursor(value: int | str, field: str) -> str:
    """A place in a list, as text that says nothing."""
    return base64.urlsafe_b64encode(f"{field}:{value}".encode()).decode().rstrip("=")


def read_cursor(cursor: str, field: str) -> int | str:
    """The place in a list."""
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("utf-8")
    except (UnicodeError, binascii.Error, ValueError):
        text = ""
    name, _colon, value = text.partition(":")
    if name == field and (_KEY if field == "key" else _NUMBER).fullmatch(value):
        return value if field == "key" else int(value)
    raise Refused(
        "invalid", "This is no cursor of this list.", errors=[FieldError("cursor", "Expected `next` of a page before.")]
    )
