"""Points of every partner: awards as lots, what spends, cancels and expires them (T4.2, G1, readings 11-16).

Each movement is noted in a row of M_… columns when it is asked for; those of exchanges always, for as long as their
partner is at hand: an exchange that is undone gives back to where it took from.
"""

from typing import NamedTuple

import numpy as np

from honeyguide.program.engine.kernels.arithmetic import share
from honeyguide.program.engine.kernels.compiled import inlined, kernel
from honeyguide.program.engine.kernels.days import add_months
from honeyguide.program.engine.kernels.state import (
    W_CODE,
    W_FIRST,
    W_PARTNER,
    W_POSITION,
    W_SECOND,
    WARN_CANCELLED_LESS,
    WARN_DEBT,
    WARN_NOT_ALLOCATED,
    WARN_NOT_HELD,
    WARNING_SIZE,
    Ints,
)
from honeyguide.program.engine.kernels.versions import version_on
from honeyguide.program.history.events import NONE, TYPE_CODE

_PAID = TYPE_CODE["sale.paid"]
_REFUNDED = TYPE_CODE["sale.refunded"]
_DELIVERED = TYPE_CODE["project.delivered"]
_CONFIRMED = TYPE_CODE["project.confirmed"]
_GRANTED = TYPE_CODE["points.granted"]
_DECIDED = TYPE_CODE["points.decided"]
_CANCELLED = TYPE_CODE["points.cancelled"]
_SPENT = TYPE_CODE["points.spent"]
_RESTORED = TYPE_CODE["points.restored"]

_NOTHING = np.int64(0)
_NO_LOT = np.int64(NONE)
_DAYS = np.int64(2**32)  # more than there are days, before and after 1970

# --- The state of a partner's points ---------------------------------------------------------------------------------
(
    LOTS,
    HEAD,
    DEBT,
    SPENT,
    ISSUED,
    WARNED,
    MOVES,  # rows noted
    NOTING,  # 1: movements of the event at hand are noted
    PARTNER,  # the partner and
    EVENT,  # the event at hand, as a position
    EARLIER_LOTS,  # lots of the partners before
) = range(11)
_STATE_SIZE = 11

# --- A partner's points at the end of the last day -------------------------------------------------------------------
P_ACTIVE, P_AVAILABLE, P_HELD, P_DEBT, P_EXPIRED, P_SPENT, P_ISSUED = range(7)
POINTS_SIZE = 7

# --- A movement's row ------------------------------------------------------------------------------------------------
(
    M_PARTNER,
    M_POSITION,  # of the event
    M_KIND,
    M_LOT,  # number of the lot among all lots of the run; NONE where none gives or takes
    M_AWARD,  # position of the sale, granting or project: of the lot, or the one that is cancelled; NONE
    M_POINTS,
    M_EXPIRES,  # of a new lot: first day on which it is no longer valid; else 0
) = range(7)
MOVE_SIZE = 7

# Kinds of movements. A lot's rest is what it earned, less debt_paid, spent and cancelled, and what was restored to it.
(
    EARNED,
    DEBT_PAID,  # by a new lot
    TAKEN,  # by an exchange
    OWED,  # what an exchange or a cancellation found no points for
    CANCELED,
    GIVEN_BACK,  # by an exchange that is undone; without a lot: the debt is less
) = np.arange(6)

_ROOM = 8  # rows more than three times the lots: no event moves points more often


class Lots(NamedTuple):
    """Scratch for the partner at hand: lots in the order of allocation, and what its events have come to."""

    n: Ints  # the state array
    position: Ints  # by lot: position of the sale, the granting or the project that it is for
    expires: Ints  # by lot: first day on which it is no longer valid
    amount: Ints  # by lot: as allocated
    left: Ints  # by lot: neither spent, cancelled nor used for debt
    cancelled: Ints  # by lot
    paid: Ints  # by lot: used for debt
    order: Ints  # lots by expiry, then by allocation
    lot: Ints  # by event: its lot, NONE
    award: Ints  # by event: points of a sale
    pending: Ints  # by event: 1 while a held sale is undecided
    refunded: Ints  # by event: refunds of a sale so far
    delivered: Ints  # by event (a project's number): position of its first delivery, NONE
    confirmed: Ints  # by event (a project's number): 1 after its first confirmation
    noted: Ints  # by event: the first row of an exchange's movements
    warnings: Ints
    moves: Ints


