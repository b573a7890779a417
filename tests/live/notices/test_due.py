"""What other rooms add to the digest."""

from datetime import timedelta

import pytest

from honeyguide.accounts.actor import Actor
from honeyguide.conduct.due import measures_due
from honeyguide.notices.models import Notice
from honeyguide.requirements.due import licences_due
from honeyguide.requirements.queries import licences_of
from honeyguide.reviews.due import business_reviews_due
from honeyguide.reviews.services import Appointment, cancel, schedule
from honeyguide.standing.queries import standing_on
from tests.live.conftest import NOW, TODAY, World

DAY = timedelta(days=1)


@pytest.mark.clause("T8")
def test_own_licences_that_end_are_due_on_their_day(world: World) -> None:
    found = licences_of(world.nectar, standing_on(world.nectar, TODAY), TODAY)
    ending = [licence for licence in found if licence.term.runs and not licence.term.will_be_extended]
    far = TODAY + timedelta(days=3650)
    assert [item.on for item in licences_due(world.nectar, TODAY, far)] == [one.term.ends_on for one in ending]
    world.tell({"type": "nfr.claimed", "partner": "comb", "product": "cloud", "account": "comb.meadow.example"})
    (licence,) = licences_of(world.comb, standing_on(world.comb, TODAY), TODAY)
    due = licences_due(world.comb, TODAY, licence.term.ends_on)
    assert [item.on for item in due] == ([] if licence.term.will_be_extended else [licence.term.ends_on])
    assert licences_due(world.comb, TODAY, licence.term.ends_on - timedelta(days=1)) == []


@pytest.mark.clause("T14")
def test_measures_are_due_on_their_last_day(world: World) -> None:
    world.tell(
        {
            "type": "measure.applied",
            "partner": "comb",
            "measure": "delist",
            "until": str(TODAY + 9 * DAY),
            "reason": "A",
        },
        {"type": "measure.applied", "partner": "comb", "measure": "bar_leads"},
    )
    [due] = measures_due(world.comb, TODAY, TODAY + 9 * DAY)
    assert (due.on, due.lines) == (TODAY + 9 * DAY, ("A",))
    assert str(due.title).startswith("Last day of a measure: ")
    assert measures_due(world.comb, TODAY, TODAY + 8 * DAY) == measures_due(world.nectar, TODAY, TODAY + 9 * DAY) == []
    world.tell({"type": "measure.lifted", "partner": "comb", "measure": "delist"})
    assert measures_due(world.comb, TODAY, TODAY + 9 * DAY) == []


@pytest.mark.clause("T3.1.3b")
def test_planned_business_reviews_are_due_on_their_day_until_they_are_cancelled(world: World) -> None:
    manager = Actor(name="Manager", user=world.staff["manager"])
    then = Appointment(NOW + 7 * DAY, 60, "https://meet.example/nectar", "")
    review = schedule(partner=world.nectar, appointment=then, people=(), token="", actor=manager, now=NOW)
    [due] = business_reviews_due(world.nectar, TODAY, TODAY + 7 * DAY)
    assert (due.on, due.title, due.lines[1]) == (TODAY + 7 * DAY, "Business review", "https://meet.example/nectar")
    assert Notice.objects.get(kind="business_review_scheduled").deadline == TODAY + 7 * DAY
    assert business_reviews_due(world.nectar, TODAY, TODAY + 6 * DAY) == []
    assert business_reviews_due(world.comb, TODAY, TODAY + 7 * DAY) == []
    cancel(uid=review.uid, reason="Moved", actor=manager, now=NOW)
    assert business_reviews_due(world.nectar, TODAY, TODAY + 7 * DAY) == []
    assert Notice.objects.get(kind="business_review_cancelled").deadline is None
