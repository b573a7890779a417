"""The status page: what holds and why, what is missing, what lies ahead, as of any day."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from honeyguide.accounts.models import User
from honeyguide.program.engine.outcome import Outcome, decide
from honeyguide.standing import engine
from honeyguide.standing.models import Standing
from honeyguide.standing.queries import standing_on
from tests.live.conftest import NOW, TODAY, World, at
from tests.live.portal.pages import raw_words, words_of
from tests.live.standing.states import accepted, added, course, days_ago, evidence, gold, nfr, sale, silver

SignIn = Callable[[User], Client]
QUERIES_MOST = 25


def status_text(client: Client, **query: str) -> str:
    """What a person reads on the page."""
    page = client.get(reverse("portal:status"), query)
    assert page.status_code == 200
    assert raw_words(page.text) == []
    return words_of(page.text)


def new(world: World, sign_in: SignIn, key: str, events: list[dict[str, Any]]) -> Client:
    """A signed-in main user of a company with these events."""
    return sign_in(added(world, key, events)[1])


@pytest.mark.clause("T3.1.1a")
def test_bronze_in_its_first_days_is_told_what_is_missing_by_when(world: World, sign_in: SignIn) -> None:
    text = status_text(sign_in(world.charlie))
    assert "Deadline" in text
    assert "in 29 days" in text
    assert "By the end of 19 Dec 2026 everything has to be there." in text
    assert "If not, the status and the participation are cancelled on the day after." in text
    assert "Still missing: Own cloud account (NFR) claimed." in text
    assert "Claim by 19 Dec 2026: Own cloud subscription (NFR)" in text


@pytest.mark.clause("T3.1.1b")
def test_bronze_has_its_discount_from_the_tutorial_on(world: World, sign_in: SignIn) -> None:
    client = new(world, sign_in, "fresh", accepted("fresh", 10))
    assert "20% as Bronze as soon as this is done: Product tutorial." in status_text(client)
    world.tell(course("fresh", "tutorial", 0))
    text = status_text(client)
    assert "What Bronze gives." in text
    assert "Implementation request app" in text


@pytest.mark.clause("T3.1.1a")
def test_bronze_after_its_first_days_has_nothing_due(world: World, sign_in: SignIn) -> None:
    events = [*accepted("calm", 200), course("calm", "tutorial", 190), nfr("calm", 190)]
    text = status_text(new(world, sign_in, "calm", events))
    assert "Nothing is due" in text
    assert "Bronze stays as it is: it has no yearly review." in text
    assert "Reach Silver" in text


@pytest.mark.clause("T3.4b")
def test_who_did_nothing_for_six_months_is_warned(world: World, sign_in: SignIn) -> None:
    applied, acceptance = accepted("idle", 200)
    applied["at"] = at(days_ago(210))
    idle = new(world, sign_in, "idle", [applied, course("idle", "tutorial", 205), acceptance, nfr("idle", 190)])
    assert "Nothing was done since the acceptance on 4 May 2026" in status_text(idle)
    world.tell(course("idle", "sales", 1))
    assert "Nothing was done" not in status_text(idle)


@pytest.mark.clause("T3.1.2a", "T3.1.2c")
def test_what_silver_asks_and_adds_is_listed_with_figures(world: World, sign_in: SignIn) -> None:
    text = status_text(sign_in(world.charlie))
    for words in (
        "Reach Silver", "$0 of $2,500", "0 of 2", "Endorsement on your website", "Endorsement in social networks",
        "Sales course", "First-line support by telephone", "First-line support by e-mail", "Silver adds",
        "A discount of 40%", "Listing in the partner directory", "Sell $2,500 more, to 2 other clients",
    ):  # fmt: skip
        assert words in text


@pytest.mark.clause("T3.1.2b", "T3.3", "T3.4a")
def test_silver_is_told_what_the_review_will_find(world: World, sign_in: SignIn) -> None:
    events = [
        *silver("nearly", 320),
        sale("nearly", 3, "Maturing GmbH", "1500", 60, seats=150),
        sale("nearly", 4, "Lapsing Ltd", "900", 170, seats=200, term_months=3),
        sale("nearly", 5, "Lapsing Ltd", "900", 80, term_months=3),
    ]
    text = status_text(new(world, sign_in, "nearly", events))
    assert "Keep Silver" in text
    assert "in 45 days" in text
    assert "the status goes down to Bronze" in text
    assert "New client seats on their way" in text
    assert "Counted" in text


@pytest.mark.clause("T3.3")
def test_seats_that_lapse_say_until_when_the_client_can_renew(world: World, sign_in: SignIn) -> None:
    events = [
        *silver("lapsing", 100),
        sale("lapsing", 3, "Cedar", "900", 80, seats=120, term_months=3),
    ]
    text = status_text(new(world, sign_in, "lapsing", events))
    assert "Renew by 1 Dec 2026 (paid until 30 Nov 2026)" in text
    assert "120 only if renewed" in text


@pytest.mark.clause("T3.1.3a", "T3.1.3b", "T3.1.3c")
def test_gold_is_told_what_keeps_it_and_what_only_shows(world: World, sign_in: SignIn) -> None:
    text = status_text(sign_in(world.alice))
    for words in ("Keep Gold", "$21,000 of $15,000", "200 of 1,000", "Quarterly business reviews",
                  "For information: it does not decide.", "Special offers for a product or a client"):  # fmt: skip
        assert words in text
    assert "At most 200 of 1,000 seats can mature before the review, even if every client renews." in text
    assert "On 24 Jan 2027 the status goes down to Silver, with a discount of 40%." in text


@pytest.mark.clause("T3.5")
def test_a_lost_status_is_regained_at_the_figures_for_keeping_it(world: World, sign_in: SignIn) -> None:
    text = status_text(new(world, sign_in, "again", silver("again", 400)))
    assert "Regain Silver" in text
    assert "You held Silver before. A status that was lost is regained at the figures for keeping it" in text
    assert "of $5,000" in text
    assert "Down from Silver to Bronze" in text


@pytest.mark.clause("T3.2")
def test_excluded_sales_stand_in_the_list_with_their_reason(world: World, sign_in: SignIn) -> None:
    world.tell(
        {"type": "sale.excluded", "partner": "nectar", "sale": "nectar-s4", "reason": "A company of the same group"}
    )
    text = status_text(sign_in(world.alice))
    assert "Excluded: A company of the same group" in text
    assert "$12,000 of $15,000" in text


@pytest.mark.clause("T3.6")
def test_a_reduced_discount_says_what_it_was_and_why(world: World, sign_in: SignIn) -> None:
    world.tell({"type": "discount.adjusted", "partner": "nectar", "percent": "35", "reason": "No support."})
    text = status_text(sign_in(world.alice))
    assert "Reduced from 50%: No support. The operator restores it once that is settled." in text
    assert "Reduced by the operator to" in text
    world.tell({"type": "discount.restored", "partner": "nectar", "at": NOW + timedelta(minutes=1)})
    assert "Reduced from" not in status_text(sign_in(world.alice))


@pytest.mark.clause("T3.6")
def test_a_reduced_discount_says_what_restores_it(world: World, sign_in: SignIn) -> None:
    world.tell(
        {"type": "discount.adjusted", "partner": "nectar", "percent": "35", "reason": "Not fully met.",
         "restored_by": "5,000 of sales in the year under review."}
    )  # fmt: skip
    text = status_text(sign_in(world.alice))
    restores = "5,000 of sales in the year under review."
    assert f"Reduced from 50%: Not fully met. What restores it: {restores} " in text
    assert "The operator restores it" not in text
    assert f"What restores it {restores} " in text


@pytest.mark.clause("T14")
def test_measures_in_force_stand_above_all_with_their_end(world: World, sign_in: SignIn) -> None:
    until = TODAY + timedelta(days=30)
    world.tell(
        {"type": "measure.applied", "partner": "nectar", "measure": "bar_leads", "until": str(until), "reason": "Late"}
    )
    assert "No leads from 20 Nov 2026 until the end of 20 Dec 2026. Late" in status_text(sign_in(world.alice))


@pytest.mark.clause("T14", "T3.4b", "T1.5")
@pytest.mark.parametrize(
    "event",
    [
        {"type": "measure.applied", "measure": "block_access"},
        {"type": "partner.suspended", "reason": "No activity"},
        {"type": "partner.terminated"},
    ],
)
def test_without_the_dashboard_the_page_is_closed_and_earlier_days_are_too(
    world: World, sign_in: SignIn, event: dict[str, Any]
) -> None:
    world.tell({**event, "partner": "nectar"})
    alice = sign_in(world.alice)
    assert alice.get(reverse("portal:status")).status_code == 403
    assert alice.get(reverse("portal:home")).status_code == 200


@pytest.mark.clause("T3.4b", "T14")
@pytest.mark.parametrize(
    ("began", "ended", "words"),
    [
        (
            {"type": "partner.suspended"},
            {"type": "partner.reinstated"},
            "No discount while the account is suspended; 50% again after it.",
        ),
        (
            {"type": "measure.applied", "measure": "block_access"},
            {"type": "measure.lifted", "measure": "block_access"},
            "Access is blocked until the end of",
        ),
    ],
)
def test_a_day_on_which_there_was_no_discount_says_why(
    world: World, sign_in: SignIn, began: dict[str, Any], ended: dict[str, Any], words: str
) -> None:
    world.tell(
        {**began, "partner": "nectar", "at": at(days_ago(20))}, {**ended, "partner": "nectar", "at": at(days_ago(9))}
    )
    text = status_text(sign_in(world.alice), as_of=str(days_ago(15)))
    assert words in text
    assert "0%" in text


def test_a_day_before_the_acceptance_shows_the_application(world: World, sign_in: SignIn) -> None:
    events = accepted("waiting", 50)
    events[0]["at"] = at(days_ago(60))
    text = status_text(new(world, sign_in, "waiting", events), as_of=str(days_ago(55)))
    assert "The application is being looked at." in text
    assert "No status" in text


@pytest.mark.clause("T3.1.3a")
def test_any_day_is_shown_as_it_was(world: World, sign_in: SignIn) -> None:
    steps = Standing.objects.get(partner=world.nectar).answer["transitions"]
    alice = sign_in(world.alice)
    page = alice.get(reverse("portal:status"))
    before_gold = str(TODAY.fromisoformat(steps[2]["on"]) - timedelta(days=1))
    assert f"?as_of={before_gold}" in page.text
    text = status_text(alice, as_of=before_gold)
    assert "Keep Silver" in text
    assert "by all that is known today" in text
    assert "What if" not in text


@pytest.mark.parametrize(
    ("as_of", "words"),
    [
        (str(TODAY + timedelta(days=1)), "This day lies ahead."),
        ("2001-01-01", "Nothing is known before 20 Dec 2024."),
        ("yesterday", "This is not a day."),
        ("", "This is not a day."),
    ],
)
def test_a_day_that_cannot_be_shown_says_so_and_today_is_shown(
    world: World, sign_in: SignIn, as_of: str, words: str
) -> None:
    page = sign_in(world.alice).get(reverse("portal:status"), {"as_of": as_of})
    assert page.status_code == 422
    assert words in words_of(page.text)
    assert "What holds today is shown." in words_of(page.text)
    assert 'aria-invalid="true"' in page.text


def test_the_rank_of_an_earlier_day_comes_after_the_page(world: World, sign_in: SignIn) -> None:
    alice = sign_in(world.alice)
    day = str(days_ago(5))
    assert f"{reverse('portal:status_rank')}?as_of={day}" in alice.get(reverse("portal:status"), {"as_of": day}).text
    asked = {"hx-request": "true"}
    found = alice.get(reverse("portal:status_rank"), {"as_of": day}, headers=asked)
    assert "No. 1 by active points" in words_of(found.text)
    assert alice.get(reverse("portal:status_rank"), {"as_of": "nonsense"}, headers=asked).status_code == 422
    assert alice.get(reverse("portal:status_rank"), {"as_of": day})["Location"] == f"/partner/status/?as_of={day}"


@pytest.mark.clause("T3.1.2a", "T3.4a")
def test_each_step_of_the_time_line_shows_its_figures(world: World, sign_in: SignIn) -> None:
    text = status_text(sign_in(world.alice))
    assert text.index("Gold reached") < text.index("Silver reached") < text.index("Accepted: Bronze")
    assert "Sales: $12,000 of $10,000" in text
    assert "T3.1.3a" in text


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("state", ["bronze", "silver", "gold", "again", "reduced", "late"])
def test_no_state_shows_raw_words_in_either_language(world: World, sign_in: SignIn, language: str, state: str) -> None:
    events = {
        "bronze": accepted("one", 10),
        "silver": [*silver("one", 100), sale("one", 9, "Cedar", "900", 80, seats=120, term_months=3)],
        "gold": gold("one", 60),
        "again": silver("one", 400),
        "reduced": [
            *silver("one", 20),
            {"at": at(days_ago(2)), "type": "discount.adjusted", "partner": "one", "percent": "12.5", "reason": "Late"},
            {"at": at(days_ago(2)), "type": "measure.applied", "partner": "one", "measure": "downgrade"},
        ],
        "late": [*accepted("one", 89), *evidence("one", ("webinar",), 80)],
    }[state]
    _partner, user = added(world, "one", events)
    user.language = language
    user.save()
    page = sign_in(user).get(reverse("portal:status"))
    assert page.status_code == 200
    assert f'lang="{language}"' in page.text
    assert raw_words(page.text) == []


def test_todays_page_runs_no_engine_and_few_queries(
    world: World,
    sign_in: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alice = sign_in(world.alice)
    monkeypatch.setattr(engine, "decide", lambda *_given: pytest.fail("the engine was run"))
    with django_assert_max_num_queries(QUERIES_MOST):
        assert alice.get(reverse("portal:status")).status_code == 200


def test_an_earlier_day_runs_the_engine_once(world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    alice, runs = sign_in(world.alice), list[date]()

    def counted(*given: Any, **more: Any) -> Outcome:
        runs.append(TODAY)
        return decide(*given, **more)

    monkeypatch.setattr(engine, "decide", counted)
    alice.get(reverse("portal:status"), {"as_of": str(days_ago(5))})
    assert len(runs) == 1


def test_an_outsider_sees_their_own_status_and_the_team_none(world: World, sign_in: SignIn) -> None:
    assert "Keep Gold" not in status_text(sign_in(world.charlie))
    assert sign_in(world.staff["manager"]).get(reverse("portal:status")).status_code == 404
    assert Client().get(reverse("portal:status")).status_code == 302


def test_a_colleague_sees_the_same(world: World, sign_in: SignIn) -> None:
    assert "Keep Gold" in status_text(sign_in(world.bob))


@pytest.mark.clause("T3.1.2b", "T3.6")
@pytest.mark.parametrize("day", [TODAY, days_ago(30)])
def test_the_overview_can_be_shown_in_the_partners_file(world: World, day: date) -> None:
    standing = standing_on(world.nectar, day)
    shown = render_to_string("portal/parts/standing_overview.html", {"standing": standing, "today": TODAY})
    assert raw_words(shown) == []
    for words in ("Keep Gold", "What Gold gives.", "Gold reached", "Sales and status"):
        assert words in words_of(shown)
    assert reverse("portal:status") not in shown
