"""What a test starts from, made once a process and then put into the database by plain inserts.

Made through the services it takes a quarter of a second, put back a few milliseconds. Tests on real transactions
have it made anew each time: what they start from was committed, with all that follows from that.
"""

import copy
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core import mail
from django.db import connection, transaction

FILLED_BY_ITSELF = {"django_migrations", "ledger_entry", "sqlite_sequence"}
"""Tables that no test's beginning needs, or that a trigger fills."""
Rows = dict[str, dict[Any, tuple[Any, ...]]]


MORE: dict[str, Callable[[Any], object]] = {}
"""What is told beside the world for tests that use a fixture of this name; kept with it."""


@dataclass
class Kept:
    """Rows that were made, by table, and the mails that were sent meanwhile."""

    columns: dict[str, list[str]]
    rows: dict[str, list[tuple[Any, ...]]]
    mails: list[Any]

    def put(self) -> None:
        """Into the database, and into the box of sent mails."""
        with transaction.atomic(), connection.cursor() as cursor:
            for table, rows in self.rows.items():
                names = ", ".join(map(connection.ops.quote_name, self.columns[table]))
                places = ", ".join(["%s"] * len(self.columns[table]))
                cursor.executemany(f"INSERT INTO {connection.ops.quote_name(table)} ({names}) VALUES ({places})", rows)
        mail.outbox.extend(copy.deepcopy(self.mails))


_KEPT: dict[Hashable, Kept] = {}


def put(name: Hashable, make: Callable[[], object]) -> None:
    """What `make` leaves in the database is put there; it is called for the first test that asks for this name."""
    if name not in _KEPT:
        _KEPT[name] = made(make)
    _KEPT[name].put()


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def made(make: Callable[[], object]) -> Kept:
    """What a function leaves in the database, which is afterwards as it was before."""
    mails = list(getattr(mail, "outbox", []))
    mail.outbox = []
    try:
        with taken_back():
            columns, before = _everything()
            make()
            _, after = _everything()
        sent = list(mail.outbox)
    finally:
        mail.outbox = mails
    rows = {}
    for table, found in after.items():
        changed = [key for key, row in before[table].items() if found.get(key) != row]
        assert not changed, f"{table}: {changed} were there before and are not as they were"
        rows[table] = [row for key, row in found.items() if key not in before[table]]
    return Kept(columns, {table: new for table, new in rows.items() if new}, sent)


def _everything() -> tuple[dict[str, list[str]], Rows]:
    """The columns of all tables, and their rows by the first column, the key. On SQLite as they are stored."""
    columns, rows = {}, {}
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - FILLED_BY_ITSELF)
        for table in tables:
            columns[table] = [found.name for found in connection.introspection.get_table_description(cursor, table)]
            plain = "+" if connection.vendor == "sqlite" else ""
            names = ", ".join(plain + connection.ops.quote_name(name) for name in columns[table])
            cursor.execute(f"SELECT {names} FROM {connection.ops.quote_name(table)} ORDER BY 1")
            rows[table] = {row[0]: row for row in cursor.fetchall()}
    return columns, rows
