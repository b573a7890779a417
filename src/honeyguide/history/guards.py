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


def missing(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """Names of a table's triggers that are not there, or not in force; empty when it is guarded."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
                "WHERE tgrelid = to_regclass(%s) AND tgenabled IN ('O', 'A') AND proname = 'refuse_change'",
                [table],
            )
            wanted = {f"{table}_append_only": ""}
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            wanted = {f"{table}_{name}": statement.format(name="", table=table) for name, statement in _SQLITE.items()}
        found = {row[0]: row[1] if len(row) > 1 else "" for row in cursor.fetchall()}
    return [name for name, statement in wanted.items() if name not in found or _rule(found[name]) != _rule(statement)]


def _rule(statement: str) -> str:
    """What a trigger of SQLite does, without its name."""
    return statement[statement.find(" BEFORE ") :]
