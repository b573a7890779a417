"""The frame of all pages: menus, errors, who sees what."""

from collections.abc import Callable

import pytest
from django.test import Client

from honeyguide.accounts.models import User
from tests.live.conftest import World

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def test_somebody_signed_out_sees_the_login(client: Client) -> None:
    response = client.get("/account/login/")
    assert response.status_code == 200


def test_a_partner_and_an_operator_each_see_their_own_frame(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.alice).get("/partner/").status_code == 200
    assert sign_in(world.staff["manager"]).get("/console/").status_code == 200
    assert sign_in(world.staff["manager"]).get("/account/profile/").status_code == 200
    assert sign_in(world.alice).get("/account/profile/").status_code == 200
    assert sign_in(world.alice).get("/account/nonsense/").status_code == 404
    assert sign_in(world.alice).get("/console/").status_code == 404
