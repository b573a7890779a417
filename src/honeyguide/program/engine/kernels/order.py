"""Sorting a history for the kernels."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from honeyguide.program.engine.kernels.compiled import kernel
from honeyguide.program.engine.kernels.versions import version_on
from honeyguide.program.history.events import NONE

type Array[T: np.generic] = npt.NDArray[T]

LAID_EVENT = np.dtype(
    [
        ("row", np.int64),
        ("at", np.int64),  # microseconds since 1970-01-01T00:00Z
        ("target", np.int64),  # position of the event referred to; NONE when absent or after the last day
        ("amount", np.int64),  # net of a sale, or what a refund gives back: minor units
        ("points", np.int64),  # the award of a sale or project as if it were due; else the event's own points
        ("detail", np.int64),  # a fact's bit; a measure's position in MEASURES; a discount in hundredths of a percent
        ("day", np.int32),
        ("client", np.int32),
        ("until", np.int32),  # last day of a measure; NONE without end
        ("kind", np.int8),
        ("counts", np.int8),  # 1: a sale of a product that counts for targets
        ("flag", np.int8),
    ],
    align=True,
)
"""One event for the kernels: 64 bytes, so that it lies in one line of the processor's cache."""


class ByRow(NamedTuple):
    """Columns by row, from which the timeline is filled."""

    at: Array[np.int64]
    target: Array[np.int64]
    amount: Array[np.int64]
    points: Array[np.int64]
    detail: Array[np.int64]
    day: Array[np.int32]
    client: Array[np.int32]
    until: Array[np.int32]
    kind: Array[np.int8]
    product: Array[np.int8]
    flag: Array[np.int8]


@kernel
def positions_by_partner(by_time, partner, partners):
    """Counting sort: by partner its first position, and by row its position, NONE for rows that are not in by_time.

    Stable, so that the order of time within a partner stays.
    """
    start = np.zeros(partners + 1, dtype=np.int64)
    for i in range(by_time.size):
        start[partner[by_time[i]] + 1] += 1
    for p in range(partners):
        start[p + 1] += start[p]
    place = start[:-1].copy()
    position = np.full(partner.size, NONE, dtype=np.int64)
    for i in range(by_time.size):
        r = by_time[i]
        p = partner[r]
        position[r] = place[p]
        place[p] += 1
    return start, position


@kernel
def scatter(laid, columns, by_time, position, starts, counting, low, high):
    """Put the events by_time[low:high] into their positions: columns are read in order, each event is written once.

    `starts`: by version of the rulebook its first day; `counting`: by version and product 1 if its sales count.
    """
    for i in range(low, high):
        r = by_time[i]
        event = laid[position[r]]
        event.row = r
        event.at = columns.at[r]
        target = columns.target[r]
        event.target = NONE if target == NONE else position[target]
        event.amount = columns.amount[r]
        event.points = columns.points[r]
        event.detail = columns.detail[r]
        event.day = columns.day[r]
        event.client = columns.client[r]
        event.until = columns.until[r]
        event.kind = columns.kind[r]
        event.counts = counting[version_on(starts, columns.day[r]), columns.product[r]]
        event.flag = columns.flag[r]
