"""Programs with keys: Nectar's, Comb's, and the operator's."""

from collections.abc import Callable, Collection
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.api_scopes import offered
from honeyguide.accounts.models import User
from honeyguide.partners.keys import create_key
from honeyguide.partners.models import Partner
from tests.live.conftest import NOW, World

ROOT = "/api/v1"


class Program:
    """A program that uses the API with a key."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.client = Client(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(ROOT + path, query)

    def post(self, path: str, body: Any, key: str = "k-1", **more: Any) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return self.client.post(ROOT + path, body, content_type="application/json", headers=headers, **more)

    def upload(self, path: str, fields: dict[str, Any], key: str = "k-1") -> Any:
        return self.client.post(ROOT + path, fields, headers={"Idempotency-Key": key})


MakeKey = Callable[..., Program]


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


def secret_for(user: User, partner: Partner | None, scopes: Collection[str] | None = None) -> str:
    given = offered(for_company=partner is not None) if scopes is None else scopes
    actor = Actor(name=user.name, user=user, partner=partner.key if partner else "")
    _key, secret = create_key(name="CRM", scopes=given, partner=partner, days=None, actor=actor, now=NOW)
    return secret


@pytest.fixture
def nectar(world: World) -> Program:
    return Program(secret_for(world.alice, world.nectar))


@pytest.fixture
def comb(world: World) -> Program:
    return Program(secret_for(world.charlie, world.comb))


@pytest.fixture
def operator(world: World) -> Program:
    return Program(secret_for(world.staff["admin"], None))


def is_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """Check that a response is a problem of this kind; gives it."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert (found["code"], found["status"]) == (code, status)
    assert found["type"].endswith(f"/api/v1/problems/{code}")
    assert found["title"]
    assert found["detail"]
    assert found["instance"] == f"urn:uuid:{response['X-Request-Id']}"
    return found
