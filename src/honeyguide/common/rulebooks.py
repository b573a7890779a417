"""The rulebook in force."""

from functools import cache

from django.conf import settings

from honeyguide.program.rulebook import Rulebook, load_rulebook


def current_rulebook() -> Rulebook:
    """The rulebook by which this program decides: HONEYGUIDE_RULEBOOK, else the default one. Raises RulebookError."""
    return _loaded(settings.RULEBOOK_PATH)


@cache
def _loaded(path: str) -> Rulebook:
    return load_rulebook(path or None)
