"""What is written stays: triggers on both databases; the two legs of entries as a view."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from honeyguide.history import guards

APPEND_ONLY = ("ledger_transaction", "ledger_entry", "ledger_cancellation")
LEGS = """
CREATE VIEW ledger_leg AS
SELECT e.transaction_id, e.place AS entry, t.account_id, a.unit, e.lot_id, e.source AS place, -e.points AS change
FROM ledger_entry e JOIN ledger_transaction t ON t.id = e.transaction_id JOIN ledger_account a ON a.id = t.account_id
UNION ALL
SELECT e.transaction_id, e.place, t.account_id, a.unit, e.lot_id, e.target, e.points
FROM ledger_entry e JOIN ledger_transaction t ON t.id = e.transaction_id JOIN ledger_account a ON a.id = t.account_id
"""


DUE = {
    "postgresql": "CREATE INDEX ledger_lot_due ON ledger_lot USING brin (expires_on) WITH (pages_per_range = 16)",
    "sqlite": "CREATE INDEX ledger_lot_due ON ledger_lot (expires_on)",
}
"""Lots come in the order of time, and stay in their pages: on PostgreSQL the pages' ranges are index enough."""
ROOM = (
    "ALTER TABLE ledger_account SET (fillfactor = 60)",
    "ALTER TABLE ledger_lot SET (fillfactor = 85)",
)
"""Free room in pages, so that an update stays in its page and touches no index."""


def install(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put them in."""
    connection = schema_editor.connection
    for table in APPEND_ONLY:
        guards.install(connection, table)
    if connection.vendor == "postgresql":
        for statement in ROOM:
            schema_editor.execute(statement)
    schema_editor.execute(DUE[connection.vendor])


def remove(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take them out."""
    connection = schema_editor.connection
    for table in APPEND_ONLY:
        guards.remove(connection, table)
    schema_editor.execute("DROP INDEX ledger_lot_due")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0001_initial"), ("history", "0002_append_only")]
    operations: ClassVar = [
        migrations.RunPython(install, remove),
        migrations.RunSQL(LEGS, "DROP VIEW ledger_leg"),
    ]
