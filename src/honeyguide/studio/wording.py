"""Words for what a simulation found, in the reader's language. The core words its decisions in English alone."""

import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from honeyguide.common import local
from honeyguide.common.explanation import figure_text
from honeyguide.common.words import STATUSES, requirement_words, words_of
from honeyguide.studio.models import NearMiss, SimulatedMove

_DECISIONS: tuple[tuple[str, Callable[[], str]], ...] = (
    (r"accepted as (?P<to>.+)", lambda: _("accepted as %(to)s")),
    (r"(?P<to>.+) reached", lambda: _("%(to)s reached")),
    (r"(?P<to>.+) confirmed", lambda: _("%(to)s confirmed")),
    (r"down from (?P<was>.+) to (?P<to>.+)", lambda: _("down from %(was)s to %(to)s")),
    (r"stays (?P<to>.+)", lambda: _("stays %(to)s")),
    (r"terminated by a measure", lambda: _("terminated by a measure")),
    (r"(?P<to>.+) by a measure", lambda: _("%(to)s by a measure")),
    (r"cancelled", lambda: _("cancelled")),
    (r"suspended", lambda: _("suspended")),
    (r"reinstated", lambda: _("reinstated")),
    (r"terminated", lambda: _("terminated")),
    (r"no status", lambda: _("no status")),
    (r"not reviewed on that day", lambda: _("not reviewed on that day")),
)
"""The sentences of program.simulation.words, and the same here. A test asks for each."""


def decision_text(words: str) -> str:
    """A decision of a simulation ("Silver reached"); "nothing" where there was none."""
    if not words:
        return _("nothing")
    for form, told in _DECISIONS:
        found = re.fullmatch(form, words)
        if found is not None:
            return told() % {name: words_of(STATUSES, title.lower()) for name, title in found.groupdict().items()}
    return words


def reason_lines(move: SimulatedMove) -> list[str]:
    """Why a partner would stand elsewhere: one line for each requirement that makes the difference."""
    if move.direction == "discount":
        both = [local.percent_text(each) for each in (move.discount_before, move.discount_after)]
        told = {"status": words_of(STATUSES, move.status_after), "discount": " → ".join(both)}
        return [_("Discount of %(status)s: %(discount)s") % told]
    if not move.because:
        reviewed = "not reviewed on that day" in {move.decided_before, move.decided_after}
        return [_("It is reviewed on another day.") if reviewed else _("Other statuses or days.")]
    return [_reason(row) for row in move.because]


def _reason(row: dict[str, Any]) -> str:
    name = row["requirement"]
    words = requirement_words(name)
    asked = [_figure(name, row[f"required_{end}"]) for end in ("before", "after")]
    had = [_figure(name, row[f"actual_{end}"]) for end in ("before", "after")]
    if isinstance(row["actual_after"] if row["actual_after"] is not None else row["actual_before"], bool):
        if row["required_before"] is None:
            return _("%(what)s: asked by the draft alone, %(had)s") % {"what": words, "had": had[1]}
        if row["required_after"] is None:
            return _("%(what)s: no longer asked, %(had)s") % {"what": words, "had": had[0]}
        return _("%(what)s: %(had)s") % {"what": words, "had": _turn(had)}
    return _("%(what)s: %(had)s, asked %(asked)s") % {
        "what": words,
        "had": _turn(had),
        "asked": _turn(asked, _("nothing")),
    }


def _figure(name: str, value: Any) -> str:
    return "" if value is None else figure_text(name, value)


def _turn(pair: list[str], nothing: str = "") -> str:
    before, after = (text or nothing for text in pair)
    if before == after or not before or not after:
        return before or after
    return f"{before} → {after}"


def miss_text(miss: NearMiss) -> str:
    """What would be missed, and when."""
    status = words_of(STATUSES, miss.status)
    day = local.day_text(miss.on) if miss.on else ""
    if miss.miss == "reach":
        return _("%(status)s is not reached") % {"status": status}
    if miss.miss == "lost":
        said = _("%(status)s lost on %(day)s") % {"status": status, "day": day}
        return _("%(what)s, kept by the present rules") % {"what": said} if miss.kept_before else said
    return _("%(status)s at risk on %(day)s") % {"status": status, "day": day}


def miss_figure(miss: NearMiss, name: str) -> str:
    """A figure of a near miss: money for sales, else a number."""
    value = getattr(miss, name)
    return figure_text(miss.requirement, str(value) if miss.requirement == "sales" else int(value))
