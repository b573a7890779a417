"""Invitations: a person gets a link by e-mail, sets a password, and is linked to the company (T7.2)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.common.errors import Forbidden, Invalid, NotFound, Refusal, Stale
from honeyguide.common.ids import new_id
from honeyguide.history.services import note
from honeyguide.joining.links import opened
from honeyguide.joining.models import Invitation, InvitationState
from honeyguide.joining.services import add_partner
from honeyguide.joining.tasks import send_invitation
from honeyguide.notices.services import send
from honeyguide.partners.models import Member, MemberRole, Partner
from honeyguide.partners.services import link_member
from honeyguide.standing.services import lock

VALID_DAYS = 14
SAME_REQUEST = timedelta(seconds=30)
NAME_CHARS = 120
OPEN_MOST = 50
"""Open invitations of one company at a time."""


def invite_member(
    *, partner: Partner, email: str, role: str, actor: Actor, now: datetime, name: str = "", language: str = "en"
) -> Invitation:
    """Ask a person by e-mail to make a login for the company. Raises Invalid where that cannot be.

    Somebody who is asked already is asked again: a new link, and the earlier one ends; within SAME_REQUEST it is the
    same request.
    """
    email = checked_email(email)
    with transaction.atomic():
        lock([partner.key])
        check_free(partner, email, role)
        open_ones = Invitation.objects.filter(partner=partner, state=InvitationState.OPEN)
        known = open_ones.filter(email=email).first()
        if known is not None and _just_sent(known, now) and (known.role, known.language) == (role, language):
            return known
        if known is not None:
            return _send_again(known, role=role, name=name, language=language, actor=actor, now=now)
        if open_ones.count() >= OPEN_MOST:
            raise Invalid(_("Too many invitations wait already: revoke those that are not needed."))
        invitation = Invitation.objects.create(
            uid=new_id("inv", now), partner=partner, email=email, name=name.strip()[:NAME_CHARS], role=role,
            language=language, invited_by=actor.user, invited_by_name=actor.name, invited_at=now, sent_at=now,
            expires_at=now + timedelta(days=VALID_DAYS), mail_due_at=now,
        )  # fmt: skip
        about = {"email": email, "role": role, "invitation": invitation.uid}
        note("person.invited", actor=actor, now=now, partner=partner.key, about=about)
        _mail(invitation)
    return invitation


def add_with_main_user(
    *, company: Mapping[str, str], contact: str, language: str, actor: Actor, now: datetime
) -> Partner:
    """Add a company and invite its contact as the main user, both or neither. Raises Invalid with the bad fields.

    `company`: what services.add_partner takes; the invitation goes to its `email`.
    """
    with transaction.atomic():
        partner = add_partner(**company, actor=actor, now=now)
        invite_member(
            partner=partner, email=partner.email, role=MemberRole.MAIN, name=contact, language=language,
            actor=actor, now=now,
        )  # fmt: skip
    return partner


def resend_invitation(*, partner: Partner, uid: str, actor: Actor, now: datetime) -> Invitation:
    """Send an open invitation once more, valid anew; links sent before end. Raises NotFound and Stale."""
    with transaction.atomic():
        lock([partner.key])
        invitation = _open_invitation(partner, uid)
        check_free(partner, invitation.email, invitation.role)
        if _just_sent(invitation, now):
            return invitation
        return _send_again(
            invitation, role=invitation.role, name=invitation.name, language=invitation.language, actor=actor, now=now
        )


def revoke_invitation(*, partner: Partner, uid: str, actor: Actor, now: datetime) -> Invitation:
    """Take an open invitation back: its link ends. Doing so twice changes nothing. Raises NotFound and Stale."""
    with transaction.atomic():
        lock([partner.key])
        invitation = Invitation.objects.select_for_update().filter(partner=partner, uid=uid).first()
        if invitation is not None and invitation.state == InvitationState.REVOKED:
            return invitation
        invitation = _open_invitation(partner, uid)
        invitation.state, invitation.closed_at = InvitationState.REVOKED, now
        invitation.save(update_fields=["state", "closed_at"])
        about = {"email": invitation.email, "invitation": uid}
        note("invitation.revoked", actor=actor, now=now, partner=partner.key, about=about)
    return invitation


def read_token(token: str, *, now: datetime) -> Invitation:
    """The invitation of a link. Raises NotFound for a link that nobody signed, Stale for one that is over, with why."""
    uid, sent_round = opened(token)
    invitation = Invitation.objects.select_related("partner").filter(uid=uid).first()
    if invitation is None:
        raise NotFound(_("There is no such invitation."))
    if invitation.state == InvitationState.ACCEPTED:
        raise Stale(_("This invitation has been used. Sign in with your e-mail and password."), reason="used")
    if invitation.state == InvitationState.REVOKED:
        raise Stale(_("This invitation was taken back. Ask the person who invited you."), reason="revoked")
    if invitation.round != sent_round:
        raise Stale(_("A newer invitation was sent to you: use the link in the latest mail."), reason="superseded")
    if invitation.has_expired(now):
        raise Stale(_("The days of this invitation are over. Ask for a new one."), reason="expired")
    return invitation


def accept_as_new(*, token: str, name: str, password: str, now: datetime, request_id: str = "") -> User:
    """Make a login of an invitation and link it. Raises Invalid (name, password), Stale and NotFound (the link)."""
    with transaction.atomic():
        invitation = _locked(token, now)
        if User.objects.filter(email=invitation.email).exists():
            raise Refusal(_("You have a login already: sign in, then open the link again."))
        user = User(email=invitation.email, name=" ".join(name.split()), language=invitation.language)
        _check_login(user, password)
        user.set_password(password)
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        _finish(invitation, user, now=now, request_id=request_id)
    return user


def accept_as(*, token: str, user: User, now: datetime, request_id: str = "") -> None:
    """Link the login of somebody who is signed in. Raises Forbidden when the invitation is another person's."""
    with transaction.atomic():
        invitation = _locked(token, now)
        if user.email != invitation.email:
            raise Forbidden(
                _("This invitation is for %(email)s: sign in as that person.") % {"email": invitation.email}
            )
        _finish(invitation, user, now=now, request_id=request_id)


