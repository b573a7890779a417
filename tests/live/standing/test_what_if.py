"""What if: the engine is asked with an imagined event, and nothing of it stays."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from honeyguide.common.errors import Invalid
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.history.models import Event
from honeyguide.partners.models import Partner
from honeyguide.standing.models import Standing
from honeyguide.standing.whatif import Difference, Imagined, event_of, what_if
from tests.live.conftest import NOW, TODAY, World
from tests.live.standing.states import accepted, added, course, evidence, nfr, sale, silver

SILVER_BUT_SALES = ("website_endorsement", "social_endorsement", "phone_support", "email_support")


def almost_silver(world: World) -> Partner:
    """Everything that Silver asks for, but sales to a second client."""
    events = [
        *accepted("almost", 60),
        course("almost", "tutorial", 50),
        nfr("almost", 50),
        course("almost", "sales", 40),
        *evidence("almost", SILVER_BUT_SALES, 30),
        sale("almost", 1, "First Client", "2400", 20),
    ]
    return added(world, "almost", events)[0]


def ask(partner: Partner, imagined: Imagined) -> Difference:
    """Today, by the frozen clock."""
    return what_if(partner, imagined, today=TODAY, now=NOW)


@pytest.mark.clause("T3.1.2a")
def test_a_sale_that_reaches_silver_says_what_silver_brings(world: World) -> None:
    found = ask(almost_silver(world), Imagined(on=TODAY, net=Decimal(100), seats=10, term_months=12))
    assert (found.before.standing.status, found.after.standing.status) == ("bronze", "silver")
    assert [int(story.standing.discount_percent) for story in (found.before, found.after)] == [20, 40]
    assert "listing" in found.entitlements
    assert found.points > 0
    assert not found.is_nothing


@pytest.mark.clause("T3.1.2a")
def test_a_sale_to_the_same_client_does_not_reach_what_asks_for_two(world: World) -> None:
    imagined = Imagined(on=TODAY, net=Decimal(5000), client="First Client", term_months=12)
    found = ask(almost_silver(world), imagined)
    assert not found.status_changes
    assert {change.after.name for change in found.rows} == {"sales"}
    assert found.points_held > 0


@pytest.mark.clause("T3.1.1a")
def test_a_claim_that_keeps_bronze_changes_the_outlook(world: World) -> None:
    found = ask(world.comb, Imagined(on=TODAY, requirement="nfr_cloud"))
    assert found.before.keep is not None
    assert found.after.keep is not None
    assert (found.before.keep.verdict, found.after.keep.verdict) == ("at_risk", "met")
    assert found.verdict_changes


def test_what_does_not_count_changes_nothing(world: World) -> None:
    imagined = Imagined(on=TODAY, net=Decimal(500), product="service")
    assert ask(world.comb, imagined).is_nothing


@pytest.mark.clause("T3.4a")
def test_a_day_ahead_is_compared_with_that_day_not_with_today(world: World) -> None:
    partner, _user = added(world, "late", silver("late", 350))
    on = TODAY + timedelta(days=30)
    found = ask(partner, Imagined(on=on, net=Decimal(100), term_months=12))
    assert found.before.standing.assessed_on == found.after.standing.assessed_on == on
    assert found.before.standing.status == "bronze"


@pytest.mark.parametrize("days", [-1, 401])
def test_a_day_that_cannot_be_asked_is_refused_at_its_field(world: World, days: int) -> None:
    with pytest.raises(Invalid) as refused:
        ask(world.comb, Imagined(on=TODAY + timedelta(days=days), net=Decimal(1)))
    assert "on" in refused.value.fields


def test_a_requirement_that_is_not_the_rulebooks_is_refused(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        ask(world.comb, Imagined(on=TODAY, requirement="nothing_such"))
    assert "requirement" in refused.value.fields


def test_an_amount_that_no_event_can_have_is_refused_at_its_field(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        ask(world.comb, Imagined(on=TODAY, net=Decimal(10) ** 15))
    assert "net" in refused.value.fields


def test_another_partners_client_cannot_be_asked_about(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        ask(world.comb, Imagined(on=TODAY, net=Decimal(100), client="client-1"))
    assert "client" in refused.value.fields


def test_nothing_is_stored(world: World) -> None:
    before = (Event.objects.count(), list(Standing.objects.order_by("pk").values()))
    ask(world.comb, Imagined(on=TODAY, net=Decimal(9000), seats=100, term_months=12))
    assert (Event.objects.count(), list(Standing.objects.order_by("pk").values())) == before


imagined_sales = st.builds(
    Imagined,
    on=st.integers(0, 300).map(lambda days: TODAY + timedelta(days=days)),
    net=st.decimals(0, 20_000, places=2),
    product=st.sampled_from(["cloud", "on_premise", "upgrade", "service"]),
    seats=st.integers(0, 900),
    client=st.sampled_from(["", "client-1", "client-4"]),  # Nectar's
    term_months=st.sampled_from([None, 3, 12]),
)
imagined_facts = st.builds(
    Imagined,
    on=st.integers(0, 300).map(lambda days: TODAY + timedelta(days=days)),
    requirement=st.sampled_from(["nfr_cloud", "sales_course", "webinar", "website_endorsement"]),
)


@pytest.mark.clause("T3.1.2a", "T3.1.3b", "T3.3", "T3.4a", "T3.5")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.sampled_from(["nectar", "comb"]), imagined=st.one_of(imagined_sales, imagined_facts))
def test_what_if_is_what_telling_it_would_give(world: World, key: str, imagined: Imagined) -> None:
    partner = {"nectar": world.nectar, "comb": world.comb}[key]
    if key == "comb" and imagined.client:
        imagined = replace(imagined, client="")
    found = ask(partner, imagined)
    event: dict[str, Any] = event_of(partner, imagined, current_rulebook(), today=TODAY, now=NOW)
    at: datetime = event["at"]
    with transaction.atomic():
        world.tell(event, now=at)
        told = Standing.objects.get(partner=partner)
        assert (told.answer, told.outlook) == (found.after.standing.answer, found.after.standing.outlook)
        transaction.set_rollback(True)
