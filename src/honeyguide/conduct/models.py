"""Restatements as cases: what was decided about decisions that today's knowledge would have made otherwise.

Measures, suspensions, terminations and adjustments of discounts have no tables: the history says it all (queries.py).
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from honeyguide.common.queues import Held
from honeyguide.partners.models import Partner


class Choice(models.TextChoices):
    """How an operator settled a restatement."""

    WAITING = "", _("Waiting")
    APPLY = "apply", _("Applied")
    LEAVE = "leave", _("Left as decided")


class RestatementDecision(Held):
    """A restatement that the engine reported (docs/readings.md), and what was made of it.

    The restatement itself is derived anew each time; kept are its mark (partner, day, statuses), who is on it and the
    decision.
    """

    uid = models.CharField(max_length=32, unique=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(_("decided on"))
    decided = models.CharField(_("as decided"), max_length=40)
    would_be = models.CharField(_("by today's knowledge"), max_length=40)
    found_at = models.DateTimeField(_("found"))
    choice = models.CharField(_("settled"), max_length=8, choices=Choice, default=Choice.WAITING, blank=True)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("settled by")
    )
    settled_at = models.DateTimeField(_("settled at"), null=True)
    event_uid = models.CharField(max_length=64, blank=True)
    """The first event by which it was applied; empty where it was left."""

    class Meta:
        ordering: ClassVar = ["found_at", "uid"]
        indexes: ClassVar = [models.Index(fields=["choice", "found_at"], name="restatement_waiting")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "on", "decided", "would_be"], name="one_case_a_restatement"),
            models.CheckConstraint(
                condition=models.Q(choice="", settled_at=None)
                | (~models.Q(choice="") & models.Q(settled_at__isnull=False)),
                name="settled_restatements_say_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.on}: {self.decided} / {self.would_be}"
