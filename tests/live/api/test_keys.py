"""Who may use the API: a valid key, for what its scopes name, for its own company, so many times a minute."""

from datetime import timedelta

import pytest
from django.test import Client

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import ApiKey
from honeyguide.api import gate
from honeyguide.common.errors import Forbidden, Invalid, NotFound
from honeyguide.history.models import Event
from honeyguide.partners.keys import create_key, key_with_secret, revoke_key
from tests.live.api.conftest import ROOT, Program, is_problem, secret_for
from tests.live.conftest import NOW, World


def alice(world: World) -> Actor:
    return Actor(name="Alice", user=world.alice, partner="nectar")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nope", "Basic aGk6aGk=", "Bearer hg_live_", "Bearer \u00e9"])
def test_without_a_valid_key_nothing_is_told(world: World, header: str) -> None:
    response = Client(headers={"Authorization": header} if header else {}).get(f"{ROOT}/partners")
    is_problem(response, 401, "unauthorized")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_session_is_no_key(world: World) -> None:
    client = Client()
    client.force_login(world.staff["admin"], backend="allauth.account.auth_backends.AuthenticationBackend")
    is_problem(client.get(f"{ROOT}/partners"), 401, "unauthorized")


def test_the_secret_is_not_kept_and_the_making_is_recorded(world: World) -> None:
    key, secret = create_key(
        name="CRM", scopes=["partners:read"], partner=world.nectar, days=30, actor=alice(world), now=NOW
    )
    assert secret.startswith("hg_live_")
    assert secret not in str(ApiKey.objects.values().get())
    assert key.prefix == secret[:12]
    event = Event.objects.filter(type="api_key.made").get()
    assert secret not in str(event.data)
    assert event.partner == "nectar"


def test_a_key_ends_when_it_is_revoked_or_its_time_is_over(world: World) -> None:
    key, secret = create_key(
        name="CRM", scopes=["partners:read"], partner=world.nectar, days=30, actor=alice(world), now=NOW
    )
    end = NOW + timedelta(days=30)
    assert key_with_secret(secret, end - timedelta(microseconds=1)) is not None
    assert key_with_secret(secret, end) is None
    revoke_key(uid=key.uid, partner=world.nectar, actor=alice(world), now=NOW)
    is_problem(Program(secret).get("/partners"), 401, "unauthorized")
    revoke_key(uid=key.uid, partner=world.nectar, actor=alice(world), now=NOW)
    assert Event.objects.filter(type="api_key.revoked").count() == 1


def test_only_the_main_user_and_administrators_make_and_revoke_keys(world: World) -> None:
    people = [(world.bob, world.nectar), (world.charlie, world.nectar), (world.staff["manager"], None)]
    for user, partner in people:
        with pytest.raises(Forbidden):
            secret_for(user, partner)
    assert not ApiKey.objects.exists()
    key, _secret = create_key(
        name="CRM", scopes=["partners:read"], partner=world.nectar, days=None, actor=alice(world), now=NOW
    )
    with pytest.raises(NotFound):
        revoke_key(
            uid=key.uid, partner=world.comb, actor=Actor(name="Charlie", user=world.charlie, partner="comb"), now=NOW
        )
    admin = Actor(name="Admin", user=world.staff["admin"])
    assert revoke_key(uid=key.uid, partner=None, actor=admin, now=NOW).revoked_at == NOW


@pytest.mark.parametrize(
    "given", [{"name": " "}, {"scopes": []}, {"scopes": ["events:write"]}, {"scopes": ["all"]}, {"days": 0}]
)
def test_a_key_that_makes_no_sense_is_refused(world: World, given: dict[str, object]) -> None:
    usual = {"name": "CRM", "scopes": ["partners:read"], "days": None}
    with pytest.raises(Invalid):
        create_key(partner=world.nectar, actor=alice(world), now=NOW, **{**usual, **given})  # type: ignore[arg-type]


def test_a_key_without_the_scope_is_told_which_one_it_lacks(world: World) -> None:
    program = Program(secret_for(world.alice, world.nectar, ["partners:read"]))
    assert program.get("/partners").status_code == 200
    problem = is_problem(program.get("/partners/nectar/standing"), 403, "scope_missing")
    assert problem["scope"] == "standing:read"
    is_problem(program.post("/nfr-claims", {}), 403, "scope_missing")


def test_a_company_sees_itself_alone(world: World, nectar: Program, comb: Program, operator: Program) -> None:
    assert [row["id"] for row in nectar.get("/partners").json()["data"]] == ["nectar"]
    for path in ("/partners/comb", "/partners/comb/standing", "/partners/comb/transitions"):
        is_problem(nectar.get(path), 404, "not_found")
        assert operator.get(path).status_code == 200
    assert {row["partner"] for row in nectar.get("/events").json()["data"]} == {"nectar"}
    assert comb.get("/events", partner="nectar").json()["data"] == []
    assert {row["id"] for row in operator.get("/partners").json()["data"]} == {"nectar", "comb"}


@pytest.mark.clause("T1.5", "T7.1")
def test_a_company_that_has_left_reads_its_notices_and_nothing_else(world: World, nectar: Program) -> None:
    world.tell({"type": "partner.terminated", "partner": "nectar", "reason": "left"})
    assert nectar.get("/notices").json()["data"][0]["kind"] == "status_terminated"
    assert nectar.get("/partners/nectar").json()["state"] == "terminated"
    is_problem(nectar.get("/partners/nectar/standing"), 403, "no_access")
    is_problem(nectar.post("/evidence", {"requirement": "webinar", "text": "x"}), 403, "no_access")


def test_a_key_that_asks_too_often_is_told_to_wait(
    world: World, nectar: Program, comb: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "REQUESTS_A_WINDOW_COMPANY", 2)
    monkeypatch.setattr("honeyguide.api.gate.time.time", lambda: 1_000_000_030)
    first = nectar.get("/partners")
    assert (first["RateLimit-Limit"], first["RateLimit-Remaining"], first["RateLimit-Reset"]) == ("2", "1", "50")
    nectar.get("/partners")
    response = nectar.get("/partners")
    is_problem(response, 429, "rate_limited")
    assert response["Retry-After"] == "50"
    assert comb.get("/partners").status_code == 200
    monkeypatch.setattr("honeyguide.api.gate.time.time", lambda: 1_000_000_080)
    assert nectar.get("/partners").status_code == 200


def test_the_last_use_of_a_key_is_known(world: World, nectar: Program) -> None:
    nectar.get("/partners")
    assert ApiKey.objects.get(partner="nectar").last_used_at == NOW
