"""What holds for each partner, derived from the history; stored for reading."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from honeyguide.common.phrases import read_again
from honeyguide.partners.models import Partner


class State(models.TextChoices):
    """States of a partner (T3)."""

    APPLICANT = "applicant", _("Applicant")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    CANCELLED = "cancelled", _("Cancelled")
    TERMINATED = "terminated", _("Terminated")


class Standing(models.Model):
    """A partner's standing at the end of `assessed_on`, with everything that explains it.

    Rewritten only by `services.reassess`. `answer` is the engine's whole answer for the partner
    (docs/schema/answer.json, `rank` null: it is counted when asked), `outlook` what is due (docs/schema/outlook.json).
    """

    partner = models.OneToOneField(Partner, on_delete=models.CASCADE, related_name="standing")
    assessed_on = models.DateField(_("as of"))
    rulebook_name = models.CharField(max_length=80)
    rulebook_version = models.CharField(max_length=80)
    state = models.CharField(_("state"), max_length=12, choices=State)
    status = models.CharField(_("status"), max_length=40, blank=True)
    """Name of a status of the rulebook; empty without one."""
    status_rank = models.SmallIntegerField(default=-1)
    """Place of the status in the rulebook, lowest 0; -1 without one. For sorting."""
    since = models.DateField(_("since"), null=True)
    confirmed_on = models.DateField(_("confirmed"), null=True)
    review_on = models.DateField(_("review"), null=True)
    discount_percent = models.DecimalField(_("discount"), max_digits=5, decimal_places=2)
    entitlements = models.JSONField(default=list)
    points_active = models.BigIntegerField(_("active points"), default=0)
    points_available = models.BigIntegerField(_("available points"), default=0)
    points_held = models.BigIntegerField(_("held points"), default=0)
    points_debt = models.BigIntegerField(_("debt"), default=0)
    points_expired = models.BigIntegerField(_("expired points"), default=0)
    points_spent = models.BigIntegerField(_("spent points"), default=0)
    moves_digest = models.CharField(max_length=32, blank=True)
    """Of the movements of points that the ledger has: what is unchanged need not be compared with it."""
    due_on = models.DateField(_("next date that matters"), null=True)
    """The day on which keeping the status is decided: the review, or Bronze's end of 90 days."""
    verdict = models.CharField(_("outlook"), max_length=20, blank=True)
    """The outlook's word for keeping the status: met, expected, at_risk … ; empty where nothing is due."""
    inactive_since = models.DateField(null=True)
    """The acceptance since which nothing was done, once the months of the rulebook are over (T3.4b)."""
    restatements = models.PositiveIntegerField(default=0)
    path = models.JSONField(default=list)
    """Which status was held since when, of the answer's transitions: [day, status or null], ascending. A suspension
    keeps the status."""
    answer = models.JSONField()
    outlook = models.JSONField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "-points_active"], name="standing_rank"),
            models.Index(fields=["due_on"], name="standing_due"),
            models.Index(fields=["inactive_since"], name="standing_inactive"),
            models.Index(fields=["status_rank"], name="standing_status"),
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.status or self.state}"

    def may(self, entitlement: str) -> bool:
        """Whether the partner holds an entitlement, by its name without the number."""
        return any(held.partition(":")[0] == entitlement for held in self.entitlements)


class FlowSum(models.Model):
    """What moved of a partner's points on one day, or in one month, by kind and activity. Written by `flows` alone."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, db_index=False, related_name="+")
    is_month = models.BooleanField()
    """The sum of a month; else of a day."""
    day = models.DateField()
    """Of a month: its first."""
    kind = models.CharField(max_length=10)
    """As insights.models.MovementKind has it."""
    activity = models.CharField(max_length=40)
    """How points were earned; empty for what is not earned."""
    points = models.BigIntegerField()
    """With their sign: into lots +, out of them −."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "is_month", "day", "kind", "activity"], name="standing_one_sum"),
        ]
        indexes: ClassVar = [
            # All columns, in the order in which figures group them: the table itself is not read.
            models.Index(fields=["is_month", "day", "kind", "activity", "partner", "points"], name="standing_sums"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.points}"


class FlowsRead(models.Model):
    """Up to which transaction of its account a partner's points are summed up in FlowSum."""

    partner = models.OneToOneField(Partner, on_delete=models.CASCADE, primary_key=True, related_name="+")
    transaction = models.BigIntegerField()
    """Its number in the ledger."""

    def __str__(self) -> str:
        return f"{self.partner}: {self.transaction}"


class UploadState(models.TextChoices):
    """How far a history file handed in by an operator is."""

    CHECKING = "checking", _("Being checked")
    REFUSED = "refused", _("Refused")
    CHECKED = "checked", _("Waits for confirmation")
    IMPORTING = "importing", _("Being imported")
    DONE = "done", _("Imported")
    DISCARDED = "discarded", _("Discarded")


class HistoryUpload(models.Model):
    """A file of events on its way into the history: handed in, checked, confirmed, imported.

    Written only by `uploads`. The file itself is removed when it is not needed any more.
    """

    uid = models.CharField(max_length=32, unique=True)
    name = models.CharField(_("file"), max_length=200)
    size_bytes = models.PositiveBigIntegerField()
    kept_as = models.CharField(max_length=200)
    """Its name in the storage."""
    state = models.CharField(max_length=12, choices=UploadState, default=UploadState.CHECKING)
    problems = models.JSONField(default=list)
    """Lines that say what is wrong, where it was refused, as common.phrases keeps them."""
    preview = models.JSONField(default=dict)
    """What it changes: importing.Preview as JSON (uploads.told)."""
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    """Since when it has its state."""

    class Meta:
        ordering: ClassVar = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def problem_lines(self) -> list[str]:
        """What is wrong, in the reader's language."""
        return list(map(read_again, self.problems))
