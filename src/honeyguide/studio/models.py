"""Drafts of the rulebook, simulations of them with all that they found, and requests to revoke a version."""

import hashlib
import json
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from honeyguide.rulebooks.models import RulebookVersion


class DraftState(models.TextChoices):
    """How far a draft has come."""

    DRAFT = "draft", pgettext_lazy("state of a draft", "Draft")
    PROPOSED = "proposed", pgettext_lazy("state of a draft", "Proposed")
    PUBLISHED = "published", pgettext_lazy("state of a draft", "Published")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of a draft", "Withdrawn")


class Draft(models.Model):
    """The next version of the rulebook while it is written. Its author changes it, somebody else publishes it."""

    uid = models.CharField(max_length=32, unique=True)
    form_token = models.CharField(max_length=64, unique=True)
    """Of the form with which it was begun: sent twice, it begins one."""
    version = models.CharField(_("version"), max_length=64)
    """As its text says, while that can be read."""
    base = models.CharField(_("begun from"), max_length=64)
    """The version with which it is compared."""
    note = models.TextField(_("what it is for"), blank=True)
    text = models.TextField()
    problems = models.JSONField(default=list)
    """One line each; empty: it could be published."""
    revision = models.PositiveIntegerField(default=1)
    """Counts changes of the text: a form that was opened before another change is refused."""
    state = models.CharField(_("state"), max_length=9, choices=DraftState, default=DraftState.DRAFT)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("author")
    )
    created_at = models.DateTimeField(_("begun"))
    changed_at = models.DateTimeField(_("changed"))
    proposed_at = models.DateTimeField(_("proposed"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """Who published, sent back or withdrew it last."""
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(_("reason"), blank=True)
    """Of who sent it back or withdrew it."""
    published = models.OneToOneField(RulebookVersion, on_delete=models.PROTECT, null=True, related_name="draft")

    class Meta:
        ordering: ClassVar = ["-changed_at", "-id"]

    def __str__(self) -> str:
        return f"{self.version} ({self.state})"

    @property
    def is_open(self) -> bool:
        """Whether something can still become of it."""
        return self.state in {DraftState.DRAFT, DraftState.PROPOSED}

    @property
    def seal(self) -> str:
        """A checksum of what whoever publishes it decides on: its text with the day, what it is for, and its base."""
        said = [self.version, self.base, self.revision, self.text, self.note]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


class SimulationState(models.TextChoices):
    """How far a simulation has come."""

    WAITING = "waiting", pgettext_lazy("state of a simulation", "Waiting")
    RUNNING = "running", pgettext_lazy("state of a simulation", "Running")
    DONE = "done", pgettext_lazy("state of a simulation", "Done")
    FAILED = "failed", pgettext_lazy("state of a simulation", "Failed")


class SimulationRun(models.Model):
    """One replay of the history under a draft, compared with the version that the draft was begun from."""

    uid = models.CharField(max_length=32, unique=True)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="simulations")
    revision = models.PositiveIntegerField()
    """Of the draft as it was simulated."""
    text = models.TextField()
    """The draft as it was simulated."""
    against = models.CharField(max_length=64, blank=True)
    """The version with which it was compared."""
    state = models.CharField(max_length=8, choices=SimulationState, default=SimulationState.WAITING)
    step = models.PositiveSmallIntegerField(default=0)
    """How many of the steps are behind it."""
    problem = models.CharField(max_length=500, blank=True)
    """Why it failed."""
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    as_of = models.DateField(null=True)
    result = models.JSONField(default=dict)
    """Totals and everything that charts are drawn from (results.summary)."""
    report = models.TextField(blank=True)
    """The page to take away: one HTML file."""

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["draft"], condition=models.Q(state__in=["waiting", "running"]), name="one_simulation_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.draft} {self.state}"

    @property
    def is_under_way(self) -> bool:
        """Whether the worker has it, or will."""
        return self.state in {SimulationState.WAITING, SimulationState.RUNNING}


class SimulatedMove(models.Model):
    """A partner that would stand elsewhere, or have another discount."""

    run = models.ForeignKey(SimulationRun, on_delete=models.CASCADE, related_name="moves")
    partner = models.CharField(max_length=64)
    name = models.CharField(_("company"), max_length=200)
    country = models.CharField(max_length=2, blank=True)
    direction = models.CharField(max_length=8)
    """`up`, `down`, `same` (elsewhere), or `discount` (the same status, another discount)."""
    state_before = models.CharField(max_length=16)
    state_after = models.CharField(max_length=16)
    status_before = models.CharField(max_length=32, blank=True)
    status_after = models.CharField(max_length=32, blank=True)
    discount_before = models.DecimalField(max_digits=5, decimal_places=2)
    discount_after = models.DecimalField(max_digits=5, decimal_places=2)
    on = models.DateField(null=True)
    decided_before = models.CharField(max_length=80, blank=True)
    decided_after = models.CharField(max_length=80, blank=True)
    clause = models.CharField(max_length=40, blank=True)
    why = models.TextField(blank=True)
    because = models.JSONField(default=list)
    """The requirements by which the decisions differ, as the two rulebooks saw them."""
    given_before = models.DecimalField(max_digits=16, decimal_places=2)
    given_after = models.DecimalField(max_digits=16, decimal_places=2)
    """The discount on all its sales, in money."""

    class Meta:
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return f"{self.name} {self.direction}"


class SimulatedPoints(models.Model):
    """A partner that would have other points, or another rank by them."""

    run = models.ForeignKey(SimulationRun, on_delete=models.CASCADE, related_name="points")
    partner = models.CharField(max_length=64)
    name = models.CharField(_("company"), max_length=200)
    active_before = models.BigIntegerField()
    active_after = models.BigIntegerField()
    """What ranks; spending does not lower it."""
    issued_before = models.BigIntegerField()
    issued_after = models.BigIntegerField()
    available_before = models.BigIntegerField()
    available_after = models.BigIntegerField()
    """What is there to spend."""
    rank_before = models.PositiveIntegerField(null=True)
    rank_after = models.PositiveIntegerField(null=True)
    change = models.BigIntegerField()
    """By how much active points differ, whichever way."""

    class Meta:
        ordering: ClassVar = ["-change", "name", "id"]

    def __str__(self) -> str:
        return f"{self.name} {self.active_before} → {self.active_after}"


class NearMiss(models.Model):
    """A partner that would just miss one figure under the draft."""

    run = models.ForeignKey(SimulationRun, on_delete=models.CASCADE, related_name="misses")
    partner = models.CharField(max_length=64)
    name = models.CharField(_("company"), max_length=200)
    miss = models.CharField(max_length=8)
    """`review`: at risk in the coming one; `lost`: in one of the past; `reach`: the next status not reached."""
    status = models.CharField(max_length=32)
    requirement = models.CharField(max_length=64)
    clause = models.CharField(max_length=40, blank=True)
    actual = models.DecimalField(max_digits=16, decimal_places=2)
    required = models.DecimalField(max_digits=16, decimal_places=2)
    missing = models.DecimalField(max_digits=16, decimal_places=2)
    share = models.DecimalField(max_digits=6, decimal_places=4)
    """How much of it is missing, of what is asked."""
    on = models.DateField(null=True)
    kept_before = models.BooleanField(null=True)

    class Meta:
        ordering: ClassVar = ["miss", "share", "id"]

    def __str__(self) -> str:
        return f"{self.name} {self.status} {self.requirement}"


class RequestState(models.TextChoices):
    """What became of a request to revoke."""

    WAITING = "waiting", pgettext_lazy("request to revoke a version", "Waiting")
    DONE = "done", pgettext_lazy("request to revoke a version", "Revoked")
    DECLINED = "declined", pgettext_lazy("request to revoke a version", "Not revoked")


class RevocationRequest(models.Model):
    """Somebody asks that a version be taken back before its day; somebody else decides."""

    uid = models.CharField(max_length=32, unique=True)
    version = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="revocation_requests")
    reason = models.TextField(_("reason"))
    state = models.CharField(max_length=8, choices=RequestState, default=RequestState.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version"], condition=models.Q(state="waiting"), name="one_request_to_revoke"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.state}"
