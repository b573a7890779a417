"""SQLite: an index of what is left, so that what is outstanding by day is summed without reading the lots."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

LEFT = """
CREATE INDEX ledger_lot_left ON ledger_lot (expires_on, allocated_on, account_id, remaining) WHERE remaining > 0
"""


def install(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Not on PostgreSQL, which reads the lots at once, and changes them in their pages as long as no index has them."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(LEFT)


def remove(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take it out."""
    schema_editor.execute("DROP INDEX IF EXISTS ledger_lot_left")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0004_functions")]
    operations: ClassVar = [migrations.RunPython(install, remove)]
