"""People are invited by a link that works once, for two weeks, for the one to whom it was sent (T7.2)."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import LazySettings
from django.core import mail

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.common.errors import Forbidden, Invalid, NotFound, Refusal, Stale
from honeyguide.history.models import Event
from honeyguide.joining import invitations
from honeyguide.joining.links import token_of
from honeyguide.joining.models import Invitation
from honeyguide.joining.tasks import send_due
from honeyguide.partners.models import Member, Partner
from tests.live.conftest import NOW, World

pytestmark = pytest.mark.clause("T7.2")
Committing = Callable[..., AbstractContextManager[list[Any]]]
PASSWORD = "a fine long password"


@pytest.fixture
def operator(world: World) -> Actor:
    return Actor(name="Manager Person", user=world.staff["manager"])


@pytest.fixture
def pollen(world: World) -> Partner:
    return Partner.objects.create(key="pollen", name="Pollen Inc", country="US", added_at=NOW)


def invite(partner: Partner, operator: Actor, email: str = "Zoe@Pollen.example", role: str = "main") -> Invitation:
    return invitations.invite_member(partner=partner, email=email, role=role, name="Zoe", actor=operator, now=NOW)


def accept(token: str, name: str = "Zoe Z", password: str = PASSWORD, **more: Any) -> User:
    return invitations.accept_as_new(token=token, name=name, password=password, **{"now": NOW, **more})


def test_the_invited_get_a_mail_with_a_link_that_makes_their_login(
    pollen: Partner, operator: Actor, django_capture_on_commit_callbacks: Committing
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invite(pollen, operator)
    assert mail.outbox[0].to == ["zoe@pollen.example"]
    token = re.search(r"/join/(\S+)", str(mail.outbox[0].body)).group(1)  # type: ignore[union-attr]
    user = accept(token)
    assert (user.email, user.name, user.check_password(PASSWORD)) == ("zoe@pollen.example", "Zoe Z", True)
    assert Member.objects.get(user=user).role == "main"
    assert EmailAddress.objects.get(user=user).verified
    kinds = list(Event.objects.filter(partner="pollen").values_list("type", flat=True))
    assert kinds == ["person.invited", "person.linked"]


def test_a_link_works_once(pollen: Partner, operator: Actor) -> None:
    token = token_of(invite(pollen, operator))
    accept(token)
    with pytest.raises(Stale, match="used"):
        accept(token, name="Someone Else")
    assert User.objects.filter(email="zoe@pollen.example").count() == 1


def test_a_link_ends_after_two_weeks(pollen: Partner, operator: Actor) -> None:
    token = token_of(invite(pollen, operator))
    last = NOW + timedelta(days=14)
    assert invitations.read_token(token, now=last - timedelta(microseconds=1)).state == "open"
    with pytest.raises(Stale, match="days"):
        accept(token, now=last)


def test_sending_again_ends_the_earlier_link_and_begins_new_days(pollen: Partner, operator: Actor) -> None:
    invitation = invite(pollen, operator)
    old, later = token_of(invitation), NOW + timedelta(days=13)
    fresh = invitations.resend_invitation(partner=pollen, uid=invitation.uid, actor=operator, now=later)
    assert fresh.expires_at == later + timedelta(days=14)
    with pytest.raises(Stale, match="newer"):
        invitations.read_token(old, now=later)
    assert invitations.read_token(token_of(fresh), now=later) == invitation


def test_inviting_the_same_person_again_is_sending_again(pollen: Partner, operator: Actor) -> None:
    first = invite(pollen, operator)
    assert invite(pollen, operator, email="zoe@pollen.example ").pk == first.pk
    assert Invitation.objects.count() == 1


def test_a_revoked_link_ends_and_revoking_twice_changes_nothing(pollen: Partner, operator: Actor) -> None:
    invitation = invite(pollen, operator)
    for _time in range(2):
        invitations.revoke_invitation(partner=pollen, uid=invitation.uid, actor=operator, now=NOW)
    assert Event.objects.filter(type="invitation.revoked").count() == 1
    with pytest.raises(Stale, match="taken back"):
        accept(token_of(invitation))
    with pytest.raises(Stale):
        invitations.resend_invitation(partner=pollen, uid=invitation.uid, actor=operator, now=NOW)


def test_a_link_that_was_tampered_with_is_none(pollen: Partner, operator: Actor) -> None:
    token = token_of(invite(pollen, operator))
    for forged in ("", "x", token[:-1], token.replace("-1.", "-2."), f"{token}x"):
        with pytest.raises(NotFound):
            invitations.read_token(forged, now=NOW)


def test_another_partners_invitation_is_not_there(world: World, pollen: Partner, operator: Actor) -> None:
    invitation = invite(pollen, operator)
    for act in (invitations.resend_invitation, invitations.revoke_invitation):
        with pytest.raises(NotFound):
            act(partner=world.comb, uid=invitation.uid, actor=operator, now=NOW)


@pytest.mark.parametrize(
    ("email", "role", "field", "reason"),
    [
        ("charlie@example.com", "employee", "email", "another company"),
        ("alice@example.com", "employee", "email", "already"),
        ("finance@vendor.example", "employee", "email", "program team"),
        ("new@example.com", "main", "role", "main user already"),
        ("nonsense", "employee", "email", "Expected an e-mail"),
    ],
)
def test_who_cannot_be_linked_is_not_invited_and_why_is_said(
    world: World, operator: Actor, email: str, role: str, field: str, reason: str
) -> None:
    with pytest.raises(Invalid, match=reason) as refusal:
        invite(world.nectar, operator, email=email, role=role)
    assert field in refusal.value.fields
    assert not Invitation.objects.exists()


def test_a_weak_password_or_no_name_is_refused_and_the_link_still_works(pollen: Partner, operator: Actor) -> None:
    token = token_of(invite(pollen, operator))
    with pytest.raises(Invalid) as refusal:
        accept(token, name=" ", password="1234")
    assert set(refusal.value.fields) == {"name", "password"}
    assert accept(token).email == "zoe@pollen.example"


def test_a_login_without_a_company_accepts_signed_in_and_nobody_else_can(
    world: World, pollen: Partner, operator: Actor
) -> None:
    zoe = User.objects.create_user("zoe@pollen.example", PASSWORD, name="Zoe")
    token = token_of(invite(pollen, operator))
    with pytest.raises(Refusal, match="login already"):
        accept(token)
    with pytest.raises(Forbidden):
        invitations.accept_as(token=token, user=world.bob, now=NOW)
    invitations.accept_as(token=token, user=zoe, now=NOW)
    assert Member.objects.get(user=zoe).partner == pollen


def test_two_main_users_invited_at_once_only_the_first_gets_in(pollen: Partner, operator: Actor) -> None:
    first, second = (token_of(invite(pollen, operator, email=f"{name}@pollen.example")) for name in ("a", "b"))
    accept(first)
    with pytest.raises(Invalid, match="main user already"):
        accept(second)
    assert not User.objects.filter(email="b@pollen.example").exists()


def test_a_mail_that_fails_is_tried_again_and_goes_out_once(
    pollen: Partner, operator: Actor, settings: LazySettings, django_capture_on_commit_callbacks: Committing
) -> None:
    working, settings.MAILERS = (
        settings.MAILERS,
        {"default": {"BACKEND": "tests.live.joining.refusing_mail.EmailBackend"}},
    )
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invite(pollen, operator)
    invitation.refresh_from_db()
    assert (invitation.mailed_at, invitation.mail_attempts) == (None, 1)
    settings.MAILERS = working
    assert send_due(NOW) == 0  # the pause is not over
    later = NOW + timedelta(minutes=5)
    assert [send_due(later), send_due(later)] == [1, 0]
    assert len(mail.outbox) == 1
    invitation.refresh_from_db()
    assert invitation.mailed_at == later


def test_nothing_is_sent_for_an_invitation_that_was_taken_back(pollen: Partner, operator: Actor) -> None:
    invitation = invite(pollen, operator)
    invitations.revoke_invitation(partner=pollen, uid=invitation.uid, actor=operator, now=NOW)
    assert send_due(NOW) == 0
    assert mail.outbox == []
