"""Points in words: kinds of movements, activities, where a movement came from."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from honeyguide.common.words import Words, words_of
from honeyguide.history.words import ACTIVITIES
from honeyguide.insights.models import MovementKind
from honeyguide.insights.statements import (
    ACCRUED,
    CANCELLED,
    CORRECTED,
    DEBT,
    EXPIRED,
    RESTORED,
    SPENT,
    Line,
)

SOURCES: Words = {"sale": gettext_lazy("Sale"), "project": gettext_lazy("Project")}
SUMS: Words = {
    ACCRUED: gettext_lazy("Accrued"),
    SPENT: gettext_lazy("Spent"),
    RESTORED: gettext_lazy("Given back"),
    EXPIRED: gettext_lazy("Expired"),
    CANCELLED: gettext_lazy("Cancelled"),
    DEBT: gettext_lazy("Debt paid"),
    CORRECTED: gettext_lazy("Corrected"),
}
"""Sums of a statement."""


_OURS = re.compile(r"([a-z]{3})_(?:[a-z]{3}_)?[0-9a-hjkmnp-tv-z]{12}([0-9a-hjkmnp-tv-z]{6})")
"""An id of ours, or one that has the id of a form in it."""


def ident_text(ident: str) -> str:
    """An id for people: one that this system made up is shortened to what tells it from others."""
    ours = _OURS.fullmatch(ident)
    return ident if ours is None else f"{ours[1]}…{ours[2]}"


def activity_words(name: str) -> str:
    """How a lot was earned: a sale, a project, an activity."""
    if name in SOURCES:
        return str(SOURCES[name])
    text = words_of(ACTIVITIES, name)
    return text[:1].upper() + text[1:]


def kind_words(kind: str) -> str:
    """A kind of movement."""
    return str(dict(MovementKind.choices).get(kind, kind))


def what_words(line: Line) -> str:
    """What a line is: its kind with what it was for."""
    kind = kind_words(line.kind)
    if line.exchange:
        about = line.item or ident_text(line.exchange)
        return _("%(kind)s: %(about)s") % {"kind": kind, "about": about}
    return _("%(kind)s: %(about)s") % {"kind": kind, "about": activity_words(line.activity).lower()}


def note_words(line: Line) -> str:
    """What stands under a line in small letters: the exchange and the award whose points it takes, or the reason."""
    if line.exchange:
        about = {"exchange": ident_text(line.exchange), "award": ident_text(line.award)}
        if line.kind == "restored":
            return _("Exchange %(exchange)s, back to the points of %(award)s") % about
        return _("Exchange %(exchange)s, from the points of %(award)s") % about
    if line.kind in {"cancelled", "reversed"} and line.reason:
        return line.reason
    return "" if line.contract == line.award else ident_text(line.award)
