"""What events would change for partners, worked out by the engine before anything is told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from honeyguide.common.clock import program_day
from honeyguide.history.queries import events_around, lines_of, partners_with_events
from honeyguide.history.services import check_fit, lines_of_events
from honeyguide.partners.models import Partner
from honeyguide.program.history import history_from_lines
from honeyguide.standing.engine import Assessment, assess_history

POINTS = ("active", "available", "held", "debt")


@dataclass(frozen=True, slots=True)
class Side:
    """What holds for a partner on a day, as far as points and sales move it."""

    state: str
    status: str
    discount: str
    active: int
    available: int
    held: int
    debt: int


NOTHING = Side("", "", "", 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Effect:
    """A partner before and after."""

    key: str
    name: str
    before: Side
    after: Side

    @property
    def differs(self) -> bool:
        """Whether anything is new."""
        return self.before != self.after

    @property
    def active(self) -> int:
        """How many active points come, or go."""
        return self.after.active - self.before.active

    @property
    def held(self) -> int:
        """How many points come to wait for a decision, or go from there."""
        return self.after.held - self.before.held

    @property
    def debt(self) -> int:
        """How much debt comes, or goes."""
        return self.after.debt - self.before.debt

    def told(self) -> dict[str, Any]:
        """As JSON, with the differences."""
        more = {"differs": self.differs, "active": self.active, "held": self.held, "debt": self.debt}
        return {**asdict(self), **more}


def effects_of(events: Sequence[Mapping[str, Any]], *, now: datetime) -> list[Effect]:
    """What holds today without the events and with them, for everybody whom they can concern; by key.

    Nothing is written. Raises DoesNotFit where they do not fit what has happened.
    """
    keys = {str(event["partner"]) for event in events}
    clients = {str(event["client"]) for event in events if event.get("client")}
    concerned = keys | partners_with_events(clients)
    day = program_day(now)
    known = lines_of(events_around(concerned))
    more = lines_of_events([{"at": now, **event} for event in events])
    check_fit([*known, *more])
    before = assess_history(history_from_lines(known), day, concerned, ranked=False)
    after = assess_history(history_from_lines([*known, *more]), day, concerned, ranked=False)
    names = _names(concerned)
    return [Effect(key, names[key], _side(before.get(key)), _side(after.get(key))) for key in sorted(concerned)]


def _names(keys: Collection[str]) -> dict[str, str]:
    return dict(Partner.objects.filter(key__in=list(keys)).values_list("key", "name"))


def _side(found: Assessment | None) -> Side:
    if found is None:
        return NOTHING
    answer = found.answer
    points = {name: int(answer["points"][name]) for name in POINTS}
    return Side(answer["state"], answer["status"] or "", str(answer["discount_percent"]), **points)
