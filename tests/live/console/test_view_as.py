"""Support looks at the dashboard as a partner sees it: read-only, with both ends on record."""

from collections.abc import Callable

import pytest
from django.test import Client

from honeyguide.accounts.models import User
from honeyguide.history.models import Event
from honeyguide.joining.models import ProfileChange
from tests.live.conftest import World

SignIn = Callable[[User], Client]


def recorded() -> list[tuple[str, bool]]:
    events = Event.objects.filter(type="support.viewed_as").order_by("seq")
    return [(event.partner, event.data["ended"]) for event in events]


@pytest.mark.parametrize("role", ["support", "manager", "admin"])
def test_support_sees_what_the_partner_sees(world: World, sign_in: SignIn, role: str) -> None:
    client = sign_in(world.staff[role])
    assert client.get("/partner/company/").status_code in {403, 404}
    assert client.post("/console/view-as/", {"partner": "nectar"})["Location"] == "/partner/"
    page = client.get("/partner/company/").content.decode()
    assert "Nectar Ltd" in page
    assert "You look as Nectar Ltd sees it" in page
    assert "Edit the profile" not in page
    assert client.post("/console/view-as/stop/")["Location"] == "/console/partners/nectar/"
    assert client.get("/partner/company/").status_code in {403, 404}
    assert recorded() == [("nectar", False), ("nectar", True)]
    assert Event.objects.filter(type="support.viewed_as", actor=world.staff[role]).count() == 2


@pytest.mark.parametrize("role", ["compliance", "finance"])
def test_others_of_the_team_do_not(world: World, sign_in: SignIn, role: str) -> None:
    client = sign_in(world.staff[role])
    assert client.post("/console/view-as/", {"partner": "nectar"}).status_code == 403
    assert client.get("/partner/company/").status_code in {403, 404}
    assert recorded() == []


def test_a_partners_user_does_not_find_it(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.charlie).post("/console/view-as/", {"partner": "nectar"}).status_code == 404


def test_nothing_can_be_changed_from_there(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["support"])
    client.post("/console/view-as/", {"partner": "nectar"})
    before = Event.objects.count()
    response = client.post("/partner/company/edit/", {"website": "https://x.example"})
    assert response.status_code == 403
    assert b"nothing can be changed from here" in response.content
    assert client.post("/partner/team/add/", {"email": "dora@example.com"}).status_code == 403
    assert (Event.objects.count(), ProfileChange.objects.count()) == (before, 0)


def test_going_from_one_partner_to_another_ends_the_first(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["support"])
    for key in ("nectar", "nectar", "comb"):
        client.post("/console/view-as/", {"partner": key})
    for _time in range(2):
        client.post("/console/view-as/stop/")
    assert recorded() == [("nectar", False), ("nectar", True), ("comb", False), ("comb", True)]


def test_a_partner_that_is_not_there_cannot_be_looked_at(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.staff["support"]).post("/console/view-as/", {"partner": "nobody"}).status_code == 404
