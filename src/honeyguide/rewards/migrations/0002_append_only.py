"""Triggers: what was published is not changed, what was said of the matrix stays."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from honeyguide.history import guards

TABLES = ("rewards_pricelist", "rewards_price", "rewards_matrixchange", "rewards_matrixrule")


def install(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers on."""
    for table in TABLES:
        guards.install(schema_editor.connection, table)


def remove(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers off."""
    for table in TABLES:
        guards.remove(schema_editor.connection, table)


class Migration(migrations.Migration):
    dependencies = [("rewards", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
