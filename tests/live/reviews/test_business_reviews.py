"""Quarterly business reviews: planned, moved, cancelled, recorded; in every calendar, and as evidence (T3.1.3b)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.common.errors import Forbidden, Invalid, NotFound, Refusal, Stale
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.history.models import Event
from honeyguide.notices.models import Notice
from honeyguide.reviews import calendar, queries, services
from honeyguide.reviews.models import Attendee, BusinessReview, ReviewState
from honeyguide.reviews.services import Appointment
from honeyguide.standing.models import Standing
from tests.live.conftest import NOW, TODAY, World, at

THEN = NOW.replace(microsecond=0) + timedelta(days=7)
AFTER = THEN + timedelta(hours=3)
HOUR = Appointment(THEN, 60, "https://meet.example/nectar", "Figures; plans; what is missing")


def manager(world: World) -> Actor:
    return Actor(name=world.staff["manager"].name, user=world.staff["manager"])


def plan(
    world: World, appointment: Appointment = HOUR, token: str = "", people: tuple[User, ...] = ()
) -> BusinessReview:
    return services.schedule(
        partner=world.nectar, appointment=appointment, people=people, token=token, actor=manager(world), now=NOW
    )


def record(
    world: World, review: BusinessReview, *there: User, now: datetime = AFTER, summary: str = ""
) -> BusinessReview:
    return services.record_attendance(uid=review.uid, there=there, summary=summary, actor=manager(world), now=now)


def qbr(world: World) -> bool:
    rows = Standing.objects.get(partner=world.nectar).answer["requirements"]
    return bool(next(row["met"] for row in rows if row["requirement"] == "qbr"))


def parsed(content: bytes) -> tuple[Any, Any]:
    found = Calendar.from_ical(content)
    [event] = found.walk("VEVENT")
    return found, event


@pytest.mark.clause("T3.1.3b")
def test_a_planned_review_is_told_with_the_appointment_attached(world: World) -> None:
    review = plan(world)
    assert {str(attendee) for attendee in review.attendees.all()} == {"Alice", "Bob", "Manager Person"}
    notice = Notice.objects.get(kind="business_review_scheduled")
    assert {recipient.address for recipient in notice.recipients.all()} == {"alice@example.com", "bob@example.com"}
    [attachment] = notice.attachments.all()
    assert attachment.content_type == "text/calendar; charset=utf-8; method=REQUEST"
    found, event = parsed(bytes(attachment.content))
    assert (found["METHOD"], event["SEQUENCE"], event["STATUS"]) == ("REQUEST", 0, "CONFIRMED")
    assert event["UID"] == f"{review.uid}@localhost"
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (THEN, THEN + timedelta(hours=1))
    assert event["ORGANIZER"] == "mailto:manager@vendor.example"
    assert {str(each) for each in event["ATTENDEE"]} >= {"mailto:alice@example.com", "mailto:bob@example.com"}
    assert (event["LOCATION"], event["DESCRIPTION"]) == (HOUR.place, HOUR.agenda)


def test_moving_raises_the_sequence_and_asks_anew(world: World) -> None:
    review = plan(world)
    services.answer(review=review, user=world.alice, comes=True, now=NOW)
    moved = Appointment(THEN + timedelta(days=1), 45, HOUR.place, HOUR.agenda)
    for _twice in range(2):
        review = services.reschedule(uid=review.uid, appointment=moved, sequence=0, actor=manager(world), now=NOW)
    assert review.sequence == 1
    assert Attendee.objects.get(review=review, user=world.alice).answer == "open"
    _found, event = parsed(bytes(Notice.objects.get(kind="business_review_changed").attachments.get().content))
    assert (event["SEQUENCE"], event.decoded("DTSTART")) == (1, THEN + timedelta(days=1))
    again = Appointment(THEN + timedelta(days=2), 45)
    with pytest.raises(Stale, match="was changed on 20 Nov 2026"):
        services.reschedule(uid=review.uid, appointment=again, sequence=0, actor=manager(world), now=NOW)


def test_cancelling_takes_it_out_of_calendars(world: World) -> None:
    review = plan(world)
    for _twice in range(2):
        services.cancel(uid=review.uid, reason="Illness", actor=manager(world), now=NOW)
    found, event = parsed(bytes(Notice.objects.get(kind="business_review_cancelled").attachments.get().content))
    assert (found["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    with pytest.raises(Stale, match="cancelled on 20 Nov 2026"):
        services.reschedule(uid=review.uid, appointment=HOUR, actor=manager(world), now=NOW)
    with pytest.raises(Refusal, match="cancelled"):
        record(world, review, world.alice)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Almaty"])
def test_times_stand_in_the_programs_zone_with_its_rules_across_a_change_of_clocks(
    world: World, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar, "program_zone", lambda: ZoneInfo(zone))
    for starts in (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), datetime(2026, 11, 21, 13, 0, tzinfo=UTC)):
        review = plan(world, Appointment(starts, 90))
        found, event = parsed(calendar.calendar_of(review))
        assert event.decoded("DTSTART").astimezone(UTC) == starts
        assert event.decoded("DTEND").astimezone(UTC) == starts + timedelta(minutes=90)
        assert event["DTSTART"].params["TZID"] == zone
        assert [str(each["TZID"]) for each in found.walk("VTIMEZONE")] == [zone]


@pytest.mark.clause("T3.1.3b")
def test_an_attended_review_is_evidence_and_a_correction_withdraws_it(world: World) -> None:
    review = plan(world)
    assert not qbr(world)
    before = Standing.objects.get(partner=world.nectar)
    review = record(world, review, world.alice, world.staff["manager"], summary="All well")
    assert (review.state, review.summary, qbr(world)) == (ReviewState.HELD, "All well", True)
    after = Standing.objects.get(partner=world.nectar)
    assert (after.status, after.discount_percent) == (before.status, before.discount_percent)
    assert next(row["decides"] for row in after.answer["requirements"] if row["requirement"] == "qbr") is False
    record(world, review, world.alice, world.staff["manager"], summary="All well")
    assert Event.objects.filter(type="evidence.approved", data__requirement="qbr").count() == 1
    review = record(world, review, world.staff["manager"], now=AFTER + timedelta(hours=1))
    assert (review.state, qbr(world)) == (ReviewState.MISSED, False)
    assert Event.objects.filter(type="evidence.withdrawn", data__requirement="qbr").count() == 1
    review = record(world, review, world.bob, world.staff["manager"], now=AFTER + timedelta(hours=2))
    assert (review.state, qbr(world)) == (ReviewState.HELD, True)


@pytest.mark.clause("T3.1.3b")
def test_a_missed_review_after_an_attended_one_withdraws_the_evidence(world: World) -> None:
    record(world, plan(world), world.alice, world.staff["manager"])
    second = plan(world, Appointment(THEN + timedelta(days=1), 30))
    record(world, second, now=AFTER + timedelta(days=2))
    assert not qbr(world)


def test_two_who_record_at_once_do_not_overwrite_each_other(world: World) -> None:
    review = plan(world)
    record(world, review, world.alice, world.staff["manager"])
    with pytest.raises(Stale, match="Manager Person recorded"):
        services.record_attendance(
            uid=review.uid, there=[], summary="", changed_at=review.changed_at, actor=manager(world), now=AFTER
        )
    assert qbr(world)


def test_nothing_is_recorded_before_it_begins(world: World) -> None:
    review = plan(world)
    with pytest.raises(Refusal, match="not begun"):
        record(world, review, world.alice, now=NOW)
    services.answer(review=review, user=world.bob, comes=False, now=NOW)
    with pytest.raises(Refusal, match="answers are closed"):
        services.answer(review=review, user=world.bob, comes=True, now=AFTER)
    with pytest.raises(NotFound):
        services.cancel(uid="rev_nope", reason="x", actor=manager(world), now=NOW)


@pytest.mark.parametrize(
    ("appointment", "field"),
    [
        (Appointment(NOW, 60), "starts_at"),
        (Appointment(NOW + timedelta(days=800), 60), "starts_at"),
        (Appointment(THEN, 10), "minutes_long"),
        (Appointment(THEN, 60, "x" * 301), "place"),
        (Appointment(THEN, 60, "", "x" * 4001), "agenda"),
    ],
)
def test_an_impossible_appointment_is_refused_at_its_field(world: World, appointment: Appointment, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        plan(world, appointment)
    assert list(refused.value.fields) == [field]
    assert not BusinessReview.objects.exists()


def test_the_same_form_twice_plans_once_and_the_same_hour_not_again(world: World) -> None:
    token = "rev_" + "1" * 18
    assert plan(world, token=token) == plan(world, token=token)
    with pytest.raises(Invalid, match="already"):
        plan(world)
    assert BusinessReview.objects.count() == Notice.objects.filter(kind="business_review_scheduled").count() == 1


def test_business_reviews_are_planned_by_managers_with_people_of_the_partner(world: World) -> None:
    actors = [Actor(name=role, user=world.staff[role]) for role in ("compliance", "finance", "support")]
    actors.append(Actor(name="alice", user=world.alice, partner="nectar"))
    for actor in actors:
        with pytest.raises(Forbidden, match="partner managers and administrators"):
            services.schedule(partner=world.nectar, appointment=HOUR, actor=actor, now=NOW)
    with pytest.raises(Invalid, match="neither"):
        plan(world, people=(world.charlie,))
    assert not BusinessReview.objects.exists()


@pytest.mark.clause("T3.1.3b")
def test_the_quarters_of_a_gold_year_show_what_was_attended(world: World) -> None:
    standing = Standing.objects.get(partner=world.nectar)
    record(world, plan(world), world.alice, world.staff["manager"])
    found = queries.quarters(standing, queries.reviews_of(world.nectar), [])
    assert found[0].first == standing.confirmed_on
    assert found[-1].last == (standing.review_on or date.max) - timedelta(days=1)
    assert [quarter.is_attended for quarter in found] == [False, False, False, True]
    assert queries.quarters(Standing.objects.get(partner=world.comb), [], []) == []
    assert queries.asked_statuses() == ("gold",)


@pytest.mark.clause("T3.1.3b")
def test_a_quarter_with_approved_evidence_was_attended(world: World) -> None:
    standing = Standing.objects.get(partner=world.nectar)
    assert standing.confirmed_on is not None
    in_first, in_second = (standing.confirmed_on + timedelta(days=days) for days in (20, 120))
    shown = {"type": "evidence.approved", "partner": "nectar", "requirement": queries.EVIDENCE}
    world.tell(
        {**shown, "at": at(in_first)},
        {**shown, "at": at(in_second)},
        {**shown, "type": "evidence.withdrawn", "at": at(in_second + timedelta(days=1))},
    )
    record(world, plan(world), world.alice, world.staff["manager"])  # its evidence is the review itself
    evidence = queries.days_of_evidence(world.nectar)
    assert (evidence, queries.days_of_evidence(world.comb)) == ([in_first], [])
    found = queries.quarters(standing, queries.reviews_of(world.nectar), evidence)
    assert [quarter.is_attended for quarter in found] == [True, False, False, True]


@pytest.mark.clause("T3.1.3b")
def test_evidence_of_this_quarter_is_no_lack_of_a_review(world: World) -> None:
    assert len(queries.without_review(TODAY)) == 1
    shown = {"type": "evidence.approved", "partner": "nectar", "requirement": queries.EVIDENCE}
    world.tell({**shown, "at": at(TODAY - timedelta(days=180))})
    assert len(queries.without_review(TODAY)) == 1, "that was another quarter"
    world.tell(shown)
    assert queries.without_review(TODAY) == []
    world.tell({**shown, "type": "evidence.withdrawn"})
    assert len(queries.without_review(TODAY)) == 1


@pytest.mark.clause("T3.1.3b")
def test_a_quarter_names_the_next_of_its_planned_reviews(world: World) -> None:
    later, sooner = (plan(world, Appointment(NOW + timedelta(days=days), 60)) for days in (12, 5))
    found = queries.quarters(Standing.objects.get(partner=world.nectar), [later, sooner], [])
    assert sooner in [quarter.review for quarter in found]


@pytest.mark.clause("T3.1.3b")
def test_gold_partners_without_a_review_in_this_quarter_are_listed(world: World) -> None:
    [(partner, quarter)] = queries.without_review(TODAY)
    assert partner == world.nectar
    assert quarter.first <= TODAY <= quarter.last
    plan(world)
    assert queries.without_review(TODAY) == []
    assert current_rulebook().requirements["qbr"].evidence == queries.EVIDENCE
