"""The kernels run over a whole history: arrays of standings, points, transitions and warnings."""

import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from honeyguide.program.engine.figures import Ints, Records, figures_of, point_figures
from honeyguide.program.engine.kernels.points import count_points
from honeyguide.program.engine.kernels.standing import walk
from honeyguide.program.engine.kernels.state import W_PARTNER, W_POSITION
from honeyguide.program.engine.seats import SeatChanges, seat_changes
from honeyguide.program.engine.timeline import Int32s, Laid
from honeyguide.program.history.events import History
from honeyguide.program.rulebook import Rulebook

_SMALL = 20_000
"""Events below which threads cost more than they save."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """By partner, in the order of History.partners: `standings` (F_… columns) and `points` (P_… columns).

    `transitions` (T_… columns) are in the order of partners and time, `warnings` (W_… columns) likewise. `discount`: by
    position of the timeline, the partner's discount at the event in hundredths of a percent.
    """

    laid: Laid
    standings: Ints
    points: Ints
    transitions: Ints
    warnings: Ints
    discount: Int32s


def decide(
    history: History, rulebook: Rulebook, laid: Laid, changes: SeatChanges | None = None, *, threads: int | None = None
) -> Outcome:
    """Decide everything for every partner. `changes`: seat changes worked out elsewhere (by another partition)."""
    last_day = laid.last_day or 0
    if changes is None:
        changes = seat_changes(history, laid, rulebook)
    in_place = _in_place(laid, changes.changes, len(history))
    size = len(laid.events)
    counted, active = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int8)
    discount = np.zeros(size, dtype=np.int32)
    statuses, points = figures_of(rulebook), point_figures(rulebook)
    clients = len(history.clients)

    def run(part: tuple[int, int]) -> tuple[Ints, Ints, Ints, Ints]:
        first, after = part
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
        earned, more = count_points(laid.events, laid.start, active, points, clients, first, after, last_day)
        return standings, earned, transitions, np.concatenate((warnings, more))

    parts = _parts(laid.start, 1 if size < _SMALL else threads or os.cpu_count() or 1)
    if len(parts) == 1:
        done = [run(parts[0])]
    else:
        with ThreadPoolExecutor(len(parts)) as pool:
            done = list(pool.map(run, parts))
    standings, earned, transitions, warnings = (np.concatenate(tables) for tables in zip(*done, strict=True))
    warnings = warnings[np.lexsort((warnings[:, W_POSITION], warnings[:, W_PARTNER]))]
    return Outcome(laid, standings, earned, transitions, warnings, discount)


def _parts(start: Ints, wanted: int) -> list[tuple[int, int]]:
    """Stretches of partners with about as many events each."""
    partners = len(start) - 1
    cuts = np.searchsorted(start, np.linspace(0, start[-1], wanted + 1)[1:-1])
    edges = [0, *(int(cut) for cut in cuts), partners]
    return [(low, high) for low, high in itertools.pairwise(edges) if low < high] or [(0, partners)]


def _in_place(laid: Laid, changes: Records, size: int) -> Records:
    """Seat changes whose `sale` is a position in the timeline instead of a row."""
    if not changes.size:
        return changes
    position = np.empty(size, dtype=np.int64)
    position[laid.events["row"]] = np.arange(len(laid.events))
    placed = changes.copy()
    placed["sale"] = position[changes["sale"]]
    return placed
