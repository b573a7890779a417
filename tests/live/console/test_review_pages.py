"""Pages of reviews: the list, the calendar, those at risk, and business reviews from planning to minutes."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.reviews import queries, services
from honeyguide.reviews.models import BusinessReview
from honeyguide.reviews.services import Appointment
from honeyguide.standing.models import Standing
from tests.live.conftest import NOW, TODAY, World

SignIn = Callable[[User], Client]


def words(response: Any) -> str:
    """What a person reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def csv_of(response: Any) -> list[str]:
    """Lines of an export."""
    return b"".join(response.streaming_content).decode().splitlines()


@pytest.mark.clause("T3.4a")
def test_the_list_says_who_is_decided_when_and_what_is_missing(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["manager"])
    page = words(client.get("/console/reviews/"))
    standing = Standing.objects.get(partner=world.comb)
    assert standing.due_on is not None
    days = (standing.due_on - TODAY).days
    told = rf"Comb GmbH Germany Bronze .*Deadline, {days} days left At risk Own cloud account \(NFR\) claimed"
    assert re.search(told, page), page
    assert "Nectar Ltd" in page
    for query, count in (
        ("status=gold", 1), ("status=silver", 0), ("verdict=at_risk&country=DE", 1), ("country=GB", 1), ("q=comb", 1),
        ("manager=none", 2), ("sort=-due_on", 2), ("sort=status", 2), ("status=nonsense", 2),
    ):  # fmt: skip
        assert f"{count} row" in words(client.get(f"/console/reviews/?{query}")), query
    lines = csv_of(client.get("/console/reviews/?export=csv"))
    assert len(lines) == 3
    assert any("Comb GmbH" in line and standing.due_on.isoformat() in line and "At risk" in line for line in lines)


@pytest.mark.clause("T3.4a", "T3.4b")
def test_those_at_risk_are_listed_with_what_they_would_lose(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["finance"])
    page = words(client.get("/console/reviews/at-risk/"))
    assert "Participation ends" in page
    assert "0 rows" in words(client.get("/console/reviews/at-risk/?activity=none"))
    assert "Comb GmbH" in words(client.get("/console/reviews/at-risk/?sort=-stake"))
    assert any("Comb GmbH" in line for line in csv_of(client.get("/console/reviews/at-risk/?export=csv")))


def test_the_calendar_shows_the_month_that_is_asked_for(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["support"])
    due = Standing.objects.get(partner=world.comb).due_on
    assert due is not None
    assert "Comb GmbH" in words(client.get(f"/console/reviews/calendar/?month={due:%Y-%m}"))
    for month in ("nonsense", "2026-13", "0001-01", "9999-12", ""):
        assert client.get(f"/console/reviews/calendar/?month={month}").status_code == 200


def plan(client: Client, **given: str) -> Any:
    """Fill in the form of a new business review."""
    url = "/console/partners/nectar/reviews/plan/"
    token = re.search(r'name="token" value="(rev_\w+)"', client.get(url).content.decode())
    assert token is not None
    day = (TODAY + timedelta(days=7)).isoformat()
    data = {"day": day, "time": "10:00", "minutes_long": "45", "place": "https://meet.example/n", "agenda": "Plans"}
    return client.post(url, {**data, "token": token[1], **given})


@pytest.mark.clause("T3.1.3b")
def test_a_business_review_goes_from_planning_to_its_calendar_file_and_cancelling(
    world: World, sign_in: SignIn
) -> None:
    manager = sign_in(world.staff["manager"])
    assert "Nectar Ltd" in words(manager.get("/console/business-reviews/"))
    wrong = plan(manager, day="2020-01-01")
    assert (wrong.status_code, "Choose a time to come" in words(wrong)) == (422, True)
    assert plan(manager).status_code == 302
    review = BusinessReview.objects.get()
    page = f"/console/business-reviews/{review.uid}/"
    assert "Alice" in words(manager.get(page))
    file = manager.get(f"{page}calendar.ics")
    assert file["Content-Type"].startswith("text/calendar")
    [event] = Calendar.from_ical(file.content).walk("VEVENT")
    assert event.decoded("DTSTART") == review.starts_at
    sequence = {"sequence": "0", "day": (TODAY + timedelta(days=9)).isoformat(), "time": "11:00", "minutes_long": "45"}
    assert manager.post(f"{page}change/", sequence).status_code == 302
    late = manager.post(f"{page}change/", {**sequence, "time": "12:00"})
    assert (late.status_code, "Look at it again" in words(late)) == (409, True)
    assert manager.post(f"{page}cancel/", {"reason": ""}).status_code == 422
    assert manager.post(f"{page}cancel/", {"reason": "Illness"}).status_code == 302
    assert "Illness" in words(manager.get(page))
    assert "1 row" in words(manager.get("/console/business-reviews/?state=cancelled"))
    assert any("Nectar Ltd" in line for line in csv_of(manager.get("/console/business-reviews/?export=csv")))


