"""The queue of changes: shown with before and after, decided once, and on to the next (T1.4, T7.2)."""

from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.joining import changes
from honeyguide.joining.models import ProfileChange
from honeyguide.joining.profile import version_of
from tests.live.conftest import NOW, World

SignIn = Callable[[User], Client]
QUEUE = "/console/changes/"


@pytest.fixture
def profile(world: World) -> ProfileChange:
    change = changes.request_profile(
        partner=world.nectar, values={"website": "nectar.example"}, seen=version_of(world.nectar),
        actor=Actor(name="Bob", user=world.bob, partner="nectar"), now=NOW,
    )  # fmt: skip
    assert change is not None
    return change


@pytest.fixture
def employee(world: World, profile: ProfileChange) -> ProfileChange:
    actor = Actor(name="Alice", user=world.alice, partner="nectar")
    return changes.request_member(
        partner=world.nectar, email="charlie@example.com", name="Charlie", actor=actor, now=NOW
    )


def test_what_waits_is_shown_with_before_and_after(world: World, profile: ProfileChange, sign_in: SignIn) -> None:
    page = unescape(sign_in(world.staff["manager"]).get(QUEUE).content.decode())
    assert "<ins>https://nectar.example</ins>" in page
    assert "Approve and publish" in page
    assert b"Changes of profile and team" in sign_in(world.staff["support"]).get("/console/").content


def test_approving_goes_on_to_the_next(
    world: World, profile: ProfileChange, employee: ProfileChange, sign_in: SignIn
) -> None:
    response = sign_in(world.staff["manager"]).post(QUEUE, {"item": profile.uid, "action": "approve"}, follow=True)
    assert "Charlie (charlie@example.com)" in unescape(response.content.decode())
    world.nectar.refresh_from_db()
    assert world.nectar.website == "https://nectar.example"


@pytest.mark.clause("T7.2")
def test_why_a_person_cannot_be_linked_is_said_before_and_when_it_is_tried(
    world: World, employee: ProfileChange, sign_in: SignIn
) -> None:
    manager = sign_in(world.staff["manager"])
    assert b"another company" in manager.get(f"{QUEUE}?item={employee.uid}").content
    response = manager.post(QUEUE, {"item": employee.uid, "action": "approve"})
    assert response.status_code == 422
    employee.refresh_from_db()
    assert employee.state == "waiting"


def test_declining_needs_a_reason(world: World, profile: ProfileChange, sign_in: SignIn) -> None:
    manager = sign_in(world.staff["manager"])
    assert manager.post(QUEUE, {"item": profile.uid, "action": "decline"}).status_code == 422
    manager.post(QUEUE, {"item": profile.uid, "action": "decline", "reason": "Empty site"})
    profile.refresh_from_db()
    assert (profile.state, profile.reason) == ("declined", "Empty site")


def test_the_second_to_decide_learns_who_was_first(world: World, profile: ProfileChange, sign_in: SignIn) -> None:
    sign_in(world.staff["compliance"]).post(QUEUE, {"item": profile.uid, "action": "approve"})
    response = sign_in(world.staff["manager"]).post(QUEUE, {"item": profile.uid, "action": "approve"})
    assert response.status_code == 409
    assert b"Compliance Person approved this already" in response.content


def test_who_does_not_decide_looks_only(world: World, profile: ProfileChange, sign_in: SignIn) -> None:
    finance = sign_in(world.staff["finance"])
    assert b"Approve and publish" not in finance.get(QUEUE).content
    assert finance.post(QUEUE, {"item": profile.uid, "action": "approve"}).status_code == 403
    profile.refresh_from_db()
    assert profile.state == "waiting"


def test_one_takes_an_item_and_releases_it(world: World, profile: ProfileChange, sign_in: SignIn) -> None:
    manager, compliance = (sign_in(world.staff[role]) for role in ("manager", "compliance"))
    manager.post(QUEUE, {"item": profile.uid, "action": "take"})
    assert b"Manager Person is on it" in compliance.get(QUEUE).content
    assert compliance.post(QUEUE, {"item": profile.uid, "action": "approve"}).status_code == 409
    manager.post(QUEUE, {"item": profile.uid, "action": "release"})
    assert compliance.post(QUEUE, {"item": profile.uid, "action": "approve"}).status_code == 302


def test_all_of_them_can_be_taken_away_as_csv(world: World, employee: ProfileChange, sign_in: SignIn) -> None:
    body = sign_in(world.staff["manager"]).get(f"{QUEUE}?format=csv").getvalue().decode()
    assert body.count("Nectar Ltd") == 2
