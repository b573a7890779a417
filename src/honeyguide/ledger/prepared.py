"""Statements of PostgreSQL that are prepared once a connection and called in one round trip.

They go to libpq itself, through psycopg's wrapper of it: Django's cursor would put the arguments into the text and have
it planned each time, and psycopg's own takes several times the processor time of the call. A call outside a transaction
is one of its own; inside `transaction.atomic` it belongs to that one.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import errors, generators, pq, waiting

from honeyguide.common.pooled import PooledConnection

Value = str | int | date | datetime
Answer = list[tuple[str | None, ...]]
WAKES_S = 0.1
"""So often whoever waits for the server looks whether the program was interrupted."""
_BETWEEN = '","'


class Statement(NamedTuple):
    """One statement, with `$1`, `$2`, … for its arguments."""

    name: bytes
    text: bytes

    def call(self, database: BaseDatabaseWrapper, arguments: Iterable[Value | Sequence[Value]]) -> Answer:
        """Its rows, each value as PostgreSQL writes it. Raises Django's database errors."""
        return self.run(database, [written(argument) for argument in arguments])

    def run(self, database: BaseDatabaseWrapper, given: Sequence[bytes]) -> Answer:
        """The same, of written arguments."""
        with database.wrap_database_errors:
            return rows(self._ready(database).exec_prepared(self.name, given))

    def send(self, database: BaseDatabaseWrapper, given: Sequence[bytes]) -> Callable[[], pq.abc.PGresult]:
        """The same without waiting: what is given back waits, for what `rows` reads. Nothing is asked before that."""
        libpq = self._ready(database)
        with database.wrap_database_errors:
            send(libpq, self, given)

        def answer() -> pq.abc.PGresult:
            with database.wrap_database_errors:
                return _checked(receive(libpq))

        return answer

    def prepare(self, raw: PooledConnection) -> None:
        """The connection's server knows it from now on."""
        if self.name not in raw.named:
            _checked(raw.pgconn.prepare(self.name, self.text))
            raw.named.add(self.name)

    def _ready(self, database: BaseDatabaseWrapper) -> pq.abc.PGconn:
        """The connection, in a transaction if it is to be in one, with the statement prepared."""
        database.ensure_connection()
        database.validate_no_broken_transaction()
        raw: PooledConnection = database.connection
        libpq = raw.pgconn
        with database.wrap_database_errors:
            if not raw.autocommit and libpq.transaction_status == pq.TransactionStatus.IDLE:
                _checked(libpq.exec_(b"BEGIN"))  # psycopg begins with its first statement: this may be before it
            self.prepare(raw)
        return libpq


def calling(name: str, arguments: int, *, rows: bool = False) -> Statement:
    """A statement that calls one of the ledger's functions; `rows`: it gives a table."""
    given = ", ".join(f"${n}" for n in range(1, arguments + 1))
    what = "* FROM " if rows else ""
    return Statement(f"ledger_{name}".encode(), f"SELECT {what}ledger_{name}({given})".encode())


def send(libpq: pq.abc.PGconn, statement: Statement, given: Sequence[bytes]) -> None:
    """A prepared statement is on its way to the server. Nothing else is, on the connection."""
    libpq.send_query_prepared(statement.name, given)
    waiting.wait(generators.send(libpq), libpq.socket, interval=WAKES_S)


def receive(libpq: pq.abc.PGconn) -> pq.abc.PGresult:
    """What the server answers. Other threads run meanwhile, which libpq's own way to wait would keep from it."""
    found: list[pq.abc.PGresult] = waiting.wait(generators.fetch_many(libpq), libpq.socket, interval=WAKES_S)
    return found[0]


def rows(result: pq.abc.PGresult) -> Answer:
    """What a statement gave."""
    _checked(result)
    columns = range(result.nfields)
    return [tuple([_text(result.get_value(row, column)) for column in columns]) for row in range(result.ntuples)]


def written(value: Value | Sequence[Value]) -> bytes:
    """An argument as PostgreSQL reads it. The elements of a sequence are of one type."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, int):
        return b"%d" % value
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat().encode()
    return ("{" + _elements(value) + "}").encode()


def _elements(values: Sequence[Any]) -> str:
    """Whole columns at once: of a hundred thousand awards most of the client's time goes here."""
    if not values:
        return ""
    if isinstance(values[0], int):
        return ",".join(map(str, values))
    if isinstance(values[0], date):
        return ",".join([value.isoformat() for value in values])
    text = _BETWEEN.join(values)
    if "\\" in text or text.count('"') != _BETWEEN.count('"') * (len(values) - 1):
        text = _BETWEEN.join([value.replace("\\", "\\\\").replace('"', '\\"') for value in values])
    return f'"{text}"'


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


def _checked(result: pq.abc.PGresult) -> pq.abc.PGresult:
    """A result that is none of an error."""
    if result.status in {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK}:
        return result
    raise errors.error_from_result(result)
