"""What is asked of the ledger, many at once."""

from dataclasses import dataclass
from datetime import date, datetime

from honeyguide.ledger.drafts import body_of
from honeyguide.ledger.models import NEVER


@dataclass(frozen=True, slots=True)
class Award:
    """One award. `ident`: what it is for (a sale, project, award), once an account; `source`: what kind of thing.

    `day`: the program day of allocation; `expires_on`: the first day on which it is no longer valid; `at`: the instant
    of allocation, for the order among lots of the same expiry. `key`: of the write.
    """

    owner: str
    points: int
    key: str
    ident: str
    day: date
    expires_on: date = NEVER
    source: str = ""
    at: datetime | None = None
    reference: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        """What must hold of it whoever calls."""
        assert self.points > 0, "an award is a positive amount"
        assert self.expires_on > self.day, "an award is valid on its day at least"

    @property
    def body(self) -> str:
        """The hash of all that it says."""
        return body_of(
            "award", self.points, self.ident, self.source, self.day, self.expires_on, self.reference, self.reason
        )
