"""How awards and spends go together: as one statement, over a connection of their own.

One connection does the work of many: its server process has everything at hand, and waits for the disk once for all. It
is none of the pool's, which the threads that wait may hold all of.
"""

from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib.resources import files
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import Error, pq
from psycopg.pq.abc import PGresult

from honeyguide.common.pooled import PooledConnection
from honeyguide.ledger.prepared import Statement, calling, receive, rows, send

SQL = files("honeyguide.ledger") / "sql"
_FREE = "a.unit = g.c0 AND a.owner = g.c1 FOR NO KEY UPDATE OF a SKIP LOCKED"
"""The account is locked, if nobody has locked it: calls that go together wait for none."""


class Function(NamedTuple):
    """A function of the database that writes to one account; the first two of its arguments are unit and owner."""

    name: str
    types: tuple[str, ...]
    has_statement: bool = False
    """For calls on different accounts: `sql/<name>_each.sql`, marked for their values; else the function is called."""

    def values(self, count: int) -> str:
        """The arguments of the calls, and their numbers."""
        width = len(self.types)
        return ", ".join(
            "(" + ", ".join(f"${call * width + n}::{kind}" for n, kind in enumerate(self.types, 1)) + f", {call})"
            for call in range(count)
        )

    @property
    def columns(self) -> str:
        """Names for the arguments."""
        return ", ".join(f"c{n}" for n in range(len(self.types)))


class Call(NamedTuple):
    """A call of a function, its arguments as PostgreSQL reads them."""

    function: Function
    given: list[bytes]


AWARD = Function("award", (
    "text", "text", "bigint", "text", "text", "text", "text",
    "date", "date", "bigint", "timestamptz", "text", "text", "text",
), has_statement=True)  # fmt: skip
SPEND = Function("spend", (
    "text", "text", "bigint", "text", "text", "date", "timestamptz", "text", "text", "text",
))  # fmt: skip


@cache
def for_one(function: Function) -> Statement:
    """One call. Gives its answer."""
    return calling(function.name, len(function.types))


@cache
def for_one_account(function: Function, count: int) -> Statement:
    """So many calls on one account, in their order. Gives the number of each, from 0, and its answer.

    Nothing if somebody else has locked the account.
    """
    first = f"(VALUES ($1::{function.types[0]}, $2::{function.types[1]})) AS g (c0, c1)"
    text = (
        f"WITH free AS MATERIALIZED (SELECT a.id FROM {first} JOIN ledger_account a ON {_FREE}) "  # noqa: S608 - own names
        f"SELECT n, ledger_{function.name}({function.columns}) "
        f"FROM free CROSS JOIN (VALUES {function.values(count)}) AS g ({function.columns}, n)"
    )
    return Statement(f"ledger_{function.name}_one_{count}".encode(), text.encode())


@cache
def for_each_account(function: Function, count: int) -> Statement:
    """So many calls on accounts of their own. The same; left out is whose account somebody else has locked."""
    values, columns = function.values(count), function.columns
    if function.has_statement:
        statement = (SQL / f"{function.name}_each.sql").read_text(encoding="utf-8")
        text = statement.replace("/* values */", f"VALUES {values}")
    else:
        free = f"SELECT g.* FROM (VALUES {values}) AS g ({columns}, n) JOIN ledger_account a ON {_FREE}"  # noqa: S608
        text = f"SELECT n, ledger_{function.name}({columns}) FROM ({free}) AS g"  # noqa: S608 - of own names and types
    return Statement(f"ledger_{function.name}_each_{count}".encode(), text.encode())


class OwnLine:
    """A connection for calls that go together; see together.Line. Raises psycopg's errors."""

    def __init__(self) -> None:
        """Connect, with what the site's connections are set to."""
        given = {**connections[DEFAULT_DB_ALIAS].get_connection_params(), "autocommit": True}
        self._raw = PooledConnection.connect(**given)
        # How many calls come together changes: their statements are not to be planned each time.
        self._raw.execute("SET plan_cache_mode = force_generic_plan")

    def send(self, calls: Sequence[Call]) -> Callable[[], Callable[[], dict[int, str | None]]]:
        """All are of one function, and of one account or of one each."""
        function, (unit, owner, *_others) = calls[0]
        is_of_one = all(call.given[:2] == [unit, owner] for call in calls)
        made = for_one_account(function, len(calls)) if is_of_one else for_each_account(function, len(calls))
        made.prepare(self._raw)
        send(self._raw.pgconn, made, [argument for call in calls for argument in call.given])
        return lambda: partial(self._answers, receive(self._raw.pgconn))

    def _answers(self, received: PGresult) -> dict[int, str | None]:
        try:
            return {int(place or 0): answer for place, answer in rows(received)}
        except Error:
            if self._raw.pgconn.status != pq.ConnStatus.OK:
                raise
            return {}  # one is refused, and nothing is written

    def close(self) -> None:
        """Disconnect."""
        self._raw.close()
