"""Changes that a partner asks for and the operator approves: profile (T1.4), employees, another main user (T7.2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.common.errors import Forbidden, Invalid, NotFound, Stale
from honeyguide.common.ids import new_id
from honeyguide.common.queues import check_hold
from honeyguide.history.services import note
from honeyguide.joining.invitations import NAME_CHARS, check_free, checked_email, invite_member
from honeyguide.joining.models import ChangeKind, ChangeState, Invitation, InvitationState, ProfileChange
from honeyguide.joining.profile import clean, values_of, version_of
from honeyguide.joining.services import apply_values
from honeyguide.notices.services import send
from honeyguide.partners.deciding import Desk
from honeyguide.partners.models import Member, MemberRole, Partner
from honeyguide.partners.services import link_member, make_main_user, unlink_member
from honeyguide.standing.services import lock

REASON_CHARS = 1000
DESK = Desk(ProfileChange.objects.all, Q(state=ChangeState.WAITING))
WAITING_MEMBERS_MOST = 20
"""New employees of one company that wait for approval at a time."""


def request_profile(
    *, partner: Partner, values: Mapping[str, Any], seen: str, actor: Actor, now: datetime
) -> ProfileChange | None:
    """Ask for a new profile; it takes the place of one that waits. None where nothing differs from what is published.

    `values`: fields of profile.FIELDS. `seen`: the version (profile.version_of) that the form was filled from. Raises
    Invalid with the bad fields, and Stale when the profile is another by now: nothing is kept then.
    """
    with transaction.atomic():
        partner = lock([partner.key])[partner.key]
        waiting = _waiting(partner, ChangeKind.PROFILE)
        cleaned = clean(values, country=str(partner.country))
        published = values_of(partner)
        after = {name: value for name, value in cleaned.items() if published[name] != value}
        before = {name: published[name] for name in after}
        if waiting is not None and (waiting.before, waiting.after) == (before, after):
            return waiting  # the same form, sent twice
        if seen != version_of(partner, waiting.uid if waiting else ""):
            raise Stale(_("The profile was changed meanwhile. What you typed is still here: compare and send again."))
        if waiting is not None:
            _close(waiting, ChangeState.WITHDRAWN, actor=actor, now=now)
        if not after:
            return None
        return _ask(partner, ChangeKind.PROFILE, before=before, after=after, actor=actor, now=now)


def request_member(*, partner: Partner, email: str, name: str, actor: Actor, now: datetime) -> ProfileChange:
    """Ask for a new employee, by e-mail (T7.2). Raises Forbidden for employees, Invalid, and Stale if asked already.

    Whether the e-mail is a login of some other company is not told here; the operator sees it.
    """
    email, name = checked_email(email), " ".join(name.split())
    if len(name) > NAME_CHARS:
        message = _("Too long: expected at most %(most)d characters.") % {"most": NAME_CHARS}
        raise Invalid(message, fields={"name": message})
    with transaction.atomic():
        partner = lock([partner.key])[partner.key]
        check_manages(partner, actor)
        if Member.objects.filter(partner=partner, user__email=email).exists():
            message = _("This person is linked to the company already.")
            raise Invalid(message, fields={"email": message})
        waiting = partner.changes.filter(kind=ChangeKind.MEMBER_ADD, state=ChangeState.WAITING)
        invited = Invitation.objects.filter(partner=partner, email=email, state=InvitationState.OPEN).exists()
        if invited or waiting.filter(after__email=email).exists():
            message = _("This person was asked for already.")
            raise Invalid(message, fields={"email": message})
        if waiting.count() >= WAITING_MEMBERS_MOST:
            raise Invalid(_("Too many new employees wait for approval already: please wait for the answers."))
        after = {"email": email, "name": name}
        return _ask(partner, ChangeKind.MEMBER_ADD, before={}, after=after, actor=actor, now=now)


def request_main_user(*, partner: Partner, email: str, actor: Actor, now: datetime) -> ProfileChange:
    """Ask that another of the company's people becomes its main user. Raises Forbidden, Invalid and Stale."""
    with transaction.atomic():
        partner = lock([partner.key])[partner.key]
        check_manages(partner, actor)
        chosen = partner.members.select_related("user").filter(user__email=email).first()
        if chosen is None or chosen.role == MemberRole.MAIN:
            message = _("Expected one of the company's employees.")
            raise Invalid(message, fields={"email": message})
        if _waiting(partner, ChangeKind.MAIN_USER) is not None:
            raise Stale(_("A change of main user waits for approval already."))
        main = partner.members.select_related("user").filter(role=MemberRole.MAIN).first()
        before = {"email": main.user.email, "name": main.user.name} if main is not None else {}
        after = {"email": chosen.user.email, "name": chosen.user.name}
        return _ask(partner, ChangeKind.MAIN_USER, before=before, after=after, actor=actor, now=now)


