"""Two rulebooks' statuses on one ladder: they are matched by name, and a status may be in one of them only."""

from dataclasses import dataclass

import numpy as np

from honeyguide.program.engine.figures import Ints
from honeyguide.program.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Ladder:
    """All statuses, lowest first, and the rung of each rulebook's positions (one more at the end, -1, for none)."""

    names: tuple[str, ...]
    before: Ints
    after: Ints

    def rungs(self, positions: Ints, *, draft: bool) -> Ints:
        """Rungs of a rulebook's status positions; -1 stays -1."""
        return (self.after if draft else self.before)[positions]


def ladder_of(current: Rulebook, draft: Rulebook) -> Ladder:
    """The current rulebook's statuses, each new one of the draft right above the one that it follows there."""
    names = [status.name for status in current.statuses]
    place = 0
    for status in draft.statuses:
        if status.name not in names:
            names.insert(place, status.name)
        place = names.index(status.name) + 1
    return Ladder(tuple(names), _rungs(names, current), _rungs(names, draft))


def _rungs(names: list[str], rulebook: Rulebook) -> Ints:
    return np.array([*(names.index(status.name) for status in rulebook.statuses), -1], dtype=np.int64)
