"""The decisions of the program: deadline, review, upgrade, and what today's knowledge would have made of them."""

import numpy as np

from honeyguide.program.engine.kernels.compiled import inlined, kernel
from honeyguide.program.engine.kernels.days import FAR, add_months, first_trailing_day
from honeyguide.program.engine.kernels.state import (
    ACTIVE,
    ASK_ON,
    BY_CANCELLATION,
    BY_CONFIRMATION,
    BY_DOWNGRADE,
    BY_REINSTATEMENT,
    BY_SUSPENSION,
    BY_UPGRADE,
    CANCELLED,
    CHANGED,
    CONFIRMED,
    COUNTED_FROM,
    DEADLINE,
    DISTINCT,
    FACTS,
    KEEP,
    KNOWN,
    LOST,
    LOW,
    NO_LIMIT,
    NO_STATUS,
    NO_TEST,
    NOT_IN_FORCE,
    REACH,
    REVIEW,
    REVIEWED_SALES,
    SINCE,
    SINCE_STATUS,
    STATE,
    STATUS,
    T_CAUSE,
    T_CLIENTS,
    T_CLIENTS_NOW,
    T_DAY,
    T_FACTS,
    T_FIRST,
    T_FROM,
    T_HIGH,
    T_LAST,
    T_LOW,
    T_LOW_SALES,
    T_PARTNER,
    T_PURPOSE,
    T_REGAINED,
    T_RESTATED,
    T_SALES,
    T_SALES_FIRST,
    T_SALES_NOW,
    T_SEATS,
    T_SEATS_NOW,
    T_TESTED,
    T_TO,
    T_VERSION,
    TRAILING,
    TRANSITIONS,
    VERSION,
)
from honeyguide.program.engine.kernels.windows import (
    seats_between,
    start_review_window,
    trail,
    trailing_seats,
)
from honeyguide.program.history.events import MEASURES

_DOWNGRADE = MEASURES.index("downgrade")


@kernel
def _written(w, p, day, to, cause):
    """A new transition row without a test."""
    row = w.transitions[w.s[TRANSITIONS]]
    row[:] = 0
    row[T_PARTNER], row[T_DAY], row[T_FROM], row[T_TO], row[T_CAUSE] = p, day, w.s[STATUS], to, cause
    row[T_PURPOSE] = NO_TEST
    row[T_VERSION] = w.s[VERSION]
    w.s[TRANSITIONS] += 1
    return row


@kernel
def move(w, events, start, figures, p, day, high, to, cause):
    """Write a transition and take the status it leads to; `high`: position after the event that brought it.

    Confirmation, suspension and reinstatement are no changes of status (reading 6).
    """
    s = w.s
    row = _written(w, p, day, to, cause)
    if cause in (BY_SUSPENSION, BY_REINSTATEMENT):
        return row
    s[STATUS] = to
    s[CONFIRMED] = day
    months = figures.statuses[s[VERSION], to].review_months
    s[REVIEW] = add_months(day, months) if months > 0 else FAR
    start_review_window(w, events, start[p], day, high)
    if cause == BY_CONFIRMATION:
        return row
    s[SINCE] = s[CHANGED] = day
    s[ASK_ON] = day + 1
    s[COUNTED_FROM] = high
    s[SINCE_STATUS] = 0
    return row


@kernel
def leave(w, p, day, state, cause):
    """The partner leaves the program: cancelled or terminated. Listed only if a status was held."""
    s = w.s
    if s[STATUS] != NO_STATUS:
        _written(w, p, day, NO_STATUS, cause)
    s[STATE] = state
    s[STATUS] = NO_STATUS
    s[SINCE] = s[CONFIRMED] = NOT_IN_FORCE
    s[REVIEW] = s[DEADLINE] = s[ASK_ON] = FAR


@kernel
def check_deadline(w, figures, p, day):
    """The deadline of the lowest status, asked once for each acceptance (T3.1.1a, reading 4)."""
    s = w.s
    s[DEADLINE] = FAR
    asked = figures.statuses[s[VERSION], 0].keep_facts
    if s[STATUS] != 0 or s[FACTS] & asked == asked:
        return
    leave(w, p, day, CANCELLED, BY_CANCELLATION)
    row = w.transitions[s[TRANSITIONS] - 1]
    row[T_PURPOSE], row[T_TESTED], row[T_FACTS] = KEEP, 0, s[FACTS]


@kernel
def _keeps(figures, version, status, review_day, sales, seats, facts):
    """Whether a review is met (T3.1.2b, T3.1.3b, T3.3, T3.4a)."""
    asked = figures.statuses[version, status].keep_facts
    if sales < figures.statuses[version, status].keep_sales or facts & asked != asked:
        return False
    return review_day < figures.seats_from_day[version] or seats >= figures.statuses[version, status].keep_seats


@kernel
def review(w, events, start, change_start, changes, figures, p, day, position):
    """The yearly review at the start of its day, over [confirmed, day) (T3.4a, reading 7)."""
    s = w.s
    status, confirmed = s[STATUS], s[CONFIRMED]
    sales = s[REVIEWED_SALES]
    seats = seats_between(w, changes, change_start[p], s[KNOWN], confirmed, day - 1)
    if _keeps(figures, s[VERSION], status, day, sales, seats, s[FACTS]):
        row = move(w, events, start, figures, p, day, position, status, BY_CONFIRMATION)
    else:
        s[LOST] |= 1 << status
        row = move(w, events, start, figures, p, day, position, status - 1, BY_DOWNGRADE)
    first = position
    while first > start[p] and events[first - 1].day >= confirmed:
        first -= 1
    row[T_PURPOSE], row[T_TESTED], row[T_FACTS] = KEEP, status, s[FACTS]
    row[T_SALES], row[T_SEATS] = sales, seats
    row[T_SALES_FIRST] = row[T_FIRST] = confirmed
    row[T_LAST] = day - 1
    row[T_LOW_SALES] = row[T_LOW] = first
    row[T_HIGH] = position


