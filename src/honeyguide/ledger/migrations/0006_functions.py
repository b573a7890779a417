"""PostgreSQL's functions as they are from now on: many awards are told by their accounts."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from honeyguide.ledger import postgres


def install(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """In place of those that are there."""
    if schema_editor.connection.vendor == "postgresql":
        postgres.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0005_left")]
    operations: ClassVar = [migrations.RunPython(install, migrations.RunPython.noop)]
