"""Notices of expiry that were sent; and the views for reading, so that pages, reports and BI tools sum the same rows.

The views are made by `views_sql`; their columns are a public interface (docs/bi.md).
"""

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