def remove_employee(*, partner: Partner, user_id: int, actor: Actor, now: datetime) -> None:
    """End an employee's access at once, by the main user (T7.2). Raises Forbidden, and Invalid for the main user."""
    with transaction.atomic():
        partner = lock([partner.key])[partner.key]
        check_manages(partner, actor)
        member = partner.members.filter(user_id=user_id).first()
        if member is not None and member.role == MemberRole.MAIN:
            raise Invalid(_("The main user cannot be removed: ask for another main user first."))
        unlink_member(partner=partner, user_id=user_id, actor=actor, now=now)


def withdraw(*, partner: Partner, uid: str, actor: Actor, now: datetime) -> ProfileChange:
    """Take back what was asked for. Twice changes nothing. Raises NotFound, Forbidden and Stale (decided meanwhile)."""
    with transaction.atomic():
        partner = lock([partner.key])[partner.key]
        change = _locked_change(uid)
        if change.partner_id != partner.pk:
            raise NotFound(_("There is no such change."))
        if change.kind != ChangeKind.PROFILE:
            check_manages(partner, actor)
        if change.state == ChangeState.WITHDRAWN:
            return change
        _check_waits(change)
        return _close(change, ChangeState.WITHDRAWN, actor=actor, now=now)


def approve(*, uid: str, actor: Actor, now: datetime) -> ProfileChange:
    """Let a change hold, as the operator: the fields are published, the employee linked or invited, the main user set.

    Raises NotFound, Stale (decided or withdrawn meanwhile, or another one of the team is on it) and Invalid (the person
    cannot be linked).
    """
    with transaction.atomic():
        change = _decidable(uid, actor)
        partner = change.partner
        match change.kind:
            case ChangeKind.PROFILE:
                apply_values(partner, change.after, about={"change": uid}, actor=actor, now=now)
            case ChangeKind.MEMBER_ADD:
                _add_employee(change, actor=actor, now=now)
            case _:
                _change_main_user(change, actor=actor, now=now)
        _close(change, ChangeState.APPROVED, actor=actor, now=now)
        _tell(change, "profile_change_approved", actor=actor, now=now)
    return change


def decline(*, uid: str, reason: str, actor: Actor, now: datetime) -> ProfileChange:
    """Refuse a change, as the operator, with a reason for the partner. Raises NotFound, Stale and Invalid."""
    reason = reason.strip()
    if not reason or len(reason) > REASON_CHARS:
        message = _("Expected a reason of at most %(most)d characters: the partner reads it.") % {"most": REASON_CHARS}
        raise Invalid(message, fields={"reason": message})
    with transaction.atomic():
        change = _decidable(uid, actor)
        _close(change, ChangeState.DECLINED, actor=actor, now=now, reason=reason)
        _tell(change, "profile_change_declined", actor=actor, now=now)
    return change


def check_manages(partner: Partner, actor: Actor) -> None:
    """Check that the actor manages the partner's team. Raises Forbidden that says who does (T7.2)."""
    if actor.user is None or not partner.members.filter(user=actor.user, role=MemberRole.MAIN).exists():
        raise Forbidden(_("The team is managed by the company's main user."))


def obstacle_to(change: ProfileChange) -> str:
    """Why a change could not be approved as things are; "" where it could."""
    if change.kind == ChangeKind.MEMBER_ADD:
        try:
            check_free(change.partner, change.after["email"], MemberRole.EMPLOYEE)
        except Invalid as refusal:
            return refusal.message
    if change.kind == ChangeKind.MAIN_USER and _main_to_be(change) is None:
        return _("The person is not linked to the company any more.")
    return ""


