"""Small helps of the pages of conduct and reviews."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template

register = template.Library()


@register.filter
def of_event(notes: Mapping[str, str] | None, uid: str) -> str:
    """The internal note of an event; "" without one."""
    return (notes or {}).get(uid, "")


@register.filter
def first_rows(rows: Sequence[Any], limit: int) -> Sequence[Any]:
    """At most so many rows."""
    return rows[:limit]
