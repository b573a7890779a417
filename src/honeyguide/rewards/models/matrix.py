"""What goes together, where it differs from the rulebook, and running promotions (G2.8)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from honeyguide.common.local import in_language


class MatrixChange(models.Model):
    """One change of the matrix, for some days. Append-only. `number`: counts them; whoever is late finds it taken."""

    number = models.PositiveIntegerField(unique=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("through"), null=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    set_by_name = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="rewards_matrix_days"
            )
        ]

    def __str__(self) -> str:
        return str(self.number)


class MatrixRule(models.Model):
    """One cell in a change. The latest change that holds a day decides; none: the rulebook. Append-only.

    `row`: a reward, or a kind of discount for a pair of discounts; `column`: a kind of discount.
    """

    change = models.ForeignKey(MatrixChange, on_delete=models.PROTECT, related_name="rules")
    row = models.CharField(max_length=64)
    column = models.CharField(max_length=64)
    is_allowed = models.BooleanField(_("goes together"))

    class Meta:
        ordering: ClassVar = ["change__number", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["change", "row", "column"], name="rewards_matrix_cell_once")
        ]

    def __str__(self) -> str:
        return f"{self.row} x {self.column}"


class Promotion(models.Model):
    """A promotion for some days: cheaper in points, cheaper in money, or both. `rewards`: names; empty: all."""

    uid = models.CharField(max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_ru = models.CharField(_("name in Russian"), max_length=120)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("through"))
    points_percent = models.DecimalField(_("off the price in points, %"), max_digits=5, decimal_places=2, default=0)
    sale_percent = models.DecimalField(_("off the purchase, %"), max_digits=5, decimal_places=2, default=0)
    rewards = models.JSONField(default=list)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-starts_on", "uid"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="rewards_promotion_days"),
            models.CheckConstraint(
                condition=Q(points_percent__gte=0, points_percent__lte=90, sale_percent__gte=0, sale_percent__lte=90),
                name="rewards_promotion_percent",
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.name, self.name_ru)

    def concerns(self, reward: str) -> bool:
        """Whether it is for a reward."""
        return not self.rewards or reward in self.rewards
