"""A rulebook's versions: each decides on the days from its own on, the first on all days before, too."""

from dataclasses import dataclass
from datetime import date
from typing import Any

Json = dict[str, Any]
Rulebooks = Json | list[Json]
"""One rulebook for all days, or its versions in order."""


@dataclass(frozen=True)
class Books:
    """The versions in order. `named`: transitions say which of them decided."""

    versions: list[Json]
    named: bool

    @staticmethod
    def of(rulebooks: Rulebooks) -> "Books":
        """Of a rulebook for all days, or of its versions."""
        return Books(rulebooks, True) if isinstance(rulebooks, list) else Books([rulebooks], False)

    @property
    def first(self) -> Json:
        """The earliest."""
        return self.versions[0]

    @property
    def last(self) -> Json:
        """The latest."""
        return self.versions[-1]

    def on(self, day: date) -> Json:
        """The version in force on the day: the last one that has begun by then, or the first of all."""
        return [self.first, *(version for version in self.versions[1:] if version["effective_from"] <= day)][-1]
