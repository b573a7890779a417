"""Notices of expiry that were sent; and the views for reading, so that pages, reports and BI tools sum the same rows.

The views are made by `views_sql`; their columns are a public interface (docs/bi.md).
"""

from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from honeyguide.ledger.models import Account, Lot
from honeyguide.ledger.models import Transaction as LedgerTransaction
from honeyguide.partners.models import Partner


class ExpiryNotice(models.Model):
    """A partner was told, so many days before, that its lots of one last day expire (G4.5): once for each."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    expires_on = models.DateField()
    """The first day on which the points are no longer valid."""
    before_days = models.PositiveIntegerField()
    """Which of the rulebook's notices it was."""
    points = models.PositiveBigIntegerField()
    """What would expire then."""
    sent_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "expires_on", "before_days"], name="one_notice_of_an_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.expires_on} ({self.before_days})"


class MovementKind(models.TextChoices):
    """What moved points into or out of a partner's lots."""

    EARNED = "earned", _("Accrual")
    RESTORED = "restored", _("Given back")
    SPENT = "spent", _("Exchange")
    EXPIRED = "expired", _("Expiry")
    CANCELLED = "cancelled", _("Cancellation")
    DEBT_PAID = "debt_paid", _("Debt paid")
    REVERSED = "reversed", _("Correction")


class Movement(models.Model):
    """A row of `bi_points_movements`: points go into a lot or out of it. For reading alone."""

    movement_id = models.BigIntegerField(primary_key=True)
    transaction = models.ForeignKey(LedgerTransaction, models.DO_NOTHING, related_name="+", db_constraint=False)
    account = models.ForeignKey(Account, models.DO_NOTHING, related_name="+", db_constraint=False)
    partner = models.CharField(_("company"), max_length=64)
    """The partner's key."""
    day = models.DateField(_("day"))
    recorded_at = models.DateTimeField(_("known since"))
    kind = models.CharField(_("kind of action"), max_length=10, choices=MovementKind)
    points = models.BigIntegerField(_("points"))
    """With their sign."""
    award = models.CharField(_("source"), max_length=200)
    activity = models.CharField(_("activity"), max_length=40)
    client = models.CharField(_("client"), max_length=200)
    contract = models.CharField(_("contract"), max_length=200)
    allocated_on = models.DateField()
    expires_on = models.DateField()
    reference = models.CharField(_("about"), max_length=200)
    """The id of what caused it: an exchange, else the award itself."""
    reason = models.CharField(max_length=500)

    class Meta:
        managed = False
        db_table = "bi_points_movements"
        ordering: ClassVar = ["day", "movement_id"]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.points}"

    @property
    def last_day(self) -> date:
        """The last day on which the points of its lot can be used."""
        return self.expires_on - timedelta(days=1)


class FlowRow(models.Model):
    """A row of `points_flows`: a movement without what the history knows of it. For sums over many partners."""

    movement_id = models.BigIntegerField(primary_key=True)
    partner = models.CharField(max_length=64)
    day = models.DateField()
    kind = models.CharField(max_length=10, choices=MovementKind)
    points = models.BigIntegerField()
    activity = models.CharField(max_length=40)

    class Meta:
        managed = False
        db_table = "points_flows"

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.points}"


class LotRow(models.Model):
    """A row of `bi_lots`: what one award brought and what is left of it. For reading alone."""

    lot = models.OneToOneField(Lot, models.DO_NOTHING, primary_key=True, related_name="+", db_constraint=False)
    account = models.ForeignKey(Account, models.DO_NOTHING, related_name="+", db_constraint=False)
    partner = models.CharField(_("company"), max_length=64)
    award = models.CharField(_("source"), max_length=200)
    activity = models.CharField(_("activity"), max_length=40)
    client = models.CharField(_("client"), max_length=200)
    contract = models.CharField(_("contract"), max_length=200)
    allocated_on = models.DateField(_("allocated"))
    expires_on = models.DateField(_("expires"))
    amount = models.BigIntegerField(_("points"))
    remaining = models.BigIntegerField(_("left"))
    held = models.BigIntegerField(_("reserved"))
    cancelled = models.BigIntegerField(_("cancelled"))
    expired = models.BigIntegerField(_("expired"))

    class Meta:
        managed = False
        db_table = "bi_lots"
        ordering: ClassVar = ["expires_on", "allocated_on", "lot_id"]

    def __str__(self) -> str:
        return f"{self.award}: {self.remaining} of {self.amount}"


