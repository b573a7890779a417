"""Triggers that make the event table append-only, in both databases."""

from django.db.backends.base.base import BaseDatabaseWrapper

_SQLITE = {
    "event_no_update": "CREATE TRIGGER IF NOT EXISTS {name} BEFORE UPDATE ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    "event_no_delete": "CREATE TRIGGER IF NOT EXISTS {name} BEFORE DELETE ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
}
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
_POSTGRES = """
CREATE OR REPLACE TRIGGER {name} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def install(connection: BaseDatabaseWrapper, table: str) -> None:
    """Refuse every update, delete and truncation of a table. Can be repeated."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES_FUNCTION)
            cursor.execute(_POSTGRES.format(name=f"{table}_append_only", table=table))
        else:
            for name, statement in _SQLITE.items():
                cursor.execute(statement.format(name=f"{table}_{name}", table=table))


def remove(connection: BaseDatabaseWrapper, table: str) -> None:
    """Let the table be changed again: for tests that empty their database, and for nothing else."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
        else:
            for name in _SQLITE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}")
