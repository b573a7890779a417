"""Reading 9 (T3.3): seats of new clients, worked out anew each time from what is known of the clients' purchases."""

from collections.abc import Callable
from datetime import date

from tests.reference.books import Books
from tests.reference.days import add_months
from tests.reference.ledger import Sale, View


def purchases(view: View, client: str, books: Books) -> list[Sale]:
    """What the client is known to have bought from any partner and not wholly given back, in order."""
    return [s for s in view.sales_to(client) if is_purchase(s, books) and not view.fully_refunded(s)]


def is_purchase(sale: Sale, books: Books) -> bool:
    """By the rulebook of the day on which it was bought."""
    return sale.product in books.on(sale.day)["seats"]["purchase_products"]


def is_new_clients(view: View, sale: Sale, books: Books) -> bool:
    """Reading 9: by its `new_client`; if absent, on the day of the first purchase, unless that one is marked false."""
    if sale.new_client is not None:
        return sale.new_client
    first = purchases(view, sale.client, books)[0]
    return sale.day == first.day and first.new_client is not False


def covered(view: View, client: str, first: date, end: date, books: Books) -> bool:
    """Is every day of [first, end) in some purchase's [day, day + term)?"""
    bought = purchases(view, client, books)
    reached = first
    while reached < end:
        # The furthest that the purchases holding the day reached carry on; that day itself belongs to the next step.
        further = max((s.covers_until for s in bought if s.day <= reached < s.covers_until), default=reached)
        if further == reached:
            return False
        reached = further
    return True


def seats_that_mature(
    view: View, partner: str, active_sales: frozenset[str], books: Books, held: Callable[[date], bool]
) -> int:
    """Seats of the partner's sales that mature on days that are held to count."""
    total = 0
    for sale in view.sales_of(partner):
        matures = add_months(sale.day, books.on(sale.day)["seats"]["paid_months"])
        if (
            is_purchase(sale, books)
            and sale.id in active_sales
            and held(matures)
            and not view.excluded(sale)
            and not view.fully_refunded(sale)
            and is_new_clients(view, sale, books)
            and covered(view, sale.client, sale.day, matures, books)
        ):
            total += sale.seats
    return total
