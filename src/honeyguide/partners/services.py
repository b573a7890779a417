"""Writing companies and their people."""

from datetime import datetime

from django.db import transaction

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.common.errors import Refusal
from honeyguide.history.services import note
from honeyguide.partners.models import Member, MemberRole, Partner


def link_member(*, partner: Partner, user: User, role: str, actor: Actor, now: datetime) -> Member:
    """Make a user one of the partner's (T7.2). Refuses staff, a user of another partner, and a second main user."""
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=partner.pk)
        if user.is_operator:
            raise Refusal("This login belongs to the program team: expected a partner's own.")
        existing = Member.objects.filter(user=user).select_related("partner").first()
        if existing is not None:
            raise Refusal("This login is linked to a company already.")
        if role == MemberRole.MAIN and Member.objects.filter(partner=partner, role=MemberRole.MAIN).exists():
            raise Refusal("The company has a main user already: change that one first.")
        member = Member.objects.create(partner=partner, user=user, role=role, linked_at=now)
        note("person.linked", actor=actor, now=now, partner=partner.key, about={"email": user.email, "role": role})
    return member
