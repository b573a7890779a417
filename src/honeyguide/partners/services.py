"""Writing companies and their people."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.common.errors import NotFound, Refusal
from honeyguide.history.services import note
from honeyguide.partners.models import Member, MemberRole, Partner


def link_member(*, partner: Partner, user: User, role: str, actor: Actor, now: datetime) -> Member:
    """Make a user one of the partner's (T7.2). Refuses staff, a user of another partner, and a second main user."""
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=partner.pk)
        if user.is_operator:
            raise Refusal(_("This login belongs to the program team: expected a partner's own."))
        existing = Member.objects.filter(user=user).select_related("partner").first()
        if existing is not None:
            raise Refusal(_("This login is linked to a company already."))
        if role == MemberRole.MAIN and Member.objects.filter(partner=partner, role=MemberRole.MAIN).exists():
            raise Refusal(_("The company has a main user already: change that one first."))
        member = Member.objects.create(partner=partner, user=user, role=role, linked_at=now)
        note("person.linked", actor=actor, now=now, partner=partner.key, about={"email": user.email, "role": role})
    return member


def unlink_member(*, partner: Partner, user_id: int, actor: Actor, now: datetime) -> None:
    """End a user's access to the partner, at once. Nothing happens to one who is not linked (any more)."""
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=partner.pk)
        member = Member.objects.filter(partner=partner, user_id=user_id).select_related("user").first()
        if member is None:
            return
        about = {"user": user_id, "email": member.user.email, "name": member.user.name, "role": member.role}
        member.delete()
        note("person.unlinked", actor=actor, now=now, partner=partner.key, about=about)


def make_main_user(*, partner: Partner, user_id: int, actor: Actor, now: datetime) -> Member:
    """Make one of the partner's users its main user; the one before becomes an employee. Raises NotFound."""
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=partner.pk)
        members = {member.user_id: member for member in partner.members.select_related("user")}
        chosen = members.get(user_id)
        if chosen is None:
            raise NotFound(_("This person is not linked to the company."))
        before = next((member for member in members.values() if member.role == MemberRole.MAIN), None)
        if before is chosen:
            return chosen
        if before is not None:
            before.role = MemberRole.EMPLOYEE
            before.save(update_fields=["role"])
        chosen.role = MemberRole.MAIN
        chosen.save(update_fields=["role"])
        about = {"email": chosen.user.email, "before": before.user.email if before is not None else ""}
        note("person.made_main", actor=actor, now=now, partner=partner.key, about=about)
    return chosen
