"""The team's page: the main user manages it, employees look, outsiders find nothing (T7.2)."""

from collections.abc import Callable

import pytest
from django.test import Client

from honeyguide.accounts.models import User
from honeyguide.joining.models import ProfileChange
from honeyguide.partners.models import Member
from tests.live.conftest import World

pytestmark = pytest.mark.clause("T7.2")
SignIn = Callable[[User], Client]


def test_the_main_user_asks_for_an_employee_and_sees_it_wait(world: World, sign_in: SignIn) -> None:
    alice = sign_in(world.alice)
    assert alice.post("/partner/team/add/", {"email": "dora@example.com", "name": "Dora"}).status_code == 302
    page = alice.get("/partner/team/").content.decode()
    assert "dora@example.com" in page
    assert "Waits for approval" in page


def test_a_wrong_address_is_told_at_its_field(world: World, sign_in: SignIn) -> None:
    response = sign_in(world.alice).post("/partner/team/add/", {"email": "dora", "name": "Dora"})
    assert response.status_code == 422
    assert b"Expected an e-mail address" in response.content
    assert b'value="Dora"' in response.content


def test_an_employee_sees_the_team_and_cannot_manage_it(world: World, sign_in: SignIn) -> None:
    bob = sign_in(world.bob)
    page = bob.get("/partner/team/").content.decode()
    assert "Alice" in page
    assert "End access" not in page
    for path in ("add/", f"{world.alice.pk}/remove/", f"{world.bob.pk}/main/"):
        response = bob.post(f"/partner/team/{path}", {"email": "dora@example.com"})
        assert response.status_code == 403
        assert b"the main user" in response.content
    assert not ProfileChange.objects.exists()
    assert Member.objects.count() == 3


def test_an_outsiders_person_is_not_there(world: World, sign_in: SignIn) -> None:
    charlie = sign_in(world.charlie)
    for path in (f"{world.bob.pk}/remove/", f"{world.bob.pk}/main/"):
        assert charlie.post(f"/partner/team/{path}").status_code == 404
    assert Member.objects.filter(user=world.bob).exists()


def test_whose_access_ended_sees_nothing_more_at_once(world: World, sign_in: SignIn) -> None:
    alice, bob = sign_in(world.alice), sign_in(world.bob)
    assert bob.get("/partner/company/").status_code == 200
    assert [alice.post(f"/partner/team/{world.bob.pk}/remove/").status_code for _time in range(2)] == [302, 302]
    assert bob.get("/partner/company/").status_code in {403, 404}


def test_another_main_user_is_asked_for_once(world: World, sign_in: SignIn) -> None:
    alice = sign_in(world.alice)
    assert alice.post(f"/partner/team/{world.bob.pk}/main/").status_code == 302
    assert alice.post(f"/partner/team/{world.bob.pk}/main/").status_code == 409
    assert ProfileChange.objects.get().after["email"] == "bob@example.com"
