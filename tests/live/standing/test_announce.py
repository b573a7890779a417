"""Partners are told of what is new in their standing, and of nothing old."""

from datetime import timedelta
from typing import Any

import pytest

from honeyguide.notices.models import Notice
from honeyguide.partners.models import Partner
from honeyguide.standing.services import reassess, reassess_all, tell
from tests.live.conftest import NOW, TODAY, World, at


def test_history_that_is_only_loaded_now_is_no_news(world: World) -> None:
    assert Notice.objects.count() == 0


@pytest.mark.clause("T1.7.1", "T3.1.1a")
def test_a_cancelled_partner_is_told_the_day_the_clause_and_what_was_missing(world: World) -> None:
    day = TODAY + timedelta(days=30)
    reassess(["comb"], day=day, now=NOW + timedelta(days=30), actor=world.actor)
    notice = Notice.objects.get(partner=world.comb)
    assert (notice.kind, notice.clause) == ("status_cancelled", "T3.1.1a")
    assert "NFR" in notice.body_en
    assert "Product tutorial" not in notice.body_en
    assert notice.context["missing"][0]["requirement"] == "nfr_cloud"


def test_the_same_news_is_not_told_twice(world: World) -> None:
    for days in (30, 31, 32):
        reassess_all(day=TODAY + timedelta(days=days), now=NOW + timedelta(days=days), actor=world.actor)
    assert Notice.objects.filter(kind="status_cancelled").count() == 1


@pytest.mark.clause("T14")
def test_a_terminated_partner_is_told(world: World) -> None:
    world.tell({"type": "partner.terminated", "partner": "comb", "reason": "left"})
    notice = Notice.objects.get(partner=world.comb)
    assert notice.kind == "status_terminated"
    assert notice.deadline is None


@pytest.mark.clause("T3.1.3a")
def test_a_status_that_is_reached_is_told_with_discount_and_next_review(world: World) -> None:
    world.tell({"type": "nfr.claimed", "partner": "comb", "product": "cloud"})
    assert Notice.objects.count() == 0
    facts: list[dict[str, Any]] = [
        {"type": "course.completed", "partner": "comb", "course": "sales"},
        *(
            {"type": "evidence.approved", "partner": "comb", "requirement": name}
            for name in ("website_endorsement", "social_endorsement", "phone_support", "email_support")
        ),
        *(
            {
                "type": "sale.paid", "partner": "comb", "sale": f"comb-{number}", "client": f"comb-client-{number}",
                "product": "cloud", "net": "2000.00", "seats": 10, "term_months": 12,
            }
            for number in (1, 2)
        ),
    ]  # fmt: skip
    world.tell(*facts)
    notice = Notice.objects.get(partner=world.comb)
    assert notice.subject_en == "You have reached the Silver status"
    assert "Your discount is 40%." in notice.body_en
    assert notice.deadline == world.comb.standing.due_on


@pytest.mark.clause("T3.1.1b")
def test_a_discount_that_changes_within_a_status_is_told(world: World) -> None:
    dew = Partner.objects.create(key="dew", name="Dew AB", country="SE", added_at=NOW)
    start = at(TODAY - timedelta(days=10))
    tell(
        [
            {"at": start, "type": "partner.applied", "partner": "dew", "name": "Dew AB", "country": "SE"},
            {"at": start, "type": "partner.accepted", "partner": "dew"},
        ],
        actor=world.actor,
        now=NOW,
    )
    world.tell({"type": "course.completed", "partner": "dew", "course": "tutorial"})
    notice = Notice.objects.get(partner=dew)
    assert notice.kind == "discount_changed"
    assert "is 20% from 20 Nov 2026; it was 0% before" in notice.body_en


@pytest.mark.clause("T3.6")
def test_a_reduced_discount_is_told_once_by_whoever_reduces_it(world: World) -> None:
    world.tell({"type": "discount.adjusted", "partner": "nectar", "percent": 30, "reason": "reports are missing"})
    assert Notice.objects.count() == 0


def test_an_import_tells_nobody(world: World) -> None:
    recent = [{"type": "partner.terminated", "partner": "comb", "at": at(TODAY), "reason": "left"}]
    tell(recent, actor=world.actor, now=NOW, announce=False)
    assert Notice.objects.count() == 0
