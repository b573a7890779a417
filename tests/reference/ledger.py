"""Events in their order, and the sales as one who knows the history up to some place sees them (reading 2)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.reference.days import add_months, program_day

Json = dict[str, Any]

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Event:
    """An event with its place in the order of all events (by `at`, then by place in the file) and its program day."""

    place: int
    day: date
    type: str
    partner: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Sale:
    """A `sale.paid`, with the defaults of absent fields filled in."""

    id: str
    place: int
    day: date
    partner: str
    client: str
    product: str
    net: Decimal
    licences: int
    seats: int
    plan: str
    modules: tuple[str, ...]
    term_months: int | None
    new_client: bool | None

    @property
    def covers_until(self) -> date:
        """Reading 9: the first day no longer covered by [day, day + term); a perpetual one is without end."""
        return date.max if self.term_months is None else add_months(self.day, self.term_months)


@dataclass
class Ledger:
    """All sales, refunds and exclusions of the history, each with the place from which it is known."""

    sales: dict[str, Sale] = field(default_factory=dict)
    of_client: dict[str, list[Sale]] = field(default_factory=dict)
    of_partner: dict[str, list[Sale]] = field(default_factory=dict)
    refunds: dict[str, list[tuple[int, Decimal]]] = field(default_factory=dict)
    exclusions: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """Reading 2: what is known of sales; a restatement knows later refunds and exclusions, but no later sales."""

    ledger: Ledger
    sales_up_to: int
    corrections_up_to: int

    def sales_of(self, partner: str) -> Iterator[Sale]:
        """The sales of the partner that are known, in order."""
        return (s for s in self.ledger.of_partner.get(partner, ()) if s.place <= self.sales_up_to)

    def sales_to(self, client: str) -> Iterator[Sale]:
        """The sales to the client by any partner that are known, in order."""
        return (s for s in self.ledger.of_client.get(client, ()) if s.place <= self.sales_up_to)

    def refunded(self, sale: Sale) -> Decimal:
        """What is known to be refunded of the sale: it lessens the sale on the sale's own day."""
        refunds = self.ledger.refunds.get(sale.id)
        if refunds is None:
            return NOTHING
        return sum((amount for place, amount in refunds if place <= self.corrections_up_to), NOTHING)

    def left(self, sale: Sale) -> Decimal:
        """Net less refunds."""
        return sale.net - self.refunded(sale)

    def excluded(self, sale: Sale) -> bool:
        """T3.2: known to be out of the sales and seats targets."""
        place = self.ledger.exclusions.get(sale.id)
        return place is not None and place <= self.corrections_up_to

    def fully_refunded(self, sale: Sale) -> bool:
        """Reading 9: nothing is left of it; a sale of net 0 is never fully refunded."""
        return sale.net > 0 and self.refunded(sale) == sale.net


def in_order(events: list[Json], zone: ZoneInfo, as_of: date | None) -> list[Event]:
    """Events up to the end of the day `as_of`, repeated ids dropped, by instant and then by place in the file."""
    seen: set[str] = set()
    kept: list[tuple[datetime, Json]] = []
    for fields in events:
        if "id" in fields and fields["id"] in seen:
            continue
        seen.add(fields.get("id", ""))
        kept.append((datetime.fromisoformat(fields["at"]), fields))
    kept.sort(key=lambda pair: pair[0])
    days = [program_day(at, zone) for at, _ in kept]
    last = as_of if as_of is not None else max(days, default=date.min)
    return [
        Event(place, day, fields["type"], fields["partner"], fields)
        for place, (day, (_, fields)) in enumerate(zip(days, kept, strict=True))
        if day <= last
    ]


def ledger_of(events: list[Event]) -> Ledger:
    """Write down every sale, refund and exclusion; a refund without an amount takes all that is left by then."""
    ledger = Ledger()
    for event in events:
        if event.type == "sale.paid":
            sale = _sale(event)
            ledger.sales[sale.id] = sale
            ledger.of_client.setdefault(sale.client, []).append(sale)
            ledger.of_partner.setdefault(sale.partner, []).append(sale)
        elif event.type == "sale.refunded":
            sale = ledger.sales[event.fields["sale"]]
            before = ledger.refunds.setdefault(sale.id, [])
            left = sale.net - sum((amount for _, amount in before), Decimal(0))
            before.append((event.place, Decimal(str(event.fields.get("amount", left)))))
        elif event.type == "sale.excluded":
            ledger.exclusions.setdefault(event.fields["sale"], event.place)
    return ledger


def _sale(event: Event) -> Sale:
    fields = event.fields
    return Sale(
        id=fields["sale"],
        place=event.place,
        day=event.day,
        partner=event.partner,
        client=fields["client"],
        product=fields["product"],
        net=Decimal(str(fields["net"])),
        licences=fields.get("licences", 1),
        seats=fields.get("seats", 0),
        plan=fields.get("plan", "basic"),
        modules=tuple(fields.get("modules", ())),
        term_months=fields.get("term_months"),
        new_client=fields.get("new_client"),
    )
