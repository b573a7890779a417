"""Events in compact form, gathered by subject and put into order at the end.

Texts are positions in the tables below, ids are numbers; ABSENT stands for what an event lacks. Ten million events take
about a gigabyte this way, and become frames of text and decimals a slice at a time.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from honeyguide.program.history.events import EVENT_TYPES
from honeyguide.program.history.generate.calendar import Ints

type Column = npt.NDArray[np.integer]

ABSENT = -1
EMPTY = -2
"""A reference that is there but empty."""

COURSES = ("tutorial", "sales", "marketing", "administration", "implementation", "support")
USERS = (
    "anna", "aziz", "ben", "carla", "dina", "emil", "farida", "goran", "hana", "igor", "jana", "kofi", "lena", "marek",
    "nadia", "omar", "petra", "quentin", "rosa", "sven", "tara", "umut", "vera", "wim", "yuki", "zofia",
)  # fmt: skip
KINDS = ("CRM or software integrator", "business or IT consultant", "sales specialist", "IT professional")
ITEMS = (
    "Renewal discount", "Employee licence", "Course seat", "Webinar", "Marketplace module", "Expert consultation",
    "Storage of 100 GB", "User licence for a month", "CRM module", "Promotion package",
)  # fmt: skip
CAMPAIGNS = ("spring webinars", "summer offer", "autumn trade fairs", "year-end renewals", "customer stories")
REASONS = (
    "no activity since registration",  # 0
    "documents overdue",
    "complaint of a client",
    "activity resumed",  # 3
    "documents received",
    "agreement ended by the partner",  # 5
    "agreement ended by the vendor",
    "sale to an affiliated company",  # 7
    "sale for own use",
    "targets not fully met this quarter",  # 9
    "conditions met again",
    "posing as the vendor's support",  # 11
    "unsolicited mail to clients",
    "resale below the minimal price",
    "outdated product information",
    "appeal upheld",  # 15
    "granted twice by mistake",
    "project did not go live",  # 17
    "published case study",  # 18 onward: in the order of ACTIVITIES
    "application in the marketplace",
    "training held for others",
    "support of other partners",
    "joint marketing",
    "thanks of the program team",
    "ordered by mistake",  # 24
    "not available at the time",
)
SITES = ("directory", "marketplace", "blog")

COLUMNS: dict[str, type[np.integer]] = {
    "at": np.int64,  # seconds since 1970
    "type": np.uint8,  # position in EVENT_TYPES
    "partner": np.int32,
    "sale": np.int32,
    "client": np.int32,
    "project": np.int32,
    "award": np.int32,
    "award_of": np.int8,  # what the award's number counts: position in AWARDS
    "exchange": np.int32,
    "lead": np.int32,
    "net": np.int64,  # minor units
    "amount": np.int64,
    "points": np.int32,
    "licences": np.int32,
    "seats": np.int32,
    "term_months": np.int16,
    "modules": np.int32,  # counts of the three classes: 10,000 first + 100 second + third
    "percent": np.int32,  # hundredths
    "until": np.int32,  # days since 1970
    "new_client": np.int8,
    "integration": np.int8,
    "report": np.int32,
    "checklist": np.int32,
    "account": np.int32,
    "product": np.int8,
    "plan": np.int8,
    "course": np.int8,
    "user": np.int8,
    "requirement": np.int8,
    "activity": np.int8,
    "decision": np.int8,
    "measure": np.int8,
    "item": np.int8,
    "campaign": np.int8,
    "reason": np.int8,
    "users": np.int8,
    "sites": np.int8,
    "kind": np.int8,
}
AWARDS = ("A", "S", "P")
"""Letters before the numbers of granted awards, sales and projects."""


@dataclass(slots=True)
class Log:
    """Collects events that lie within the program's days."""

    start_s: int
    last_s: Ints
    """For each partner the last instant at which anything happens."""
    batches: list[dict[str, Column]] = field(default_factory=list)

    def add(self, event_type: str, at: Ints, partner: Ints, **columns: Column) -> None:
        """Add events of one type. What lies outside the program's days, or after a partner's, has not happened."""
        inside = (at >= self.start_s) & (at <= self.last_s[partner])
        batch: dict[str, Column] = {"at": at[inside], "partner": partner[inside].astype(np.int32)}
        for name, values in columns.items():
            batch[name] = values[inside].astype(COLUMNS[name])
        batch["type"] = np.full(len(batch["at"]), EVENT_TYPES.index(event_type), dtype=np.uint8)
        self.batches.append(batch)

    def __len__(self) -> int:
        return sum(len(batch["at"]) for batch in self.batches)

    def in_order(self) -> dict[str, Column]:
        """All columns of all events, by time; of one instant in the order in which they were added."""
        at = np.concatenate([batch["at"] for batch in self.batches])
        order = np.argsort(at, kind="stable")
        columns: dict[str, Column] = {"at": at[order]}
        for name, kind in COLUMNS.items():
            if name != "at":
                columns[name] = self._column(name, kind)[order]
        self.batches.clear()
        return columns

    def _column(self, name: str, kind: type[np.integer]) -> Column:
        return np.concatenate(
            [batch[name] if name in batch else np.full(len(batch["at"]), ABSENT, dtype=kind) for batch in self.batches]
        )
