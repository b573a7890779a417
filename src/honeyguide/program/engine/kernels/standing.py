"""Status, state and measures of every partner: one walk over its timeline (readings 2-10)."""

import numpy as np

from honeyguide.program.engine.kernels.compiled import inlined, kernel
from honeyguide.program.engine.kernels.coverage import START_OF_DAY
from honeyguide.program.engine.kernels.days import FAR, add_months, first_trailing_day
from honeyguide.program.engine.kernels.decisions import (
    ask_upgrade,
    check_deadline,
    leave,
    may_rise,
    move,
    restate,
    review,
)
from honeyguide.program.engine.kernels.state import (
    ACTIVE,
    ADJUSTED,
    APPLICANT,
    ASK_ON,
    BY_ACCEPTANCE,
    BY_MEASURE,
    BY_REINSTATEMENT,
    BY_SUSPENSION,
    BY_TERMINATION,
    CHANGED,
    CONFIRMED,
    COUNTED_FROM,
    DEADLINE,
    DISTINCT,
    F_ADJUSTED,
    F_CLIENTS,
    F_CONFIRMED,
    F_DEADLINE,
    F_DISCOUNT,
    F_FACTS,
    F_LOST,
    F_MEASURES,
    F_REVIEW,
    F_REVIEWED_SALES,
    F_REVIEWED_SEATS,
    F_SEATS_TRAILING,
    F_SEEN,
    F_SINCE,
    F_SINCE_STATUS,
    F_STATE,
    F_STATUS,
    F_TRAILING,
    F_TRAILING_FIRST,
    FACTS,
    FREE_ON,
    KNOWN,
    LOST,
    LOW,
    MONTHS,
    NO_STATUS,
    NOT_IN_FORCE,
    REVIEW,
    REVIEWED_SALES,
    SEATS_DAY,
    SINCE,
    SINCE_STATUS,
    STANDING_SIZE,
    STATE,
    STATE_SIZE,
    STATUS,
    SUSPENDED,
    TERMINATED,
    TRAILING,
    TRANSITION_SIZE,
    TRANSITIONS,
    VERSION,
    W_CODE,
    W_FIRST,
    W_PARTNER,
    W_POSITION,
    W_SECOND,
    WARN_ACCEPTED,
    WARN_REINSTATED,
    WARN_SUSPENDED,
    WARNING_SIZE,
    WARNINGS,
    Work,
)
from honeyguide.program.engine.kernels.windows import (
    clear_window,
    count_sale,
    learn_by_day,
    learn_by_event,
    next_status,
    seats_between,
    trail,
)
from honeyguide.program.history.events import MEASURES, NONE, TYPE_CODE

_ACCEPTED = TYPE_CODE["partner.accepted"]
_SUSPENDED = TYPE_CODE["partner.suspended"]
_REINSTATED = TYPE_CODE["partner.reinstated"]
_TERMINATED = TYPE_CODE["partner.terminated"]
_COURSE = TYPE_CODE["course.completed"]
_NFR = TYPE_CODE["nfr.claimed"]
_APPROVED = TYPE_CODE["evidence.approved"]
_WITHDRAWN = TYPE_CODE["evidence.withdrawn"]
_PAID = TYPE_CODE["sale.paid"]
_REFUNDED = TYPE_CODE["sale.refunded"]
_EXCLUDED = TYPE_CODE["sale.excluded"]
_ADJUSTED = TYPE_CODE["discount.adjusted"]
_RESTORED = TYPE_CODE["discount.restored"]
_APPLIED = TYPE_CODE["measure.applied"]
_LIFTED = TYPE_CODE["measure.lifted"]

_DOWNGRADE = MEASURES.index("downgrade")
_TERMINATE = MEASURES.index("terminate")
_BLOCK = MEASURES.index("block_access")

_NOTHING = np.int64(0)


