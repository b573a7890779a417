"""One partner's story as genes: what the chapters of a life are written with."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.reference.genes import BASE, Gene

Json = dict[str, Any]

DAY_US = 86_400_000_000
LAST_DAY = date(2028, 12, 31)
LEAP_DAY = date(2024, 2, 29)
TURN_DAYS = (LEAP_DAY, date(2025, 1, 1), date(2028, 2, 29))  # whose reviews are on 28 February and on 2026-01-01
SILVER_FACTS = (
    ("evidence.approved", {"requirement": "website_endorsement"}),
    ("evidence.approved", {"requirement": "social_endorsement"}),
    ("evidence.approved", {"requirement": "phone_support"}),
    ("evidence.approved", {"requirement": "email_support"}),
    ("course.completed", {"course": "tutorial"}),
    ("course.completed", {"course": "sales", "user": "u-1"}),
)
GOLD_FACTS = (
    ("course.completed", {"course": "marketing"}),
    ("evidence.approved", {"requirement": "webinar"}),
    ("evidence.approved", {"requirement": "case_study"}),
    ("evidence.approved", {"requirement": "marketing_plan"}),
)
EVIDENCE = (
    "website_endorsement",
    "social_endorsement",
    "phone_support",
    "email_support",
    "webinar",
    "case_study",
    "marketing_plan",
    "qbr",
)
PRODUCTS = ("cloud", "on_premise", "upgrade", "maintenance", "module", "service")
MEASURES = ("downgrade", "terminate", "block_access", "bar_leads", "delist", "blacklist", "revoke")
ACTIVITIES = ("case_study", "application", "training", "support", "marketing", "other")
COUNTRIES = ("DE", "KZ", "US", "BR")
NETS = (
    "0",
    "0.01",
    "10",
    "99.9",
    "833.33",
    "1249.99",
    "1250",
    "1250.01",
    "2499.99",
    "2500",
    "5000",
    "4999.99",
    "9999.99",
)


@dataclass
class Life:
    """One partner's genes so far, with the day that its story has come to."""

    rng: random.Random
    partner: str
    clients: list[str]
    day: date
    genes: list[Gene] = field(default_factory=list)

    def add(self, kind: str, fields: Json | None = None, day: date | None = None, pick: int = 0) -> None:
        """Let it happen on the day that the story has come to, or on another, at some time of the day."""
        rng = self.rng
        day = min(day or self.day, LAST_DAY)
        midnight = (day - BASE.date()).days * DAY_US
        moment = rng.choice((0, DAY_US - 1, 36_000_000_000, 36_000_000_000, None, None, None, None))
        if moment is None:
            moment = rng.randrange(86_400) * 1_000_000 + rng.choice((0, 0, 0, 500_000, 123_456))
        self.genes.append(Gene(midnight + moment, self.partner, kind, fields or {}, pick, rng.randrange(1000)))

    def wait(self, low: int, high: int) -> None:
        """Let days go by."""
        self.day += timedelta(days=self.rng.randint(low, high))

    def sale(self, net: str, day: date | None = None, **fixed: Any) -> None:
        """A sale, mostly of cloud, now and then with each of the optional fields."""
        rng = self.rng
        fields: Json = {
            "client": rng.choice(self.clients),
            "product": rng.choice((*PRODUCTS, "cloud", "cloud", "cloud", "on_premise")),
            "net": int(net) if net.isdigit() and rng.random() < 0.2 else net,
        }
        optional: Json = {
            "currency": rng.choice(("USD", "EUR")),
            "licences": rng.choice((1, 2, 10)),
            "seats": rng.choice((0, 5, 50, 51, 250, 251, 400)),
            "plan": rng.choice(("basic", "extended", "extended")),
            "modules": rng.sample(("standard", "advanced", "premium", "premium"), rng.randint(0, 3)),
            "term_months": rng.choice((1, 3, 6, 12, 12, 24)),
            "new_client": rng.random() < 0.7,
        }
        fields.update({key: value for key, value in optional.items() if rng.random() < 0.4})
        fields.update(fixed)
        self.add("sale.paid", {key: value for key, value in fields.items() if value is not None}, day)

    def sales(self, total: int, parts: int, low: int = 0, high: int = 20, **fixed: Any) -> None:
        """Sales that come to the total, to different clients as far as there are some, or just miss or exceed it."""
        cents = total * 100 + self.rng.choice((0, 0, 0, -1, 1, 5000, 5000, 20000))
        clients = self.rng.sample(self.clients, len(self.clients))
        for part in range(parts):
            share = cents // parts + (cents % parts if part == 0 else 0)
            client = clients[part % len(clients)]
            self.sale(f"{share // 100}.{share % 100:02}", **{"client": client, "product": "cloud"} | fixed)
            if part + 1 < parts:
                self.wait(low, high)

    def seats(self, total: int, day: date, **fixed: Any) -> None:
        """Small sales of the seats asked for, mostly of long terms and marked as of new clients."""
        rng = self.rng
        parts = rng.randint(1, 3)
        for part in range(parts):
            self.sale(
                rng.choice(("0", "10", "99.9")),
                day + timedelta(days=rng.choice((0, 0, 1, 35))),
                **{
                    "product": rng.choice(("cloud", "on_premise")),
                    "seats": total // parts + (total % parts if part == 0 else 0),
                    "term_months": rng.choice((None, 6, 12, 12)),
                    "new_client": rng.choice((True, True, True, None)),
                }
                | fixed,
            )

    def facts(self, names: tuple[tuple[str, Json], ...], chance: float = 0.97) -> None:
        """Courses and evidence, once in a while without one of them."""
        for kind, fields in names:
            if self.rng.random() < chance:
                self.add(kind, dict(fields))
                if self.rng.random() < 0.2:
                    self.wait(0, 3)
