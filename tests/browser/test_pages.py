"""Every page in a real browser: nothing serious for axe, nothing in the console, nothing wider than a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import ViewportSize

from honeyguide.access.addresses import addresses
from honeyguide.access.table import ADMIN, MAIN, PAGES
from honeyguide.accounts.models import User
from tests.browser.conftest import FRAMES_DRAWN, PHONE, WIDE, Visitor
from tests.live.access.objects import ARGUMENTS, Objects, make_objects
from tests.live.conftest import World

ELSEWHERE = {
    "join",  # for somebody without a login: tests/browser/test_journey.py
    "console:view_as_stop",
}


def pages(objects: Objects, kind: str) -> list[tuple[str, str]]:
    """Name and path of every page that a kind of visitor may look at, and that is not only a redirect."""
    found = []
    for address in addresses():
        page = PAGES.get(address.name)
        if page is None or kind not in page.look or address.name in ELSEWHERE:
            continue
        if address.name.startswith("console:") != (kind == ADMIN):
            continue
        arguments: dict[str, Any] = ARGUMENTS[address.name](objects) if address.arguments else {}
        found.append((address.name, reverse(address.name, kwargs=arguments or None)))
    return found


def visitor_of(world: World, kind: str) -> User:
    return world.alice if kind == MAIN else world.staff["admin"]


def walk(visitor: Visitor, found: list[tuple[str, str]], look: Callable[[Visitor], None]) -> dict[str, str]:
    """Open every page and look at it; what was wrong, by the page's name."""
    problems, seen = {}, 0
    for name, path in found:
        if not visitor.opens(path):
            continue
        seen += 1
        try:
            look(visitor)
        except AssertionError as wrong:
            problems[name] = str(wrong)
    assert seen > 10, "hardly a page was opened"
    return problems


@pytest.mark.parametrize("kind", [MAIN, ADMIN])
def test_every_page_is_accessible_in_both_themes_and_fits_a_phone(
    visit: Callable[..., Visitor], world: World, kind: str
) -> None:
    """In Russian, whose words are longer. One visit a page: it is made dark, then narrow."""
    User.objects.update(language="ru")

    def look(visitor: Visitor) -> None:
        visitor.check_accessibility()
        visitor.turn_dark()
        visitor.check_accessibility(runOnly=["color-contrast", "link-in-text-block"])  # what depends on colours
        visitor.page.emulate_media(color_scheme="light")
        visitor.turn_narrow()
        visitor.check_fits()
        visitor.check_tabs()
        visitor.page.set_viewport_size(WIDE)

    objects = make_objects(world)
    visitor = visit(visitor_of(world, kind), color_scheme="light")
    assert walk(visitor, pages(objects, kind), look) == {}


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("kind", [MAIN, ADMIN])
def test_every_page_is_made_for_a_phone(visit: Callable[..., Visitor], world: World, kind: str, language: str) -> None:
    """Opened on one, not made narrow afterwards."""
    User.objects.update(language=language)
    objects = make_objects(world)

    def look(visitor: Visitor) -> None:
        visitor.check_accessibility()
        visitor.check_fits()
        visitor.check_tabs()

    assert walk(visit(visitor_of(world, kind), viewport=PHONE), pages(objects, kind), look) == {}


def test_tabs_beyond_the_edge_of_a_phone_are_reached_by_keyboard(visit: Callable[..., Visitor], world: World) -> None:
    visitor = visit(world.alice, viewport=PHONE)
    page = visitor.go(reverse("portal:points"))
    tabs = page.locator(".nav-tabs .nav-link")
    last, width = tabs.last, PHONE["width"]
    before = last.bounding_box()
    assert before is not None
    assert before["x"] > width, "it is out of sight at first"
    tabs.first.focus()
    for _ in range(tabs.count() - 1):
        page.keyboard.press("Tab")
    assert last.evaluate("tab => tab === document.activeElement")
    after = last.bounding_box()
    assert after is not None
    assert 0 <= after["x"] <= width - after["width"]
    page.set_viewport_size(ViewportSize(width=width, height=PHONE["height"] - 100))  # the bar of addresses appears
    page.evaluate(FRAMES_DRAWN)
    assert last.bounding_box() == after, "what was scrolled to stays in sight"
