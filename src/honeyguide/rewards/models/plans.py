"""Plans of spending that a partner keeps (G4.7)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from honeyguide.common.local import in_language
from honeyguide.partners.models import Partner
from honeyguide.rewards.models.campaigns import Campaign
from honeyguide.rewards.models.exchanges import Exchange


class Plan(models.Model):
    """A plan as it was proposed. `asked`: the wants; `found`: worth, limits that bind, lots saved (planning.told)."""

    uid = models.CharField(max_length=32, unique=True)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="reward_plans")
    name = models.CharField(_("name"), max_length=120)
    asked = models.JSONField()
    found = models.JSONField()
    form_token = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-made_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "form_token"], name="rewards_one_plan_a_form")
        ]

    def __str__(self) -> str:
        return self.name


class PlanStep(models.Model):
    """One exchange of a plan, and the exchange that it became."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="steps")
    place = models.PositiveSmallIntegerField()
    day = models.DateField(_("day"))
    reward = models.CharField(max_length=64)
    variant = models.CharField(max_length=64)
    title = models.CharField(max_length=140)
    title_ru = models.CharField(max_length=140)
    quantity = models.PositiveSmallIntegerField()
    points = models.PositiveIntegerField()
    worth_amount = models.DecimalField(max_digits=12, decimal_places=2)
    uses = models.JSONField(default=list)
    """Points by the expiry of their lots: [day, points]."""
    campaign = models.ForeignKey(Campaign, on_delete=models.SET_NULL, null=True, related_name="+")
    exchange = models.OneToOneField(Exchange, on_delete=models.SET_NULL, null=True, related_name="plan_step")

    class Meta:
        ordering: ClassVar = ["plan", "place"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "place"], name="rewards_step_place")]
        indexes: ClassVar = [models.Index(fields=["day"], name="rewards_step_day")]

    def __str__(self) -> str:
        return in_language(self.title, self.title_ru)

    @property
    def item(self) -> str:
        """Its line in a price list."""
        return f"{self.reward}.{self.variant}"
