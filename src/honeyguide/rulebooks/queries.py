"""Which rulebook is in force, and all versions. What was published is looked up once a request, job or task."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from honeyguide.common import clock
from honeyguide.common.errors import NotFound
from honeyguide.common.rulebooks import moment, rulebook_at
from honeyguide.program.rulebook import Rulebook, parse_rulebook
from honeyguide.program.rulebook.load import DEFAULT
from honeyguide.program.rulebook.versions import Versions
from honeyguide.rulebooks.models import RulebookVersion

SOURCE = "published rulebook"
"""Names a version's text in messages."""
SETS_IN_MEMORY = 8


def current() -> Rulebook:
    """The version in force today; the day is the request's, job's or task's. Raises RulebookError.

    A command has no such moment: then this is the edge, and the clock is read.
    """
    here = moment()
    return in_force(here.day if here is not None else clock.program_day(clock.read()))


def in_force(day: date) -> Rulebook:
    """The version by which the decisions of a day are made. Raises RulebookError."""
    return all_versions().on(day)


def all_versions() -> Versions:
    """All versions, announced ones too: the file, and what was published after it.

    Versions that were revoked before their day are not among them. Raises RulebookError.
    """
    here = moment()
    if here is not None and isinstance(here.versions, Versions):
        return here.versions
    rows = RulebookVersion.objects.filter(revocation=None).order_by("effective_from", "id")
    versions = _versions(settings.RULEBOOK_PATH, tuple(rows.values_list("text", flat=True)))
    if here is not None:
        here.versions = versions
    return versions


def forget() -> None:
    """Look again, in this moment: a version was published or revoked in it."""
    here = moment()
    if here is not None:
        here.versions = None


@lru_cache(maxsize=SETS_IN_MEMORY)
def _versions(path: str, texts: tuple[str, ...]) -> Versions:
    return Versions([rulebook_at(path), *(parse_rulebook(text, SOURCE) for text in texts)])


class VersionState(StrEnum):
    """Where a version stands on a day."""

    PAST = "past"
    IN_FORCE = "in_force"
    ANNOUNCED = "announced"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Listed:
    """A version for lists and pages. `row` is None for the file; `until`: the last day on which it holds."""

    rulebook: Rulebook
    row: RulebookVersion | None
    state: VersionState
    before: Rulebook | None
    """The version that it follows; None for the first."""
    until: date | None

    @property
    def version(self) -> str:
        """Its name among the versions."""
        return self.rulebook.version


def listed(today: date) -> list[Listed]:
    """All versions, revoked ones too, in the order of their days. Two queries."""
    rows = {row.version: row for row in RulebookVersion.objects.select_related("revocation")}
    versions = all_versions()
    in_force = versions.place(today)
    found = [
        Listed(
            rulebook=book,
            row=rows.get(book.version),
            state=VersionState.PAST if place < in_force else VersionState.IN_FORCE if place == in_force
            else VersionState.ANNOUNCED,
            before=versions.books[place - 1] if place else None,
            until=versions.books[place + 1].effective_from - timedelta(days=1) if place + 1 < len(versions) else None,
        )
        for place, book in enumerate(versions)
    ]  # fmt: skip
    known = {book.version for book in versions}
    revoked = [_revoked(row, versions) for row in rows.values() if row.version not in known]
    return sorted(found + revoked, key=lambda each: (each.rulebook.effective_from, each.row is not None))


def _revoked(row: RulebookVersion, versions: Versions) -> Listed:
    book = parse_rulebook(row.text, SOURCE)
    return Listed(book, row, VersionState.REVOKED, versions.on(book.effective_from - timedelta(days=1)), None)


def listed_version(version: str, today: date) -> Listed:
    """One version by its name. Raises NotFound."""
    for each in listed(today):
        if each.version == version:
            return each
    raise NotFound(_("There is no such version of the rules."))


def text_of(row: RulebookVersion | None) -> str:
    """The file of a version, to the letter; None: of the first one."""
    if row is not None:
        return row.text
    return (
        Path(settings.RULEBOOK_PATH).read_text(encoding="utf-8")
        if settings.RULEBOOK_PATH
        else DEFAULT.read_text("utf-8")
    )


def last_text() -> str:
    """The file of the last version, from which a draft begins."""
    book = all_versions().last
    return text_of(RulebookVersion.objects.filter(version=book.version, revocation=None).first())
