"""What waits on the way in: invitations to a login, and changes that a partner asks for."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from honeyguide.common.queues import Held
from honeyguide.partners.models import MemberRole, Partner


class InvitationState(models.TextChoices):
    """States of an invitation; that its days are over is told by the clock, not by a state."""

    OPEN = "open", _("Waiting")
    ACCEPTED = "accepted", _("Accepted")
    REVOKED = "revoked", _("Revoked")


class Invitation(models.Model):
    """A person asked by e-mail to make a login for a company (T7.2).

    The link in the mail is signed and names the invitation and its `round`; nothing of it is stored. Sending it again
    begins a new round, and the links of earlier ones end.
    """

    uid = models.CharField(max_length=32, unique=True, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=MemberRole, default=MemberRole.EMPLOYEE)
    language = models.CharField(_("language"), max_length=5, choices=[("en", "English"), ("ru", "Русский")])
    state = models.CharField(_("state"), max_length=10, choices=InvitationState, default=InvitationState.OPEN)
    round = models.PositiveSmallIntegerField(default=1)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    invited_by_name = models.CharField(_("invited by"), max_length=200)
    invited_at = models.DateTimeField(_("invited"))
    sent_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("valid until"))
    mailed_at = models.DateTimeField(_("mail sent"), null=True)
    """When the mail of this round went out."""
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_due_at = models.DateTimeField()
    """Until the mail has gone out: not before; a worker that tries puts it off, so that no other tries meanwhile."""
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        ordering: ClassVar = ["-sent_at", "-pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["mail_due_at"],
                name="invitation_mail_due",
                condition=models.Q(state="open", mailed_at__isnull=True),
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "email"], condition=models.Q(state="open"), name="one_open_invitation_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.partner})"

    def has_expired(self, now: datetime) -> bool:
        """Whether the link's days are over."""
        return self.state == InvitationState.OPEN and now >= self.expires_at


class ChangeKind(models.TextChoices):
    """What a partner may ask to have changed."""

    PROFILE = "profile", _("Company profile")
    MEMBER_ADD = "member_add", _("New employee")
    MAIN_USER = "main_user", _("Change of main user")


class ChangeState(models.TextChoices):
    """States of a change that was asked for."""

    WAITING = "waiting", _("Waiting")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ProfileChange(Held):
    """A change of a company's profile or team that the operator approves before it holds (T1.4, T7.2).

    `before` and `after` by field. Profile: the fields of profile.FIELDS that change. A new employee: `email` and `name`
    in `after`. Main user: `email` and `name` of the one before and the one to be.
    """

    uid = models.CharField(max_length=32, unique=True, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(_("what"), max_length=12, choices=ChangeKind)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=ChangeState, default=ChangeState.WAITING)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    requested_by_name = models.CharField(_("asked for by"), max_length=200)
    requested_at = models.DateTimeField(_("asked for"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_by_name = models.CharField(_("decided by"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    reason = models.TextField(_("reason"), max_length=1000, blank=True)

    class Meta:
        ordering: ClassVar = ["-requested_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["state", "requested_at"], name="change_queue")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "kind"],
                condition=models.Q(state="waiting") & ~models.Q(kind="member_add"),
                name="one_waiting_change_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.partner})"
