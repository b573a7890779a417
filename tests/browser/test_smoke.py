"""The browser, the server and the world work together."""

from collections.abc import Callable

from tests.browser.conftest import Visitor
from tests.live.conftest import World


def test_a_visitor_is_asked_to_sign_in(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/")
    assert "/account/login/" in page.url


def test_a_partner_user_arrives_at_home(visit: Callable[..., Visitor], world: World) -> None:
    page = visit(world.alice).go("/")
    assert page.url.endswith("/partner/")
