"""Clients' coverage by purchases, and the seats of new clients that mature while it lasts (T3.3, reading 9)."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from honeyguide.program.engine.kernels.compiled import inlined, kernel
from honeyguide.program.engine.kernels.days import FAR, add_months
from honeyguide.program.engine.kernels.versions import version_on
from honeyguide.program.history.events import NONE, TYPE_CODE

type Ints = npt.NDArray[np.int64]
type Days = npt.NDArray[np.int32]

_PAID = TYPE_CODE["sale.paid"]
_REFUNDED = TYPE_CODE["sale.refunded"]
_EXCLUDED = TYPE_CODE["sale.excluded"]

START_OF_DAY = np.int64(-(2**62))
"""Stands for the instant and the row of what is known from the start of a day, before all its events."""

SEAT_CHANGE = np.dtype(
    [
        ("known_at", np.int64),  # instant from which it is known; START_OF_DAY for the start of known_day
        ("known_row", np.int64),  # row of the event that makes it known, START_OF_DAY likewise
        ("sale", np.int64),  # row of the sale; in a partner's timeline its position
        ("seats", np.int64),  # added, or taken away when negative
        ("known_day", np.int32),
        ("counts_on", np.int32),  # the day whose windows hold the seats
        ("partner", np.int32),
    ],
    align=True,
)

_NO_ROW = np.int64(NONE)
_ADDED, _TAKEN = np.int64(1), np.int64(-1)


PURCHASE = np.dtype(
    [
        ("row", np.int64),
        ("left", np.int64),  # what is not refunded of it, minor units
        ("seats", np.int64),
        ("gone_row", np.int64),  # of the refund that was the last of it; NONE
        ("excluded_row", np.int64),  # of its first exclusion; NONE
        ("day", np.int32),
        ("end", np.int32),  # first day no longer covered
        ("matures", np.int32),  # the day on which its seats count if the client is covered until then
        ("new_client", np.int8),
    ],
    align=True,
)


class SaleColumns(NamedTuple):
    """Columns of a history by row, for purchases."""

    kind: npt.NDArray[np.int8]
    product: npt.NDArray[np.int8]
    client: npt.NDArray[np.int32]
    day: Days
    term_months: npt.NDArray[np.int32]
    seats: Ints
    new_client: npt.NDArray[np.int8]
    amount: Ints
    target: Ints


class SeatRules(NamedTuple):
    """What makes a purchase, by version of the rulebook in force on its day."""

    starts: Ints  # first day of the version
    purchase: npt.NDArray[np.int8]  # by version and product: 1 if it covers the client
    paid_months: Ints  # after which its seats count


class Clock(NamedTuple):
    """When things happened, by row, and what limits them."""

    at: Ints
    day: Days
    until_mature: int  # 1: seats count only if the client is covered until they mature
    last_day: int


@kernel
def purchases_of(by_time, sales, rules, first_client, after_client):
    """Purchases of some clients, sorted by client, then by time: the first place by client, and PURCHASE records."""
    clients = after_client - first_client
    start = np.zeros(clients + 1, dtype=np.int64)
    for i in range(by_time.size):
        r = by_time[i]
        c = sales.client[r] - first_client
        if 0 <= c < clients and sales.kind[r] == _PAID and _is_purchase(rules, sales, r):
            start[c + 1] += 1
    for c in range(clients):
        start[c + 1] += start[c]
    place = start[:-1].copy()
    index = np.full(sales.kind.size, NONE, dtype=np.int32)
    purchases = np.empty(start[clients], dtype=PURCHASE)
    for i in range(by_time.size):
        r = by_time[i]
        kind = sales.kind[r]
        if kind == _PAID:
            c = sales.client[r] - first_client
            if 0 <= c < clients and _is_purchase(rules, sales, r):
                k = place[c]
                place[c] += 1
                index[r] = k
                _fill(purchases[k], sales, rules, r)
        elif kind == _REFUNDED:
            k = index[sales.target[r]]
            if k >= 0 and purchases[k].left > 0:
                purchases[k].left -= sales.amount[r]
                if purchases[k].left == 0:
                    purchases[k].gone_row = r
        elif kind == _EXCLUDED:
            k = index[sales.target[r]]
            if k >= 0 and purchases[k].excluded_row == NONE:
                purchases[k].excluded_row = r
    return start, purchases


@inlined
def _is_purchase(rules, sales, r):
    return rules.purchase[version_on(rules.starts, sales.day[r]), sales.product[r]] == 1


@kernel
def _fill(purchase, sales, rules, r):
    day, term = np.int64(sales.day[r]), np.int64(sales.term_months[r])
    purchase.row = r
    purchase.left = sales.amount[r]
    purchase.seats = sales.seats[r]
    purchase.gone_row = NONE
    purchase.excluded_row = NONE
    purchase.day = day
    purchase.end = FAR if term == NONE else add_months(day, term)
    purchase.matures = add_months(day, rules.paid_months[version_on(rules.starts, day)])
    purchase.new_client = sales.new_client[r]


@kernel
def all_changes(start, purchases, clock, found):
    """Seat changes of all clients, SEAT_CHANGE without `partner`; `found`: a table to begin with."""
    count = np.int64(0)
    longest = np.int64(0)
    for c in range(start.size - 1):
        longest = max(longest, start[c + 1] - start[c])
    held = np.zeros(longest, dtype=np.bool_)  # by purchase of the client: its seats are counted at present
    good = np.zeros(longest, dtype=np.bool_)  # by purchase: its seats count by what is known in this version
    covered = np.empty(longest, dtype=np.int64)
    refunds = np.empty(longest, dtype=np.int64)
    for c in range(start.size - 1):
        low, high = start[c], start[c + 1]
        bearing = False
        for k in range(low, high):
            bearing = bearing or purchases[k].seats > 0
        if not bearing:
            continue
        versions = _refunds_of(purchases, low, high, clock.at, refunds)
        held[: high - low] = False
        for version in range(versions + 1):
            # Version 0 lasts from the beginning to the client's first full refund, version n from the n-th refund on.
            since = refunds[version - 1] if version > 0 else _NO_ROW
            until = refunds[version] if version < versions else _NO_ROW
            _judge(purchases, low, high, since, clock, good, covered)
            found, count = _changes_of_version(purchases, low, high, since, until, clock, good, held, found, count)
    return found[:count].copy()


@kernel
def present_coverage(start, purchases, clock):
    """By purchase, by all that is known: whether it counts as a new client's, and until when the client is covered.

    The day is the first one without cover after the stretch of coverage that the purchase lies in; for a purchase that
    is refunded in full it says nothing. With `clock.until_mature`, a purchase whose stretch is over before its seats
    mature does not count.
    """
    fresh = np.zeros(purchases.size, dtype=np.bool_)
    covered = np.zeros(purchases.size, dtype=np.int64)
    refunds = np.empty(purchases.size, dtype=np.int64)
    for c in range(start.size - 1):
        low, high = start[c], start[c + 1]
        versions = _refunds_of(purchases, low, high, clock.at, refunds)
        since = refunds[versions - 1] if versions > 0 else _NO_ROW
        _judge(purchases, low, high, since, clock, fresh[low:high], covered[low:high])
    return fresh, covered


@kernel
def _refunds_of(purchases, low, high, at, refunds):
    """Rows of the client's full refunds in order of time; returns how many."""
    count = 0
    for k in range(low, high):
        r = purchases[k].gone_row
        if r == NONE:
            continue
        j = count
        while j > 0 and _later(at, refunds[j - 1], r):
            refunds[j] = refunds[j - 1]
            j -= 1
        refunds[j] = r
        count += 1
    return count


