"""Quotes and exchanges: points for a reward, from the quote to what was handed over (G2.3, G2.4)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from honeyguide.common.local import in_language
from honeyguide.partners.deciding import Case
from honeyguide.partners.models import Partner
from honeyguide.rewards.models.campaigns import Campaign


class Purchase(models.Model):
    """What is asked for, and what it is for: the same in a quote and in the exchange that follows."""

    reward = models.CharField(_("reward"), max_length=64)
    variant = models.CharField(max_length=64)
    title = models.CharField(max_length=140)
    """As the catalogue had it then."""
    title_ru = models.CharField(max_length=140)
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    price = models.PositiveIntegerField(_("price in points"))
    """Of one, with what a promotion takes off."""
    points = models.PositiveIntegerField(_("points"))
    price_version = models.CharField(max_length=40)
    """The price list's public id, or the rulebook's version."""
    client = models.CharField(_("client"), max_length=200, blank=True)
    contract = models.CharField(_("contract"), max_length=120, blank=True)
    sale_amount = models.DecimalField(_("amount of the purchase"), max_digits=12, decimal_places=2, null=True)
    combination = models.JSONField(default=dict)
    """The best allowed combination, as rewards.quoting.told puts it."""

    class Meta:
        abstract: ClassVar[bool] = True

    def __str__(self) -> str:
        return in_language(self.title, self.title_ru)

    @property
    def item(self) -> str:
        """Its line in a price list."""
        return f"{self.reward}.{self.variant}"


class Quote(Purchase):
    """An offer to one partner. It holds until `valid_until`, and only while nothing that it rests on has changed."""

    uid = models.CharField(max_length=32, unique=True)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="reward_quotes")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, null=True, related_name="+")
    available = models.PositiveBigIntegerField()
    lots = models.JSONField(default=list)
    """The lots to be used: {"ident", "expires_on", "points", "left"}."""
    lots_mark = models.CharField(max_length=32)
    """A mark of all lots as they were: another mark, a changed balance."""
    terms_mark = models.CharField(max_length=32)
    """A mark of the matrix and the promotions as they were."""
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    valid_until = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-made_at"]
        indexes: ClassVar = [models.Index(fields=["valid_until"], name="rewards_quote_until")]


class ExchangeState(models.TextChoices):
    """States. Waiting to approved, refused, withdrawn; approved to fulfilled; approved and fulfilled to cancelled."""

    WAITING = "waiting", pgettext_lazy("exchange", "Waiting for approval")
    APPROVED = "approved", pgettext_lazy("exchange", "To be handed over")
    FULFILLED = "fulfilled", pgettext_lazy("exchange", "Handed over")
    REFUSED = "refused", pgettext_lazy("exchange", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("exchange", "Withdrawn by the partner")
    CANCELLED = "cancelled", pgettext_lazy("exchange", "Cancelled, points given back")


OPEN_STATES = (ExchangeState.WAITING, ExchangeState.APPROVED)
SPENT_STATES = (ExchangeState.WAITING, ExchangeState.APPROVED, ExchangeState.FULFILLED)
"""What counts against limits: points that are held or spent."""


class Exchange(Purchase, Case):
    """Points for a reward: held while they wait for approval, then spent, then handed over."""

    uid = models.CharField(max_length=32, unique=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="exchanges", verbose_name=_("partner"))
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, related_name="exchanges", verbose_name=_("campaign")
    )
    quote_uid = models.CharField(max_length=32, unique=True)
    """A quote is taken up once."""
    worth_amount = models.DecimalField(max_digits=12, decimal_places=2)
    """What the points save on all pieces, beside what makes them cheaper anyway, by the rulebook's planning figures."""
    needed_approval = models.BooleanField()
    state = models.CharField(_("state"), max_length=10, choices=ExchangeState)
    hold_uid = models.CharField(max_length=40, blank=True)
    form_token = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField(_("confirmed"))
    confirmed_on = models.DateField()
    """The program day, for limits of a period."""
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    fulfilled_at = models.DateTimeField(_("handed over"), null=True)
    fulfilled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    fulfilment = models.CharField(_("what was handed over"), max_length=500, blank=True)
    """A code, a number of a licence, a date: shown to the partner."""
    fulfilment_until = models.DateField(_("usable through"), null=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-confirmed_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "form_token"], name="rewards_one_exchange_a_form"),
            models.CheckConstraint(
                condition=~Q(state="fulfilled") | Q(fulfilled_at__isnull=False), name="rewards_fulfilled_when"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1, points__gte=1), name="rewards_exchange_points"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "confirmed_at"], name="rewards_exchange_queue"),
            models.Index(fields=["partner", "-confirmed_at"], name="rewards_exchange_partner"),
            models.Index(fields=["partner", "confirmed_on"], name="rewards_exchange_period"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether the team still has something to do with it."""
        return self.state in OPEN_STATES
