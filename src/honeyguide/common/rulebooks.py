"""The rulebook by which the program decides: asked for here by everybody, answered by whoever knows what is published.

The answer comes from the app `rulebooks`, which is above this floor: settings name its function (RULEBOOK_IN_FORCE), as
they name other parts that are put together at the top.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from honeyguide.program.rulebook import Rulebook, load_rulebook


@dataclass(slots=True)
class Moment:
    """One request, job or task: its program day, and the published versions as it first found them."""

    day: date
    versions: Any = None


_moment: ContextVar[Moment | None] = ContextVar("moment", default=None)


def current_rulebook() -> Rulebook:
    """The rulebook in force today: on the day of the request, job or task. Raises RulebookError."""
    found: Rulebook = import_string(settings.RULEBOOK_IN_FORCE)()
    return found


def first_rulebook() -> Rulebook:
    """The first version: HONEYGUIDE_RULEBOOK, else the default one. Later versions keep its currency and time zone."""
    return rulebook_at(settings.RULEBOOK_PATH)


@cache
def rulebook_at(path: str) -> Rulebook:
    """The rulebook in a file, read once; "": the default one. Raises RulebookError."""
    return load_rulebook(path or None)


def moment() -> Moment | None:
    """The request, job or task that runs; None where there is none, as in a command."""
    return _moment.get()


def begin(day: date) -> None:
    """Begin a moment that lasts until the next one begins: for a worker, whose tasks follow one another."""
    _moment.set(Moment(day))


@contextmanager
def within(day: date) -> Iterator[Moment]:
    """All that is done in it is of one moment: its rulebooks are looked up once."""
    here = Moment(day)
    token = _moment.set(here)
    try:
        yield here
    finally:
        _moment.reset(token)
