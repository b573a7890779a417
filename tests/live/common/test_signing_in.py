"""Signing in: the pages in our look, safe without inline scripts, clear about what went wrong."""

import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.cache import cache
from django.test import Client

from honeyguide.accounts.models import User
from tests.live.conftest import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _no_rate_limits_from_before() -> None:
    cache.clear()


def sign(client: Client, password: str, email: str = "alice@example.com") -> object:
    return client.post("/account/login/", {"login": email, "password": password})


@pytest.fixture
def alice(world: World) -> User:
    EmailAddress.objects.create(user=world.alice, email=world.alice.email, verified=True, primary=True)
    return world.alice


def sign_in_twice(client: Client) -> None:
    """Sign in, and confirm once more who it is, as pages of one's own security ask."""
    sign(client, "a long password")
    assert client.post("/account/reauthenticate/", {"password": "a long password"}).status_code == 302


def test_the_sign_in_page_offers_password_passkey_and_code(client: Client) -> None:
    page = client.get("/account/login/").content.decode()
    for part in ('name="login"', 'name="password"', 'id="passkey_login"', "/account/login/code/"):
        assert part in page


def test_passkeys_are_said_to_need_a_name_where_the_site_is_reached_by_a_number(client: Client) -> None:
    assert "localhost" in client.get("/account/login/", headers={"Host": "127.0.0.1:8000"}).content.decode()
    assert "localhost" not in client.get("/account/login/", headers={"Host": "localhost:8000"}).content.decode()


def test_a_right_password_opens_the_first_page(client: Client, alice: User) -> None:
    response = sign(client, "a long password")
    assert response.status_code == 302  # type: ignore[attr-defined]
    assert client.get("/partner/").status_code == 200


def test_a_wrong_password_is_told_and_after_several_the_door_is_shut_for_a_while(client: Client, alice: User) -> None:
    page = sign(client, "wrong").content.decode()  # type: ignore[attr-defined]
    assert 'role="alert"' in page
    assert "not correct" in page
    for _ in range(12):
        last = sign(client, "wrong")
    assert "Too many" in last.content.decode()  # type: ignore[attr-defined]
    assert "Too many" in sign(client, "a long password").content.decode()  # type: ignore[attr-defined]


def test_nobody_signs_up_by_themselves(client: Client) -> None:
    assert "by invitation" in client.get("/account/signup/").content.decode()


def test_a_forgotten_password_is_set_anew_by_a_link(client: Client, alice: User) -> None:
    assert client.post("/account/password/reset/", {"email": alice.email}).status_code == 302
    link = re.search(
        r"http://testserver(\S+)|https?://[^/\s]+(/account/password/reset/key/\S+)", str(mail.outbox[0].body)
    )
    assert link is not None
    path = link[1] or link[2]
    form = client.get(path, follow=True)
    assert "New password" in form.content.decode()
    done = client.post(form.redirect_chain[-1][0], {"password1": "brand new honey", "password2": "brand new honey"})
    assert done.status_code == 302
    alice.refresh_from_db()
    assert alice.check_password("brand new honey")
    assert "out of date" in client.get(path, follow=True).content.decode(), "the link works once"


def test_whether_somebody_has_a_login_is_not_told(client: Client, alice: User) -> None:
    known = client.post("/account/password/reset/", {"email": alice.email}, follow=True).content
    unknown = client.post("/account/password/reset/", {"email": "nobody@example.com"}, follow=True).content
    strip = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": "[^"]+"|X-CSRFToken[^}]+}')
    assert strip.sub(b"", known) == strip.sub(b"", unknown)


def test_the_mail_to_an_unknown_address_does_not_speak_of_signing_up(client: Client, alice: User) -> None:
    client.post("/account/password/reset/", {"email": "nobody@example.com"})
    assert "invite you" in str(mail.outbox[0].body)
    assert "signup" not in str(mail.outbox[0].body)


def test_a_code_by_mail_signs_in(client: Client, alice: User) -> None:
    assert client.post("/account/login/code/", {"email": alice.email}).status_code == 302
    code = re.search(r"^\s*([A-Z0-9]{3,}[- ]?[A-Z0-9]+)\s*$", str(mail.outbox[0].body), re.MULTILINE)
    assert code is not None, str(mail.outbox[0].body)
    assert "Enter the code" in client.get("/account/login/code/confirm/").content.decode()
    assert client.post("/account/login/code/confirm/", {"code": code[1]}).status_code == 302
    assert client.get("/partner/").status_code == 200


def test_the_second_step_is_asked_for(client: Client, alice: User) -> None:
    TOTP.activate(alice, generate_totp_secret())
    response = sign(client, "a long password")
    assert response["Location"].startswith("/account/2fa/authenticate/")  # type: ignore[index]
    page = client.get("/account/2fa/authenticate/").content.decode()
    assert "Second step" in page
    assert 'name="code"' in page
    assert client.get("/partner/").status_code == 302


PATHS = (
    "/account/profile/", "/account/2fa/", "/account/2fa/totp/activate/", "/account/2fa/webauthn/",
    "/account/2fa/webauthn/add/", "/account/email/", "/account/password/change/", "/account/logout/",
    "/account/reauthenticate/",
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_of_ones_login_is_ours_and_runs_no_inline_script(client: Client, alice: User, language: str) -> None:
    User.objects.filter(pk=alice.pk).update(language=language)
    sign_in_twice(client)
    for path in PATHS:
        response = client.get(path)
        page = response.content.decode()
        assert response.status_code == 200, path
        assert "css/tokens.css" in page, path
        assert f'<html lang="{language}"' in page
        assert " style=" not in page.replace("</svg>", ""), path
        for tag in re.findall(r"<script[^>]*>", page):
            assert "src=" in tag or "application/json" in tag, (path, tag)


def test_an_authenticator_app_is_turned_on_and_off(client: Client, alice: User) -> None:
    sign_in_twice(client)
    page = client.get("/account/2fa/totp/activate/").content.decode()
    assert "data:image/svg+xml" in page
    wrong = client.post("/account/2fa/totp/activate/", {"code": "000000"}).content.decode()
    assert 'aria-invalid="true"' in wrong
    assert not Authenticator.objects.exists()
    secret = client.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    assert client.post("/account/2fa/totp/activate/", {"code": code}).status_code == 302
    codes = client.get("/account/2fa/recovery-codes/").content.decode()
    assert "10 of 10 codes are left" in codes
    assert "Your present codes stop working." in client.get("/account/2fa/recovery-codes/generate/").content.decode()
    assert "</svg>On</span>" in client.get("/account/profile/").content.decode()
    assert "Turn off the authenticator app" in client.get("/account/2fa/totp/deactivate/").content.decode()
    assert client.post("/account/2fa/totp/deactivate/").status_code == 302
    assert not Authenticator.objects.exists()


def test_an_address_is_added_confirmed_and_removed(client: Client, alice: User) -> None:
    sign_in_twice(client)
    client.post("/account/email/", {"action_add": "", "email": "alice@other.example"})
    page = client.get("/account/email/").content.decode()
    assert "alice@other.example" in page
    assert "Not confirmed" in page
    client.post("/account/email/", {"action_remove": "", "email": "alice@other.example"})
    assert not EmailAddress.objects.filter(email="alice@other.example").exists()
