"""Triggers: the event table is append-only."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from honeyguide.history import guards


def install(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers on."""
    guards.install(schema_editor.connection, "history_event")


def remove(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers off."""
    guards.remove(schema_editor.connection, "history_event")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("history", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(install, remove)]
