"""Spending points in a real browser: a quote, its approval, what is handed over; a stale quote; a plan carried out."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from honeyguide.accounts.actor import Actor
from honeyguide.ledger.queries import balance
from honeyguide.rewards.models import Exchange, Plan
from honeyguide.rewards.services.exchanges import confirm
from honeyguide.rewards.services.quotes import Purpose, quote
from tests.browser.conftest import Visitor
from tests.live.conftest import NOW, TODAY, World, at

Visit = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def _points(world: World) -> None:
    world.tell(
        {"at": at(TODAY - timedelta(days=330)), "type": "points.granted", "partner": "nectar", "award": "soon",
         "points": 3000, "activity": "training"},
        {"at": at(TODAY - timedelta(days=20)), "type": "points.granted", "partner": "nectar", "award": "late",
         "points": 2000, "activity": "training"},
    )  # fmt: skip


def available() -> int:
    return balance("points", "nectar", day=TODAY).available


@pytest.mark.clause("G2.3")
@pytest.mark.clause("G2.4")
def test_an_exchange_from_the_quote_to_the_approval_to_what_is_handed_over(visit: Visit, world: World) -> None:
    alice, manager = visit(world.alice), visit(world.staff["manager"])
    page = alice.go("/partner/points/catalogue/?q=renewal")
    page.get_by_role("link", name=re.compile("^Exchange ?: Discount on a renewal: Basic plan")).click()
    page.get_by_label("Client").fill("client-3")
    page.get_by_label("Contract").fill("C-2026-17")
    page.get_by_label("Amount of the purchase").fill("360")
    page.get_by_role("button", name="Get a quote").click()
    expect(page.get_by_text("the points (20%) + partner discount (50%)")).to_be_visible()
    expect(page.get_by_text("24 Dec 2026")).to_be_visible()
    page.get_by_role("button", name="Exchange 500 points").click()
    expect(page.get_by_text("The points are held.")).to_be_visible()
    assert (available(), balance("points", "nectar", day=TODAY).held) == (6070 - 500, 500)

    desk = manager.go("/console/points/exchanges/")
    expect(desk.get_by_role("heading", name="Discount on a renewal: Basic plan")).to_be_visible()
    desk.get_by_role("button", name="Approve").click()
    expect(desk.get_by_text(re.compile("^Approved: Discount on a renewal"))).to_be_visible()
    desk.get_by_label("What the partner gets").fill("RENEW-20-XK4")
    desk.get_by_role("button", name="Hand over").click()
    expect(desk.get_by_text(re.compile("^Handed over: Discount on a renewal"))).to_be_visible()

    page.reload()
    expect(page.get_by_text("RENEW-20-XK4")).to_be_visible()
    assert (Exchange.objects.get().state, available()) == ("fulfilled", 6070 - 500)


@pytest.mark.clause("G2.3")
def test_a_stale_quote_is_refused_and_quoted_anew(visit: Visit, world: World) -> None:
    alice = visit(world.alice)
    page = alice.go("/partner/points/catalogue/course.course/")
    page.get_by_role("button", name="Get a quote").click()
    expect(page.get_by_role("button", name="Exchange 800 points")).to_be_visible()
    actor = Actor(name="Alice", user=world.alice, partner="nectar")
    other = quote(partner=world.nectar, item="course.webinar", quantity=1, purpose=Purpose(), actor=actor, now=NOW)
    confirm(partner=world.nectar, quote=other.uid, form_token="elsewhere", actor=actor, now=NOW)
    page.get_by_role("button", name="Exchange 800 points").click()
    expect(page.get_by_role("alert")).to_contain_text("The available points have changed since.")
    assert Exchange.objects.count() == 1
    page.get_by_role("button", name="Quote it anew").click()
    page.get_by_role("button", name="Exchange 800 points").click()
    expect(page.get_by_text("Exchanged.")).to_be_visible()
    assert available() == 6070 - 300 - 800


@pytest.mark.clause("G4.7")
def test_a_plan_is_worked_out_kept_and_carried_out_step_by_step(visit: Visit, world: World) -> None:
    alice = visit(world.alice)
    page = alice.go("/partner/points/plan/")
    page.get_by_label("Reward 1").select_option("employee_licence.year")
    page.get_by_label("How many 1").fill("2")
    page.get_by_label("How much 1").select_option("first")
    page.get_by_label("Reward 2").select_option("consultation.sales")
    page.get_by_role("button", name="Work the plan out").click()
    expect(page.get_by_text("uses 2,000 points whose last day is 24 Dec 2026")).to_be_visible()
    expect(page.get_by_text("100% of $225.00 without points")).to_be_visible()
    page.get_by_label("Name of the plan").fill("Before Christmas")
    page.get_by_role("button", name="Keep this plan").click()
    expect(page.get_by_role("heading", name="Before Christmas")).to_be_visible()
    plan = Plan.objects.get()
    for left in (2, 1):
        expect(page.get_by_text(f"{2 - left} of 2")).to_be_visible()
        page.get_by_role("link", name=re.compile("Get a quote")).first.click()
        expect(page.get_by_text("A step of your plan")).to_be_visible()
        page.get_by_role("button", name="Get a quote").click()
        page.get_by_role("button", name=re.compile("^Exchange [0-9,]+ points$")).click()
        expect(page.get_by_text("Exchanged.")).to_be_visible()
        page = alice.go(f"/partner/points/plan/{plan.uid}/")
    expect(page.get_by_text("all done")).to_be_visible()
    assert available() == 6070 - 2000 - 400
