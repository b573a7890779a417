"""Notices: what was sent, when, to whom, and who has seen it. All but the state of mails is append-only (T1.7.1)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from honeyguide.notices.kinds import KINDS, Category
from honeyguide.partners.models import Partner

SUBJECT_CHARS = 200


class Notice(models.Model):
    """One notice to one company. It counts as received at `sent_at` (T1.7.1); its words never change."""

    uid = models.CharField(max_length=32, unique=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="notices", verbose_name=_("partner"))
    kind = models.CharField(_("kind"), max_length=48)
    category = models.CharField(_("about"), max_length=16, choices=Category)
    clause = models.CharField(_("clause"), max_length=16, blank=True)
    subject_en = models.CharField(max_length=SUBJECT_CHARS)
    subject_ru = models.CharField(max_length=SUBJECT_CHARS)
    body_en = models.TextField()
    body_ru = models.TextField()
    context = models.JSONField()
    """What the words were made of, as JSON."""
    link = models.CharField(max_length=300, blank=True)
    """Path of the page that it is about; empty where there is none."""
    deadline = models.DateField(_("deadline"), null=True)
    sent_at = models.DateTimeField(_("sent"))
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    sender_name = models.CharField(_("sent by"), max_length=200)

    class Meta:
        ordering: ClassVar = ["-sent_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["partner", "-sent_at"], name="notice_partner"),
            models.Index(fields=["-sent_at"], name="notice_sent"),
            models.Index(fields=["kind", "-sent_at"], name="notice_kind"),
        ]

    def __str__(self) -> str:
        return self.subject_en

    @property
    def subject(self) -> str:
        """The line in the reader's language."""
        return self.subject_ru if get_language() == "ru" else self.subject_en

    @property
    def body(self) -> str:
        """The text in the reader's language."""
        return self.body_ru if get_language() == "ru" else self.body_en

    @property
    def title(self) -> str:
        """What kind of notice this is, in words."""
        kind = KINDS.get(self.kind)
        return self.kind if kind is None else str(kind.title)


class NoticeRecipient(models.Model):
    """To whom a notice was sent, with the address as it was then. Without a user: the company's own address."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="recipients")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    address = models.EmailField()
    language = models.CharField(max_length=5)
    by_mail = models.BooleanField(default=True)
    """False where the person has switched mails of this kind off; the notice is in the list all the same."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["notice", "address"], name="one_mail_an_address")]

    def __str__(self) -> str:
        return self.address


class NoticeAttachment(models.Model):
    """A document that went with a notice, byte for byte."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()
    size_bytes = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["notice", "name"], name="one_attachment_a_name")]

    def __str__(self) -> str:
        return self.name


class NoticeView(models.Model):
    """When a person first opened a notice."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="views")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(_("seen"))

    class Meta:
        ordering: ClassVar = ["seen_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["notice", "user"], name="one_first_view")]

    def __str__(self) -> str:
        return f"{self.user} {self.seen_at:%Y-%m-%d}"


class DeliveryState(models.TextChoices):
    """What has become of a mail."""

    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class Delivery(models.Model):
    """The mail to one recipient: claimed by one worker at a time, tried again with growing pauses, then given up."""

    recipient = models.OneToOneField(NoticeRecipient, on_delete=models.PROTECT, related_name="delivery")
    state = models.CharField(_("mail"), max_length=8, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    """While it waits: not before; while it is being sent: from here another worker may take it over."""
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "next_try_at"], name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.state}"


class Batch(models.Model):
    """One letter or announcement to many: a form that is sent twice sends its notices once."""

    uid = models.CharField(max_length=32, unique=True)
    partners_count = models.PositiveIntegerField()
    sent_at = models.DateTimeField()
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.uid} ({self.partners_count})"


class DigestRhythm(models.TextChoices):
    """How often a person gets the list of what is due."""

    OFF = "off", _("Never")
    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every Monday")


class MailPreference(models.Model):
    """What a person wants by mail, beyond what the program must send. Without a row: a weekly digest, and news."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_preference")
    digest = models.CharField(_("what is due"), max_length=8, choices=DigestRhythm, default=DigestRhythm.WEEKLY)
    optional_mail = models.BooleanField(_("news by e-mail"), default=True)

    def __str__(self) -> str:
        return f"{self.user}: {self.digest}"


class DigestSent(models.Model):
    """A digest that went out: one a person and day, however often the job runs."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "day"], name="one_digest_a_day")]

    def __str__(self) -> str:
        return f"{self.user} {self.day}"
