"""The views for reading. Whenever a table that they read has changed, the migration that follows it makes them anew."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from honeyguide.insights import views_sql


def create(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the views."""
    views_sql.create(schema_editor.connection)


def drop(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Remove them."""
    views_sql.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("insights", "0001_initial"), ("ledger", "0003_moves")]
    operations: ClassVar = [migrations.RunPython(create, drop)]
