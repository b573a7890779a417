"""PostgreSQL's functions as they are from now on: many awards are told by their accounts."""

from typing import ClassVar

from django.db import migrations

from honeyguide.ledger import postgres


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0005_left")]
    operations: ClassVar = [migrations.RunPython(postgres.install_functions, migrations.RunPython.noop)]
