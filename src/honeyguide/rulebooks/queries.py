"""Which rulebook is in force, and all versions. What was published is looked up once a request, job or task."""

from datetime import date
from functools import lru_cache

from django.conf import settings

from honeyguide.common import clock
from honeyguide.common.rulebooks import moment, rulebook_at
from honeyguide.program.rulebook import Rulebook, parse_rulebook
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
