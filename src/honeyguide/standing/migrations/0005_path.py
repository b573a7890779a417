"""What lists read of a standing, in columns of its own: the statuses held, and since when a partner is inactive."""

from datetime import date
from typing import ClassVar

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_KEEPING = ("suspended", "reinstated")
_BATCH_ROWS = 500


def open_table(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take away the view that reads the table; insights makes it anew."""
    schema_editor.execute("DROP VIEW IF EXISTS bi_partners")


def fill(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """From the documents that are stored."""
    table = apps.get_model("standing", "Standing").objects
    rows = []
    for row in table.only("answer", "outlook").iterator(_BATCH_ROWS):
        steps = row.answer["transitions"]
        since = row.outlook.get("inactive_since")
        row.path = [[step["on"], step["to"]] for step in steps if step["cause"] not in _KEEPING]
        row.inactive_since = date.fromisoformat(since) if since else None
        rows.append(row)
    table.bulk_update(rows, ["path", "inactive_since"], batch_size=_BATCH_ROWS)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("standing", "0004_flow_sums")]
    operations: ClassVar = [
        migrations.RunPython(open_table, migrations.RunPython.noop),
        migrations.AddField("standing", "inactive_since", models.DateField(null=True)),
        migrations.AddField("standing", "path", models.JSONField(default=list)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex("standing", models.Index(fields=["inactive_since"], name="standing_inactive")),
    ]
