"""Sums of what moved of points, by day and month; `honeyguide migrate` fills them from what the ledger has."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0001_initial"),
        ("standing", "0003_moves_digest"),
    ]

    operations = [
        migrations.CreateModel(
            name="FlowsRead",
            fields=[
                (
                    "partner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="partners.partner",
                    ),
                ),
                ("transaction", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="FlowSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_month", models.BooleanField()),
                ("day", models.DateField()),
                ("kind", models.CharField(max_length=10)),
                ("activity", models.CharField(max_length=40)),
                ("points", models.BigIntegerField()),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["is_month", "day", "kind", "activity", "partner", "points"], name="standing_sums"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "is_month", "day", "kind", "activity"), name="standing_one_sum"
                    )
                ],
            },
        ),
    ]