@kernel
def count_points(events, start, active, figures, clients, first, after, last_day, record):
    """Points of the partners first to after - 1; returns a row of P_… a partner, warnings, and rows of M_….

    `record`: 1 to note all movements; else there are no rows of them.
    """
    longest = np.int64(1)
    for p in range(first, after):
        longest = max(longest, start[p + 1] - start[p])
    lots = _scratch(longest)
    last_sale = np.full(clients, NONE, dtype=np.int64)  # by client: partner and day of its last sale, in one number
    points = np.zeros((after - first, POINTS_SIZE), dtype=np.int64)
    warnings = np.empty((1024, WARNING_SIZE), dtype=np.int64)
    warned = 0
    for p in range(first, after):
        low, high = start[p], start[p + 1]
        _clear(lots, high - low, p, record)
        position = _take_all(lots, events, active, figures, p, low, low, high, last_sale, record)
        while position < high:  # in a loop of its own: where `lots` is replaced, compiled code counts its users
            lots = _with_room(lots, _room_wanted(lots))
            position = _take_all(lots, events, active, figures, p, low, position, high, last_sale, record)
        _conclude(lots, high - low, events, low, last_day, points[p - first])
        count = lots.n[WARNED]
        if warned + count > warnings.shape[0]:
            larger = np.empty((2 * (warned + count), WARNING_SIZE), dtype=np.int64)
            larger[:warned] = warnings[:warned]
            warnings = larger
        warnings[warned : warned + count] = lots.warnings[:count]
        warned += count
    return points, warnings[:warned].copy(), lots.moves[: lots.n[MOVES] * record].copy()


@kernel
def _take_all(lots, events, active, figures, p, low, position, high, last_sale, record):
    """What events do to points, from a position on; returns the first for which there is no room to note it."""
    while position < high:
        if (record == 1 or events[position].kind == _SPENT) and _room_wanted(lots) > lots.moves.shape[0]:
            return position
        lots.n[NOTING] = record
        _take(lots, events, active, figures, p, low, position, last_sale)
        position += 1
    return position


@inlined
def _room_wanted(lots):
    return lots.n[MOVES] + 3 * lots.n[LOTS] + _ROOM


