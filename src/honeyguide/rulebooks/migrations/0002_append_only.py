"""Triggers: what was published and revoked is append-only."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from honeyguide.history import guards

TABLES = ("rulebooks_rulebookversion", "rulebooks_revocation")


def install(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers on."""
    for table in TABLES:
        guards.install(schema_editor.connection, table)


def remove(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers off."""
    for table in TABLES:
        guards.remove(schema_editor.connection, table)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("rulebooks", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(install, remove)]
