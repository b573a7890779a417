"""The two replays that are compared."""

from datetime import date, timedelta
from typing import NamedTuple

from honeyguide.program.engine.figures import Ints
from honeyguide.program.engine.outcome import Outcome
from honeyguide.program.engine.seats import SeatChanges
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.versions import Versions
from honeyguide.program.simulation.ladder import Ladder

_EPOCH = date(1970, 1, 1)


class Side(NamedTuple):
    """One of the two replays. `changes`: `sale` is a row of the history."""

    versions: Versions
    outcome: Outcome
    changes: SeatChanges

    @property
    def rulebook(self) -> Rulebook:
        """The version in force on the last day."""
        last_day = self.outcome.laid.last_day
        return self.versions.last if last_day is None else self.versions.on(_EPOCH + timedelta(days=last_day))


class Sides(NamedTuple):
    """Both, their statuses on one ladder, and by partner its place: a rung, or beyond the top the state of none."""

    before: Side
    after: Side
    ladder: Ladder
    place_before: Ints
    place_after: Ints
