"""Calls that go together need no functions of their own: those are taken away."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def drop_some(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """PostgreSQL's, if an earlier migration made them."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS ledger_award_some")
        schema_editor.execute("DROP FUNCTION IF EXISTS ledger_spend_some")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0006_functions")]
    operations: ClassVar = [migrations.RunPython(drop_some, migrations.RunPython.noop)]
