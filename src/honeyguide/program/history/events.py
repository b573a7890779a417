"""A validated history in memory: columns that the engine works on.

`History` is what every reader returns and what the engine takes. Strings are replaced by positions in sorted tables,
money by integer minor units, instants by microseconds, and references to sales, awards and projects by row numbers, so
that nothing after the reader touches text again.
"""

from dataclasses import dataclass

import polars as pl

EVENT_TYPES: tuple[str, ...] = (
    "partner.applied",
    "partner.accepted",
    "partner.suspended",
    "partner.reinstated",
    "partner.terminated",
    "course.completed",
    "nfr.claimed",
    "evidence.approved",
    "evidence.withdrawn",
    "sale.paid",
    "sale.refunded",
    "sale.excluded",
    "project.delivered",
    "project.confirmed",
    "points.granted",
    "points.decided",
    "points.cancelled",
    "points.spent",
    "points.restored",
    "lead.reserved",
    "lead.won",
    "lead.lost",
    "discount.adjusted",
    "discount.restored",
    "measure.applied",
    "measure.lifted",
)
"""Event types in the order of their codes."""

TYPE_CODE: dict[str, int] = {name: code for code, name in enumerate(EVENT_TYPES)}

PRODUCTS: tuple[str, ...] = ("cloud", "on_premise", "upgrade", "maintenance", "module", "service")
SALE_MODULES: tuple[str, ...] = ("standard", "advanced", "premium")
PROJECT_MODULES: tuple[str, ...] = ("simple", "standard", "complex")
PLANS: tuple[str, ...] = ("basic", "extended")
MEASURES: tuple[str, ...] = (
    "downgrade",
    "terminate",
    "block_access",
    "bar_leads",
    "delist",
    "blacklist",
    "revoke",
)
REQUIREMENTS: tuple[str, ...] = (
    "website_endorsement",
    "social_endorsement",
    "phone_support",
    "email_support",
    "webinar",
    "case_study",
    "marketing_plan",
    "qbr",
)

NONE = -1
"""Stands for "absent" in every integer column that can lack a value."""

EVENT_COLUMNS: dict[str, pl.DataType] = {
    "at_us": pl.Int64(),  # instant, microseconds since 1970-01-01T00:00Z
    "type": pl.UInt8(),  # position in EVENT_TYPES
    "partner": pl.Int32(),  # position in History.partners
    "client": pl.Int32(),  # position in History.clients; NONE where the type has no client
    "word": pl.Int32(),  # position in History.words: the course, requirement, nfr product, measure or
    #                     activity; else NONE
    "target": pl.Int64(),  # row that the event refers to (below); else NONE
    "amount_minor": pl.Int64(),  # sale.paid: net; sale.refunded: what is refunded ("all that is left" worked out);
    #                              else 0
    "points": pl.Int64(),  # points.granted, points.spent, points.cancelled with `points`; else 0
    "product": pl.Int8(),  # sale.paid: position in PRODUCTS; else NONE
    "plan": pl.Int8(),  # sale.paid: position in PLANS (default basic); else NONE
    "licences": pl.Int64(),  # sale.paid (default 1); else 0
    "seats": pl.Int64(),  # sale.paid (default 0); else 0
    "modules_1": pl.Int32(),  # sale.paid and project.delivered: how many modules of the first class (SALE_MODULES or
    "modules_2": pl.Int32(),  # PROJECT_MODULES), the second
    "modules_3": pl.Int32(),  # and the third; else 0
    "term_months": pl.Int32(),  # sale.paid: NONE = perpetual; else NONE
    "flag": pl.Int8(),  # sale.paid: new_client (1, 0, NONE = absent); points.decided: 1 accept, 0 refuse;
    #                     project.delivered: integration (1 or 0); else NONE
    "documented": pl.Int8(),  # project.delivered: 1 when neither report nor checklist is empty, 0 otherwise; else NONE
    "until_day": pl.Int32(),  # measure.applied: days since 1970-01-01; NONE = without end; else NONE
    "percent_hundredths": pl.Int32(),  # discount.adjusted: hundredths of a percent; else NONE
}
"""Columns of `History.events`, without nulls.

`target` by type:
- sale.refunded, sale.excluded, points.decided: the row of that partner's sale.paid, always an earlier one in order;
- project.delivered, project.confirmed: the row of the project's FIRST event in order (delivered or confirmed, itself
  included), so that all events of one project share one number;
- points.restored: the row of that partner's points.spent, always an earlier one in order, and restored once;
- points.cancelled with `award`: the row of the sale.paid or points.granted, or the project's number as above, earlier
  or later; NONE when no event of the file has the id, and when it has `points` instead (then `points` > 0);
- all others: NONE.
"""


@dataclass(frozen=True, slots=True)
class History:
    """Valid events in the file's order (repeated ones dropped), and the tables that their codes point into.

    - `events`: EVENT_COLUMNS; row number = place in the file, which orders events of one instant.
    - `idents`: String, one an event: the id of the sale, award, project, exchange or lead it is about, "" where none.
    - `partners`, `clients`, `words`: String, sorted, each id once.
    - `applications`: one row a partner.applied: `row` Int64, `name` String, `country` String, `kind` String or null.
    """

    events: pl.DataFrame
    idents: pl.Series
    partners: pl.Series
    clients: pl.Series
    words: pl.Series
    applications: pl.DataFrame

    def __len__(self) -> int:
        return self.events.height
