"""Published versions of the rulebook. Nothing in these tables ever changes (see migrations: guards)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RulebookVersion(models.Model):
    """One version as it was published. Append-only: what decisions were made by stays readable."""

    uid = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=64)
    version = models.CharField(_("version"), max_length=64, unique=True)
    effective_from = models.DateField(_("in force from"))
    text = models.TextField()
    """The TOML file, to the letter."""
    checksum = models.CharField(max_length=64)
    """SHA-256 of the text, hexadecimal."""
    note = models.TextField(_("what it is for"), blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_by_name = models.CharField(max_length=200)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    published_by_name = models.CharField(max_length=200)
    published_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["effective_from", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(published_by=models.F("proposed_by")), name="published_by_a_second_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Revocation(models.Model):
    """A version that was taken back before its day: it never came into force. Append-only."""

    version = models.OneToOneField(RulebookVersion, on_delete=models.PROTECT, related_name="revocation")
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    asked_by_name = models.CharField(max_length=200)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_by_name = models.CharField(max_length=200)
    revoked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(revoked_by=models.F("asked_by")), name="revoked_by_a_second_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} revoked"
