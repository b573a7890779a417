"""The partner's first page: what is due and what it is worth, before all else."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.requirements.services import evidence, nfr
from honeyguide.standing import engine
from tests.live.conftest import NOW, World
from tests.live.portal.pages import raw_words, words_of
from tests.live.standing.states import added, sale, silver

SignIn = Callable[[User], Client]
QUERIES_MOST = 25


def home_text(client: Client) -> str:
    """What a person reads."""
    page = client.get(reverse("portal:home"))
    assert page.status_code == 200
    assert raw_words(page.text) == []
    return words_of(page.text)


@pytest.mark.clause("T3.1.1a")
def test_what_keeps_the_company_in_the_program_comes_first(world: World, sign_in: SignIn) -> None:
    text = home_text(sign_in(world.charlie))
    assert "worth your place in the program" in text
    assert text.index("Claim by 19 Dec 2026") < text.index("To reach Silver") < text.index("Complete: Sales course")
    assert "worth 20% of discount" in text
    assert "$2,500 in all" in text
    assert "No. 2" in text


@pytest.mark.clause("T3.1.1a")
@pytest.mark.parametrize("page", ["portal:home", "portal:status"])
def test_what_was_handed_in_or_claimed_waits_and_is_no_step_any_more(world: World, sign_in: SignIn, page: str) -> None:
    actor, charlie = Actor(name="Charlie", user=world.charlie, partner="comb"), sign_in(world.charlie)
    before = words_of(charlie.get(reverse(page)).text)
    steps = ("Claim by 19 Dec 2026", "Hand in evidence: First-line support by telephone")
    assert [step for step in steps if step in before] == list(steps)
    nfr.claim(
        partner=world.comb, product="cloud", account="comb.example.com", use="both", agreed=True, form_token="1",
        actor=actor, now=NOW,
    )  # fmt: skip
    evidence.submit(
        partner=world.comb, requirement="phone_support", kind="text", text="9 to 18", form_token="2", actor=actor,
        now=NOW,
    )  # fmt: skip
    after = words_of(charlie.get(reverse(page)).text)
    assert [step for step in steps if step in after] == []
    assert "Claimed on 20 Nov 2026, waits for a decision" in after
    assert "Handed in on 20 Nov 2026, waits for a decision" in after
    assert "The program team records it once one of your people has completed it." in after


@pytest.mark.clause("T3.3", "T3.1.2b")
def test_a_status_at_risk_lists_its_cheapest_way_by_deadline(world: World, sign_in: SignIn) -> None:
    events = [*silver("risky", 100), sale("risky", 3, "Cedar", "900", 80, seats=120, term_months=3)]
    text = home_text(sign_in(added(world, "risky", events)[1]))
    assert text.index("To keep Silver") < text.index("Renew for Cedar") < text.index("To reach Gold")


def test_what_has_happened_is_told_in_words(world: World, sign_in: SignIn) -> None:
    assert "The company was accepted into the program" in home_text(sign_in(world.charlie))


def test_an_incomplete_profile_is_a_task(world: World, sign_in: SignIn) -> None:
    assert "fields of the company profile are empty" in home_text(sign_in(world.charlie))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_both_languages_show_no_raw_words(world: World, sign_in: SignIn, language: str) -> None:
    world.alice.language = language
    world.alice.save()
    home_text(sign_in(world.alice))


def test_it_runs_no_engine_and_few_queries(
    world: World,
    sign_in: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alice = sign_in(world.alice)
    monkeypatch.setattr(engine, "decide", lambda *_given: pytest.fail("the engine was run"))
    with django_assert_max_num_queries(QUERIES_MOST):
        assert alice.get(reverse("portal:home")).status_code == 200


@pytest.mark.clause("T7.1", "T1.5")
def test_an_applicant_sees_the_application_instead(world: World, sign_in: SignIn) -> None:
    event = {"type": "partner.applied", "partner": "hopeful", "name": "Hopeful", "country": "US"}
    _partner, user = added(world, "hopeful", [event])
    page = sign_in(user).get(reverse("portal:home"))
    assert page.status_code == 200
    assert "What to do next" not in words_of(page.text)