@kernel
def walk(events, start, change_start, changes, figures, counted, active, discount, clients, first, after, last_day):
    """Walk the partners first to after - 1.

    Fills `counted`, `active` and `discount`; returns standings, transitions, warnings.
    """
    s = np.zeros(STATE_SIZE, dtype=np.int64)
    until = np.empty(len(MEASURES), dtype=np.int64)
    per_client = np.zeros(clients, dtype=np.int32)
    standings = np.zeros((after - first, STANDING_SIZE), dtype=np.int64)
    standings[:, F_STATUS] = NO_STATUS
    w = Work(
        s,
        until,
        counted,
        active,
        discount,
        per_client,
        np.empty((1024, TRANSITION_SIZE), dtype=np.int64),
        np.empty((1024, WARNING_SIZE), dtype=np.int64),
    )
    for p in range(first, after):
        low, high = start[p], start[p + 1]
        if low == high:
            continue
        months = (last_day - events[low].day) // 28 + 1
        room = (
            2 * (high - low) + 3 * (change_start[p + 1] - change_start[p]) + 3 * months + 3 * figures.starts.size + 16
        )
        w = _with_room(w, room, high - low)
        _begin(w, figures, low, change_start[p])
        written = s[TRANSITIONS]
        _walk_partner(w, events, start, change_start, changes, figures, p, last_day)
        _conclude(w, events, start, change_start, changes, figures, p, last_day, standings[p - first])
        restate(w, events, change_start, changes, figures, p, written)
        clear_window(w, events, high)
    return standings, w.transitions[: s[TRANSITIONS]].copy(), w.warnings[: s[WARNINGS]].copy()


@kernel
def _with_room(w, transitions, warnings):
    """The same work with tables that hold so many more rows."""
    return Work(
        w.s,
        w.until,
        w.counted,
        w.active,
        w.discount,
        w.per_client,
        _grown(w.transitions, w.s[TRANSITIONS], transitions),
        _grown(w.warnings, w.s[WARNINGS], warnings),
    )


@kernel
def _grown(table, used, more):
    if used + more <= table.shape[0]:
        return table
    larger = np.empty((max(2 * table.shape[0], used + more), table.shape[1]), dtype=np.int64)
    larger[:used] = table[:used]
    return larger


@kernel
def _begin(w, figures, low, first_change):
    """A partner of whom nothing is known."""
    s = w.s
    transitions, warnings = s[TRANSITIONS], s[WARNINGS]
    s[:] = 0
    s[TRANSITIONS], s[WARNINGS] = transitions, warnings
    s[STATE] = APPLICANT
    s[STATUS] = NO_STATUS
    s[SINCE] = s[CONFIRMED] = s[CHANGED] = s[SEATS_DAY] = NOT_IN_FORCE
    s[REVIEW] = s[DEADLINE] = s[ASK_ON] = s[FREE_ON] = FAR
    s[ADJUSTED] = NONE
    s[LOW] = s[COUNTED_FROM] = low
    s[MONTHS] = figures.statuses[0, next_status(figures, s)].reach_months
    s[KNOWN] = first_change
    w.until[:] = NOT_IN_FORCE


@kernel
def _walk_partner(w, events, start, change_start, changes, figures, p, last_day):
    """Days with something to decide and events, in turn; the start of a day before its events."""
    low, high = start[p], start[p + 1]
    position = low
    while True:
        wake = _next_wake(w, changes, figures, change_start[p + 1])
        event_day = np.int64(events[position].day) if position < high else np.int64(FAR)
        if wake <= event_day and wake <= last_day:
            learn_by_day(w, changes, change_start[p + 1], wake)
            _start_day(w, events, start, change_start, changes, figures, p, wake, position)
        elif position < high:
            _enter_day(w.s, figures, event_day)
            learn_by_event(w, events, changes, change_start[p + 1], position)
            _take(w, events, start, figures, p, position)
            if may_rise(w, events, figures, low, event_day, position + 1):
                ask_upgrade(w, events, start, change_start, changes, figures, p, event_day, position + 1)
            position += 1
        else:
            return


