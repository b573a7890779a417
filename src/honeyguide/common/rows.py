"""Many new rows at once, for imports: `bulk_create` puts together a statement of thousands of parts for every batch."""

from collections.abc import Callable, Iterable, Sequence
from itertools import batched
from typing import Any

from django.db import connection, models

type Prepared = Callable[[Any], Any]

FEW = 50
"""Fewer are a statement of their own."""
_AT_ONCE = 5_000
_AS_THEY_ARE = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.ForeignKey)


def insert_rows[Row: models.Model](rows: Iterable[Row]) -> list[Row]:
    """Insert rows of one model in their order, by a statement for one row that is run for each; they get their ids.

    To be called in a transaction. Values are those of the columns: strings, integers, booleans, days, instants, and
    what JSON can hold; nothing is filled in but a new id. Raises IntegrityError.
    """
    new = list(rows)
    if len(new) < FEW:
        return type(new[0])._default_manager.bulk_create(new) if new else new
    table = type(new[0])._meta
    fields = table.concrete_fields
    columns = [field.column or field.name for field in fields]
    key = next(field.column or field.name for field in fields if field.primary_key)
    others = [field for field in fields if isinstance(field, models.ForeignKey)]
    for row, number in zip(new, _ids(table.db_table, key, len(new)), strict=True):
        row.pk = number
        for field in others:  # a row that had no id yet when it was set
            other = field.get_cached_value(row, default=None)
            if other is not None:
                setattr(row, field.attname, other.pk)
    prepared = [(field.attname, _prepared(field)) for field in fields]
    quoted, places = connection.ops.quote_name, ", ".join(["%s"] * len(fields))
    into = f"{quoted(table.db_table)} ({', '.join(map(quoted, columns))})"
    insert = f"INSERT INTO {into} VALUES ({places})"  # noqa: S608 - names of the model
    with connection.cursor() as cursor:
        for some in batched(new, _AT_ONCE):
            cursor.executemany(insert, [_values(row, prepared) for row in some])
    for row in new:
        row._state.adding, row._state.db = False, connection.alias
    return new


def _values(row: models.Model, prepared: Iterable[tuple[str, Prepared | None]]) -> list[Any]:
    return [getattr(row, name) if ready is None else ready(getattr(row, name)) for name, ready in prepared]


def _ids(table: str, column: str, count: int) -> Sequence[int]:
    """New ids, ascending. SQLite has one writer at a time: nobody else takes them before they are used."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [table, column, count]
            )
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        (last,) = cursor.fetchone()
        return range(last + 1, last + 1 + count)


def _prepared(field: models.Field[Any, Any]) -> Prepared | None:
    """How the database takes a field's value; None: as it is."""
    if isinstance(field, _AS_THEY_ARE):
        return None
    return lambda value: field.get_db_prep_save(value, connection)
