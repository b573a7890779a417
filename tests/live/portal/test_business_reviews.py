"""Business reviews on the partner's side: who comes, the calendar file, the minutes (T3.1.3b)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.reviews import services
from honeyguide.reviews.models import Attendee, BusinessReview
from honeyguide.reviews.services import Appointment
from tests.live.conftest import NOW, World

SignIn = Callable[[User], Client]
PAGE = "/partner/business-reviews/"


@pytest.fixture
def review(world: World) -> BusinessReview:
    actor = Actor(name="m", user=world.staff["manager"])
    appointment = Appointment(NOW.replace(microsecond=0) + timedelta(days=3), 30, "Room 5", "Figures")
    return services.schedule(partner=world.nectar, appointment=appointment, actor=actor, now=NOW)


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


@pytest.mark.clause("T3.1.3b")
def test_people_say_whether_they_come_and_take_the_calendar_file(
    world: World, sign_in: SignIn, review: BusinessReview
) -> None:
    bob = sign_in(world.bob)
    assert "Room 5" in words(bob.get(PAGE))
    for answer, said in (("yes", "You come."), ("no", "You do not come.")):
        page = bob.post(f"{PAGE}{review.uid}/answer/", {"answer": answer}, follow=True)
        assert said in words(page)
        assert Attendee.objects.get(review=review, user=world.bob).answer == answer
    file = bob.get(f"{PAGE}{review.uid}/calendar.ics")
    assert "attachment" in file["Content-Disposition"]
    [event] = Calendar.from_ical(file.content).walk("VEVENT")
    assert (event.decoded("DTSTART"), event["LOCATION"]) == (review.starts_at, "Room 5")


def test_another_company_finds_nothing_of_it(world: World, sign_in: SignIn, review: BusinessReview) -> None:
    charlie = sign_in(world.charlie)
    assert "Room 5" not in words(charlie.get(PAGE))
    assert "No business reviews yet" in words(charlie.get(PAGE))
    assert charlie.get(f"{PAGE}{review.uid}/calendar.ics").status_code == 404
    assert charlie.post(f"{PAGE}{review.uid}/answer/", {"answer": "yes"}).status_code == 404
    assert not Attendee.objects.filter(review=review, user=world.charlie).exists()
    assert sign_in(world.alice).get(f"{PAGE}{review.uid}/answer/").status_code == 405


def test_minutes_and_reasons_are_shown_afterwards_in_both_languages(
    world: World, sign_in: SignIn, review: BusinessReview
) -> None:
    actor = Actor(name="m", user=world.staff["manager"])
    services.cancel(uid=review.uid, reason="Illness", actor=actor, now=NOW)
    past = services.schedule(
        partner=world.nectar, appointment=Appointment(NOW - timedelta(days=1), 30), actor=actor,
        now=NOW - timedelta(days=9),
    )  # fmt: skip
    services.record_attendance(
        uid=past.uid, there=[world.alice, world.staff["manager"]], summary="Grow in Wales", actor=actor, now=NOW
    )
    for language in ("en", "ru"):
        world.alice.language = language
        world.alice.save(update_fields=["language"])
        page = words(sign_in(world.alice).get(PAGE))
        assert "Illness" in page
        assert "Grow in Wales" in page
        assert not re.search(r"\b(held|cancelled|rev_\w+)\b", page)


def test_reviews_that_were_are_searched_filtered_and_taken_away_as_csv(
    world: World, sign_in: SignIn, review: BusinessReview
) -> None:
    alice, actor = sign_in(world.alice), Actor(name="m", user=world.staff["manager"])
    assert "Earlier" not in words(alice.get(PAGE))
    services.cancel(uid=review.uid, reason="Illness", actor=actor, now=NOW)
    past = services.schedule(
        partner=world.nectar, appointment=Appointment(NOW - timedelta(days=1), 30), actor=actor,
        now=NOW - timedelta(days=9),
    )  # fmt: skip
    assert "Not recorded yet" in words(alice.get(PAGE))
    services.record_attendance(
        uid=past.uid, there=[world.alice, world.staff["manager"]], summary="Grow in Wales", actor=actor, now=NOW
    )
    assert "2 rows" in words(alice.get(PAGE))
    for query in ("?q=wales", "?q=grow+alice", "?state=held"):
        page = words(alice.get(PAGE + query))
        assert ("1 row" in page, "Grow in Wales" in page, "Illness" in page) == (True, True, False), query
    assert "Nothing fits the search and filters" in words(alice.get(f"{PAGE}?q=nothing"))
    lines = alice.get(f"{PAGE}?export=csv").getvalue().decode("utf-8-sig").splitlines()
    assert lines[0] == "Day,State,Who was there,Minutes of the meeting"
    assert [line.rsplit(",", 1)[1] for line in lines[1:]] == ["Illness", "Grow in Wales"]
    other = sign_in(world.charlie).get(f"{PAGE}?export=csv").getvalue().decode("utf-8-sig").splitlines()
    assert other == lines[:1]
