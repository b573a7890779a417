"""Held repeat deals: found in the history, decided once (G1.4)."""

from datetime import date, timedelta

import pytest

from honeyguide.common.errors import Forbidden, Refusal, Stale
from honeyguide.earning.awards import held_of, points_by_award
from honeyguide.earning.models import DealState, HeldDeal
from honeyguide.earning.services import held
from honeyguide.history.models import Event
from honeyguide.notices.models import Notice
from honeyguide.standing.models import Standing
from tests.live.conftest import NOW, TODAY, World, at
from tests.live.earning.conftest import as_staff


def sale(name: str, days_ago: int, client: str = "hive", net: str = "1000.00", **more: object) -> dict[str, object]:
    """A sale of Nectar's."""
    return {
        "at": at(TODAY - timedelta(days=days_ago)), "type": "sale.paid", "partner": "nectar", "sale": name,
        "client": client, "product": "cloud", "net": net, **more,
    }  # fmt: skip


@pytest.mark.clause("G1.4")
def test_a_deal_within_thirty_days_waits_and_one_after_them_does_not(world: World) -> None:
    world.tell(sale("a", 60), sale("b", 31), sale("c", 1), sale("other", 1, client="wax"))
    assert held.bring_up(NOW) == 1  # b came 29 days after a; c 30 days after b
    deal = HeldDeal.objects.get()
    assert (deal.sale, deal.client, deal.partner) == ("b", "hive", world.nectar)
    found = held_of({"nectar"})[0]
    assert (found.days, found.points) == (29, 60)
    assert held.bring_up(NOW) == 0


@pytest.mark.clause("G1.4")
def test_a_look_works_out_only_whose_held_points_differ_from_the_queue(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[set[str]] = []

    def heard(keys: set[str], day: date) -> object:
        asked.append(set(keys))
        return held_of(keys, day)

    monkeypatch.setattr("honeyguide.earning.awards.held_of", heard)
    assert held.look(NOW) == 0
    world.tell(sale("a", 20), sale("b", 10))
    assert (held.look(NOW), held.look(NOW)) == (1, 0)
    assert HeldDeal.objects.get().points == Standing.objects.get(partner=world.nectar).points_held == 60
    world.tell({"type": "sale.refunded", "partner": "nectar", "sale": "b"})
    assert (held.look(NOW), held.look(NOW)) == (0, 0)
    assert HeldDeal.objects.get().state == DealState.GONE
    assert asked == [{"nectar"}, {"nectar"}]


@pytest.mark.clause("G1.4")
def test_accepting_gives_the_points_today(world: World) -> None:
    world.tell(sale("a", 20), sale("b", 10))
    before = Standing.objects.get(partner=world.nectar)
    assert held.held_waiting(NOW).count == 1
    deal = HeldDeal.objects.get()
    held.accept(uid=deal.uid, actor=as_staff(world), now=NOW)
    held.accept(uid=deal.uid, actor=as_staff(world), now=NOW)  # the same form once more
    assert Event.objects.get(type="points.decided").data["decision"] == "accept"
    after = Standing.objects.get(partner=world.nectar)
    assert (after.points_available - before.points_available, after.points_held) == (60, 0)
    assert points_by_award(world.nectar)["b"] == 60
    assert "60 points" in Notice.objects.get(kind="deal_accepted").body_en
    assert held.held_waiting(NOW).count == 0


@pytest.mark.clause("G1.4")
def test_refusing_gives_none_and_the_second_decider_is_told(world: World) -> None:
    world.tell(sale("a", 20), sale("b", 10))
    held.bring_up(NOW)
    deal = HeldDeal.objects.get()
    with pytest.raises(Forbidden):
        held.accept(uid=deal.uid, actor=as_staff(world, "support"), now=NOW)
    held.refuse(uid=deal.uid, reason="One order in two parts", actor=as_staff(world), now=NOW)
    with pytest.raises(Stale, match="Manager Person has decided"):
        held.accept(uid=deal.uid, actor=as_staff(world, "compliance"), now=NOW)
    assert Standing.objects.get(partner=world.nectar).points_held == 0
    assert "b" not in points_by_award(world.nectar)
    assert "One order in two parts" in Notice.objects.get(kind="deal_refused").body_en


@pytest.mark.clause("T1.5", "G1.4")
def test_a_deal_of_a_terminated_partner_can_only_be_refused(world: World) -> None:
    world.tell(sale("a", 20), sale("b", 10), {"at": NOW, "type": "partner.terminated", "partner": "nectar"})
    held.bring_up(NOW)
    deal = HeldDeal.objects.get()
    with pytest.raises(Refusal, match="not an active partner"):
        held.accept(uid=deal.uid, actor=as_staff(world), now=NOW)
    held.refuse(uid=deal.uid, reason="The agreement has ended.", actor=as_staff(world), now=NOW)
    assert Event.objects.get(type="points.decided").data["decision"] == "refuse"


def test_what_a_refund_leaves_is_at_stake_and_a_deal_refunded_whole_goes(world: World) -> None:
    world.tell(sale("a", 20), sale("b", 10))
    held.bring_up(NOW)
    world.tell({"type": "sale.refunded", "partner": "nectar", "at": NOW, "sale": "b", "amount": "250.00"})
    assert held_of({"nectar"})[0].points == 45
    assert Standing.objects.get(partner=world.nectar).points_held == 45
    world.tell({"type": "sale.refunded", "partner": "nectar", "at": NOW, "sale": "b"})
    held.bring_up(NOW)
    deal = HeldDeal.objects.get()
    assert deal.state == DealState.GONE
    with pytest.raises(Stale):
        held.accept(uid=deal.uid, actor=as_staff(world), now=NOW)


def test_a_decision_that_came_with_an_import_empties_the_queue(world: World) -> None:
    world.tell(sale("a", 20), sale("b", 10))
    held.bring_up(NOW)
    world.tell({"type": "points.decided", "partner": "nectar", "at": NOW, "sale": "b", "decision": "refuse"})
    assert held.held_waiting(NOW).count == 0
    assert HeldDeal.objects.get().state == DealState.GONE


def test_the_points_at_stake_are_those_that_the_standing_holds(world: World) -> None:
    world.tell(*(sale(f"s{days}", days, net=f"{days * 77}.37", seats=days, plan="extended") for days in (3, 9, 40, 44)))
    assert sum(each.points for each in held_of({"nectar"})) == Standing.objects.get(partner=world.nectar).points_held
