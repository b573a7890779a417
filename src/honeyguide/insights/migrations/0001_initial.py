"""Notices of expiry, and the models of the views; the views themselves are made once all their tables are there."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [
        ("bonuses", "0001_initial"),
        ("history", "0002_append_only"),
        ("ledger", "0002_guards"),
        ("partners", "0001_initial"),
        ("standing", "0003_moves_digest"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="BonusRow",
            fields=[
                ("bonus", models.CharField(max_length=32, primary_key=True, serialize=False, verbose_name="bonus id")),
                ("partner", models.CharField(max_length=64, verbose_name="partner id")),
                ("kind", models.CharField(max_length=12, verbose_name="bonus")),
                ("amount_minor", models.BigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("granted_on", models.DateField(verbose_name="granted")),
                ("valid_to", models.DateField(verbose_name="valid to")),
                ("left_minor", models.BigIntegerField(verbose_name="left")),
                ("cancelled_minor", models.BigIntegerField(verbose_name="cancelled")),
                ("expired_minor", models.BigIntegerField(verbose_name="expired")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("rulebook_version", models.CharField(max_length=80, verbose_name="rulebook")),
            ],
            options={
                "db_table": "bi_bonuses",
                "ordering": ["granted_on", "bonus"],
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="ExchangeRow",
            fields=[
                ("transaction_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("exchange", models.CharField(max_length=200, verbose_name="exchange")),
                ("partner", models.CharField(max_length=64, verbose_name="partner id")),
                ("day", models.DateField(verbose_name="day")),
                ("recorded_at", models.DateTimeField(verbose_name="known since")),
                ("points", models.BigIntegerField(verbose_name="points")),
                ("points_taken", models.BigIntegerField(verbose_name="taken from lots")),
                ("points_owed", models.BigIntegerField(verbose_name="owed")),
                ("item", models.CharField(max_length=200, verbose_name="reward")),
                ("campaign", models.CharField(max_length=200, verbose_name="campaign")),
                ("points_given_back", models.BigIntegerField(verbose_name="given back")),
            ],
            options={
                "db_table": "bi_exchanges",
                "ordering": ["day", "transaction_id"],
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="FlowRow",
            fields=[
                ("movement_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("partner", models.CharField(max_length=64)),
                ("day", models.DateField()),
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
                    ),
                ),
                ("points", models.BigIntegerField()),
                ("activity", models.CharField(max_length=40)),
            ],
            options={
                "db_table": "points_flows",
                "managed": False,
            },
        ),
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
            name="PartnerRow",
            fields=[
                (
                    "partner",
                    models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name="partner id"),
                ),
                ("name", models.CharField(max_length=200, verbose_name="company")),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                ("kind", models.CharField(max_length=40, verbose_name="business")),
                ("added_at", models.DateTimeField(verbose_name="added")),
                ("state", models.CharField(max_length=12, null=True, verbose_name="state")),
                ("status", models.CharField(max_length=40, null=True, verbose_name="status")),
                ("status_since", models.DateField(null=True, verbose_name="since")),
                ("review_on", models.DateField(null=True, verbose_name="review")),
                (
                    "discount_percent",
                    models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name="discount"),
                ),
                ("points_active", models.BigIntegerField(null=True, verbose_name="active points")),
                ("points_available", models.BigIntegerField(null=True, verbose_name="available points")),
                ("points_held", models.BigIntegerField(null=True, verbose_name="held points")),
                ("points_debt", models.BigIntegerField(null=True, verbose_name="debt")),
                ("rank", models.BigIntegerField(null=True, verbose_name="rank")),
                ("assessed_on", models.DateField(null=True, verbose_name="as of")),
            ],
            options={
                "db_table": "bi_partners",
                "ordering": ["partner"],
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
    ]
