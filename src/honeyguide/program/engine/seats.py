"""Seats of new clients, worked out client by client (T3.3, reading 9).

What a decision knows of a client's coverage changes only when a purchase of the client is refunded in full. So each
seat-bearing sale becomes a short list of *seat changes*: "from now on it is known that these seats count on that day"
and "no longer". A partner's own timeline merges them by their moment and sums those whose day lies in the window
that it asks about.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from honeyguide.program.engine.columns import column
from honeyguide.program.engine.figures import Ints, Records, seat_rules
from honeyguide.program.engine.kernels.coverage import (
    SEAT_CHANGE,
    START_OF_DAY,
    Clock,
    SaleColumns,
    all_changes,
    purchases_of,
)
from honeyguide.program.engine.threads import stretches, together, wanted_parts
from honeyguide.program.engine.timeline import Laid
from honeyguide.program.history.events import History
from honeyguide.program.rulebook.versions import Rules


class SeatChanges(NamedTuple):
    """Sorted by partner, then by the moment from which a change is known."""

    start: Ints  # by partner: first change; one more at the end
    changes: Records  # SEAT_CHANGE


def seat_changes(history: History, laid: Laid, rules: Rules) -> SeatChanges:
    """All seat changes known by the last day."""
    if laid.last_day is None or not len(laid.by_time):
        return sorted_changes(np.empty(0, dtype=SEAT_CHANGE), len(history.partners))
    clock = clock_of(history, laid, laid.last_day, until_mature=True)

    def run(first: int, after: int) -> Records:
        purchases = client_purchases(history, laid, rules, first, after)
        found: Records = all_changes(*purchases, clock, np.empty(1024, dtype=SEAT_CHANGE))
        return found

    parts = stretches(len(history.clients), wanted_parts(len(laid.by_time)))
    found = np.concatenate(together([partial(run, *part) for part in parts]))
    found["partner"] = column(history.events, "partner", np.int32)[found["sale"]]
    return sorted_changes(found, len(history.partners))


def client_purchases(
    history: History, laid: Laid, rules: Rules, first: int = 0, after: int | None = None
) -> tuple[Ints, Records]:
    """Purchases up to the last day, by client, then by time: the first place by client, and PURCHASE records.

    `first`, `after`: the clients to look at, as positions in History.clients; all by default.
    """
    events = history.events
    sales = SaleColumns(
        kind=column(events, "type", np.int8),
        product=column(events, "product", np.int8),
        client=column(events, "client", np.int32),
        day=laid.row_day,
        term_months=column(events, "term_months", np.int32),
        seats=column(events, "seats", np.int64),
        new_client=column(events, "flag", np.int8),
        amount=column(events, "amount_minor", np.int64),
        target=column(events, "target", np.int64),
    )
    after = len(history.clients) if after is None else after
    start, purchases = purchases_of(laid.by_time, sales, seat_rules(rules), first, after)
    return start, purchases


def clock_of(history: History, laid: Laid, last_day: int, *, until_mature: bool) -> Clock:
    """When the events of a history happened, for the kernels of coverage."""
    return Clock(column(history.events, "at_us", np.int64), laid.row_day, int(until_mature), last_day)


def sorted_changes(found: Records, partners: int) -> SeatChanges:
    """Seat changes in the order in which the partners' timelines take them."""
    # What days bring by themselves is most of it, and before the events of its day: it needs no order of its own.
    by_day = found["known_at"] == START_OF_DAY
    later = found[~by_day]
    later = later[np.lexsort((later["known_row"], later["known_at"]))]
    found = np.concatenate((found[by_day], later))
    found = found[np.argsort(found["known_day"], kind="stable")]
    order = np.argsort(found["partner"], kind="stable")
    start = np.zeros(partners + 1, dtype=np.int64)
    np.cumsum(np.bincount(found["partner"], minlength=partners), out=start[1:])
    return SeatChanges(start, found[order])
