"""Pure decisions of this room: what an activity allows, and when a limit is reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from honeyguide.common.days import add_months
from honeyguide.program.rulebook.earning import EarningActivity


@dataclass(frozen=True, slots=True)
class Room:
    """How many awards of an activity fit. `most` None: no limit. `free_on`: the day on which the next one fits."""

    most: int | None
    used: int
    waiting: int
    free_on: date | None = None

    @property
    def left(self) -> int | None:
        """How many more can be claimed now; None without a limit."""
        return None if self.most is None else max(0, self.most - self.used - self.waiting)

    @property
    def is_open(self) -> bool:
        """Whether one more can be claimed now."""
        return self.left is None or self.left > 0


def span(activity: EarningActivity) -> tuple[int, int]:
    """The least and the most points of an activity; the same twice where the value is fixed."""
    return activity.points, activity.most_points or activity.points


def room_of(activity: EarningActivity, awarded_on: Iterable[date], waiting: int, day: date) -> Room:
    """What fits on a day. `awarded_on`: days of all awards; each counts until `most_months` after it (reading 1)."""
    if activity.most_count is None:
        return Room(None, 0, waiting)
    ends = sorted(add_months(on, activity.most_months) for on in awarded_on)
    running = [end for end in ends if end > day]
    over = len(running) + waiting - activity.most_count
    free_on = running[over] if 0 <= over < len(running) else None
    return Room(activity.most_count, len(running), waiting, free_on)
