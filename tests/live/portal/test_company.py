"""The company's page: what is published, what waits, what was declined; a stale form loses nothing (T1.4, T1.7.4)."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.joining import changes
from honeyguide.joining.models import ProfileChange
from tests.live.conftest import NOW, World

SignIn = Callable[[User], Client]
EDIT = "/partner/company/edit/"


def text(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return unescape(response.content.decode())


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found is not None
    return found.group(1)


def fields(**values: str) -> dict[str, str]:
    empty = dict.fromkeys(("email", "phone", "website", "postal_address", "description", "services"), "")
    return empty | values


def test_a_change_waits_and_shows_before_and_after(world: World, sign_in: SignIn) -> None:
    bob = sign_in(world.bob)
    given = fields(seen=seen(text(bob, EDIT)), website="nectar.example", services="CRM, Training")
    assert bob.post(EDIT, given).status_code == 302
    page = text(bob, "/partner/company/")
    assert "Waits for approval" in page
    assert "<ins>https://nectar.example</ins>" in page
    assert "not filled in" in page  # what is published has not changed


def test_a_bad_value_is_told_at_its_field_and_what_was_typed_stays(world: World, sign_in: SignIn) -> None:
    bob = sign_in(world.bob)
    given = fields(seen=seen(text(bob, EDIT)), phone="abc", description="We build hives.")
    response = bob.post(EDIT, given)
    page = unescape(response.content.decode())
    assert response.status_code == 422
    assert "country code, like" in page
    assert 'value="abc"' in page
    assert "We build hives." in page
    assert not ProfileChange.objects.exists()


def test_a_stale_form_is_refused_with_what_differs_and_goes_through_when_sent_again(
    world: World, sign_in: SignIn
) -> None:
    alice, bob = sign_in(world.alice), sign_in(world.bob)
    old = seen(text(bob, EDIT))
    alice.post(EDIT, fields(seen=old, website="alice.example"))
    response = bob.post(EDIT, fields(seen=old, website="bob.example"))
    page = unescape(response.content.decode())
    assert response.status_code == 409
    assert "https://alice.example" in page
    assert 'value="bob.example"' in page
    assert ProfileChange.objects.get(state="waiting").requested_by == world.alice
    assert bob.post(EDIT, fields(seen=seen(page), website="bob.example")).status_code == 302
    assert ProfileChange.objects.get(state="waiting").after == {"website": "https://bob.example"}


def test_a_declined_change_says_why(world: World, sign_in: SignIn) -> None:
    bob = sign_in(world.bob)
    bob.post(EDIT, fields(seen=seen(text(bob, EDIT)), website="nectar.example"))
    manager = Actor(name="Manager Person", user=world.staff["manager"])
    changes.decline(uid=ProfileChange.objects.get().uid, reason="The site is empty.", actor=manager, now=NOW)
    assert "The reason: The site is empty." in text(bob, "/partner/company/")


@pytest.mark.clause("T1.7.4")
def test_the_history_tells_each_change_in_words(world: World, sign_in: SignIn) -> None:
    bob = sign_in(world.bob)
    bob.post(EDIT, fields(seen=seen(text(bob, EDIT)), phone="020 7946 0018"))
    manager = Actor(name="Manager Person", user=world.staff["manager"])
    changes.approve(uid=ProfileChange.objects.get().uid, actor=manager, now=NOW)
    page = text(bob, "/partner/company/history/")
    assert "Asked for: company profile (telephone)" in page
    assert "Company data changed: telephone" in page
    assert "Manager Person" in page
    assert "chg_" not in page


def test_a_change_is_taken_back_by_its_company_alone(world: World, sign_in: SignIn) -> None:
    bob = sign_in(world.bob)
    bob.post(EDIT, fields(seen=seen(text(bob, EDIT)), website="nectar.example"))
    path = f"/partner/company/changes/{ProfileChange.objects.get().uid}/withdraw/"
    assert sign_in(world.charlie).post(path).status_code == 404
    assert ProfileChange.objects.get().state == "waiting"
    assert [bob.post(path).status_code for _time in range(2)] == [302, 302]
    assert ProfileChange.objects.get().state == "withdrawn"
