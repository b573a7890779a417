"""Companies and their people."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField


class Kind(models.TextChoices):
    """What a partner company does (T1.1)."""

    INTEGRATOR = "integrator", _("CRM or software integrator")
    CONSULTANT = "consultant", _("Business or IT consultant")
    SALES = "sales", _("Sales specialist")
    DEVELOPER = "developer", _("Builder of custom IT solutions")


class Partner(models.Model):
    """A company in the program, or applying to it. What it has achieved is in its standing."""

    key = models.CharField(_("id"), max_length=64, unique=True, editable=False)
    """The id in the history: 1-64 of `a-z 0-9 - _ .`."""
    name = models.CharField(_("company"), max_length=200)
    country = CountryField(_("country"))
    kind = models.CharField(_("business"), max_length=40, blank=True)
    """One of Kind; an imported history may bring another word."""
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    postal_address = models.TextField(_("postal address"), max_length=500, blank=True)
    description = models.TextField(_("short description"), max_length=1000, blank=True)
    services = models.JSONField(_("services"), default=list, blank=True)
    """A list of words, as the partner writes them."""
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="managed_partners",
        limit_choices_to=~models.Q(role=""),
        verbose_name=_("partner manager"),
    )
    added_at = models.DateTimeField(_("added"), editable=False)

    class Meta:
        ordering: ClassVar = ["name", "key"]
        indexes: ClassVar = [models.Index(fields=["country"]), models.Index(fields=["name"])]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_text(self) -> str:
        """The business kind in the reader's words; an unknown word as it came."""
        return str(dict(Kind.choices).get(self.kind, self.kind))


class MemberRole(models.TextChoices):
    """What a user may do for its company (T7.2)."""

    MAIN = "main", _("Main user")
    EMPLOYEE = "employee", _("Employee")


class Member(models.Model):
    """A user of a partner. A user belongs to one partner at a time; a partner has at most one main user."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="members")
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="member")
    role = models.CharField(_("role"), max_length=10, choices=MemberRole, default=MemberRole.EMPLOYEE)
    linked_at = models.DateTimeField(_("linked"))

    class Meta:
        ordering: ClassVar = ["-role", "user__name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner"], condition=models.Q(role="main"), name="one_main_user_a_partner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.partner})"
