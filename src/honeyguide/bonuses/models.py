"""Bonuses in money that partners were given. What is left of each stands in the ledger."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from honeyguide.partners.models import Partner

REASON_MAX_CHARS = 500


class BonusKind(models.TextChoices):
    """Which bonus; the unit of the ledger has the same name."""

    KICKSTART = "kickstart", _("Kickstart bonus")
    AWARD = "award", _("Award bonus")


class BonusGrant(models.Model):
    """One bonus of one partner. Written only by `services`; all that changes is that it may be cancelled."""

    uid = models.CharField(max_length=32, unique=True)
    """Also names its lot in the ledger."""
    natural_key = models.CharField(max_length=120, unique=True)
    """What must not be given twice: a partner's kickstart bonus; an award bonus of one form for one partner."""
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="bonuses")
    kind = models.CharField(_("bonus"), max_length=12, choices=BonusKind)
    amount_minor = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    granted_on = models.DateField(_("granted"))
    valid_to = models.DateField(_("valid to"))
    """The last day on which it can be used."""
    clause = models.CharField(max_length=40)
    rulebook_name = models.CharField(max_length=80)
    rulebook_version = models.CharField(max_length=80)
    facts = models.JSONField(default=dict)
    """What the decision was made from: for a kickstart bonus the days of the application, acceptance, requirements."""
    reason = models.CharField(_("reason"), max_length=REASON_MAX_CHARS, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    granted_by_name = models.CharField(max_length=200)
    granted_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by_name = models.CharField(max_length=200, blank=True)
    cancel_reason = models.CharField(max_length=REASON_MAX_CHARS, blank=True)
    cancelled_minor = models.PositiveBigIntegerField(default=0)
    """What was left of it then, and was taken back."""
    reminded_days = models.PositiveIntegerField(null=True)
    """The latest reminder that it will expire: so many days before."""

    class Meta:
        ordering: ClassVar = ["-granted_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["partner", "-granted_at"], name="bonus_partner"),
            models.Index(fields=["valid_to"], name="bonus_valid_to"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="bonus_is_worth_something"),
            models.CheckConstraint(
                condition=models.Q(cancelled_minor__lte=models.F("amount_minor")), name="bonus_cancelled_within"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.partner} {self.granted_on}"
