"""Columns that many lists have: days, instants, numbers, people. Pages show words, files ISO 8601 and digits."""

from datetime import date, datetime
from typing import Any

from django_tables2 import Column

from honeyguide.common import local
from honeyguide.common.lists import NOWRAP, NUMBER
from honeyguide.common.words import actor_words


class DayColumn(Column):
    """A day, or the day of an instant."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"attrs": NOWRAP, **given})

    def render(self, value: date) -> str:
        """In words."""
        return local.day_text(value)

    def value(self, value: date) -> str:
        """ISO 8601, for the file."""
        return value.isoformat()


class MomentColumn(DayColumn):
    """An instant."""

    def render(self, value: date) -> str:
        """In words."""
        assert isinstance(value, datetime), value
        return local.moment_text(value)


class WholeColumn(Column):
    """A whole number."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"attrs": NUMBER, **given})

    def render(self, value: int) -> str:
        """As the reader's language groups it."""
        return local.whole_text(value)

    def value(self, value: int) -> int:
        """The digits, for the file."""
        return value


class ActorColumn(Column):
    """Who did it: a person's name, or the program acting by itself, in words."""

    def render(self, value: str) -> str:
        """The words."""
        return actor_words(value)
