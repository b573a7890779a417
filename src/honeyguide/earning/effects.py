"""What events would change for partners, worked out by the engine before anything is told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from honeyguide.partners.models import Partner
from honeyguide.standing.engine import assess
from honeyguide.standing.foreseeing import Foreseen, foresee
from honeyguide.standing.models import Standing

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
    return effects_in(foresee(events, now=now))


def effects_in(foreseen: Foreseen) -> list[Effect]:
    """The same of what was foreseen, while it is not recorded."""
    before, names = _before(foreseen.after, foreseen.day)
    return [
        Effect(key, names[key], before.get(key, NOTHING), _side(found.answer))
        for key, found in sorted(foreseen.after.items())
    ]


def _before(keys: Collection[str], day: date) -> tuple[dict[str, Side], dict[str, str]]:
    """What holds for some partners, and their names: as it is stored, or replayed where that is of another day."""
    names = dict(Partner.objects.filter(key__in=list(keys)).values_list("key", "name"))
    stored = Standing.objects.filter(partner__key__in=list(keys), assessed_on=day).order_by()
    sides = {
        row["partner__key"]: Side(
            row["state"],
            row["status"],
            _percent(row["discount_percent"]),
            *(row[f"points_{name}"] for name in POINTS),
        )
        for row in stored.values(
            "partner__key", "state", "status", "discount_percent", *(f"points_{name}" for name in POINTS)
        )
    }
    others = set(keys) - sides.keys()
    if others:
        sides |= {key: _side(found.answer) for key, found in assess(others, day).items()}
    return sides, names


def _side(answer: Mapping[str, Any]) -> Side:
    points = {name: int(answer["points"][name]) for name in POINTS}
    return Side(answer["state"], answer["status"] or "", _percent(answer["discount_percent"]), **points)


def _percent(value: object) -> str:
    """A discount as text, the same for the stored number and the answer's."""
    return f"{Decimal(str(value)):.2f}"
