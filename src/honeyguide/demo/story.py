"""One company's story, told day by day, as events of the history (docs/history.md)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

FIRST_LINE_SUPPORT = ("phone_support", "email_support")
ENDORSEMENTS = ("website_endorsement", "social_endorsement")
SHOWN_BY_GOLD = ("webinar", "case_study", "marketing_plan")


class Story:
    """Gathers the events of one company; each is a little later in its day than the one before."""

    def __init__(self, key: str, name: str, country: str, kind: str) -> None:
        """Begin a story without events."""
        self.key, self.name, self.country, self.kind = key, name, country, str(kind)
        self.events: list[dict[str, Any]] = []
        self._sales = 0

    def tell(self, day: date, event: str, **fields: Any) -> None:
        """Something happens in the office hours of a day."""
        minutes = 9 * 60 + len(self.events) * 7 % (8 * 60)
        at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes)
        self.events.append({"at": at, "type": event, "partner": self.key, **fields})

    def applies(self, day: date) -> None:
        """The company applies."""
        self.tell(day, "partner.applied", name=self.name, country=self.country, kind=self.kind)

    def joins(self, day: date, *, accepted_after_days: int = 6) -> None:
        """The company applies, so that it is accepted on the day (T1.3)."""
        self.applies(day - timedelta(days=accepted_after_days))
        self.tell(day, "partner.accepted")

    def learns(self, day: date, *courses: str, user: str = "") -> None:
        """Courses completed."""
        for course in courses:
            self.tell(day, "course.completed", course=course, **({"user": user} if user else {}))

    def shows(self, day: date, *requirements: str) -> None:
        """Evidence approved."""
        for requirement in requirements:
            self.tell(day, "evidence.approved", requirement=requirement)

    def starts(self, day: date, *, user: str) -> None:
        """All that Silver asks for besides sales, in the first weeks after acceptance (T3.1.2a)."""
        self.learns(day + timedelta(days=9), "tutorial", user=user)
        self.tell(day + timedelta(days=11), "nfr.claimed", product="cloud", account=f"{self.key}.meadow.example")
        self.learns(day + timedelta(days=24), "sales", user=user)
        self.shows(day + timedelta(days=31), *ENDORSEMENTS, *FIRST_LINE_SUPPORT)

    def sells(
        self, day: date, client: str, net: int, seats: int = 0, *, product: str = "cloud", months: int | None = 12
    ) -> str:
        """A sale paid; gives its id."""
        self._sales += 1
        sale = f"{self.key}-{self._sales:03}"
        term = {} if months is None else {"term_months": months}
        self.tell(
            day, "sale.paid", sale=sale, client=f"{client}.meadow.example", product=product, net=f"{net}.00",
            currency="USD", seats=seats, plan="extended" if seats > 50 else "basic", **term,
        )  # fmt: skip
        return sale
