"""A session that is over when a form is sent: nothing is done, and the way leads by the login back to the form."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.test import Client

from honeyguide.access.table import PAGES
from honeyguide.accounts.models import User
from tests.live.access.objects import make_objects
from tests.live.conftest import World
from tests.live.safety.sending import form_to, send
from tests.live.safety.test_sent_twice import FORMS, address, counted

SignIn = Callable[[User], Client]
SAID = "Your session has ended, so nothing was done."


def test_a_form_of_a_session_that_is_over_does_nothing_and_leads_back_to_its_page(
    world: World, sign_in: SignIn
) -> None:
    objects = make_objects(world)
    wrong: dict[str, object] = {}
    for name, sent in FORMS.items():
        if "anonymous" in PAGES[name].act:
            continue
        client = sign_in(world.staff["admin"] if name.startswith("console:") else world.alice)
        page = address(sent.page or name, objects)
        form = form_to(client, page, address(name, objects))
        Session.objects.all().delete()
        before = counted()
        typed = {key: value(objects) if callable(value) else value for key, value in sent.typed.items()}
        answer = send(client, form, referer=page, **typed)
        way = urlsplit(answer.headers.get("Location", ""))
        back = parse_qs(way.query).get("next")
        if (answer.status_code, way.path, back, counted()) != (302, "/account/login/", [page], before):
            wrong[name] = (answer.status_code, way.geturl())
        elif SAID not in client.get(way.geturl()).content.decode():
            wrong[name] = "nothing is said"
    assert wrong == {}


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_part_that_is_asked_for_takes_the_whole_page_to_the_login(world: World, method: str) -> None:
    asked = {"hx-request": "true", "hx-current-url": "http://testserver/partner/status/"}
    address = "/partner/status/what-if/" if method == "get" else "/partner/notices/seen/"
    answer = getattr(Client(), method)(address, headers=asked)
    assert answer.headers["HX-Redirect"] == "/account/login/?next=/partner/status/"


def test_a_page_is_opened_after_the_login_that_it_asked_for(world: World) -> None:
    client = Client()
    answer = client.get("/partner/status/?as_of=2026-11-01")
    assert answer.headers["Location"] == "/account/login/?next=/partner/status/%3Fas_of%3D2026-11-01"
    assert SAID not in client.get(answer.headers["Location"]).content.decode()
    EmailAddress.objects.create(user=world.alice, email=world.alice.email, verified=True, primary=True)
    given = {"login": world.alice.email, "password": "a long password", "next": "/partner/status/?as_of=2026-11-01"}
    assert client.post("/account/login/", given).headers["Location"] == "/partner/status/?as_of=2026-11-01"


def test_the_way_back_is_never_to_another_site(world: World) -> None:
    answer = Client().post("/partner/notices/seen/", headers={"referer": "https://elsewhere.example/page"})
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["next"] == ["/"]


def test_whoever_lost_the_right_meanwhile_is_told_and_nothing_is_done(world: World, sign_in: SignIn) -> None:
    manager = sign_in(world.staff["manager"])
    page = "/console/partners/nectar/company/edit/"
    form = form_to(manager, page, page)
    User.objects.filter(pk=world.staff["manager"].pk).update(role="finance")
    before = counted()
    answer = send(manager, form, name="Nectar Limited")
    assert answer.status_code == 403
    assert "This is not yours to do." in answer.content.decode()
    assert counted() == before


def test_whoever_is_switched_off_meanwhile_can_send_nothing_more(world: World, sign_in: SignIn) -> None:
    manager = sign_in(world.staff["manager"])
    page = "/console/partners/nectar/company/edit/"
    form = form_to(manager, page, page)
    User.objects.filter(pk=world.staff["manager"].pk).update(is_active=False)
    before = counted()
    assert send(manager, form, name="Nectar Limited").headers["Location"].startswith("/account/login/")
    assert counted() == before
