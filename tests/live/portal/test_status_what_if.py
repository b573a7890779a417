"""The form of what if: a part of the status page, a page without script, errors at their fields, nothing stored."""

import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from honeyguide.accounts.models import User
from honeyguide.history.models import Event
from honeyguide.portal.views.status import WHAT_IF_TIMES
from tests.live.conftest import TODAY, World
from tests.live.portal.pages import raw_words, words_of

SignIn = Callable[[User], Client]
SALE = {
    "what": "sale",
    "on": str(TODAY),
    "net": "500",
    "product": "cloud",
    "seats": "20",
    "client": "new",
    "term": "12",
}


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    cache.clear()


def ask(browser: Client, change: dict[str, str] | None = None, *, htmx: bool = True) -> str:
    """The answer's text."""
    headers = {"HX-Request": "true"} if htmx else {}
    page = browser.get(reverse("portal:what_if"), SALE | (change or {}), headers=headers)
    assert page.status_code == 200
    return page.text


@pytest.mark.clause("T3.1.2a")
def test_a_sale_is_answered_in_the_page(world: World, sign_in: SignIn) -> None:
    text = ask(sign_in(world.charlie))
    assert "<html" not in text
    words = words_of(text)
    assert "At the end of 20 Nov 2026" in words
    assert "Sales, to reach Silver" in words
    assert "$500 of $2,500" in words
    assert "+35" in words
    assert raw_words(text) == []


def test_without_script_it_is_a_page(world: World, sign_in: SignIn) -> None:
    text = ask(sign_in(world.charlie), htmx=False)
    assert "<html" in text
    assert "$500 of $2,500" in words_of(text)
    assert re.findall(r">(1 months?|3 months?)</option>", text) == ["1 month", "3 months"]


@pytest.mark.clause("T3.1.1a")
def test_a_requirement_is_answered_without_the_fields_of_a_sale(world: World, sign_in: SignIn) -> None:
    charlie = sign_in(world.charlie)
    page = charlie.get(reverse("portal:what_if"), {"what": "nfr_cloud", "on": str(TODAY)})
    assert page.status_code == 200
    assert "Own cloud account (NFR) claimed, to keep Bronze" in words_of(page.text)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"net": ""}, "This field is required."),
        ({"net": "-5"}, "Ensure this value is greater than or equal to 0."),
        ({"net": "five"}, "Enter a number."),
        ({"on": "2001-01-01"}, "Choose a day from today to 400 days ahead."),
        ({"on": "soon"}, "Enter a valid date."),
        ({"product": "gold_bars"}, "Select a valid choice."),
        ({"client": "client:client-1"}, "Select a valid choice."),
        ({"what": "tutorial"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_stands_at_its_field(world: World, sign_in: SignIn, change: dict[str, str], words: str) -> None:
    text = ask(sign_in(world.charlie), change)
    assert words in words_of(text)
    assert 'class="field-error"' in text


def test_nothing_is_stored(world: World, sign_in: SignIn) -> None:
    before = Event.objects.count()
    ask(sign_in(world.charlie))
    assert Event.objects.count() == before


def test_too_many_questions_are_refused_for_a_while(world: World, sign_in: SignIn) -> None:
    charlie = sign_in(world.charlie)
    cache.set(f"limit:what_if:{world.charlie.pk}", WHAT_IF_TIMES)
    assert charlie.get(reverse("portal:what_if"), SALE).status_code == 429
    assert sign_in(world.alice).get(reverse("portal:what_if"), SALE).status_code == 200


def test_it_is_the_companys_own(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.staff["finance"]).get(reverse("portal:what_if"), SALE).status_code == 404
    assert Client().get(reverse("portal:what_if"), SALE).status_code == 302