@inlined
def _enter_day(s, figures, day):
    """From now on the version of the rulebook decides that is in force on `day`. Days come in order."""
    while s[VERSION] + 1 < figures.starts.size and figures.starts[s[VERSION] + 1] <= day:
        s[VERSION] += 1


@inlined
def _next_wake(w, changes, figures, end):
    """The next day at whose start something can be decided."""
    s = w.s
    wake = min(s[DEADLINE], s[REVIEW], s[ASK_ON], s[FREE_ON])
    k = s[KNOWN]
    if k < end:
        known = np.int64(changes.known_day[k])
        wake = min(wake, known if changes.known_at[k] == START_OF_DAY else known + 1)
    if s[VERSION] + 1 < figures.starts.size:
        wake = min(wake, figures.starts[s[VERSION] + 1])
    return wake


@kernel
def _start_day(w, events, start, change_start, changes, figures, p, day, position):
    """Order at the start of a day: deadline, review, upgrade (reading 7)."""
    s = w.s
    _enter_day(s, figures, day)
    if s[ASK_ON] <= day:
        s[ASK_ON] = FAR
    if s[FREE_ON] <= day:
        s[FREE_ON] = FAR
    if s[DEADLINE] <= day:
        check_deadline(w, figures, p, day)
    if s[REVIEW] <= day:
        review(w, events, start, change_start, changes, figures, p, day, position)
    if may_rise(w, events, figures, start[p], day, position):
        ask_upgrade(w, events, start, change_start, changes, figures, p, day, position)


@inlined
def _take(w, events, start, figures, p, position):
    """What an event changes."""
    s = w.s
    event = events[position]
    kind = event.kind
    w.active[position] = 1 if s[STATE] == ACTIVE else 0
    if kind == _PAID:
        w.discount[position] = _discount(w, figures, np.int64(event.day))
        counts = s[STATE] == ACTIVE and event.counts == 1
        count_sale(w, events, position, event.amount if counts else _NOTHING)
    elif kind == _REFUNDED:
        count_sale(w, events, event.target, max(w.counted[event.target] - event.amount, _NOTHING))
    elif kind == _EXCLUDED:
        count_sale(w, events, event.target, _NOTHING)
    elif kind in (_COURSE, _NFR, _APPROVED):
        s[FACTS] |= event.detail
    elif kind == _WITHDRAWN:
        s[FACTS] &= ~event.detail
    elif kind == _ADJUSTED:
        s[ADJUSTED] = event.detail
    elif kind == _RESTORED:
        s[ADJUSTED] = NONE
    elif kind in (_APPLIED, _LIFTED):
        _take_measure(w, events, start, figures, p, position, kind == _APPLIED)
    elif kind in (_ACCEPTED, _SUSPENDED, _REINSTATED, _TERMINATED):
        _take_state(w, events, start, figures, p, position, kind)


@inlined
def _discount(w, figures, day):
    """The discount on a day, in hundredths of a percent (T3.1.1b, T3.1.2c, T3.1.3c, T3.6, T14, reading 18)."""
    s = w.s
    if s[STATE] != ACTIVE:
        return _NOTHING
    status = figures.statuses[s[VERSION], s[STATUS]]
    discount = status.discount if s[FACTS] & status.discount_facts == status.discount_facts else _NOTHING
    if s[ADJUSTED] != NONE:
        discount = min(discount, s[ADJUSTED])
    if w.until[_BLOCK] >= day:
        discount = min(discount, figures.block_access_discount[s[VERSION]])
    return discount