@kernel
def _reaches(figures, version, status, regaining, day, sales, clients, seats, facts):
    """Whether the next status is reached (T3.1.2a, T3.1.3a), or regained at the figures for keeping it (T3.5)."""
    asked = figures.statuses[version, status].reach_facts
    if regaining:
        asked |= figures.statuses[version, status].keep_facts
    if facts & asked != asked or clients < figures.statuses[version, status].reach_clients:
        return False
    if not regaining:
        return sales >= figures.statuses[version, status].reach_sales
    if sales < figures.statuses[version, status].keep_sales:
        return False
    return day < figures.seats_from_day[version] or seats >= figures.statuses[version, status].keep_seats


@inlined
def may_rise(w, events, figures, first, day, high):
    """Whether the next status is near: all but clients and seats is there. Asked after every event, so it sums nothing.

    `first`: the partner's first position; `high`: position after the last event that is known.
    """
    s = w.s
    target = s[STATUS] + 1
    if s[STATE] != ACTIVE or target >= figures.statuses.shape[1] or s[CHANGED] == day or w.until[_DOWNGRADE] >= day:
        return False
    facts = figures.statuses[s[VERSION], target].reach_facts
    if s[FACTS] & facts != facts:
        return False
    trail(w, events, first, figures.statuses[s[VERSION], target].reach_months, day, high)
    regaining = (s[LOST] >> target) & 1 == 1
    sales = (
        s[TRAILING] if regaining or figures.statuses[s[VERSION], target].reach_since_previous == 0 else s[SINCE_STATUS]
    )
    return sales >= (
        figures.statuses[s[VERSION], target].keep_sales
        if regaining
        else figures.statuses[s[VERSION], target].reach_sales
    )


@kernel
def ask_upgrade(w, events, start, change_start, changes, figures, p, day, high):
    """Ask for the next status, by everything before position `high`, once it `may_rise` (readings 6 and 8)."""
    s = w.s
    target = s[STATUS] + 1
    months = figures.statuses[s[VERSION], target].reach_months
    regaining = (s[LOST] >> target) & 1 == 1
    since = figures.statuses[s[VERSION], target].reach_since_previous == 1 and not regaining
    sales = s[SINCE_STATUS] if since else s[TRAILING]
    first = first_trailing_day(day, months)
    seats = np.int64(0)
    if regaining and figures.statuses[s[VERSION], target].keep_seats != NO_LIMIT:
        seats = trailing_seats(w, changes, change_start[p], first, day)
    if not _reaches(figures, s[VERSION], target, regaining, day, sales, s[DISTINCT], seats, s[FACTS]):
        return
    reached_on, counted_from, low, clients = s[SINCE], s[COUNTED_FROM], s[LOW], s[DISTINCT]
    row = move(w, events, start, figures, p, day, high, target, BY_UPGRADE)
    row[T_PURPOSE], row[T_TESTED], row[T_REGAINED], row[T_FACTS] = REACH, target, int(regaining), s[FACTS]
    row[T_SALES], row[T_CLIENTS], row[T_SEATS] = sales, clients, seats
    row[T_FIRST], row[T_LAST] = first, day
    row[T_SALES_FIRST] = max(first, reached_on) if since else first
    row[T_LOW_SALES] = max(low, counted_from) if since else low
    row[T_LOW], row[T_HIGH] = low, high


@kernel
def restate(w, events, change_start, changes, figures, p, written):
    """Decide a partner's decisions again by the refunds and exclusions known at the end (reading 2)."""
    begin, end = change_start[p], change_start[p + 1]
    for k in range(written, w.s[TRANSITIONS]):
        row = w.transitions[k]
        cause = row[T_CAUSE]
        if cause not in (BY_UPGRADE, BY_CONFIRMATION, BY_DOWNGRADE):
            continue
        sales = np.int64(0)
        for position in range(row[T_LOW_SALES], row[T_HIGH]):
            sales += w.counted[position]
        seats = seats_between(w, changes, begin, end, row[T_FIRST], row[T_LAST])
        row[T_SALES_NOW], row[T_SEATS_NOW] = sales, seats
        if row[T_PURPOSE] == KEEP:
            kept = _keeps(figures, row[T_VERSION], row[T_TESTED], row[T_DAY], sales, seats, row[T_FACTS])
            row[T_RESTATED] = int(kept != (cause == BY_CONFIRMATION))
        else:
            clients = _clients(w, events, row[T_LOW], row[T_HIGH])
            row[T_CLIENTS_NOW] = clients
            regained = row[T_REGAINED] == 1
            version, status, day = row[T_VERSION], row[T_TESTED], row[T_DAY]
            reached = _reaches(figures, version, status, regained, day, sales, clients, seats, row[T_FACTS])
            row[T_RESTATED] = int(not reached)


@kernel
def _clients(w, events, low, high):
    """Distinct clients with a counted sale between two positions. Leaves the counters as they were."""
    mark = 1 << 30
    found = 0
    for position in range(low, high):
        client = events[position].client
        if w.counted[position] > 0 and w.per_client[client] < mark:
            w.per_client[client] += mark
            found += 1
    for position in range(low, high):
        client = events[position].client
        if w.counted[position] > 0 and w.per_client[client] >= mark:
            w.per_client[client] -= mark
    return found
