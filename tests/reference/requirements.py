"""Readings 5 to 9: what it takes to keep a status and to reach one, as rows of the answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests.reference.books import Books
from tests.reference.days import ONE_DAY, add_months, trailing_year_holds, trailing_year_starts
from tests.reference.ledger import Sale, View
from tests.reference.seats import seats_that_mature

Json = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """One asking for requirements: of whom, what for, on which day, and all that is not sales or seats.

    It is kept with each decision, so that a restatement asks the same again with later refunds known.
    """

    purpose: str  # keep, reach
    partner: str
    level: int  # the status to keep or to reach: its place in the rulebook
    day: date
    place: int  # the last event known
    facts: frozenset[str]  # requirements fulfilled by courses, claims and evidence
    active_sales: frozenset[str]  # sales at which the partner was active
    since: date  # the present status reached
    confirmed_on: date
    status_reached_at: int  # the last event known when the present status was reached
    regaining: bool  # reading 8
    review_on: date | None  # of the present status


def rows_of(question: Question, view: View, books: Books) -> list[Json]:
    """The rows of the answer for the question, by its day's rulebook, with sales and seats as the view knows them."""
    return (_keep_rows if question.purpose == "keep" else _reach_rows)(question, view, books)


def all_met(rows: list[Json]) -> bool:
    """A status is kept or reached when every requirement that decides is met."""
    return all(row["met"] for row in rows if row["decides"])


def review_day(status: Json, confirmed_on: date) -> date | None:
    """Reading 7: confirmed + 1 year; null for a status that is not reviewed."""
    months = status["keep"].get("review_months")
    return None if months is None else add_months(confirmed_on, months)


def _keep_rows(question: Question, view: View, books: Books) -> list[Json]:
    """Reading 7: over [confirmed, confirmed + 1 year). Sales, seats, deciding facts, facts only shown."""
    rulebook = books.on(question.day)
    status = rulebook["statuses"][question.level]
    keep = status["keep"]
    row = _row_maker("keep", status["name"], keep["clause"])
    rows = []
    review = question.review_on
    if review is not None:
        window = (question.confirmed_on, review - ONE_DAY)

        def held(day: date) -> bool:
            return question.confirmed_on <= day < review

        if "sales_amount" in keep:
            total = _total(view, question, books, lambda sale: held(sale.day))
            rows.append(row("sales", total, Decimal(str(keep["sales_amount"])), window=window))
        if "seats_count" in keep:
            in_force = review >= rulebook["seats"]["in_force_from"]
            seats = _seats(view, question, books, held)
            rows.append(row("seats", seats, keep["seats_count"], decides=in_force, window=window))
    rows += [row(name, name in question.facts, True) for name in keep.get("requirements", ())]
    return rows + [
        row(name, name in question.facts, True, decides=False) for name in keep.get("shown_requirements", ())
    ]


def _reach_rows(question: Question, view: View, books: Books) -> list[Json]:
    """Readings 6 and 8. Sales, clients, seats when regaining, facts, then facts only shown in keeping."""
    rulebook = books.on(question.day)
    status = rulebook["statuses"][question.level]
    reach, keep = status["reach"], status["keep"]
    months = reach["sales_months"]
    starts = trailing_year_starts(question.day, months)
    row = _row_maker("reach", status["name"], reach["clause"])
    regained = _row_maker("reach", status["name"], rulebook["clauses"]["regained"])

    def held(day: date) -> bool:
        return trailing_year_holds(day, months, question.day)

    rows = []
    window = (starts, question.day)
    if question.regaining:
        if "sales_amount" in keep:
            total = _total(view, question, books, lambda sale: held(sale.day))
            rows.append(regained("sales", total, Decimal(str(keep["sales_amount"])), window=window))
    elif "sales_amount" in reach:
        since_previous = reach.get("sales_since_previous_status", False)
        after = question.status_reached_at if since_previous else -1
        total = _total(view, question, books, lambda sale: held(sale.day) and sale.place > after)
        counted = (max(starts, question.since), question.day) if since_previous else window
        rows.append(row("sales", total, Decimal(str(reach["sales_amount"])), window=counted))
    if "clients_count" in reach:
        clients = {s.client for s in _counting(view, question, books) if held(s.day) and view.left(s) > 0}
        rows.append(row("clients", len(clients), reach["clients_count"], window=window))
    if question.regaining and "seats_count" in keep:
        in_force = question.day >= rulebook["seats"]["in_force_from"]
        seats = _seats(view, question, books, held)
        rows.append(regained("seats", seats, keep["seats_count"], decides=in_force, window=window))
    rows += [row(name, name in question.facts, True) for name in reach.get("requirements", ())]
    if question.regaining:
        # T3.5: all maintenance requirements too, where the rulebook has any that do not stand among the entry's.
        kept = [name for name in keep.get("requirements", ()) if name not in reach.get("requirements", ())]
        rows += [regained(name, name in question.facts, True) for name in kept]
        shown = keep.get("shown_requirements", ())
        rows += [regained(name, name in question.facts, True, decides=False) for name in shown]
    return rows


def _counting(view: View, question: Question, books: Books) -> list[Sale]:
    """Reading 5: all products but services, without excluded sales, if the partner was active at the sale."""
    return [
        sale
        for sale in view.sales_of(question.partner)
        if sale.product in books.on(sale.day)["sales"]["counting_products"]
        and sale.id in question.active_sales
        and not view.excluded(sale)
    ]


def _total(view: View, question: Question, books: Books, held: Callable[[Sale], bool]) -> Decimal:
    """Reading 5: net, less refunds."""
    return sum((view.left(s) for s in _counting(view, question, books) if held(s)), Decimal(0))


def _seats(view: View, question: Question, books: Books, held: Callable[[date], bool]) -> int:
    """Reading 9: a seat counts in the window in which its six months complete, and not before they are complete."""

    def complete(matures: date) -> bool:
        return held(matures) and matures <= question.day

    return seats_that_mature(view, question.partner, question.active_sales, books, complete)


def _row_maker(purpose: str, status: str, clause: str) -> Callable[..., Json]:
    def row(
        requirement: str,
        actual: Decimal | int,
        required: Decimal | int,
        decides: bool = True,
        window: tuple[date, date] | None = None,
    ) -> Json:
        return {
            "purpose": purpose,
            "status": status,
            "requirement": requirement,
            "clause": clause,
            "actual": _shown(actual),
            "required": _shown(required),
            "met": actual >= required,
            "decides": decides,
            "window": None if window is None else [day.isoformat() for day in window],
        }

    return row


def _shown(figure: Decimal | int) -> str | int:
    """Money as a decimal string with two digits; counts and true or false as they are."""
    return f"{figure:.2f}" if isinstance(figure, Decimal) else figure
