"""What the standing kernel remembers of a partner while it walks its timeline, and the rows that it writes.

A partner's state is one array of integers, read by the names below: compiled code passes it on without a copy.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

type Ints = npt.NDArray[np.int64]

# What kernels pass on is of one type, NumPy's, so that each is compiled once and not anew for every constant.

# States of a partner, in the order of STATES.
APPLICANT, ACTIVE, SUSPENDED, CANCELLED, TERMINATED = np.arange(5)
STATES = ("applicant", "active", "suspended", "cancelled", "terminated")

# Causes of a transition, in the order of CAUSES.
(
    BY_ACCEPTANCE,
    BY_UPGRADE,
    BY_CONFIRMATION,
    BY_DOWNGRADE,
    BY_CANCELLATION,
    BY_SUSPENSION,
    BY_REINSTATEMENT,
    BY_TERMINATION,
    BY_MEASURE,
) = np.arange(9)
CAUSES = (
    "accepted",
    "upgraded",
    "confirmed",
    "downgraded",
    "cancelled",
    "suspended",
    "reinstated",
    "terminated",
    "measure",
)

# Why an event was ignored, or what it led to (docs/readings.md, Warnings).
(
    WARN_ACCEPTED,
    WARN_SUSPENDED,
    WARN_REINSTATED,
    WARN_NOT_ALLOCATED,
    WARN_CANCELLED_LESS,
    WARN_NOT_HELD,
    WARN_DEBT,
) = np.arange(7)

NO_STATUS = np.int64(-1)

NO_LIMIT = -1
"""A figure that the rulebook does not ask for."""

# --- The state array -------------------------------------------------------------------------------------------------
(
    STATE,
    STATUS,  # position in the rulebook's statuses, NO_STATUS
    SINCE,  # day the status was reached
    CONFIRMED,  # day of the last confirmation
    REVIEW,  # day of the next review, FAR
    DEADLINE,  # day on which the Bronze deadline is looked at, FAR when it is not or no longer to be
    CHANGED,  # day of the last change of status by rule or measure: no upgrade on it
    ASK_ON,  # day at whose start an upgrade is to be asked because of such a change, FAR
    FREE_ON,  # day at whose start a downgrade measure is over, FAR
    LOST,  # bits of statuses once lost
    FACTS,  # bits of requirements
    ADJUSTED,  # hundredths of a percent, NONE
    COUNTED_FROM,  # first position whose sales count for "since the status was reached"
    LOW,  # first position of the trailing window
    MONTHS,  # for which the window is kept: statuses may look at different numbers of months
    TRAILING,  # counted sales in the trailing window
    SINCE_STATUS,  # those of them from COUNTED_FROM on
    DISTINCT,  # clients with a counted sale in the trailing window
    REVIEWED_SALES,  # counted sales from CONFIRMED on
    KNOWN,  # first seat change that is not yet known
    SEATS_DAY,  # the day and
    SEATS_KNOWN,  # the seat changes for which
    SEATS_TRAILING,  # trailing seats were last summed
    TRANSITIONS,  # rows written, over all partners of the run
    WARNINGS,
    VERSION,  # of the rulebook, in force on the day at hand
) = range(26)
STATE_SIZE = 26

# --- A transition's row ----------------------------------------------------------------------------------------------
(
    T_PARTNER,
    T_DAY,
    T_FROM,
    T_TO,
    T_CAUSE,
    T_PURPOSE,  # KEEP, REACH or NO_TEST
    T_TESTED,  # the status asked for
    T_REGAINED,
    T_SALES,
    T_CLIENTS,
    T_SEATS,
    T_FACTS,
    T_SALES_FIRST,  # window of sales: first day
    T_FIRST,  # window of clients and seats: first day
    T_LAST,
    T_LOW_SALES,  # window of sales: first position
    T_LOW,  # window of clients: first position
    T_HIGH,  # both: position after the last
    T_RESTATED,  # 1: today's knowledge would have decided otherwise
    T_SALES_NOW,
    T_CLIENTS_NOW,
    T_SEATS_NOW,
    T_VERSION,  # of the rulebook that decided
) = range(23)
TRANSITION_SIZE = 23

NO_TEST, KEEP, REACH = np.arange(3)

# --- A warning's row -------------------------------------------------------------------------------------------------
W_PARTNER, W_POSITION, W_CODE, W_FIRST, W_SECOND = range(5)
WARNING_SIZE = 5

# --- A partner's standing at the end of the last day -----------------------------------------------------------------
(
    F_STATE,
    F_STATUS,
    F_SINCE,
    F_CONFIRMED,
    F_REVIEW,
    F_LOST,
    F_FACTS,
    F_ADJUSTED,
    F_MEASURES,  # bits of MEASURES in force
    F_TRAILING_FIRST,  # first day of the trailing window
    F_TRAILING,
    F_SINCE_STATUS,
    F_CLIENTS,
    F_SEATS_TRAILING,
    F_REVIEWED_SALES,
    F_REVIEWED_SEATS,
    F_DEADLINE,
    F_SEEN,  # 1: has an event up to the last day
    F_DISCOUNT,  # hundredths of a percent
) = range(19)
STANDING_SIZE = 19


class Work(NamedTuple):
    """Arrays that the kernel changes as it goes."""

    s: Ints  # the state array of the partner at hand
    until: Ints  # by measure: last day in force, NOT_IN_FORCE
    counted: Ints  # by position: what a sale counts for the targets, as known so far (minor units)
    active: npt.NDArray[np.int8]  # by position: 1 when the partner was active at the event
    discount: npt.NDArray[np.int32]  # by position of a sale: the partner's discount at it, hundredths of a percent
    per_client: npt.NDArray[np.int32]  # by client: counted sales in the trailing window
    transitions: Ints
    warnings: Ints


NOT_IN_FORCE = np.int64(-(2**31))
