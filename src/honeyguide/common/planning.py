"""What the database knows of how its tables are filled: without that it chooses its ways through them badly."""

from django.db import connection

ROWS_LOOKED_AT = 1_000
"""Of each index, on SQLite: enough to tell a column of many values from one of few."""


def look_at_tables() -> None:
    """Let the database look at its tables anew. Takes a moment, whatever their size; call it after many rows changed.

    PostgreSQL does so by itself in time; right after an import it has not yet.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit = {ROWS_LOOKED_AT}")
        cursor.execute("ANALYZE")