@kernel
def _scratch(size):
    return Lots(
        np.zeros(_STATE_SIZE, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
        np.empty((size, WARNING_SIZE), dtype=np.int64),
        np.empty((1024, MOVE_SIZE), dtype=np.int64),
    )


@kernel
def _with_room(lots, rows):
    """The same scratch with a table of movements that holds so many rows and more."""
    moves = np.empty((2 * rows, MOVE_SIZE), dtype=np.int64)
    moves[: lots.n[MOVES]] = lots.moves[: lots.n[MOVES]]
    return Lots(
        lots.n,
        lots.position,
        lots.expires,
        lots.amount,
        lots.left,
        lots.cancelled,
        lots.paid,
        lots.order,
        lots.lot,
        lots.award,
        lots.pending,
        lots.refunded,
        lots.delivered,
        lots.confirmed,
        lots.noted,
        lots.warnings,
        moves,
    )


@kernel
def _clear(lots, size, p, record):
    moves = lots.n[MOVES] * record
    earlier = lots.n[EARLIER_LOTS] + lots.n[LOTS]
    lots.n[:] = 0
    lots.n[MOVES], lots.n[EARLIER_LOTS], lots.n[PARTNER] = moves, earlier, p
    lots.lot[:size] = NONE
    lots.award[:size] = 0
    lots.pending[:size] = 0
    lots.refunded[:size] = 0
    lots.delivered[:size] = NONE
    lots.confirmed[:size] = 0


@inlined
def _take(lots, events, active, figures, p, low, position, last_sale):
    """What an event does to points."""
    event = events[position]
    kind = event.kind
    day = np.int64(event.day)
    lots.n[EVENT] = position
    if kind == _PAID:
        _sell(lots, events, active, figures, p, low, position, last_sale)
    elif kind == _REFUNDED:
        _refund(lots, events, low, position, event.target)
    elif kind in (_DELIVERED, _CONFIRMED):
        _advance_project(lots, events, active, figures, low, position)
    elif kind == _GRANTED:
        _allocate(lots, figures, low, position, day, event.points)
    elif kind == _DECIDED:
        sale = event.target - low
        if lots.pending[sale] == 0:
            _warn(lots, p, position, WARN_NOT_HELD, _NOTHING, _NOTHING)
            return
        lots.pending[sale] = 0
        if event.flag == 1 and active[position] == 1:
            _allocate(lots, figures, low, sale + low, day, lots.award[sale])
            if lots.lot[sale] != NONE:
                gone = share(lots.award[sale], lots.refunded[sale], events[sale + low].amount)
                _cancel(lots, lots.lot[sale], gone, day)
    elif kind == _CANCELLED:
        _cancel_by_event(lots, events, p, low, position)
    elif kind == _SPENT:
        _spend(lots, p, low, position, day, event.points)
    elif kind == _RESTORED:
        _restore(lots, events, low, position, event.target)


@inlined
def _sell(lots, events, active, figures, p, low, position, last_sale):
    """A sale earns an award, or one that is held when the last sale to the client was short ago (G1.1, G1.2, G1.4)."""
    event = events[position]
    client = event.client
    day = np.int64(event.day)
    last = last_sale[client] - p * _DAYS
    held = 0 <= last < _DAYS and day - last + _DAYS // 2 < _held_under(figures, day)
    last_sale[client] = p * _DAYS + day + _DAYS // 2
    award = event.points if active[position] == 1 else _NOTHING
    lots.award[position - low] = award
    if held:
        lots.pending[position - low] = 1
    else:
        _allocate(lots, figures, low, position, day, award)


@inlined
def _held_under(figures, day):
    return figures.held_under_days[version_on(figures.starts, day)]


@kernel
def _advance_project(lots, events, active, figures, low, position):
    """A project is delivered or confirmed; the later of the two firsts allocates its points (reading 12)."""
    project = events[position].target - low
    if events[position].kind == _DELIVERED:
        if lots.delivered[project] != NONE:
            return
        lots.delivered[project] = position
    else:
        if lots.confirmed[project] == 1:
            return
        lots.confirmed[project] = 1
    if lots.delivered[project] == NONE or lots.confirmed[project] == 0 or active[position] == 0:
        return
    points = events[lots.delivered[project]].points
    _allocate(lots, figures, low, project + low, np.int64(events[position].day), points)


@inlined
def _allocate(lots, figures, low, award, day, points):
    """A new lot; debt is paid from it first (T4.2, reading 15)."""
    if points <= 0:
        return
    n = lots.n
    k = n[LOTS]
    paid = min(n[DEBT], points)
    lots.position[k] = award
    lots.expires[k] = add_months(day, figures.validity_months[version_on(figures.starts, day)])
    lots.amount[k] = points
    lots.left[k] = points - paid
    lots.cancelled[k] = 0
    lots.paid[k] = paid
    lots.lot[award - low] = k
    place = k
    while place > 0 and lots.expires[lots.order[place - 1]] > lots.expires[k]:
        lots.order[place] = lots.order[place - 1]
        place -= 1
    lots.order[place] = k
    n[HEAD] = min(n[HEAD], place)
    n[DEBT] -= paid
    n[ISSUED] += points
    n[LOTS] += 1
    if n[NOTING] == 1:
        _note(lots, EARNED, k, award, points)
        lots.moves[n[MOVES] - 1, M_EXPIRES] = lots.expires[k]
        if paid > 0:
            _note(lots, DEBT_PAID, k, award, paid)


@kernel
def _note(lots, kind, k, award, points):
    """A movement of the event at hand. `k`: the partner's lot, NONE."""
    n = lots.n
    row = lots.moves[n[MOVES]]
    row[M_PARTNER], row[M_POSITION], row[M_KIND] = n[PARTNER], n[EVENT], kind
    row[M_LOT] = NONE if k == NONE else n[EARLIER_LOTS] + k
    row[M_AWARD], row[M_POINTS], row[M_EXPIRES] = award, points, 0
    n[MOVES] += 1


@kernel
def _take_from_lots(lots, day, points, kind, award):
    """Take points from the unexpired lots by expiry, then by allocation; what they do not have is debt, and returned.

    `award`: the one that is cancelled; NONE for an exchange.
    """
    n = lots.n
    while n[HEAD] < n[LOTS] and (lots.left[lots.order[n[HEAD]]] == 0 or lots.expires[lots.order[n[HEAD]]] <= day):
        n[HEAD] += 1
    place = n[HEAD]
    while points > 0 and place < n[LOTS]:
        k = lots.order[place]
        taken = min(points, lots.left[k])
        lots.left[k] -= taken
        points -= taken
        if n[NOTING] == 1 and taken > 0:
            _note(lots, kind, k, lots.position[k] if award == NONE else award, taken)
        place += 1
    n[DEBT] += points
    if n[NOTING] == 1 and points > 0:
        _note(lots, OWED, _NO_LOT, award, points)
    return points


@kernel
def _cancel(lots, k, points, day):
    """Cancel points of lot k: its own rest first, then the other unexpired lots, then debt (reading 16)."""
    lots.cancelled[k] += points
    own = min(points, lots.left[k])
    lots.left[k] -= own
    if lots.n[NOTING] == 1 and own > 0:
        _note(lots, CANCELED, k, lots.position[k], own)
    if points > own:
        _take_from_lots(lots, day, points - own, CANCELED, lots.position[k])


@kernel
def _refund(lots, events, low, position, sale):
    """A refund cancels its share of the sale's award, once the award is allocated (reading 16)."""
    e = sale - low
    award, net = lots.award[e], events[sale].amount
    before = share(award, lots.refunded[e], net)
    lots.refunded[e] += events[position].amount
    k = lots.lot[e]
    if k == NONE:
        return
    due = share(award, lots.refunded[e], net) - before
    _cancel(lots, k, min(due, lots.amount[k] - lots.cancelled[k]), np.int64(events[position].day))


@kernel
def _cancel_by_event(lots, events, p, low, position):
    """points.cancelled: one award, or so many points of the active awards (reading 16)."""
    day = np.int64(events[position].day)
    asked = events[position].points
    if asked == 0:
        award = events[position].target
        k = NONE if award == NONE else lots.lot[award - low]
        if k == NONE:
            _warn(lots, p, position, WARN_NOT_ALLOCATED, _NOTHING, _NOTHING)
        else:
            _cancel(lots, k, lots.amount[k] - lots.cancelled[k], day)
        return
    rest = asked
    for place in range(lots.n[LOTS]):
        k = lots.order[place]
        if rest > 0 and lots.expires[k] > day:
            points = min(rest, lots.amount[k] - lots.cancelled[k])
            _cancel(lots, k, points, day)
            rest -= points
    if rest > 0:
        _warn(lots, p, position, WARN_CANCELLED_LESS, asked, asked - rest)


@kernel
def _spend(lots, p, low, position, day, points):
    """An exchange: what is there, and the rest becomes debt (reading 15)."""
    lots.n[NOTING] = 1
    lots.noted[position - low] = lots.n[MOVES]
    short = _take_from_lots(lots, day, points, TAKEN, _NO_LOT)
    lots.n[SPENT] += points
    if short > 0:
        _warn(lots, p, position, WARN_DEBT, points, points - short)


@kernel
def _restore(lots, events, low, position, exchange):
    """An exchange is undone: its points go back to the lots that gave them, which keep their days of expiry.

    What had become debt lessens the debt. Where later lots have paid it already, it goes back to them, to the one that
    paid last first. Debt that is left is paid from what goes back, as from new lots.
    """
    n, day = lots.n, np.int64(events[position].day)
    n[SPENT] -= events[exchange].points
    first = last = lots.noted[exchange - low]
    end = n[MOVES]
    while last < end and lots.moves[last, M_POSITION] == exchange:
        if lots.moves[last, M_KIND] == OWED:
            _forgive(lots, lots.moves[last, M_POINTS], day)
        last += 1
    for row in range(first, last):
        if lots.moves[row, M_KIND] == TAKEN:
            _give_back(lots, lots.moves[row, M_LOT] - n[EARLIER_LOTS], lots.moves[row, M_POINTS], day)


@kernel
def _forgive(lots, points, day):
    """Debt of an exchange that is undone."""
    n = lots.n
    less = min(points, n[DEBT])
    n[DEBT] -= less
    if n[NOTING] == 1 and less > 0:
        _note(lots, GIVEN_BACK, _NO_LOT, _NO_LOT, less)
    points -= less
    k = n[LOTS]
    while points > 0 and k > 0:
        k -= 1
        back = min(points, lots.paid[k])
        if back > 0:
            lots.paid[k] -= back
            points -= back
            _give_back(lots, k, back, day)


@kernel
def _give_back(lots, k, points, day):
    """A lot has so much more; unless it has expired, debt is paid from it first."""
    n = lots.n
    paid = min(n[DEBT], points) if lots.expires[k] > day else _NOTHING
    n[DEBT] -= paid
    lots.paid[k] += paid
    lots.left[k] += points - paid
    n[HEAD] = 0
    if n[NOTING] == 1:
        _note(lots, GIVEN_BACK, k, lots.position[k], points)
        if paid > 0:
            _note(lots, DEBT_PAID, k, lots.position[k], paid)


@kernel
def _warn(lots, p, position, code, first, second):
    row = lots.warnings[lots.n[WARNED]]
    row[W_PARTNER], row[W_POSITION], row[W_CODE], row[W_FIRST], row[W_SECOND] = p, position, code, first, second
    lots.n[WARNED] += 1


@kernel
def _conclude(lots, size, events, low, last_day, points):
    """The partner's figures at the end of the last day (readings 13-15)."""
    for k in range(lots.n[LOTS]):
        if lots.expires[k] > last_day:
            points[P_ACTIVE] += lots.amount[k] - lots.cancelled[k]
            points[P_AVAILABLE] += lots.left[k]
        else:
            points[P_EXPIRED] += lots.left[k]
    for e in range(size):
        if lots.pending[e] == 1:
            points[P_HELD] += lots.award[e] - share(lots.award[e], lots.refunded[e], events[low + e].amount)
    points[P_DEBT] = lots.n[DEBT]
    points[P_SPENT] = lots.n[SPENT]
    points[P_ISSUED] = lots.n[ISSUED]
