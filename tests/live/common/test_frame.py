"""The frame of all pages: menus, language, theme, errors, who sees what."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from honeyguide.access.addresses import addresses
from honeyguide.access.nav import NavEntry, menu
from honeyguide.access.person import Person, PersonRequest
from honeyguide.access.table import PAGES
from honeyguide.accounts.models import User
from honeyguide.console.nav import CONSOLE_NAV
from honeyguide.portal.nav import PORTAL_NAV
from tests.live.conftest import World

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def page_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_a_partner_and_an_operator_each_see_their_own_menu(world: World, sign_in: SignIn) -> None:
    partner = page_of(sign_in(world.alice), "/account/profile/")
    assert "/partner/" in partner
    assert 'href="/console/"' not in partner
    operator = page_of(sign_in(world.staff["manager"]), "/account/profile/")
    assert 'href="/console/"' in operator
    assert 'href="/partner/"' not in operator


@pytest.mark.parametrize("path", ["/console/partners/%00/", "/console/evidence/%00", "/join/%00", "/rules/%00/"])
def test_an_address_with_the_character_nul_is_not_found(world: World, sign_in: SignIn, path: str) -> None:
    response = sign_in(world.staff["manager"]).get(path)
    assert response.status_code == 404
    assert "text/html" in response["Content-Type"]


@pytest.mark.parametrize(
    "path", ["/console/partners/?q=%00", "/console/notices/new/?partner=%00", "/console/evidence/?item=%00", "/?%00=1"]
)
def test_a_parameter_with_the_character_nul_is_refused_with_a_page(world: World, sign_in: SignIn, path: str) -> None:
    response = sign_in(world.staff["manager"]).get(path)
    assert response.status_code == 400
    assert "This request could not be read" in response.content.decode()


def test_a_form_with_the_character_nul_is_refused_with_a_page(world: World, sign_in: SignIn) -> None:
    alice = sign_in(world.alice)
    form = {"requirement": "website_endorsement", "kind": "text", "text": "a\0b", "form_token": "t"}
    assert alice.post("/partner/evidence/new/", form).status_code == 400
    assert alice.post("/partner/evidence/new/", form | {"text": "%00"}).status_code != 400


def test_a_login_without_a_company_finds_its_profile_too(world: World, sign_in: SignIn) -> None:
    nobody = User.objects.create_user("dora@example.com", "a long password", name="Dora")
    assert "Signed in as Dora" in page_of(sign_in(nobody), "/account/profile/")


def test_the_menu_leaves_out_what_is_not_open(rf: object, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    request = PersonRequest()
    request.resolver_match = None
    entries = [NavEntry("console:home", "inbox", "Queues"), NavEntry("portal:home", "home", "Home")]
    request.person = Person(world.staff["finance"])
    assert [link.label for group in menu(entries, request) for link in group.links] == ["Queues"]
    request.person = Person(world.alice, world.alice.member, world.nectar, world.nectar.standing)
    assert [link.label for group in menu(entries, request) for link in group.links] == ["Home"]


def test_a_company_without_the_dashboard_is_not_led_to_closed_pages(world: World) -> None:
    request = PersonRequest()
    request.resolver_match = None
    request.person = Person(world.alice, world.alice.member, world.nectar, None)
    assert not request.person.sees_dashboard
    limited = {
        reverse(address.name)
        for address in addresses()
        if address.name.startswith("portal:") and not address.arguments and PAGES[address.name].limited
    }
    assert {link.url for group in menu(PORTAL_NAV, request) for link in group.links} <= limited


def test_every_entry_of_the_menus_has_an_address() -> None:
    for entry in [*PORTAL_NAV, *CONSOLE_NAV]:
        assert entry.name in PAGES, entry.name
        assert reverse(entry.name)


def test_the_language_is_kept_with_the_person_and_in_a_cookie(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.alice)
    response = client.post("/account/language/", {"language": "ru", "next": "/account/profile/"})
    assert response.status_code == 302
    assert response["Location"] == "/account/profile/"
    world.alice.refresh_from_db()
    assert world.alice.language == "ru"
    assert '<html lang="ru"' in page_of(client, "/account/profile/")
    client.post("/account/logout/")
    assert '<html lang="ru"' in page_of(client, "/account/login/")


def test_the_theme_is_kept_with_the_person_and_in_a_cookie(world: World, sign_in: SignIn, client: Client) -> None:
    signed_in = sign_in(world.alice)
    signed_in.post("/account/theme/", {"theme": "dark"})
    world.alice.refresh_from_db()
    assert world.alice.theme == "dark"
    assert 'data-bs-theme="dark"' in page_of(signed_in, "/account/profile/")
    client.post("/account/theme/", {"theme": "dark"})
    assert 'data-bs-theme="dark"' in page_of(client, "/account/login/")


@pytest.mark.parametrize(
    ("path", "data"),
    [("/account/language/", {"language": "xx"}), ("/account/theme/", {"theme": "neon"}), ("/account/theme/", {})],
)
def test_a_language_or_theme_that_is_not_there_is_refused(
    world: World, sign_in: SignIn, path: str, data: dict[str, str]
) -> None:
    response = sign_in(world.alice).post(path, data)
    assert response.status_code == 422
    world.alice.refresh_from_db()
    assert (world.alice.language, world.alice.theme) == ("en", "system")


def test_nobody_is_sent_to_another_site(client: Client) -> None:
    for way in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        assert client.post("/account/theme/", {"theme": "dark", "next": way})["Location"] == "/"


def test_a_person_changes_name_language_and_theme_of_their_own_alone(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.bob)
    given = {"name": "Robert Hale", "language": "ru", "theme": "light", "email": "x@example.com", "role": "admin"}
    assert client.post("/account/profile/", given).status_code == 302
    world.bob.refresh_from_db()
    assert (world.bob.name, world.bob.language, world.bob.theme) == ("Robert Hale", "ru", "light")
    assert (world.bob.email, world.bob.role) == ("bob@example.com", "")
    world.alice.refresh_from_db()
    assert world.alice.name == "Alice"


def test_a_profile_without_a_name_is_refused_at_the_field(world: World, sign_in: SignIn) -> None:
    response = sign_in(world.bob).post("/account/profile/", {"name": " ", "language": "en", "theme": "light"})
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    world.bob.refresh_from_db()
    assert world.bob.name == "Bob"


def test_the_profile_asks_those_signed_out_to_sign_in(client: Client) -> None:
    assert client.get("/account/profile/")["Location"] == "/account/login/?next=/account/profile/"


def test_a_session_that_is_over_leads_the_whole_page_to_the_login(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/partner/?tab=2"}
    response = client.get("/partner/", headers=headers)
    assert response["HX-Redirect"] == "/account/login/?next=/partner/%3Ftab%3D2"
    assert response.content == b""


@pytest.mark.usefixtures("test_pages")
class TestErrors:
    def test_a_page_that_is_not_there_leads_back(self, world: World, sign_in: SignIn, client: Client) -> None:
        for visitor in (sign_in(world.alice), sign_in(world.staff["support"]), client):
            response = visitor.get("/nothing/")
            assert response.status_code == 404
            assert "There is no such page" in response.content.decode()
            assert 'href="/"' in response.content.decode()

    def test_a_refusal_says_what_happened_and_leads_to_the_page_before(self, world: World, sign_in: SignIn) -> None:
        client = sign_in(world.alice)
        response = client.get("/test/test_stale/", headers={"Referer": "http://testserver/partner/"})
        assert response.status_code == 409
        page = response.content.decode()
        assert "Mary Keeper decided this on 20 Nov 2026." in page
        assert 'href="http://testserver/partner/"' in page
        assert (
            "evil" not in client.get("/test/test_stale/", headers={"Referer": "http://evil.example/"}).content.decode()
        )

    def test_a_refusal_names_each_field(self, world: World, sign_in: SignIn) -> None:
        response = sign_in(world.alice).get("/test/test_invalid/")
        assert response.status_code == 422
        assert "A name is expected." in response.content.decode()

    def test_htmx_gets_a_refusal_as_a_notice(self, world: World, sign_in: SignIn) -> None:
        response = sign_in(world.alice).get("/test/test_stale/", headers={"HX-Request": "true"})
        assert response.status_code == 409
        assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#toasts", "beforeend")
        assert "<html" not in response.content.decode()

    def test_a_fault_of_ours_is_told_without_the_database(
        self, world: World, sign_in: SignIn, django_assert_num_queries: Callable[[int], object]
    ) -> None:
        client = sign_in(world.alice)
        client.raise_request_exception = False
        response = client.get("/test/test_broken/")
        assert response.status_code == 500
        page = response.content.decode()
        assert "Something broke on our side" in page
        assert response.headers["X-Request-Id"] in page
        assert "ZeroDivisionError" not in page

    def test_a_form_from_elsewhere_is_refused_with_words(self, world: World) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(world.alice, backend="allauth.account.auth_backends.AuthenticationBackend")
        response = client.post("/account/profile/", {"name": "x"})
        assert response.status_code == 403
        assert "This form is out of date" in response.content.decode()
