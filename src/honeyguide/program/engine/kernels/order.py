"""Sorting a history for the kernels."""

import numpy as np

from honeyguide.program.engine.kernels.compiled import kernel
from honeyguide.program.history.events import NONE


@kernel
def rows_by_partner(by_time, partner, partners):
    """Counting sort: stable, so that the order of time within a partner stays."""
    start = np.zeros(partners + 1, dtype=np.int64)
    for i in range(by_time.size):
        start[partner[by_time[i]] + 1] += 1
    for p in range(partners):
        start[p + 1] += start[p]
    place = start[:-1].copy()
    row = np.empty(by_time.size, dtype=np.int64)
    for i in range(by_time.size):
        r = by_time[i]
        p = partner[r]
        row[place[p]] = r
        place[p] += 1
    return start, row


@kernel
def target_positions(target, row):
    """Positions of the rows that events refer to; NONE where there is none or it is not laid."""
    position = np.full(target.size, NONE, dtype=np.int64)
    for i in range(row.size):
        position[row[i]] = i
    found = np.empty(row.size, dtype=np.int64)
    for i in range(row.size):
        t = target[row[i]]
        found[i] = NONE if t < 0 else position[t]
    return found
