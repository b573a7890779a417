"""Campaigns of partners: what points went into, and what came of it (G2.9, G4.6)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from honeyguide.partners.models import Partner


class Channel(models.TextChoices):
    """How a campaign reaches people."""

    SEARCH = "search", pgettext_lazy("channel", "Search advertising")
    SOCIAL = "social", pgettext_lazy("channel", "Social networks")
    EMAIL = "email", pgettext_lazy("channel", "E-mail")
    WEBINAR = "webinar", pgettext_lazy("channel", "Webinars")
    EVENT = "event", pgettext_lazy("channel", "Events")
    CONTENT = "content", pgettext_lazy("channel", "Articles and video")
    CLIENTS = "clients", pgettext_lazy("channel", "Existing clients")
    OTHER = "other", pgettext_lazy("channel", "Other")


class Campaign(models.Model):
    """A campaign. Results are what the partner reports; `revenue_amount` None: from the sales of linked clients."""

    uid = models.CharField(max_length=32, unique=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("partner"))
    name = models.CharField(_("name"), max_length=120)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("through"))
    budget_amount = models.DecimalField(_("budget"), max_digits=14, decimal_places=2, default=0)
    leads_count = models.PositiveIntegerField(_("leads"), default=0)
    won_count = models.PositiveIntegerField(_("clients won"), default=0)
    revenue_amount = models.DecimalField(_("revenue"), max_digits=14, decimal_places=2, null=True)
    form_token = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-starts_on", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "form_token"], name="rewards_one_campaign_a_form"),
            models.UniqueConstraint(fields=["partner", "name"], name="rewards_campaign_name"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="rewards_campaign_days"),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignClient(models.Model):
    """A client that a campaign brought: its sales during and after the campaign are the campaign's revenue."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="clients")
    client = models.CharField(_("client"), max_length=200)

    class Meta:
        ordering: ClassVar = ["client"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "client"], name="rewards_one_client_a_campaign")
        ]

    def __str__(self) -> str:
        return self.client
