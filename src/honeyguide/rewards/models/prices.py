"""Price lists by version, the draft of the next one, and what there is of scarce things."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PriceList(models.Model):
    """A published price list: in force from its day until the next one's (G2.3). Append-only.

    Before the first one the rulebook's own prices hold.
    """

    uid = models.CharField(max_length=32, unique=True)
    effective_from = models.DateField(_("in force from"), unique=True)
    note = models.CharField(_("what changes"), max_length=1000, blank=True)
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    told_count = models.PositiveIntegerField(_("companies told"))

    class Meta:
        ordering: ClassVar = ["-effective_from"]

    def __str__(self) -> str:
        return f"{self.effective_from:%Y-%m-%d}"


class Price(models.Model):
    """One line of a published price list. Append-only. `item`: `<reward>.<variant>` of the rulebook's catalogue."""

    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="prices")
    item = models.CharField(max_length=130)
    points = models.PositiveIntegerField(_("points"))

    class Meta:
        ordering: ClassVar = ["price_list", "item"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["price_list", "item"], name="rewards_one_price_an_item"),
            models.CheckConstraint(condition=Q(points__gte=1), name="rewards_nothing_for_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.points}"


class PriceDraft(models.Model):
    """The next price list while it is written: at most one. `prices`: points by item; `version` grows with changes."""

    only = models.BooleanField(default=True, unique=True)
    effective_from = models.DateField(_("in force from"))
    note = models.CharField(_("what changes"), max_length=1000, blank=True)
    prices = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(only=True), name="rewards_one_draft")]

    def __str__(self) -> str:
        return f"{self.effective_from:%Y-%m-%d}"


class Stock(models.Model):
    """How many are left of something scarce. Without a row, the rulebook's `stock_count`; None: no limit."""

    item = models.CharField(max_length=130, unique=True)
    left = models.PositiveIntegerField(_("left"), null=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(left__isnull=True) | Q(left__gte=0), name="rewards_stock_left")
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.left}"
