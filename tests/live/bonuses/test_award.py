"""Award bonuses of winners: one or many, in range, once, with what they would do shown before (T10)."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from honeyguide.accounts.actor import Actor
from honeyguide.bonuses import queries, services
from honeyguide.bonuses.models import BonusGrant
from honeyguide.common.errors import Forbidden, Invalid, NotFound, Refusal, Stale
from honeyguide.common.ids import new_id
from honeyguide.common.rulebooks import first_rulebook
from honeyguide.history.models import Event
from honeyguide.ledger import queries as ledger
from honeyguide.ledger import services as ledger_services
from honeyguide.notices.models import Notice
from tests.live.conftest import NOW, TODAY, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(world: World) -> Actor:
    return Actor(name="Manager Person", user=world.staff["manager"])


@pytest.fixture
def asked() -> dict[str, Any]:
    return {
        "partners": ["nectar", "comb"],
        "amount": Decimal(2500),
        "reason": "Partner of the year",
        "token": new_id("frm", NOW),
        "now": NOW,
    }


@pytest.mark.clause("T10")
def test_winners_get_it_valid_to_the_end_of_the_year_and_are_told_why(
    world: World, manager: Actor, asked: dict[str, Any]
) -> None:
    grants = services.award(**asked, actor=manager)
    assert {grant.partner.key for grant in grants} == {"nectar", "comb"}
    assert {(grant.amount_minor, str(grant.valid_to)) for grant in grants} == {(250_000, "2026-12-31")}
    assert ledger.balance("award", "nectar", day=TODAY).available == 250_000
    notice = Notice.objects.get(partner=world.nectar, kind="bonus_award")
    assert "Partner of the year" in notice.body_en
    events = Event.objects.filter(type="bonus.granted")
    assert {(event.partner, event.actor_name) for event in events} == {
        ("nectar", "Manager Person"),
        ("comb", "Manager Person"),
    }


@pytest.mark.clause("T10")
def test_what_it_would_do_is_what_it_does(manager: Actor, asked: dict[str, Any]) -> None:
    services.award(**asked | {"token": new_id("frm", NOW), "partners": ["nectar"]}, actor=manager)
    told = {effect.partner.key: effect for effect in services.effects(**asked)}
    assert BonusGrant.objects.count() == 1, "a look changes nothing"
    assert [told["nectar"].before, told["nectar"].after] == [Decimal(2500), Decimal(5000)]
    services.award(**asked, actor=manager)
    for key, effect in told.items():
        account = queries.account_of(effect.partner, TODAY)
        assert account.left == effect.after, key
        assert account.bonuses[0].grant.valid_to == effect.valid_to


@pytest.mark.clause("T10")
def test_the_same_form_sent_twice_gives_once(manager: Actor, asked: dict[str, Any]) -> None:
    first = services.award(**asked, actor=manager)
    again = services.award(**asked, actor=manager)
    assert {grant.pk for grant in first} == {grant.pk for grant in again}
    assert ledger.balance("award", "comb", day=TODAY).available == 250_000
    with pytest.raises(Stale):
        services.award(**asked | {"amount": Decimal(3000)}, actor=manager)


@pytest.mark.clause("T10")
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": Decimal("999.99")}, "amount"),
        ({"amount": Decimal("5000.01")}, "amount"),
        ({"reason": "  "}, "reason"),
        ({"partners": []}, "partners"),
    ],
)
def test_what_is_out_of_range_is_refused_and_nobody_gets_anything(
    manager: Actor, asked: dict[str, Any], wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        services.award(**asked | wrong, actor=manager)
    assert field in refused.value.fields
    assert not BonusGrant.objects.exists()


def test_a_company_that_is_not_active_or_not_there_gets_nothing_and_nor_do_the_others(
    world: World, manager: Actor, asked: dict[str, Any]
) -> None:
    with pytest.raises(NotFound):
        services.award(**asked | {"partners": ["nectar", "nobody"]}, actor=manager)
    world.tell({"type": "partner.terminated", "partner": "comb"})
    with pytest.raises(Invalid, match="Comb GmbH"):
        services.award(**asked, actor=manager)
    assert not BonusGrant.objects.exists()


@pytest.mark.parametrize("role", ["compliance", "finance", "support"])
def test_managers_and_administrators_alone_give_bonuses(world: World, asked: dict[str, Any], role: str) -> None:
    with pytest.raises(Forbidden):
        services.award(**asked, actor=Actor(name="Somebody", user=world.staff[role]))


def test_a_program_without_award_bonuses_refuses(
    manager: Actor, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    without = first_rulebook().model_copy(update={"bonuses": None})
    monkeypatch.setattr(services, "current_rulebook", lambda: without)
    with pytest.raises(Refusal, match="no award bonus"):
        services.award(**asked, actor=manager)


@pytest.mark.clause("T9b")
def test_taking_it_back_takes_what_is_left_and_leaves_what_was_used(manager: Actor, asked: dict[str, Any]) -> None:
    grant = services.award(**asked | {"partners": ["nectar"]}, actor=manager)[0]
    ledger_services.spend(
        unit="award", owner="nectar", points=100_000, key="order", day=TODAY, now=NOW, actor=manager
    )  # fmt: skip
    services.cancel(uid=grant.uid, reason="A mistake", actor=manager, now=NOW)
    bonus = queries.bonus_of(queries.grant_with(grant.uid), TODAY)
    assert [bonus.used, bonus.taken_back, bonus.left] == [Decimal(1000), Decimal(1500), Decimal(0)]
    books = ledger.balance("award", "nectar", day=TODAY)
    assert (books.in_lots, books.debt) == (0, 0)
    with pytest.raises(Stale, match="Manager Person"):
        services.cancel(uid=grant.uid, reason="Once more", actor=manager, now=NOW)


@pytest.mark.clause("T10")
def test_a_manager_gives_it_in_the_browser_after_seeing_what_it_does(
    world: World, sign_in: Any, asked: dict[str, Any]
) -> None:
    client: Client = sign_in(world.staff["manager"])
    page = client.get("/console/points/bonuses/award/")
    form = {
        "token": page.context["form"].initial["token"],
        "partners": ["nectar"],
        "amount": "1000",
        "reason": asked["reason"],
    }
    seen = client.post("/console/points/bonuses/award/", form)
    assert "$1,000.00" in seen.content.decode()
    assert not BonusGrant.objects.exists()
    done = client.post("/console/points/bonuses/award/", form | {"step": "give"})
    assert (done.status_code, done["Location"]) == (302, "/console/points/bonuses/")
    grant = BonusGrant.objects.get()
    listed = client.get("/console/points/bonuses/?state=valid").content.decode()
    assert "Nectar Ltd" in listed
    assert "Nectar" not in client.get("/console/points/bonuses/?state=used").content.decode().split("list-bar")[1]
    client.post(f"/console/points/bonuses/{grant.uid}/cancel/", {"reason": "A mistake"})
    grant.refresh_from_db()
    assert grant.cancel_reason == "A mistake"
    wrong = client.post("/console/points/bonuses/award/", form | {"amount": "7", "token": new_id("frm", NOW)})
    assert wrong.status_code == 422
    assert "Expected an amount from $1,000 to $5,000." in wrong.content.decode()


def boxes(page: Any) -> list[tuple[str, bool]]:
    """The companies that can be chosen, and whether each is."""
    shown = page.content.decode()
    return [
        (key, "checked" in rest)
        for key, rest in re.findall(r'<input type="checkbox" name="partners" value="([^"]+)"([^>]*)>', shown)
    ]


@pytest.mark.clause("T10")
def test_winners_are_found_by_their_name_and_those_chosen_stay(
    world: World, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client: Client = sign_in(world.staff["manager"])
    address = "/console/points/bonuses/award/"
    assert boxes(client.get(address)) == [("nectar", False), ("comb", False)]
    htmx = {"HX-Request": "true", "HX-Target": "winner-boxes"}
    part = client.get(address, {"find": "nect", "partners": ["comb"]}, headers=htmx)
    assert boxes(part) == [("comb", True), ("nectar", False)]
    assert "<html" not in part.content.decode()
    none = client.get(address, {"find": "nobody is called this"})
    assert boxes(none) == []
    assert "No active company is called that." in none.content.decode()
    monkeypatch.setattr("honeyguide.console.views.points.bonuses.WINNERS_SHOWN", 1)
    few = client.get(address)
    assert boxes(few) == [("nectar", False)]
    assert "1 more company: search for it." in few.content.decode()


@pytest.mark.clause("T10")
def test_a_search_without_script_keeps_what_was_filled_in(world: World, sign_in: Any) -> None:
    client: Client = sign_in(world.staff["manager"])
    token = new_id("frm", NOW)
    form = {"token": token, "partners": ["comb"], "amount": "1500", "reason": "Well done", "find": "nectar"}
    page = client.post("/console/points/bonuses/award/", form | {"step": "find"})
    shown = page.content.decode()
    assert page.status_code == 200
    assert boxes(page) == [("comb", True), ("nectar", False)]
    assert all(text in shown for text in (token, 'value="1500"', "Well done"))
    assert not BonusGrant.objects.exists()


@pytest.mark.clause("T9b", "T10")
def test_the_partner_sees_its_bonuses_and_what_they_can_pay_for(
    world: World, sign_in: Any, manager: Actor, asked: dict[str, Any]
) -> None:
    services.award(**asked, actor=manager)
    page = sign_in(world.alice).get("/partner/points/bonuses/").content.decode()
    assert "$2,500.00" in page
    assert "31 Dec 2026" in page
    assert "At least $10.00 of the order remain to be paid in money" in page
    assert "Only for new clients, who have never paid before" in page
