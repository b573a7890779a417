"""Behind the link of an invitation (T7.2)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.joining import invitations
from honeyguide.joining.links import token_of
from honeyguide.joining.models import Invitation
from honeyguide.partners.models import Member
from tests.live.conftest import NOW, World

pytestmark = pytest.mark.clause("T7.2")
SignIn = Callable[[User], Client]


def invite(world: World, email: str = "dora@example.com", *, days_ago: int = 0, language: str = "en") -> Invitation:
    actor = Actor(name="Manager Person", user=world.staff["manager"])
    return invitations.invite_member(
        partner=world.nectar, email=email, name="Dora", role="employee", language=language, actor=actor,
        now=NOW - timedelta(days=days_ago),
    )  # fmt: skip


def path(invitation: Invitation) -> str:
    return f"/join/{token_of(invitation)}"


def test_the_invited_set_a_password_and_are_in(world: World) -> None:
    client, invitation = Client(), invite(world)
    page = client.get(path(invitation)).content.decode()
    assert "Nectar Ltd" in page
    assert "dora@example.com" in page
    response = client.post(path(invitation), {"name": "Dora D", "password": "a fine long password"})
    assert response["Location"] == "/partner/"
    assert client.get("/partner/company/").status_code == 200
    assert Member.objects.get(user__email="dora@example.com").partner == world.nectar


def test_the_page_speaks_the_language_of_the_invitation(world: World) -> None:
    assert b'lang="ru"' in Client().get(path(invite(world, language="ru"))).content


def test_a_weak_password_is_told_at_its_field(world: World) -> None:
    response = Client().post(path(invite(world)), {"name": "Dora", "password": "short"})
    assert response.status_code == 422
    assert b"field-error" in response.content
    assert not User.objects.filter(email="dora@example.com").exists()


def test_links_that_are_over_say_why(world: World) -> None:
    used, late = invite(world), invite(world, "late@example.com", days_ago=15)
    Client().post(path(used), {"name": "Dora", "password": "a fine long password"})
    for invitation, reason in ((used, b"has been used"), (late, b"are over")):
        response = Client().get(path(invitation))
        assert response.status_code == 410
        assert reason in response.content
    assert Client().get("/join/nonsense").status_code == 404


def test_who_has_a_login_signs_in_first_and_joins_by_a_button(world: World, sign_in: SignIn) -> None:
    dora = User.objects.create_user("dora@example.com", "a long password", name="Dora")
    invitation = invite(world)
    assert b"/account/login/?next=/join/" in Client().get(path(invitation)).content
    assert Client().post(path(invitation), {"name": "X", "password": "a fine long password"}).status_code == 409
    client = sign_in(dora)
    assert b"Join Nectar Ltd" in client.get(path(invitation)).content
    assert client.post(path(invitation)).status_code == 302
    assert Member.objects.get(user=dora).role == "employee"


def test_somebody_else_who_is_signed_in_cannot_take_it(world: World, sign_in: SignIn) -> None:
    invitation, charlie = invite(world), sign_in(world.charlie)
    assert b"Sign out first" in charlie.get(path(invitation)).content
    assert charlie.post(path(invitation)).status_code == 403
    invitation.refresh_from_db()
    assert invitation.state == "open"