def held(world: World) -> BusinessReview:
    """A review that has begun a minute ago, planned a week before."""
    actor = Actor(name="m", user=world.staff["manager"])
    appointment = Appointment(NOW - timedelta(minutes=1), 30)
    return services.schedule(partner=world.nectar, appointment=appointment, actor=actor, now=NOW - timedelta(days=7))


@pytest.mark.clause("T3.1.3b")
def test_the_page_starts_with_those_whose_quarter_ends_first(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    quarters = [queries.Quarter(TODAY - timedelta(days=60), TODAY + timedelta(days=days), None) for days in range(12)]
    monkeypatch.setattr(queries, "without_review", lambda _today: [(world.nectar, quarter) for quarter in quarters])
    client = sign_in(world.staff["manager"])
    page = words(client.get("/console/business-reviews/"))
    assert (page.count("quarter ends"), "All (12)" in page) == (10, True)
    page = words(client.get("/console/business-reviews/?without=all"))
    assert (page.count("quarter ends"), "All (12)" in page) == (12, False)


@pytest.mark.clause("T3.1.3b")
def test_attendance_is_recorded_and_corrected_through_the_page(world: World, sign_in: SignIn) -> None:
    manager, review = sign_in(world.staff["manager"]), held(world)
    url = f"/console/business-reviews/{review.uid}/record/"
    mark = re.search(r'name="changed_at" value="([^"]+)"', manager.get(url).content.decode())
    assert mark is not None
    there = [str(world.alice.pk), str(world.staff["manager"].pk)]
    data = {"there": there, "summary": "All well", "changed_at": mark[1]}
    assert manager.post(url, data).status_code == 302
    assert "All well" in words(manager.get(f"/console/business-reviews/{review.uid}/"))
    file = "/console/partners/nectar/reviews/"
    assert "Attended" in words(manager.get(file))
    for query, rows in {"?q=well": "1 row", "?state=held": "1 row", "?when=ahead": "Nothing fits the search"}.items():
        assert rows in words(manager.get(file + query)), query
    head, line = csv_of(manager.get(f"{file}?export=csv"))
    assert head.strip().lstrip("\ufeff") == "Begins,State,Where,Who comes,Organiser"
    assert ",Held,,Alice," in line
    late = sign_in(world.staff["admin"]).post(url, {**data, "there": [], "summary": "None came"})
    assert (late.status_code, "recorded this business review" in words(late)) == (409, True)


@pytest.mark.clause("T3.1.3b")
def test_a_meeting_to_come_has_no_form_to_record_it(world: World, sign_in: SignIn) -> None:
    manager, review = sign_in(world.staff["manager"]), held(world)
    BusinessReview.objects.update(starts_at=NOW + timedelta(days=3))
    page = manager.get(f"/console/business-reviews/{review.uid}/record/", follow=True)
    assert page.redirect_chain == [(f"/console/business-reviews/{review.uid}/", 302)]
    assert "It has not begun: record it afterwards." in words(page)


@pytest.mark.parametrize("role", ["compliance", "finance", "support"])
def test_business_reviews_are_planned_by_managers_alone(world: World, sign_in: SignIn, role: str) -> None:
    client, review = sign_in(world.staff[role]), held(world)
    assert client.get(f"/console/business-reviews/{review.uid}/").status_code == 200
    for action in ("change", "cancel", "record"):
        assert client.post(f"/console/business-reviews/{review.uid}/{action}/", {}).status_code == 403
    assert client.get("/console/partners/nectar/reviews/plan/").status_code == 403
    assert sign_in(world.alice).get(f"/console/business-reviews/{review.uid}/").status_code == 404
    assert client.get("/console/business-reviews/rev_nope/").status_code == 404
