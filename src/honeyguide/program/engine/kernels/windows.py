"""Running sums of a partner's windows: sales and clients of the trailing year, sales under review, seats.

Each sale enters a window once and leaves it once, so that asking after every event costs no new sum.
"""

import numpy as np

from honeyguide.program.engine.kernels.compiled import inlined, kernel
from honeyguide.program.engine.kernels.coverage import START_OF_DAY
from honeyguide.program.engine.kernels.days import add_months
from honeyguide.program.engine.kernels.state import (
    CONFIRMED,
    COUNTED_FROM,
    DISTINCT,
    KNOWN,
    LOW,
    MONTHS,
    NO_STATUS,
    REVIEWED_SALES,
    SEATS_DAY,
    SEATS_KNOWN,
    SEATS_TRAILING,
    SINCE_STATUS,
    STATUS,
    TRAILING,
)

_IN, _OUT = np.int64(1), np.int64(-1)


@kernel
def next_status(figures, s):
    """The status that the partner can reach next (for the highest: itself, so that its window stays)."""
    return min(max(s[STATUS], 0) + 1, figures.statuses.shape[1] - 1)


@inlined
def _count_client(w, events, position, sign):
    """A sale above zero enters (+1) or leaves (-1) the window that clients are counted in."""
    client = events[position].client
    w.per_client[client] += sign
    if w.per_client[client] == (1 if sign > 0 else 0):
        w.s[DISTINCT] += sign


@inlined
def count_sale(w, events, position, amount):
    """From now on the sale at `position` counts `amount`: a new sale, or what a refund or exclusion leaves of it."""
    s = w.s
    before = w.counted[position]
    if before == amount:
        return
    w.counted[position] = amount
    if position >= s[LOW]:
        s[TRAILING] += amount - before
        if position >= s[COUNTED_FROM]:
            s[SINCE_STATUS] += amount - before
        if before == 0:
            _count_client(w, events, position, _IN)
        elif amount == 0:
            _count_client(w, events, position, _OUT)
    if s[STATUS] != NO_STATUS and events[position].day >= s[CONFIRMED]:
        s[REVIEWED_SALES] += amount - before


@inlined
def _trim(w, events, months, day, high):
    """Let sales leave the trailing window whose `months` are over on `day` (reading 1)."""
    s = w.s
    while s[LOW] < high and add_months(np.int64(events[s[LOW]].day), months) <= day:
        position = s[LOW]
        amount = w.counted[position]
        if amount > 0:
            s[TRAILING] -= amount
            if position >= s[COUNTED_FROM]:
                s[SINCE_STATUS] -= amount
            _count_client(w, events, position, _OUT)
        s[LOW] += 1


@kernel
def clear_window(w, events, high):
    """Take all sales out of the trailing window."""
    for position in range(w.s[LOW], high):
        if w.counted[position] > 0:
            w.per_client[events[position].client] = 0
    w.s[LOW] = high
    w.s[TRAILING] = 0
    w.s[SINCE_STATUS] = 0
    w.s[DISTINCT] = 0


@inlined
def trail(w, events, first, months, day, high):
    """Make the trailing window that of `day` over so many months; `first`: the partner's first position."""
    if w.s[MONTHS] != months:
        _widen(w, events, first, high)
        w.s[MONTHS] = months
    _trim(w, events, months, day, high)


@kernel
def _widen(w, events, first, high):
    """Begin the trailing window anew with all that was sold."""
    clear_window(w, events, high)
    w.s[LOW] = first
    for position in range(first, high):
        amount = w.counted[position]
        if amount > 0:
            w.s[TRAILING] += amount
            if position >= w.s[COUNTED_FROM]:
                w.s[SINCE_STATUS] += amount
            _count_client(w, events, position, _IN)


@kernel
def start_review_window(w, events, first, day, high):
    """The review window begins on `day`; what was sold earlier on that day lies in it (reading 7)."""
    w.s[REVIEWED_SALES] = 0
    position = high - 1
    while position >= first and events[position].day >= day:
        w.s[REVIEWED_SALES] += w.counted[position]
        position -= 1


@kernel
def learn_by_day(w, changes, end, day):
    """Seat changes known at the start of `day` become known."""
    k = w.s[KNOWN]
    while k < end and (
        changes[k].known_day < day or (changes[k].known_day == day and changes[k].known_at == START_OF_DAY)
    ):
        k += 1
    w.s[KNOWN] = k


@inlined
def learn_by_event(w, events, changes, end, position):
    """Seat changes known at the event of `position` become known, those that it causes itself included."""
    day, at, row = events[position].day, events[position].at, events[position].row
    k = w.s[KNOWN]
    while k < end and (
        changes[k].known_day < day
        or (
            changes[k].known_day == day
            and (changes[k].known_at < at or (changes[k].known_at == at and changes[k].known_row <= row))
        )
    ):
        k += 1
    w.s[KNOWN] = k


@kernel
def seats_between(w, changes, begin, end, first_day, last_day):
    """Seats that count on first_day to last_day, by the seat changes from begin to end (T3.3)."""
    total = 0
    for k in range(begin, end):
        if first_day <= changes[k].counts_on <= last_day and w.active[changes[k].sale] == 1:
            total += changes[k].seats
    return total


@kernel
def trailing_seats(w, changes, begin, first_day, day):
    """`seats_between` for the trailing window, kept until the day or what is known changes."""
    s = w.s
    if s[SEATS_DAY] != day or s[SEATS_KNOWN] != s[KNOWN]:
        s[SEATS_TRAILING] = seats_between(w, changes, begin, s[KNOWN], first_day, day)
        s[SEATS_DAY] = day
        s[SEATS_KNOWN] = s[KNOWN]
    return s[SEATS_TRAILING]