@kernel
def _later(at, row, than):
    """Whether the event of `row` comes after that of `than`."""
    return at[row] > at[than] or (at[row] == at[than] and row > than)


@kernel
def _judge(purchases, low, high, since, clock, good, covered):
    """Which sales are a new client's and keep the client covered, and until when, by the refunds up to `since`."""
    first = _NO_ROW
    segment = low  # where the present stretch of unbroken coverage begins
    reach = np.int64(-FAR)  # its end so far
    for k in range(low, high):
        good[k - low] = False
        gone = purchases[k].gone_row
        if min(gone, since) != NONE and not _later(clock.at, gone, since):
            continue
        if first == NONE:
            first = np.int64(k)
        if purchases[k].day > reach:
            _close(purchases, low, segment, k, reach, clock, good, covered)
            segment = k
        reach = max(reach, np.int64(purchases[k].end))
        if purchases[k].seats > 0:
            mark = purchases[k].new_client
            if mark == NONE:
                good[k - low] = purchases[k].day == purchases[first].day and purchases[first].new_client != 0
            else:
                good[k - low] = mark == 1
    _close(purchases, low, segment, high, reach, clock, good, covered)


@kernel
def _close(purchases, low, segment, after, reach, clock, good, covered):
    """A stretch of coverage ends: sales in it whose months are not over by then do not count."""
    for k in range(segment, after):
        covered[k - low] = reach
        if good[k - low] and clock.until_mature == 1 and purchases[k].matures > reach:
            good[k - low] = False


@kernel
def _changes_of_version(purchases, low, high, since, until, clock, good, held, found, count):
    """Seats that mature, appear, vanish or are excluded between the refunds `since` and `until`."""
    for k in range(low, high):
        if purchases[k].seats == 0 or not (good[k - low] or held[k - low]):
            continue
        matures = np.int64(purchases[k].matures)
        if matures > clock.last_day:
            continue
        excluded = purchases[k].excluded_row
        if since == NONE or clock.day[since] < matures:
            # Not yet mature when this version begins: it matures in it, unless a refund comes before that day.
            if not good[k - low] or (until != NONE and clock.day[until] < matures):
                continue
            if excluded != NONE and clock.day[excluded] < matures:
                continue
            found, count = _add(found, count, matures, START_OF_DAY, START_OF_DAY, purchases, k, matures, _ADDED)
            held[k - low] = True
        else:
            out = excluded != NONE and not _later(clock.at, excluded, since)
            counts = good[k - low] and not out
            if counts != held[k - low]:
                sign = _ADDED if counts else _TAKEN
                found, count = _learned(found, count, since, clock, purchases, k, matures, sign)
                held[k - low] = counts
        if held[k - low] and excluded != NONE and (until == NONE or _later(clock.at, until, excluded)):
            found, count = _learned(found, count, excluded, clock, purchases, k, matures, _TAKEN)
            held[k - low] = False
    return found, count


@kernel
def _learned(found, count, row, clock, purchases, k, counts_on, sign):
    """Append a change that the event of `row` makes known."""
    return _add(found, count, np.int64(clock.day[row]), clock.at[row], row, purchases, k, counts_on, sign)


@kernel
def _add(found, count, known_day, known_at, known_row, purchases, k, counts_on, sign):
    """Append one change, growing the table when it is full."""
    if count == found.size:
        larger = np.empty(2 * count, dtype=found.dtype)
        larger[:count] = found
        found = larger
    change = found[count]
    change.known_day = known_day
    change.known_at = known_at
    change.known_row = known_row
    change.sale = purchases[k].row
    change.counts_on = counts_on
    change.seats = sign * purchases[k].seats
    return found, count + 1
