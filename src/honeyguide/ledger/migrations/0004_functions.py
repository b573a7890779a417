"""PostgreSQL's functions as they are from now on."""

from typing import ClassVar

from django.db import migrations

from honeyguide.ledger import postgres


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0003_moves")]
    operations: ClassVar = [migrations.RunPython(postgres.install_functions, migrations.RunPython.noop)]
