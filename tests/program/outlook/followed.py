"""Following a plan: the events that a partner's actions would be, on the first or the last day allowed."""

import random
from datetime import date, timedelta
from typing import Any

from tests.reference.days import add_months

from honeyguide.program.rulebook import Rulebook

Json = dict[str, Any]


def events_of_plan(partner: str, goal: Json, rulebook: Rulebook, *, last_day: bool, as_of: date) -> list[Json]:
    """The actions of a goal's plan as events. Facts and reinstatement come on the first day."""
    product = rulebook.sales.counting_products[0] if rulebook.sales.counting_products else "service"
    plain = [one for one in rulebook.sales.counting_products if one not in rulebook.seats.purchase_products]
    seller = Seller(partner, plain[0] if plain else product)
    for action in goal["plan"]["actions"]:
        day = date.fromisoformat(action["by" if last_day else "from"])
        match action["action"]:
            case "reinstate":
                seller.add(as_of, "partner.reinstated")
            case "course" | "nfr" | "evidence":
                seller.add(
                    day, *FACTS[action["action"]], getattr(rulebook.requirements[action["subject"]], action["action"])
                )
            case "renew":
                seller.renew(action)
            case "new_seats":
                seller.sell(day, action["cost"], product=action["product"], seats=action["seats"])
            case "sell":
                seller.sell_to(day, action["cost"], action["clients"] or 1)
    return seller.events


FACTS = {
    "course": ("course.completed", "course"),
    "nfr": ("nfr.claimed", "product"),
    "evidence": ("evidence.approved", "requirement"),
}


class Seller:
    """Writes events of one partner, each the last of its day."""

    def __init__(self, partner: str, product: str) -> None:
        self.partner = partner
        self.product = product
        self.events: list[Json] = []

    def add(self, day: date, kind: str, key: str | None = None, value: str | None = None, **fields: Any) -> None:
        event = {"at": f"{day}T23:59:59.999999Z", "type": kind, "partner": self.partner, **fields}
        self.events.append(event if key is None else event | {key: value})

    def sell(self, day: date, net: str, **fields: Any) -> None:
        number = len(self.events)
        sale = {"sale": f"PLAN-{number}", "client": f"plan-client-{number}", "product": self.product, "net": net}
        self.add(day, "sale.paid", **sale | fields)

    def sell_to(self, day: date, net: str, clients: int) -> None:
        """To so many clients, a cent each but to the last."""
        minor = int(net.replace(".", ""))
        for _ in range(clients - 1):
            self.sell(day, "0.01")
            minor -= 1
        self.sell(day, f"{minor // 100}.{minor % 100:02}")

    def renew(self, action: Json) -> None:
        """On the last day each time: when what is paid ends."""
        day = date.fromisoformat(action["by"])
        minor = int(action["cost"].replace(".", "")) // action["times"]
        for _ in range(action["times"]):
            fields = {"client": action["subject"], "product": action["product"], "term_months": action["term_months"]}
            self.sell(day, f"{minor // 100}.{minor % 100:02}", new_client=False, **fields)
            day = add_months(day, action["term_months"])


def short_terms(events: list[Json], as_of: date, rng: random.Random) -> list[Json]:
    """Sales of seats to new clients on terms that end before the seats mature, shortly before a day."""
    partners = sorted({event["partner"] for event in events})
    more = []
    for number in range(rng.randint(1, 6)):
        day = as_of - timedelta(days=rng.randint(0, 170))
        term = rng.choice((1, 1, 2, 3, 5))
        sale: Json = {"sale": f"SHORT-{number}", "client": f"short-{rng.randint(0, 4)}", "product": "cloud"}
        sale |= {
            "net": rng.choice(("0", "10", "45.50", "400")),
            "seats": rng.choice((1, 40, 130, 400)),
            "new_client": True,
        }
        at = f"{day}T12:00:{number:02}Z"
        more.append({"at": at, "type": "sale.paid", "partner": rng.choice(partners), "term_months": term, **sale})
    return more
