"""Files are an app of their own below the rooms; the table stays where it is."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requirements", "0001_initial"), ("files", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="evidencecase",
                    name="file",
                    field=models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="case",
                        to="files.storedfile",
                        verbose_name="file",
                    ),
                ),
                migrations.DeleteModel(name="StoredFile"),
            ]
        )
    ]