@kernel
def _take_state(w, events, start, figures, p, position, kind):
    """Acceptance, suspension, reinstatement, termination (reading 3)."""
    s = w.s
    day = np.int64(events[position].day)
    if kind == _ACCEPTED:
        if s[STATE] == ACTIVE or s[STATE] == SUSPENDED:
            _warn(w, p, position, WARN_ACCEPTED)
            return
        s[STATE] = ACTIVE
        move(w, events, start, figures, p, day, position + 1, _NOTHING, BY_ACCEPTANCE)
        days = figures.deadline_days[s[VERSION]]
        s[DEADLINE] = FAR if days == FAR else day + days + 1
    elif kind == _SUSPENDED:
        if s[STATE] != ACTIVE:
            _warn(w, p, position, WARN_SUSPENDED)
            return
        s[STATE] = SUSPENDED
        move(w, events, start, figures, p, day, position + 1, s[STATUS], BY_SUSPENSION)
    elif kind == _REINSTATED:
        if s[STATE] != SUSPENDED:
            _warn(w, p, position, WARN_REINSTATED)
            return
        s[STATE] = ACTIVE
        move(w, events, start, figures, p, day, position + 1, s[STATUS], BY_REINSTATEMENT)
    else:
        leave(w, p, day, TERMINATED, BY_TERMINATION)


@kernel
def _take_measure(w, events, start, figures, p, position, applied):
    """Measures (reading 10)."""
    s = w.s
    measure = events[position].detail
    day = np.int64(events[position].day)
    if not applied:
        w.until[measure] = NOT_IN_FORCE
        if measure == _DOWNGRADE:
            s[FREE_ON] = FAR
        return
    until = np.int64(events[position].until)
    if until == NONE:
        until = np.int64(FAR)
    if measure == _BLOCK:
        until = min(until, add_months(day, figures.block_access_months[s[VERSION]]) - 1)
    w.until[measure] = max(w.until[measure], until)
    if measure == _TERMINATE:
        leave(w, p, day, TERMINATED, BY_MEASURE)
    elif measure == _DOWNGRADE:
        s[FREE_ON] = w.until[measure] + 1 if w.until[measure] < FAR and w.until[measure] >= day else FAR
        if s[STATUS] > 0:
            s[LOST] |= 1 << s[STATUS]
            move(w, events, start, figures, p, day, position + 1, s[STATUS] - 1, BY_MEASURE)


@kernel
def _warn(w, p, position, code):
    """Note that an event did not fit the state that the partner was in."""
    row = w.warnings[w.s[WARNINGS]]
    row[W_PARTNER], row[W_POSITION], row[W_CODE], row[W_FIRST] = p, position, code, w.s[STATE]
    row[W_SECOND] = 0
    w.s[WARNINGS] += 1


@kernel
def _conclude(w, events, start, change_start, changes, figures, p, last_day, standing):
    """The standing at the end of the last day."""
    s = w.s
    high = start[p + 1]
    _enter_day(s, figures, last_day)
    months = figures.statuses[s[VERSION], next_status(figures, s)].reach_months
    trailing_first = first_trailing_day(last_day, months)
    trail(w, events, start[p], months, last_day, high)
    begin, known = change_start[p], change_start[p + 1]
    standing[F_STATE] = s[STATE]
    standing[F_STATUS] = s[STATUS]
    standing[F_SINCE] = s[SINCE]
    standing[F_CONFIRMED] = s[CONFIRMED]
    standing[F_REVIEW] = s[REVIEW]
    standing[F_DEADLINE] = s[DEADLINE]
    standing[F_LOST] = s[LOST]
    standing[F_FACTS] = s[FACTS]
    standing[F_ADJUSTED] = s[ADJUSTED]
    for measure in range(w.until.size):
        if w.until[measure] >= last_day:
            standing[F_MEASURES] |= 1 << measure
    standing[F_TRAILING_FIRST] = trailing_first
    standing[F_TRAILING] = s[TRAILING]
    standing[F_SINCE_STATUS] = s[SINCE_STATUS]
    standing[F_CLIENTS] = s[DISTINCT]
    standing[F_SEATS_TRAILING] = seats_between(w, changes, begin, known, trailing_first, last_day)
    standing[F_REVIEWED_SALES] = s[REVIEWED_SALES]
    standing[F_REVIEWED_SEATS] = seats_between(w, changes, begin, known, s[CONFIRMED], last_day)
    standing[F_DISCOUNT] = _discount(w, figures, last_day)
    standing[F_SEEN] = 1
