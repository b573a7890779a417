"""Writes cost less: no index that nothing asks for, and a check that PostgreSQL need not read anew for each statement.

The rule for `moves` is as before. A long check is parsed from its text by every statement that writes to the table (a
tenth of an award's time in the server); a function's body is parsed once a connection.
"""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

CHECK = (
    """
CREATE FUNCTION ledger_are_moves(given jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN given @? '$[0]' AND NOT given @?
        'strict $[*] ? (@.size() != 4 || @[3].type() != "number" || @[3] <= 0 || @[1] == @[2])';
END $$
""",
    """
ALTER TABLE ledger_transaction DROP CONSTRAINT ledger_transaction_moves,
    ADD CONSTRAINT ledger_transaction_moves CHECK (ledger_are_moves(moves))
""",
)


def install(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """PostgreSQL's. SQLite has a trigger for it, which it reads once a connection."""
    if schema_editor.connection.vendor == "postgresql":
        for statement in CHECK:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0007_functions")]
    operations: ClassVar = [
        migrations.RemoveIndex("transaction", "ledger_transaction_known"),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
