"""People who sign in: the vendor's team and the partners' users."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What an operator's staff member does in the program."""

    MANAGER = "manager", _("Partner manager")
    COMPLIANCE = "compliance", _("Compliance")
    FINANCE = "finance", _("Finance")
    SUPPORT = "support", _("Support")
    ADMIN = "admin", _("Administrator")


class Theme(models.TextChoices):
    """How pages are lit."""

    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class UserManager(BaseUserManager["User"]):
    """Makes users; the e-mail is the login."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user with a login; without a password it signs in by a link or passkey only."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An administrator who may use the raw data pages too."""
        return self.create_user(email, password, role=Role.ADMIN, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with a login. `role` is set for the operator's staff and empty for partners' users."""

    email = models.EmailField(
        _("e-mail"), unique=True, error_messages={"unique": _("Someone has this e-mail already.")}
    )
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=16, choices=Role, blank=True, default="")
    language = models.CharField(
        _("language"), max_length=5, choices=[("en", "English"), ("ru", "Русский")], default="en"
    )
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.SYSTEM)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may use the raw data pages"), default=False)
    joined_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"), name="one_user_an_email", violation_error_message=_("Someone has this e-mail already.")
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name, for Django's own pages."""
        return self.name

    def get_short_name(self) -> str:
        """The first word of the name."""
        return self.name.split(" ", 1)[0]

    @property
    def is_operator(self) -> bool:
        """Whether this is one of the vendor's program team."""
        return bool(self.role)


class ApiKey(models.Model):
    """A key by which a program uses the API, for one company or for the operator. The secret itself is not kept."""

    uid = models.CharField(max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("begins with"), max_length=16)
    secret_hash = models.CharField(max_length=64, unique=True)
    """SHA-256 of the secret, in hexadecimal; the secret has 256 random bits, so nothing slower is needed."""
    scopes = models.JSONField(_("may"), default=list)
    """Names of api_scopes.SCOPES."""
    partner = models.CharField(_("company"), max_length=64, blank=True)
    """Key of the partner whose data it reaches; empty: all, for the operator's own programs."""
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made"))
    last_used_at = models.DateTimeField(_("last used"), null=True)
    expires_at = models.DateTimeField(_("ends"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [models.Index(fields=["partner", "-created_at"], name="api_key_partner")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def is_valid(self, now: datetime) -> bool:
        """Whether it opens anything at an instant."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)
