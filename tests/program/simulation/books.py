"""Rulebooks and events for the tests of simulation."""

from collections.abc import Callable
from typing import Any

from tests.reference.rulebooks import default_rulebook

from honeyguide.program.rulebook import Rulebook, check_rulebook

Json = dict[str, Any]


def changed(change: Callable[[Json], object]) -> Rulebook:
    """The default rulebook with a change made to its data."""
    data = default_rulebook() | {"version": "draft"}
    change(data)
    return check_rulebook(data)


def reach_sales(amount: int) -> Rulebook:
    """The default rulebook with another target of sales for reaching Silver."""
    return changed(lambda data: data["statuses"][1]["reach"].update(sales_amount=amount))


def keep_sales(amount: int) -> Rulebook:
    """The default rulebook with another target of sales for keeping Silver."""
    return changed(lambda data: data["statuses"][1]["keep"].update(sales_amount=amount))


def discount(status: int, percent: int) -> Rulebook:
    """The default rulebook with another discount of a status, from 0 for Bronze."""
    return changed(lambda data: data["statuses"][status].update(discount_percent=percent))


FACTS: tuple[tuple[str, Json], ...] = (
    ("course.completed", {"course": "tutorial"}),
    ("course.completed", {"course": "sales"}),
    ("nfr.claimed", {"product": "cloud"}),
    *(
        ("evidence.approved", {"requirement": name})
        for name in ("website_endorsement", "social_endorsement", "phone_support", "email_support")
    ),
)


def joined(partner: str, day: str = "2025-01-10", *, facts: bool = True) -> list[Json]:
    """An application and acceptance, and all that Silver asks for but sales and clients."""
    events: list[Json] = [
        {"type": "partner.applied", "name": partner.title(), "country": "GB"},
        {"type": "partner.accepted"},
    ]
    if facts:
        events += [{"type": kind} | fields for kind, fields in FACTS]
    return [{"at": f"{day}T09:{minute:02}:00Z", "partner": partner} | event for minute, event in enumerate(events)]


def sale(partner: str, number: int, day: str, net: str, client: str = "c1", **more: Any) -> Json:
    """A sale of a cloud plan."""
    event = {"at": f"{day}T12:00:00Z", "type": "sale.paid", "partner": partner, "product": "cloud", "net": net}
    return event | {"sale": f"{partner}-{number}", "client": f"{partner}-{client}"} | more