def _ask(
    partner: Partner, kind: str, *, before: dict[str, Any], after: dict[str, Any], actor: Actor, now: datetime
) -> ProfileChange:
    change = ProfileChange.objects.create(
        uid=new_id("chg", now), partner=partner, kind=kind, before=before, after=after,
        requested_by=actor.user, requested_by_name=actor.name, requested_at=now,
    )  # fmt: skip
    note("change.requested", actor=actor, now=now, partner=partner.key, about=_about(change))
    return change


def _about(change: ProfileChange) -> dict[str, Any]:
    about = {"change": change.uid, "kind": change.kind, "before": change.before, "after": change.after}
    return about | ({"reason": change.reason} if change.reason else {})


def _close(
    change: ProfileChange, state: ChangeState, *, actor: Actor, now: datetime, reason: str = ""
) -> ProfileChange:
    change.state, change.reason = state, reason
    change.decided_by, change.decided_by_name, change.decided_at = actor.user, actor.name, now
    change.save(update_fields=["state", "reason", "decided_by", "decided_by_name", "decided_at"])
    note(f"change.{state.value}", actor=actor, now=now, partner=change.partner.key, about=_about(change))
    return change


def _waiting(partner: Partner, kind: str) -> ProfileChange | None:
    return partner.changes.select_for_update().filter(kind=kind, state=ChangeState.WAITING).first()


def _locked_change(uid: str) -> ProfileChange:
    change = ProfileChange.objects.select_for_update(of=("self",)).select_related("partner").filter(uid=uid).first()
    if change is None:
        raise NotFound(_("There is no such change."))
    return change


def _decidable(uid: str, actor: Actor) -> ProfileChange:
    """A change that waits, locked with its partner. The partner is locked first, as everywhere."""
    key = ProfileChange.objects.filter(uid=uid).values_list("partner__key", flat=True).first()
    if key is None:
        raise NotFound(_("There is no such change."))
    partner = lock([key])[key]
    change = _locked_change(uid)
    change.partner = partner
    _check_waits(change)
    check_hold(change, actor.user)
    return change


def _check_waits(change: ProfileChange) -> None:
    said = {
        ChangeState.APPROVED: _("%(who)s approved this already."),
        ChangeState.DECLINED: _("%(who)s declined this already."),
        ChangeState.WITHDRAWN: _("%(who)s took this back, or replaced it by a newer one."),
    }
    if change.state in said:
        raise Stale(said[ChangeState(change.state)] % {"who": change.decided_by_name}, decided_at=change.decided_at)


def _add_employee(change: ProfileChange, *, actor: Actor, now: datetime) -> None:
    """Link the login where there is one, else invite the person."""
    partner, email = change.partner, change.after["email"]
    check_free(partner, email, MemberRole.EMPLOYEE)
    user = User.objects.filter(email=email).first()
    if user is not None:
        link_member(partner=partner, user=user, role=MemberRole.EMPLOYEE, actor=actor, now=now)
        send(partner=partner, kind="member_linked", context={"name": user.name or email}, actor=actor, now=now)
        return
    language = change.requested_by.language if change.requested_by is not None else "en"
    invite_member(
        partner=partner, email=email, name=change.after.get("name", ""), role=MemberRole.EMPLOYEE,
        language=language, actor=actor, now=now,
    )  # fmt: skip


def _change_main_user(change: ProfileChange, *, actor: Actor, now: datetime) -> None:
    member = _main_to_be(change)
    if member is None:
        raise Invalid(_("The person is not linked to the company any more."))
    make_main_user(partner=change.partner, user_id=member.user_id, actor=actor, now=now)


def _main_to_be(change: ProfileChange) -> Member | None:
    return change.partner.members.filter(user__email=change.after["email"]).first()


def _tell(change: ProfileChange, kind: str, *, actor: Actor, now: datetime) -> None:
    context = {"change_kind": change.kind, "reason": change.reason, "name": change.after.get("name", "")}
    link = reverse("portal:company" if change.kind == ChangeKind.PROFILE else "portal:team")
    send(partner=change.partner, kind=kind, context=context, actor=actor, now=now, link=link)
