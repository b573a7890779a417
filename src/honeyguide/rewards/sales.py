"""What partners paid the vendor, as the history has it: net, less what was refunded."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from honeyguide.history.models import Event
from honeyguide.history.queries import own_events


def refunded_of(partners: Collection[str]) -> dict[str, Decimal | None]:
    """What was refunded of each sale of some partners, by the sale's id; None: all that was left."""
    return refunded_in(own_events(partners).filter(type="sale.refunded"))


def refunded_in(refunds: Iterable[Event]) -> dict[str, Decimal | None]:
    """As refunded_of, of the refunds in the order in which they became known."""
    found: dict[str, Decimal | None] = {}
    for row in refunds:
        amount, before = row.data.get("amount"), found.get(row.data["sale"], Decimal(0))
        found[row.data["sale"]] = None if amount is None or before is None else before + Decimal(str(amount))
    return found


def left_of(sale: Event, refunded: Mapping[str, Decimal | None]) -> Decimal:
    """The net of a sale without what was refunded of it."""
    net, back = Decimal(str(sale.data["net"])), refunded.get(sale.data["sale"], Decimal(0))
    return Decimal(0) if back is None else net - back
