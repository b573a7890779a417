"""The kernels run over a whole history: arrays of standings, points, transitions and warnings."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from honeyguide.program.engine.figures import Ints, Records, figures_of, point_figures
from honeyguide.program.engine.kernels.points import EARNED, M_KIND, M_LOT, count_points
from honeyguide.program.engine.kernels.standing import walk
from honeyguide.program.engine.kernels.state import W_PARTNER, W_POSITION
from honeyguide.program.engine.seats import SeatChanges, seat_changes
from honeyguide.program.engine.threads import together, wanted_parts
from honeyguide.program.engine.timeline import Int8s, Int32s, Laid
from honeyguide.program.history.events import History
from honeyguide.program.rulebook.versions import Rules


@dataclass(frozen=True, slots=True)
class Outcome:
    """By partner, in the order of History.partners: `standings` (F_… columns) and `points` (P_… columns).

    `transitions` (T_… columns) are in the order of partners and time, `warnings` (W_… columns) likewise. `discount`: by
    position of a sale in the timeline, the partner's discount at it in hundredths of a percent; `counted` likewise what
    a sale counts for the targets as known on the last day (minor units), `active` 1 when the partner was active.
    `moves` (M_… columns): every movement of points, in the order of partners and time; None where not asked for.
    """

    laid: Laid
    standings: Ints
    points: Ints
    transitions: Ints
    warnings: Ints
    discount: Int32s
    counted: Ints
    active: Int8s
    moves: Ints | None = None


def decide(
    history: History, rules: Rules, laid: Laid, changes: SeatChanges | None = None, *, with_moves: bool = False
) -> Outcome:
    """Decide everything for every partner, each thing by the version of the rulebook in force on its day.

    `changes`: seat changes worked out elsewhere (by another partition). `with_moves`: note each movement of points.
    """
    last_day = laid.last_day or 0
    if changes is None:
        changes = seat_changes(history, laid, rules)
    in_place = _in_place(laid, changes.changes)
    size = len(laid.events)
    counted, active = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int8)
    discount = np.zeros(size, dtype=np.int32)
    statuses, points = figures_of(rules), point_figures(rules)
    clients = len(history.clients)

    record = int(with_moves)

    def run(first: int, after: int) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        standings, transitions, warnings = walk(
            laid.events,
            laid.start,
            changes.start,
            in_place,
            statuses,
            counted,
            active,
            discount,
            clients,
            first,
            after,
            last_day,
        )
        earned, more, moves = count_points(
            laid.events, laid.start, active, points, clients, first, after, last_day, record
        )
        return standings, earned, transitions, np.concatenate((warnings, more)), moves

    done = together([partial(run, *part) for part in _parts(laid.start, wanted_parts(size))])
    parts = list(zip(*done, strict=True))
    standings, earned, transitions, warnings = (np.concatenate(tables) for tables in parts[:4])
    warnings = warnings[np.lexsort((warnings[:, W_POSITION], warnings[:, W_PARTNER]))]
    moves = _together(parts[4]) if with_moves else None
    return Outcome(laid, standings, earned, transitions, warnings, discount, counted, active, moves)


def _together(parts: Sequence[Ints]) -> Ints:
    """Movements of all stretches of partners, lots numbered through."""
    lots = 0
    for moves in parts:
        moves[moves[:, M_LOT] >= 0, M_LOT] += lots
        lots += int(np.count_nonzero(moves[:, M_KIND] == EARNED))
    return np.concatenate(parts)


def _parts(start: Ints, wanted: int) -> list[tuple[int, int]]:
    """Stretches of partners with about as many events each."""
    partners = len(start) - 1
    cuts = np.searchsorted(start, np.linspace(0, start[-1], wanted + 1)[1:-1])
    edges = [0, *(int(cut) for cut in cuts), partners]
    return [(low, high) for low, high in itertools.pairwise(edges) if low < high] or [(0, partners)]


def _in_place(laid: Laid, changes: Records) -> Records:
    """Seat changes whose `sale` is a position in the timeline instead of a row."""
    if not changes.size:
        return changes
    placed = changes.copy()
    placed["sale"] = laid.position[changes["sale"]]
    return placed
