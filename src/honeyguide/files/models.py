"""Files that partners hand in, with whatever they belong to."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from honeyguide.files import limits
from honeyguide.partners.models import Partner


class StoredFile(models.Model):
    """A file that was handed in. Its content lies in private storage under its uid, never under a name from outside."""

    uid = models.CharField(max_length=32, unique=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(_("name"), max_length=limits.FILE_NAME_MAX_CHARS)
    content_type = models.CharField(_("type"), max_length=100)
    """By its content, one of checking.TYPES."""
    size_bytes = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))

    class Meta:
        db_table = "requirements_storedfile"
        """Where it was made first; other kinds of things that have files came later."""
        indexes: ClassVar = [models.Index(fields=["partner", "-uploaded_at"], name="file_partner")]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Where the content lies in the storage: one folder for all."""
        return f"evidence/{self.uid}"

    @property
    def is_picture(self) -> bool:
        """Whether a browser may show it as a picture."""
        return self.content_type in {"image/png", "image/jpeg"}
