"""The digest of the movements that the ledger has."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Standings settled before have none, so that the next run settles them."""

    dependencies = [("standing", "0002_history_upload")]

    operations = [
        migrations.AddField(
            model_name="standing",
            name="moves_digest",
            field=models.CharField(blank=True, default="", max_length=32),
            preserve_default=False,
        ),
    ]
