"""Keys of the API in the portal and the console: made and revoked by who may, the secret shown once."""

import re
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from honeyguide.accounts.models import ApiKey, User
from tests.live.conftest import World

SignIn = Callable[[User], Client]
FORM = {"name": "Our CRM", "days": "90", "scopes": ["partners:read", "evidence:write"]}


def test_the_main_user_makes_a_key_sees_its_secret_once_and_uses_it(world: World, sign_in: SignIn) -> None:
    alice = sign_in(world.alice)
    page = alice.post(reverse("portal:api_keys"), FORM)
    secret = re.search(r'value="(hg_live_[^"]+)"', page.text)
    assert secret is not None
    assert page["Cache-Control"] == "no-store"
    assert secret[1] not in alice.get(reverse("portal:api_keys")).text
    answer = Client(headers={"Authorization": f"Bearer {secret[1]}"}).get("/api/v1/partners")
    assert [row["id"] for row in answer.json()["data"]] == ["nectar"]
    key = ApiKey.objects.get()
    alice.post(reverse("portal:api_key_revoke", args=[key.uid]))
    assert "Revoked" in alice.get(reverse("portal:api_keys")).text
    assert Client(headers={"Authorization": f"Bearer {secret[1]}"}).get("/api/v1/partners").status_code == 401


def test_nobody_else_of_the_company_or_outside_makes_or_revokes_its_keys(world: World, sign_in: SignIn) -> None:
    sign_in(world.alice).post(reverse("portal:api_keys"), FORM)
    revoke = reverse("portal:api_key_revoke", args=[ApiKey.objects.get().uid])
    assert sign_in(world.bob).get(reverse("portal:api_keys")).status_code == 403
    assert sign_in(world.bob).post(reverse("portal:api_keys"), FORM).status_code == 403
    assert sign_in(world.bob).post(revoke).status_code == 403
    assert sign_in(world.charlie).post(revoke).status_code == 404
    assert "Our CRM" not in sign_in(world.charlie).get(reverse("portal:api_keys")).text
    assert ApiKey.objects.get().revoked_at is None


def test_a_form_with_mistakes_is_shown_again(world: World, sign_in: SignIn) -> None:
    alice = sign_in(world.alice)
    assert alice.post(reverse("portal:api_keys"), {"name": "", "scopes": []}).status_code == 422
    assert alice.post(reverse("portal:api_keys"), {**FORM, "scopes": ["events:write"]}).status_code == 422
    assert not ApiKey.objects.exists()


def test_an_administrator_makes_keys_of_the_operator_and_revokes_any(world: World, sign_in: SignIn) -> None:
    sign_in(world.alice).post(reverse("portal:api_keys"), FORM)
    admin = sign_in(world.staff["admin"])
    page = admin.post(reverse("console:api_keys"), {"name": "Billing", "days": "", "scopes": ["events:write"]})
    assert "hg_live_" in page.text
    assert "Our CRM" in page.text
    made = ApiKey.objects.get(name="Billing")
    assert (made.partner, made.expires_at, made.scopes) == ("", None, ["events:write"])
    admin.post(reverse("console:api_key_revoke", args=[ApiKey.objects.get(name="Our CRM").uid]))
    assert ApiKey.objects.get(name="Our CRM").revoked_by == world.staff["admin"]
    assert sign_in(world.staff["manager"]).get(reverse("console:api_keys")).status_code == 403
