"""Raw data in Django's admin: for those of the team who may, for looking alone, behind the one sign-in."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from honeyguide.accounts.models import User
from honeyguide.console.raw_data import raw_data
from honeyguide.history.models import Event
from honeyguide.partners.models import Partner
from tests.live.access.objects import make_objects
from tests.live.conftest import World

SignIn = Callable[[User], Client]
NEVER_EMPTY = {
    "event",
    "ident",
    "partner",
    "member",
    "standing",
    "user",
    "evidencecase",
    "notice",
    "apikey",
    "invitation",
}


def address(model: type, page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)  # type: ignore[attr-defined]


def test_those_who_are_signed_out_are_sent_to_the_one_sign_in_page(db: None, client: Client) -> None:
    answer = client.get("/data/history/event/", follow=True)
    assert [way for way, _status in answer.redirect_chain][-1] == "/account/login/?next=/data/history/event/"
    for way in ("/data/login/?next=https://evil.example/", "/data/login/?next=//evil.example"):
        assert client.get(way)["Location"] == "/account/login/?next=/data/"
    given = {"username": "admin@vendor.example", "password": "a long password", "next": "/data/"}
    assert client.post("/data/login/", given)["Location"] == "/account/login/?next=/data/"
    assert "_auth_user_id" not in client.session


def test_only_those_of_the_team_who_may_find_them(world: World, sign_in: SignIn) -> None:
    world.alice.is_staff = True  # a partner's user stays outside, whatever the row says
    world.alice.save(update_fields=["is_staff"])
    for user in (world.alice, world.charlie):
        assert sign_in(user).get("/data/", follow=True).status_code == 404
    assert sign_in(world.staff["manager"]).get("/data/", follow=True).status_code == 403
    assert sign_in(world.staff["admin"]).get("/data/").status_code == 200


def test_every_table_is_listed_searched_and_opened_and_nothing_in_it_can_be_changed(
    world: World, sign_in: SignIn
) -> None:
    make_objects(world)
    client = sign_in(world.staff["admin"])
    opened, events = set(), Event.objects.count()
    for model in raw_data._registry:
        listed = client.get(address(model, "changelist"), {"q": "nectar"})
        assert listed.status_code == 200, model
        assert client.get(address(model, "add")).status_code == 403, model
        row = model._default_manager.first()
        if row is None:
            continue
        opened.add(model._meta.model_name)
        page = client.get(address(model, "change", row.pk))
        assert page.status_code == 200, model
        assert b'type="submit"' not in page.content.split(b'id="content"')[1], model
        assert client.post(address(model, "change", row.pk), {"name": "Other"}).status_code == 403, model
        for way in (client.get, client.post):
            assert way(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403, model
        given = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        client.post(address(model, "changelist"), given)
        assert model._default_manager.filter(pk=row.pk).exists(), model
    assert opened >= NEVER_EMPTY
    assert Event.objects.count() == events
    assert Partner.objects.get(key="nectar").name == "Nectar Ltd"


@pytest.mark.parametrize("name", ["password", "secret_hash"])
def test_what_opens_a_door_is_not_shown(world: World, sign_in: SignIn, name: str) -> None:
    objects = make_objects(world)
    client = sign_in(world.staff["admin"])
    row = world.alice if name == "password" else objects.key
    page = client.get(address(type(row), "change", row.pk)).content.decode()
    assert f"field-{name}" not in page
    assert page.count("field-") >= 10


def test_password_and_sign_out_are_those_of_the_site(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["admin"])
    assert client.get("/data/password_change/")["Location"] == "/account/password/change/"
    assert client.get("/data/logout/").status_code == 405
    assert client.post("/data/logout/")["Location"] == "/account/login/"
    assert "_auth_user_id" not in client.session
