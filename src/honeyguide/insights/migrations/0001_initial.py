"""Notices of expiry, and the views for reading. They come after the tables that they read."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from honeyguide.insights import views_sql


def create(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the views."""
    views_sql.create(schema_editor.connection)


def drop(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Remove them."""
    views_sql.drop(schema_editor.connection)


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [
        ("bonuses", "__latest__"),
        ("history", "__latest__"),
        ("ledger", "__latest__"),
        ("partners", "__latest__"),
        ("standing", "__latest__"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="LotRow",
            fields=[
                (
                    "lot",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="ledger.lot",
                    ),
                ),
                ("partner", models.CharField(max_length=64, verbose_name="company")),
                ("award", models.CharField(max_length=200, verbose_name="source")),
                ("activity", models.CharField(max_length=40, verbose_name="activity")),
                ("client", models.CharField(max_length=200, verbose_name="client")),
                ("contract", models.CharField(max_length=200, verbose_name="contract")),
                ("allocated_on", models.DateField(verbose_name="allocated")),
                ("expires_on", models.DateField(verbose_name="expires")),
                ("amount", models.BigIntegerField(verbose_name="points")),
                ("remaining", models.BigIntegerField(verbose_name="left")),
                ("held", models.BigIntegerField(verbose_name="reserved")),
                ("cancelled", models.BigIntegerField(verbose_name="cancelled")),
                ("expired", models.BigIntegerField(verbose_name="expired")),
            ],
            options={
                "db_table": "bi_lots",
                "ordering": ["expires_on", "allocated_on", "lot_id"],
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Movement",
            fields=[
                ("movement_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("partner", models.CharField(max_length=64, verbose_name="company")),
                ("day", models.DateField(verbose_name="day")),
                ("recorded_at", models.DateTimeField(verbose_name="known since")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("earned", "Accrual"),
                            ("restored", "Given back"),
                            ("spent", "Exchange"),
                            ("expired", "Expiry"),
                            ("cancelled", "Cancellation"),
                            ("debt_paid", "Debt paid"),
                            ("reversed", "Correction"),
                        ],
                        max_length=10,
                        verbose_name="kind of action",
                    ),
                ),
                ("points", models.BigIntegerField(verbose_name="points")),
                ("award", models.CharField(max_length=200, verbose_name="source")),
                ("activity", models.CharField(max_length=40, verbose_name="activity")),
                ("client", models.CharField(max_length=200, verbose_name="client")),
                ("contract", models.CharField(max_length=200, verbose_name="contract")),
                ("allocated_on", models.DateField()),
                ("expires_on", models.DateField()),
                ("reference", models.CharField(max_length=200, verbose_name="about")),
                ("reason", models.CharField(max_length=500)),
            ],
            options={
                "db_table": "bi_points_movements",
                "ordering": ["day", "movement_id"],
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="ExpiryNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("expires_on", models.DateField()),
                ("before_days", models.PositiveIntegerField()),
                ("points", models.PositiveBigIntegerField()),
                ("sent_at", models.DateTimeField()),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partner"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "expires_on", "before_days"), name="one_notice_of_an_expiry"
                    )
                ],
            },
        ),
        migrations.RunPython(create, drop),
    ]