def checked_email(email: str) -> str:
    """An e-mail as a login is known by it. Raises Invalid."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        message = _("Expected an e-mail address like office@company.example.")
        raise Invalid(message, fields={"email": message}) from None
    return email


def check_free(partner: Partner, email: str, role: str) -> None:
    """Check that a person can be linked. Raises Invalid that says why not."""
    user = User.objects.filter(email=email).first()
    member = Member.objects.filter(user=user).first() if user is not None else None
    problem = ""
    if user is not None and user.is_operator:
        problem = _("This e-mail belongs to the program team: expected one of the company's own.")
    elif user is not None and not user.is_active:
        problem = _("The login with this e-mail is closed: expected another e-mail.")
    elif member is not None and member.partner_id == partner.pk:
        problem = _("This person is linked to the company already.")
    elif member is not None:
        problem = _("This e-mail is the login of a user of another company. A login belongs to one company at a time.")
    if problem:
        raise Invalid(problem, fields={"email": problem})
    if role == MemberRole.MAIN and Member.objects.filter(partner=partner, role=MemberRole.MAIN).exists():
        problem = _("The company has a main user already: change that one first.")
        raise Invalid(problem, fields={"role": problem})


def _just_sent(invitation: Invitation, now: datetime) -> bool:
    """Whether its link went out so lately that asking again is the same button, pressed twice."""
    return now - invitation.sent_at < SAME_REQUEST


def _send_again(
    invitation: Invitation, *, role: str, name: str, language: str, actor: Actor, now: datetime
) -> Invitation:
    invitation.round += 1
    invitation.role, invitation.language = role, language
    invitation.name = name.strip()[:NAME_CHARS] or invitation.name
    invitation.sent_at, invitation.expires_at = now, now + timedelta(days=VALID_DAYS)
    invitation.mailed_at, invitation.mail_attempts, invitation.mail_due_at = None, 0, now
    invitation.save(
        update_fields=[
            "round", "role", "language", "name", "sent_at", "expires_at", "mailed_at", "mail_attempts", "mail_due_at",
        ]
    )  # fmt: skip
    about = {"email": invitation.email, "role": role, "invitation": invitation.uid}
    note("invitation.sent_again", actor=actor, now=now, partner=invitation.partner.key, about=about)
    _mail(invitation)
    return invitation


def _mail(invitation: Invitation) -> None:
    """Have the link sent when the transaction is through."""
    transaction.on_commit(partial(send_invitation.enqueue, invitation.uid))


def _locked(token: str, now: datetime) -> Invitation:
    """The invitation of a link, nobody else using it meanwhile."""
    invitation = read_token(token, now=now)
    lock([invitation.partner.key])
    return read_token(token, now=now)


def _open_invitation(partner: Partner, uid: str) -> Invitation:
    invitation = Invitation.objects.select_for_update().filter(partner=partner, uid=uid).first()
    if invitation is None:
        raise NotFound(_("There is no such invitation."))
    invitation.partner = partner
    if invitation.state == InvitationState.ACCEPTED:
        raise Stale(_("This invitation has been accepted meanwhile."))
    if invitation.state == InvitationState.REVOKED:
        raise Stale(_("This invitation was revoked meanwhile."))
    return invitation


def _check_login(user: User, password: str) -> None:
    problems = {}
    if not user.name:
        problems["name"] = _("Expected your name.")
    elif len(user.name) > NAME_CHARS:
        problems["name"] = _("Too long: expected at most %(most)d characters.") % {"most": NAME_CHARS}
    try:
        validate_password(password, user)
    except ValidationError as weak:
        problems["password"] = " ".join(weak.messages)
    if problems:
        raise Invalid(_("Please look at the marked fields."), fields=problems)


def _finish(invitation: Invitation, user: User, *, now: datetime, request_id: str) -> None:
    partner = invitation.partner
    check_free(partner, invitation.email, invitation.role)
    actor = Actor(name=user.name, user=user, partner=partner.key, request_id=request_id)
    link_member(partner=partner, user=user, role=invitation.role, actor=actor, now=now)
    invitation.state, invitation.closed_at = InvitationState.ACCEPTED, now
    invitation.save(update_fields=["state", "closed_at"])
    if invitation.role == MemberRole.EMPLOYEE:
        send(partner=partner, kind="member_linked", context={"name": user.name}, actor=actor, now=now)
