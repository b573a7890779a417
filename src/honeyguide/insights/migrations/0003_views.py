"""The views anew, over the standings with columns of their own for what lists read."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from honeyguide.insights import views_sql


def create(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the views."""
    views_sql.create(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("insights", "0002_views"), ("standing", "0005_path")]
    operations: ClassVar = [migrations.RunPython(create, migrations.RunPython.noop)]
