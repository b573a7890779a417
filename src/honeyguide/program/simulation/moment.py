"""How partners stood under a rulebook at a moment of the past: a replay of their events up to then, and no further.

It answers for the rulebook that decided nothing at the moment at which the other one did. The kernels walk the same
events again, so that what they knew then is exactly what they know here.
"""

import itertools

import numpy as np
import numpy.typing as npt

from honeyguide.program.engine.figures import Ints, Records, figures_of
from honeyguide.program.engine.kernels.coverage import START_OF_DAY
from honeyguide.program.engine.kernels.standing import walk
from honeyguide.program.engine.kernels.state import STANDING_SIZE
from honeyguide.program.engine.seats import SeatChanges
from honeyguide.program.engine.timeline import Laid
from honeyguide.program.history.events import NONE
from honeyguide.program.rulebook.versions import Rules
from honeyguide.program.simulation.difference import Firsts, ranges


def standings_at(laid: Laid, changes: SeatChanges, rules: Rules, firsts: Firsts) -> Ints:
    """A standing (F_… columns) for each row of `firsts`, as of its moment. `changes`: `sale` is a row, not a position.

    Partners of one day are walked together, as a walk has one last day.
    """
    size = len(firsts.partner)
    standings = np.zeros((size, STANDING_SIZE), dtype=np.int64)
    if not size:
        return standings
    firsts, day = _own_days(laid, firsts)
    by_day = np.argsort(day, kind="stable")
    some = Firsts(*(column[by_day] for column in firsts))
    events, start, position = _cut(laid, some)
    known, known_start = _known(changes, day[by_day], some, position)
    clients, events["client"] = _dense(events["client"])
    counted, active = np.zeros(len(events), dtype=np.int64), np.zeros(len(events), dtype=np.int8)
    discount = np.zeros(len(events), dtype=np.int32)
    figures = figures_of(rules)
    edges = [*np.flatnonzero(np.diff(day[by_day], prepend=np.int64(NONE - 1))).tolist(), size]
    for first, after in itertools.pairwise(edges):
        last_day = int(day[by_day[first]])
        done, _, _ = walk(
            events, start, known_start, known, figures, counted, active, discount, clients, first, after, last_day
        )
        standings[by_day[first:after]] = done
    return standings


def _own_days(laid: Laid, firsts: Firsts) -> tuple[Firsts, Ints]:
    """The moments as this layout has them, and their days.

    Another time zone may put the deciding event on another day, and even after the last one: then what was known by the
    end of the last day is all that was known.
    """
    begin, there = laid.start[firsts.partner], np.diff(laid.start)[firsts.partner]
    unknown = firsts.length > there
    firsts = firsts._replace(length=np.minimum(firsts.length, there))
    at_event = (firsts.at != START_OF_DAY) & (firsts.length > 0) & ~unknown
    day = np.where(unknown, np.minimum(firsts.day, laid.last_day or 0), firsts.day)
    day[at_event] = laid.events["day"][(begin + firsts.length - 1)[at_event]]
    return firsts, day


def _cut(laid: Laid, firsts: Firsts) -> tuple[Records, Ints, Ints]:
    """The events before each moment side by side, where each partner's begin, and by row of the history their place."""
    length = firsts.length
    places, owner = ranges(laid.start[firsts.partner], length)
    start = np.zeros(len(length) + 1, dtype=np.int64)
    np.cumsum(length, out=start[1:])
    events = laid.events[places]
    shift = start[:-1][owner] - laid.start[firsts.partner][owner]
    target = events["target"] + shift
    inside = (events["target"] != NONE) & (target >= 0) & (target < start[1:][owner])
    events["target"] = np.where(inside, target, NONE)
    position = np.full(len(laid.row_day), NONE, dtype=np.int64)
    position[events["row"]] = np.arange(len(events))
    return events, start, position


def _known(changes: SeatChanges, day: Ints, firsts: Firsts, position: Ints) -> tuple[Records, Ints]:
    """The seat changes known at each moment, with positions in the cut, and where each partner's begin."""
    begin = changes.start[firsts.partner]
    places, owner = ranges(begin, changes.start[firsts.partner + 1] - begin)
    found = changes.changes[places]
    at, row, moment = found["known_at"], found["known_row"], day[owner]
    by_then = (at < firsts.at[owner]) | ((at == firsts.at[owner]) & (row <= firsts.row[owner]))
    known = (found["known_day"] < moment) | ((found["known_day"] == moment) & by_then)
    kept = found[known]
    kept["sale"] = position[kept["sale"]]
    start = np.zeros(len(firsts.partner) + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner[known], minlength=len(firsts.partner)), out=start[1:])
    return kept, start


def _dense(codes: npt.NDArray[np.int32]) -> tuple[int, npt.NDArray[np.int32]]:
    """Codes from 0 on without gaps (NONE stays), and how many there are."""
    found, dense = np.unique(codes, return_inverse=True)
    absent = int(len(found) > 0 and found[0] == NONE)
    return max(len(found) - absent, 1), (dense - absent).astype(np.int32)
