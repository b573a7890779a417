"""Spending points by the API: the catalogue, a quote and its confirmation, handing over, campaigns (G2)."""

from datetime import timedelta
from typing import Any

import pytest

from honeyguide.accounts.actor import Actor
from honeyguide.history.models import Event
from honeyguide.rewards.services import deciding
from honeyguide.rewards.services.campaigns import CampaignForm, add_campaign
from tests.live.api.conftest import Program, is_problem
from tests.live.conftest import NOW, TODAY, World, at


@pytest.fixture
def rich(world: World) -> World:
    world.tell({"at": at(TODAY - timedelta(days=100)), "type": "points.granted", "partner": "nectar",
                "award": "big", "points": 3000, "activity": "training"})  # fmt: skip
    return world


def quoted(nectar: Program, key: str = "q", **body: Any) -> dict[str, Any]:
    answer = nectar.post("/reward-quotes", {"item": "course.course"} | body, key=key)
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.clause("G2.1")
@pytest.mark.clause("G2.4")
def test_the_catalogue_tells_prices_and_which_operations_need_approval(rich: World, nectar: Program) -> None:
    found = nectar.get("/rewards").json()
    assert (found["day"], found["price_list"], found["next_effective_from"]) == (TODAY.isoformat(), "default 1.0", None)
    by_item = {one["item"]: one for one in found["data"]}
    assert by_item["employee_licence.year"]["price"] == 1000
    assert by_item["renewal_discount.basic"]["needs_approval"] is True
    assert by_item["renewal_discount.basic"]["combines_with"] == ["partner_discount", "promotion"]
    assert by_item["course.course"] | {"price": 800, "needs_approval": False} == by_item["course.course"]


@pytest.mark.clause("G2.3")
def test_a_quote_is_taken_up_once_whatever_is_sent_again(rich: World, nectar: Program) -> None:
    offer = quoted(nectar)
    assert (offer["points"], offer["lots"][0]["points"]) == (800, 610)
    answers = [nectar.post("/exchanges", {"quote": offer["id"]}, key="x").json() for _time in range(2)]
    assert answers[0] == answers[1]
    assert (answers[0]["state"], answers[0]["points"]) == ("approved", 800)
    assert Event.objects.filter(type="points.spent").count() == 1
    is_problem(nectar.post("/exchanges", {"quote": offer["id"]}, key="y"), 409, "stale")


@pytest.mark.clause("G2.3")
def test_a_stale_quote_says_what_has_changed(rich: World, nectar: Program) -> None:
    offer = quoted(nectar)
    nectar.post("/exchanges", {"quote": quoted(nectar, "q2", item="course.webinar")["id"]}, key="x")
    problem = is_problem(nectar.post("/exchanges", {"quote": offer["id"]}, key="y"), 409, "stale_quote")
    assert problem["changes"] == ["The available points have changed since."]


@pytest.mark.clause("G2.7")
def test_a_limit_is_named_with_what_fits_instead(rich: World, nectar: Program) -> None:
    answer = nectar.post("/reward-quotes", {"item": "course.webinar", "quantity": 12})
    problem = is_problem(answer, 409, "limit_reached")
    assert problem["limits"] == [{"limit": "exchange_share", "clause": "G2.7", "asked": 3600, "most": 3256}]
    assert [part["quantity"] for part in problem["proposals"][0]] == [10, 2]


@pytest.mark.clause("G2.4")
def test_what_waits_is_taken_back_and_what_is_approved_is_handed_over(
    rich: World, nectar: Program, operator: Program
) -> None:
    purpose = {"item": "renewal_discount.basic", "client": "client-3", "contract": "C-1", "sale_amount": "500.00"}
    first, second = (
        nectar.post("/exchanges", {"quote": quoted(nectar, f"q{place}", **purpose)["id"]}, key=f"x{place}").json()
        for place in range(2)
    )
    assert first["state"] == "waiting"
    assert nectar.post(f"/exchanges/{first['id']}/withdrawal", {}, key="w").json()["state"] == "withdrawn"
    manager = Actor(name="Manager", user=rich.staff["manager"])
    deciding.approve(uid=second["id"], actor=manager, now=NOW)
    done = operator.post(f"/exchanges/{second['id']}/fulfilment", {"fulfilment": "CODE-1"}, key="f")
    assert (done.status_code, done.json()["state"], done.json()["fulfilment"]) == (201, "fulfilled", "CODE-1")
    listed = nectar.get("/exchanges", state="fulfilled").json()["data"]
    assert [one["id"] for one in listed] == [second["id"]]


def test_a_company_hands_nothing_over_and_the_operator_exchanges_nothing(
    rich: World, nectar: Program, operator: Program
) -> None:
    answer = nectar.post("/exchanges/exc_x/fulfilment", {"fulfilment": "CODE"})
    is_problem(answer, 403, "scope_missing")
    is_problem(operator.post("/reward-quotes", {"item": "course.course"}), 403, "scope_missing")


def test_nobody_reaches_anothers_quotes_and_exchanges(rich: World, nectar: Program, comb: Program) -> None:
    offer = quoted(nectar)
    is_problem(comb.post("/exchanges", {"quote": offer["id"]}), 404, "not_found")
    made = nectar.post("/exchanges", {"quote": offer["id"]}, key="x").json()
    is_problem(comb.get(f"/exchanges/{made['id']}"), 404, "not_found")
    assert comb.get("/exchanges").json()["data"] == []
    assert nectar.get(f"/exchanges/{made['id']}").json() == made


@pytest.mark.clause("G4.6")
def test_campaigns_are_listed_with_what_they_brought(rich: World, nectar: Program) -> None:
    alice = Actor(name="Alice", user=rich.alice, partner="nectar")
    form = CampaignForm("Fair", "event", TODAY, TODAY + timedelta(days=9), leads_count=4)
    campaign = add_campaign(partner=rich.nectar, form=form, form_token="f", actor=alice, now=NOW)
    offer = quoted(nectar, item="promo_material.kit", campaign=campaign.uid)
    nectar.post("/exchanges", {"quote": offer["id"]}, key="x")
    (found,) = nectar.get("/campaigns").json()["data"]
    assert (found["id"], found["points"], found["leads"], found["return_per_point"]) == (campaign.uid, 500, 4, "0.00")
