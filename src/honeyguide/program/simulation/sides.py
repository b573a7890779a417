"""The two replays that are compared."""

from typing import NamedTuple

from honeyguide.program.engine.figures import Ints
from honeyguide.program.engine.outcome import Outcome
from honeyguide.program.engine.seats import SeatChanges
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.simulation.ladder import Ladder


class Side(NamedTuple):
    """One of the two replays. `changes`: `sale` is a row of the history."""

    rulebook: Rulebook
    outcome: Outcome
    changes: SeatChanges


class Sides(NamedTuple):
    """Both, their statuses on one ladder, and by partner its place: a rung, or beyond the top the state of none."""

    before: Side
    after: Side
    ladder: Ladder
    place_before: Ints
    place_after: Ints
