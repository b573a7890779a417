"""Notices before points expire: once for each group of lots and threshold; in the digest too (G4.5)."""

from datetime import timedelta
from typing import Any

import pytest

from honeyguide.accounts.actor import Actor
from honeyguide.common.rulebooks import first_rulebook
from honeyguide.insights import expiring
from honeyguide.insights.models import ExpiryNotice
from honeyguide.ledger import services as ledger
from honeyguide.notices.models import Notice
from tests.live.conftest import NOW, TODAY, World, at

pytestmark = pytest.mark.django_db
NIGHT = Actor.system("Night")


def run(days: int = 0) -> int:
    """How many notices Comb gets, so many days from now."""
    after, own = timedelta(days=days), Notice.objects.filter(partner__key="comb", kind="points_expiring")
    before = own.count()
    expiring.notify(day=TODAY + after, actor=NIGHT, now=NOW + after)
    return own.count() - before


@pytest.fixture
def comb(world: World) -> World:
    """Comb has 120 points that expire in 70 days, and 45 in a year."""
    world.tell(
        {"type": "points.granted", "partner": "comb", "award": "old", "points": 120, "activity": "training",
         "at": at(TODAY - timedelta(days=365 - 70))},
        {"type": "points.granted", "partner": "comb", "award": "new", "points": 45, "activity": "support"},
    )  # fmt: skip
    return world


def sent(world: World) -> list[Notice]:
    return list(Notice.objects.filter(partner=world.comb, kind="points_expiring").order_by("sent_at"))


@pytest.mark.clause("G4.5")
def test_a_partner_is_told_60_30_and_7_days_before_once_each(comb: World) -> None:
    for day in range(71):
        run(day)
        run(day)
    found = sent(comb)
    assert [(NOW + timedelta(days=70) - notice.sent_at).days for notice in found] == [60, 30, 7]
    assert found[0].subject_en == "120 points expire by 28 Jan 2027"
    assert "120 points, last day 28 Jan 2027" in found[0].body_en
    assert "120 баллов" in found[0].subject_ru


@pytest.mark.clause("G4.5")
def test_a_run_that_was_missed_is_made_up_for_by_one_notice(comb: World) -> None:
    run(42)
    assert [notice.before_days for notice in ExpiryNotice.objects.filter(partner=comb.comb)] == [30]
    assert run(43) == 0
    assert len(sent(comb)) == 1


@pytest.mark.clause("G4.5")
def test_what_was_spent_or_is_reserved_is_not_told_of(comb: World) -> None:
    comb.tell({"type": "points.spent", "partner": "comb", "exchange": "x", "points": 70, "item": "course"})
    ledger.hold(
        unit="points", owner="comb", points=20, key="h", reference="x-2", day=TODAY, now=NOW, actor=NIGHT
    )  # fmt: skip
    run(11)
    assert sent(comb)[0].subject_en.startswith("30 points expire")


@pytest.mark.clause("G4.5")
def test_groups_with_different_last_days_come_in_one_notice_each_with_its_day(comb: World) -> None:
    comb.tell(
        {"type": "points.granted", "partner": "comb", "award": "other", "points": 30, "activity": "training",
         "at": at(TODAY - timedelta(days=365 - 68))},
    )  # fmt: skip
    run(12)
    assert [notice.subject_en for notice in sent(comb)] == ["150 points expire by 28 Jan 2027"]
    assert ExpiryNotice.objects.filter(partner=comb.comb).count() == 2


@pytest.mark.clause("G4.5")
def test_the_days_are_the_rulebooks(comb: World, monkeypatch: pytest.MonkeyPatch) -> None:
    notices = first_rulebook().points.notices
    assert notices is not None
    points = first_rulebook().points.model_copy(update={"notices": notices.model_copy(update={"before_days": (65, 2)})})
    changed = first_rulebook().model_copy(update={"points": points})
    monkeypatch.setattr(expiring, "current_rulebook", lambda: changed)
    assert [day for day in range(71) if run(day)] == [5, 68]
    silent = first_rulebook().model_copy(update={"points": points.model_copy(update={"notices": None})})
    monkeypatch.setattr(expiring, "current_rulebook", lambda: silent)
    assert run(11) == 0


def test_whoever_has_left_the_program_is_not_told(comb: World) -> None:
    comb.tell({"type": "partner.terminated", "partner": "comb"})
    assert run(11) == 0


@pytest.mark.clause("G4.5")
def test_the_digest_has_what_expires(comb: World) -> None:
    day = TODAY + timedelta(days=50)
    due = expiring.points_due(comb.comb, day, day + timedelta(days=30))
    assert [(item.on, item.title, item.path) for item in due] == [
        (TODAY + timedelta(days=69), "120 points expire", "/partner/points/calendar/")
    ]


@pytest.mark.clause("G4.5")
def test_the_calendar_shows_each_day_with_what_it_takes(comb: World, sign_in: Any) -> None:
    page = sign_in(comb.charlie).get("/partner/points/calendar/").content.decode()
    assert "You get a notice 60, 30, 7 days before points expire." in page
    assert "28 Jan 2027" in page
    assert "old" in page
