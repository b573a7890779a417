"""A small book for the tests of the ledger: one account, days and keys that need no thought."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection

from honeyguide.accounts.actor import Actor
from honeyguide.common.days import add_months
from honeyguide.ledger import queries, services
from honeyguide.ledger.answers import Held, Posted
from honeyguide.ledger.models import Account, Entry, Lot

UNIT, OWNER = "points", "nectar"
TODAY = date(2026, 11, 20)
ACTOR = Actor.system("test")
NOON = 12
CONNECTIONS = 32


def noon(day: date) -> datetime:
    """An instant of a day."""
    return datetime(day.year, day.month, day.day, NOON, tzinfo=UTC)


class Book:
    """One account, on a day that can be moved."""

    def __init__(self, unit: str = UNIT, owner: str = OWNER, day: date = TODAY) -> None:
        """Begin on a day."""
        self.unit, self.owner, self.day = unit, owner, day
        self.numbers = count(1)

    @property
    def when(self) -> dict[str, Any]:
        """Whose account, when, by whom."""
        return {"unit": self.unit, "owner": self.owner, "day": self.day, "now": noon(self.day), "actor": ACTOR}

    def key(self) -> str:
        """A key that nobody has used."""
        return f"key-{next(self.numbers)}"

    def award(self, points: int, ident: str = "", **more: Any) -> Posted:
        """An award of the day, valid for a year."""
        ident = ident or f"award-{next(self.numbers)}"
        given = {"key": self.key(), "expires_on": add_months(more.get("day", self.day), 12), **self.when, **more}
        return services.award(points=points, ident=ident, **given)

    def spend(self, points: int, **more: Any) -> Posted:
        """Spend today."""
        return services.spend(points=points, **{"key": self.key(), **self.when, **more})

    def hold(self, points: int, **more: Any) -> Held:
        """Reserve today."""
        return services.hold(points=points, **{"key": self.key(), **self.when, **more})

    def capture(self, held: Held, **more: Any) -> Posted:
        """Spend what is reserved."""
        return services.capture(hold=held.uid, **{"key": self.key(), **self.when, **more})

    def release(self, held: Held, **more: Any) -> Held:
        """Let go."""
        return services.release(hold=held.uid, **{"key": self.key(), **self.when, **more})

    def restore(self, spent: Posted, points: int | None = None, **more: Any) -> Posted:
        """Undo a spend."""
        return services.restore(spent=spent.transaction, points=points, **{"key": self.key(), **self.when, **more})

    def cancel(self, ident: str = "", points: int | None = None, **more: Any) -> Posted:
        """Take back."""
        return services.cancel(ident=ident, points=points, **{"key": self.key(), **self.when, **more})

    def reverse(self, made: Posted, **more: Any) -> Posted:
        """Mirror a transaction."""
        return services.reverse(made=made.transaction, **{"key": self.key(), **self.when, **more})

    def expire(self) -> int:
        """Post what has expired."""
        return services.expire_due(unit=self.unit, day=self.day, now=noon(self.day), actor=ACTOR)

    def later(self, days: int) -> None:
        """Days pass."""
        self.day += timedelta(days=days)

    def has(self) -> tuple[int, int, int]:
        """Available, held and owed today."""
        balance = queries.balance(self.unit, self.owner, day=self.day)
        return balance.available, balance.held, balance.debt

    def left(self) -> dict[str, int]:
        """What remains of each lot that stands."""
        return {lot.ident: lot.remaining for lot in queries.lots(self.unit, self.owner)}

    def account(self) -> Account:
        """The account's row."""
        return Account.objects.get(unit=self.unit, owner=self.owner)

    def lot(self, ident: str) -> Lot:
        """The lot of an award."""
        return Lot.objects.get(account__owner=self.owner, account__unit=self.unit, ident=ident, is_void=False)

    def moves(self, made: Posted) -> list[tuple[str, str, str, int]]:
        """What a transaction moved: lot, from, to, how much."""
        found = Entry.objects.filter(transaction=made.transaction).select_related("lot")
        return [(e.lot.ident if e.lot else "", e.source, e.target, e.points) for e in found]


@pytest.fixture
def many_connections(transactional_db: None) -> Iterator[None]:
    """As many connections as threads: none waits for another's. PostgreSQL."""
    pool: Any = getattr(connection, "pool")  # noqa: B009 - PostgreSQL's alone
    before = pool.min_size, pool.max_size
    pool.resize(1, CONNECTIONS + 4)
    yield
    pool.resize(*before)


@pytest.fixture
def book(db: None) -> Book:
    """Nectar's points."""
    return Book()


@pytest.fixture
def open_book(db: None) -> Callable[..., Book]:
    """Other accounts."""
    return Book
