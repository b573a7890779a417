"""Business reviews: quarterly meetings of a partner with its manager (T3.1.3b)."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from honeyguide.partners.models import Partner


class ReviewState(models.TextChoices):
    """What has become of a business review."""

    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    MISSED = "missed", _("Missed")
    CANCELLED = "cancelled", _("Cancelled")


class Side(models.TextChoices):
    """For whom somebody comes."""

    PARTNER = "partner", _("Partner")
    TEAM = "team", _("Program team")


class Answer(models.TextChoices):
    """Whether somebody will come."""

    OPEN = "open", _("No answer yet")
    YES = "yes", _("Comes")
    NO = "no", _("Does not come")


class BusinessReview(models.Model):
    """One meeting. `sequence` grows with every change that calendars must learn of (RFC 5545)."""

    uid = models.CharField(max_length=32, unique=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="business_reviews")
    starts_at = models.DateTimeField(_("begins"))
    minutes_long = models.PositiveSmallIntegerField(_("minutes"))
    place = models.CharField(_("place or link"), max_length=300, blank=True)
    agenda = models.TextField(_("agenda"), max_length=4000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ReviewState, default=ReviewState.PLANNED)
    summary = models.TextField(_("minutes of the meeting"), max_length=8000, blank=True)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=500, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    organizer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("organiser")
    )
    planned_at = models.DateTimeField(_("planned"))
    changed_at = models.DateTimeField(_("changed"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"), null=True)

    class Meta:
        ordering: ClassVar = ["starts_at", "uid"]
        indexes: ClassVar = [
            models.Index(fields=["partner", "-starts_at"], name="review_partner"),
            models.Index(fields=["state", "starts_at"], name="review_state"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(minutes_long__gte=15, minutes_long__lte=480), name="review_takes_a_while"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        return self.starts_at + timedelta(minutes=self.minutes_long)

    @property
    def has_link(self) -> bool:
        """Whether the place is an address in the web."""
        return self.place.startswith(("https://", "http://"))


class Attendee(models.Model):
    """Somebody who is asked to a business review: whether they will come, and whether they were there."""

    review = models.ForeignKey(BusinessReview, on_delete=models.CASCADE, related_name="attendees")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(_("for"), max_length=8, choices=Side)
    answer = models.CharField(_("answer"), max_length=4, choices=Answer, default=Answer.OPEN)
    answered_at = models.DateTimeField(null=True)
    was_there = models.BooleanField(_("was there"), null=True)
    """None until it is recorded."""

    class Meta:
        ordering: ClassVar = ["side", "user__name", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["review", "user"], name="asked_once")]

    def __str__(self) -> str:
        return str(self.user)
