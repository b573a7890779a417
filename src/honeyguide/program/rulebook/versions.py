"""The rulebook over time: its versions, each in force from its day until the next one's."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from honeyguide.program.phrases import Phrase
from honeyguide.program.rulebook.load import RulebookError
from honeyguide.program.rulebook.model import Rulebook

type Rules = Rulebook | Versions
"""What decisions are made by: one rulebook for all days, or its versions."""


@dataclass(frozen=True, slots=True, init=False)
class Versions:
    """Rulebooks in the order of their days of effect; the first also holds on all days before its own.

    `Versions([first, second])` takes them in any order. Raises RulebookError when there is none, when two take effect
    on the same day, or when they are not versions of one program: statuses and requirements have the same names in the
    same order, and the currency and the time zone are the same.
    """

    books: tuple[Rulebook, ...]

    def __init__(self, rulebooks: Sequence[Rulebook]) -> None:
        """Sort and check the versions."""
        books = tuple(sorted(rulebooks, key=lambda book: book.effective_from))
        problems = list(_problems(books))
        if problems:
            raise RulebookError("rulebook versions", problems)
        object.__setattr__(self, "books", books)

    def __len__(self) -> int:
        """How many versions there are."""
        return len(self.books)

    def __iter__(self) -> Iterator[Rulebook]:
        """The versions, first to last."""
        return iter(self.books)

    @property
    def first(self) -> Rulebook:
        """The version for the earliest days."""
        return self.books[0]

    @property
    def last(self) -> Rulebook:
        """The version for the latest days."""
        return self.books[-1]

    def place(self, day: date) -> int:
        """The number of the version in force on a day, counted from 0."""
        return bisect_right(self.books, day, lo=1, key=lambda book: book.effective_from) - 1

    def on(self, day: date) -> Rulebook:
        """The version in force on a day."""
        return self.books[self.place(day)]


def versions_of(rules: Rules) -> Versions:
    """The versions of what was given: a rulebook alone is in force on all days."""
    return rules if isinstance(rules, Versions) else Versions([rules])


def _problems(books: tuple[Rulebook, ...]) -> Iterator[Phrase]:
    if not books:
        yield Phrase("no version: expected at least one rulebook")
        return
    for before, book in pairwise(books):
        if book.effective_from == before.effective_from:
            yield Phrase(
                "versions {before} and {after} both take effect on {day}: expected a day of its own for each",
                before=before.version,
                after=book.version,
                day=book.effective_from,
            )
    first = books[0]
    expected = _same(first)
    for book in books[1:]:
        for name, value in _same(book).items():
            if value != expected[name]:
                yield Phrase(
                    "version {version}: {name} = {value}, in version {first} {expected}: "
                    "expected the same in all versions",
                    version=book.version,
                    name=name,
                    value=value,
                    first=first.version,
                    expected=expected[name],
                )


def _same(book: Rulebook) -> dict[str, str]:
    """What all versions of one program have in common, as shown in messages."""
    return {
        "statuses": ", ".join(status.name for status in book.statuses),
        "requirements": ", ".join(book.requirements),
        "currency": book.currency,
        "time_zone": str(book.time_zone),
    }