class PartnerRow(models.Model):
    """A row of `bi_partners`: a company and how it stands. For reading alone."""

    partner = models.CharField(_("partner id"), max_length=64, primary_key=True)
    name = models.CharField(_("company"), max_length=200)
    country = models.CharField(_("country"), max_length=2)
    kind = models.CharField(_("business"), max_length=40)
    added_at = models.DateTimeField(_("added"))
    state = models.CharField(_("state"), max_length=12, null=True)  # noqa: DJ001 - as the view has it
    status = models.CharField(_("status"), max_length=40, null=True)  # noqa: DJ001
    status_since = models.DateField(_("since"), null=True)
    review_on = models.DateField(_("review"), null=True)
    discount_percent = models.DecimalField(_("discount"), max_digits=5, decimal_places=2, null=True)
    points_active = models.BigIntegerField(_("active points"), null=True)
    points_available = models.BigIntegerField(_("available points"), null=True)
    points_held = models.BigIntegerField(_("held points"), null=True)
    points_debt = models.BigIntegerField(_("debt"), null=True)
    rank = models.BigIntegerField(_("rank"), null=True)
    assessed_on = models.DateField(_("as of"), null=True)

    class Meta:
        managed = False
        db_table = "bi_partners"
        ordering: ClassVar = ["partner"]

    def __str__(self) -> str:
        return self.name


class ExchangeRow(models.Model):
    """A row of `bi_exchanges`: points that were spent, and on what. For reading alone."""

    transaction_id = models.BigIntegerField(primary_key=True)
    exchange = models.CharField(_("exchange"), max_length=200)
    partner = models.CharField(_("partner id"), max_length=64)
    day = models.DateField(_("day"))
    recorded_at = models.DateTimeField(_("known since"))
    points = models.BigIntegerField(_("points"))
    points_taken = models.BigIntegerField(_("taken from lots"))
    points_owed = models.BigIntegerField(_("owed"))
    item = models.CharField(_("reward"), max_length=200)
    campaign = models.CharField(_("campaign"), max_length=200)
    points_given_back = models.BigIntegerField(_("given back"))

    class Meta:
        managed = False
        db_table = "bi_exchanges"
        ordering: ClassVar = ["day", "transaction_id"]

    def __str__(self) -> str:
        return self.exchange


class BonusRow(models.Model):
    """A row of `bi_bonuses`: a bonus in money, amounts in minor units. For reading alone."""

    bonus = models.CharField(_("bonus id"), max_length=32, primary_key=True)
    partner = models.CharField(_("partner id"), max_length=64)
    kind = models.CharField(_("bonus"), max_length=12)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    granted_on = models.DateField(_("granted"))
    valid_to = models.DateField(_("valid to"))
    left_minor = models.BigIntegerField(_("left"))
    used_minor = models.BigIntegerField(_("used"))
    cancelled_minor = models.BigIntegerField(_("cancelled"))
    expired_minor = models.BigIntegerField(_("expired"))
    reason = models.CharField(_("reason"), max_length=500)
    rulebook_version = models.CharField(_("rulebook"), max_length=80)

    class Meta:
        managed = False
        db_table = "bi_bonuses"
        ordering: ClassVar = ["granted_on", "bonus"]

    def __str__(self) -> str:
        return self.bonus
