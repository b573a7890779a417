"""What partners hand in and claim: evidence, its files, and licences not for resale."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from honeyguide.common.words import requirement_words
from honeyguide.files.models import StoredFile
from honeyguide.partners import deciding
from honeyguide.partners.models import Partner
from honeyguide.requirements import limits


class EvidenceKind(models.TextChoices):
    """In what form evidence is handed in."""

    LINK = "link", _("Link")
    FILE = "file", _("File")
    TEXT = "text", _("Text")


class EvidenceState(models.TextChoices):
    """States of a case. From waiting to one of the next three; from approved to revoked."""

    WAITING = "waiting", pgettext_lazy("evidence", "Waiting for a decision")
    APPROVED = "approved", pgettext_lazy("evidence", "Approved")
    DECLINED = "declined", pgettext_lazy("evidence", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("evidence", "Taken back by the partner")
    REVOKED = "revoked", pgettext_lazy("evidence", "Approval withdrawn")


class EvidenceCase(deciding.Case):
    """One piece of evidence for one requirement, from handing in to its decision."""

    uid = models.CharField(max_length=32, unique=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="evidence", verbose_name=_("partner"))
    requirement = models.CharField(_("requirement"), max_length=64)
    """A kind of evidence, as in the event `evidence.approved` (docs/history.md)."""
    kind = models.CharField(_("form"), max_length=8, choices=EvidenceKind)
    link = models.URLField(_("link"), max_length=limits.LINK_MAX_CHARS, blank=True)
    text = models.TextField(_("text"), max_length=limits.TEXT_MAX_CHARS, blank=True)
    """The evidence itself for kind text, else what the partner says about it."""
    file = models.OneToOneField(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="case", verbose_name=_("file")
    )
    form_token = models.CharField(max_length=deciding.TOKEN_MAX_CHARS)
    """Of the form that was sent: the same form again is the same case."""
    state = models.CharField(_("state"), max_length=12, choices=EvidenceState, default=EvidenceState.WAITING)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("handed in"))
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(_("approval withdrawn"), null=True)

    class Meta:
        ordering: ClassVar = ["-submitted_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "form_token"], name="one_case_a_form"),
            models.UniqueConstraint(
                fields=["partner", "requirement"], condition=Q(state="waiting"), name="one_waiting_case_a_requirement"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "submitted_at"], name="evidence_queue"),
            models.Index(fields=["partner", "-submitted_at"], name="evidence_partner"),
        ]

    def __str__(self) -> str:
        return requirement_words(self.requirement)


class NfrProduct(models.TextChoices):
    """Products that are licensed not for resale (T8)."""

    CLOUD = "cloud", _("Cloud subscription")
    ON_PREMISE = "on_premise", _("On-premise key")


class NfrUse(models.TextChoices):
    """What a licence not for resale may be used for, and nothing else (T8)."""

    INTERNAL = "internal", _("Inside our own company")
    DEMONSTRATION = "demonstration", _("To show the product to clients")
    BOTH = "both", _("Both")


class NfrState(models.TextChoices):
    """States of a claim. From waiting to granted, declined, withdrawn; from granted to ended, returned."""

    WAITING = "waiting", pgettext_lazy("licence", "Waiting for a decision")
    GRANTED = "granted", pgettext_lazy("licence", "Granted")
    DECLINED = "declined", pgettext_lazy("licence", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("licence", "Taken back by the partner")
    ENDED = "ended", pgettext_lazy("licence", "Over")
    RETURNED = "returned", pgettext_lazy("licence", "Given back")


CLOSED_WORDS: dict[str, str | Promise] = {
    "time": _("its time was over"),
    "status": _("the status ended"),
    "returned": _("it was given back"),
}
"""Why a licence is over."""


class NfrClaim(deciding.Case):
    """A claim of a licence not for resale, and the licence that came of it (T8).

    How long it runs follows from `granted_on`, the rulebook and the partner's statuses (rules.terms_on); `ends_on`,
    `extensions` and the states ended and returned are what has been settled so far.
    """

    uid = models.CharField(max_length=32, unique=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="nfr_claims", verbose_name=_("partner"))
    product = models.CharField(_("product"), max_length=12, choices=NfrProduct)
    account = models.CharField(_("account"), max_length=limits.ACCOUNT_MAX_CHARS)
    """Host name of the cloud account, or the e-mail to which a key goes."""
    use = models.CharField(_("use"), max_length=16, choices=NfrUse)
    agreed_at = models.DateTimeField(_("agreed"))
    """When the partner agreed that nothing else is done with it (T8)."""
    form_token = models.CharField(max_length=deciding.TOKEN_MAX_CHARS)
    state = models.CharField(_("state"), max_length=12, choices=NfrState, default=NfrState.WAITING)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("claimed"))
    key = models.CharField(_("key"), max_length=limits.KEY_MAX_CHARS, blank=True)
    """The activation key, once granted."""
    granted_on = models.DateField(_("from"), null=True)
    ends_on = models.DateField(_("until"), null=True)
    """The first day without it, as settled so far."""
    extensions = models.PositiveSmallIntegerField(_("extensions"), default=0)
    warned_for = models.DateField(null=True)
    """The end of which the partner was told beforehand."""
    closed_on = models.DateField(_("over since"), null=True)
    closed_because = models.CharField(max_length=12, blank=True)
    """time, status or returned."""

    class Meta:
        ordering: ClassVar = ["-submitted_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "form_token"], name="one_claim_a_form"),
            models.UniqueConstraint(
                fields=["product", "account"],
                condition=Q(product="cloud", state__in=["waiting", "granted"]),
                name="one_claim_an_account",
            ),
            models.CheckConstraint(
                condition=~Q(state="granted") | Q(granted_on__isnull=False, ends_on__isnull=False),
                name="a_granted_claim_has_days",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "submitted_at"], name="nfr_queue"),
            models.Index(fields=["state", "ends_on"], name="nfr_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.get_product_display()}: {self.account}"

    @property
    def closed_text(self) -> str | Promise:
        """Why it is over, in words; "" while it is not."""
        return CLOSED_WORDS.get(self.closed_because, "")
