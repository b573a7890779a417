"""The ledger of points is what the history says: events are posted as they are told, a changed past anew."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from honeyguide.cli.verify import ROOM_CHECKS
from honeyguide.ledger import queries, services
from honeyguide.ledger.models import Kind, Transaction
from honeyguide.standing.flows import UNIT
from honeyguide.standing.models import Standing
from honeyguide.standing.services import reassess, reassess_all
from honeyguide.standing.settling import WHY
from honeyguide.standing.tasks import expire_today
from honeyguide.standing.verify import verify
from tests.live.conftest import NOW, TODAY, World, at

CLOUD = {"client": "hive", "product": "cloud", "net": "1000.00", "seats": 5, "term_months": 12}
EARNED = 60  # 5 % of 1000, and a basic licence


def granted(award: str, points: int, day: date = TODAY) -> dict[str, Any]:
    return {
        "type": "points.granted", "partner": "comb", "award": award, "points": points, "activity": "training",
        "at": at(day, 8),
    }  # fmt: skip


def spent(exchange: str, points: int, day: date = TODAY, hour: int = 10) -> dict[str, Any]:
    return {
        "type": "points.spent", "partner": "comb", "exchange": exchange, "points": points, "item": "course",
        "at": at(day, hour),
    }  # fmt: skip


def kinds(owner: str = "comb") -> list[tuple[str, int, str]]:
    """The account's transactions: kind, points, what about."""
    rows = Transaction.objects.filter(account__unit=UNIT, account__owner=owner)
    return list(rows.values_list("kind", "points", "reference"))


def lots(day: date = TODAY) -> list[tuple[str, int]]:
    return [(lot.ident, lot.remaining) for lot in queries.lots(UNIT, "comb", day=day)]


def agree() -> None:
    assert verify(ROOM_CHECKS).differences == ()


@pytest.mark.clause("G1.1", "T4.2")
def test_what_a_sale_earns_is_posted_with_it(world: World) -> None:
    day = TODAY - timedelta(days=3)
    (event,) = world.tell({"type": "sale.paid", "partner": "comb", "sale": "c-1", **CLOUD, "at": at(day)})
    made = Transaction.objects.get(account__unit=UNIT, account__owner="comb")
    assert (made.key, made.day, made.points, made.reference) == (event.uid, day, EARNED, "c-1")
    assert made.recorded_at == NOW
    assert made.actor_name == world.actor.name
    (lot,) = queries.lots(UNIT, "comb")
    assert (lot.ident, lot.source, lot.allocated_on, lot.expires_on) == ("c-1", "sale", day, day.replace(year=2027))
    agree()


@pytest.mark.clause("G1.4")
def test_a_repeat_deal_is_posted_when_it_is_accepted_and_loses_what_was_refunded(world: World) -> None:
    world.tell({"type": "sale.paid", "partner": "comb", "sale": "c-1", **CLOUD, "at": at(TODAY, 8)})
    world.tell({"type": "sale.paid", "partner": "comb", "sale": "c-2", **CLOUD, "at": at(TODAY, 9)})
    assert kinds() == [(Kind.POST, EARNED, "c-1")]
    world.tell({"type": "sale.refunded", "partner": "comb", "sale": "c-2", "amount": "500.00", "at": at(TODAY, 10)})
    world.tell({"type": "points.decided", "partner": "comb", "sale": "c-2", "decision": "accept", "at": at(TODAY, 11)})
    assert kinds()[1:] == [(Kind.POST, EARNED, "c-2")]
    assert lots() == [("c-1", EARNED), ("c-2", EARNED // 2)]
    agree()


@pytest.mark.clause("T4.2")
def test_a_refund_beyond_what_is_left_is_debt_that_the_next_award_pays(world: World) -> None:
    world.tell(granted("a-1", 100), spent("x-1", 90))
    world.tell({"type": "points.cancelled", "partner": "comb", "award": "a-1", "at": at(TODAY, 11)})
    assert queries.balance(UNIT, "comb", day=TODAY).debt == 90
    world.tell({"type": "sale.paid", "partner": "comb", "sale": "c-1", **CLOUD})
    assert queries.balance(UNIT, "comb", day=TODAY).debt == 90 - EARNED
    agree()


def test_a_told_event_that_comes_later_than_what_stands_is_added_and_nothing_undone(world: World) -> None:
    world.tell(granted("a-1", 100, TODAY - timedelta(days=9)))
    world.tell(granted("a-2", 50))
    world.tell(spent("x-1", 30, TODAY - timedelta(days=2)))  # as of its confirmation: a-1 gives, as it would have
    assert [kind for kind, *_ in kinds()] == [Kind.POST] * 3
    assert lots() == [("a-1", 70), ("a-2", 50)]
    agree()


def test_a_past_that_has_changed_is_undone_from_there_on_and_posted_anew(world: World) -> None:
    world.tell(granted("a-1", 100, TODAY - timedelta(days=9)))
    world.tell(spent("x-1", 80, TODAY - timedelta(days=2)))
    world.tell(granted("a-0", 70, TODAY - timedelta(days=40)))  # ends sooner, so x-1 took it first
    found = kinds()
    assert found[:2] == [(Kind.POST, 100, "a-1"), (Kind.POST, 80, "x-1")]
    assert found[2:] == [
        (Kind.REVERSE, 80, "x-1"), (Kind.REVERSE, 100, "a-1"), (Kind.POST, 70, "a-0"), (Kind.POST, 100, "a-1"),
        (Kind.POST, 80, "x-1"),
    ]  # fmt: skip
    undone = Transaction.objects.filter(kind=Kind.REVERSE)
    assert {(one.reason, one.day) for one in undone if one.undoes and one.day == one.undoes.day} == {
        (WHY, TODAY - timedelta(days=2)),
        (WHY, TODAY - timedelta(days=9)),
    }
    assert lots() == [("a-1", 90)]
    agree()


def test_a_hold_gives_way_to_what_is_taken_back_and_is_captured_by_its_exchange(world: World) -> None:
    world.tell(granted("a-1", 100), granted("a-2", 50))
    of: dict[str, Any] = {"unit": UNIT, "owner": "comb", "day": TODAY, "now": NOW, "actor": world.actor}
    first = services.hold(points=60, key="h-1", reference="x-1", **of)
    services.hold(points=80, key="h-2", reference="x-2", **of)
    world.tell({"type": "points.cancelled", "partner": "comb", "award": "a-2", "at": at(TODAY, 9)})
    holds = {hold.reference: (hold.points, hold.short) for hold in queries.open_holds(UNIT, "comb")}
    assert holds == {"x-1": (60, 0), "x-2": (80, 40)}
    world.tell(spent("x-1", 60))
    assert [hold.reference for hold in queries.open_holds(UNIT, "comb")] == ["x-2"]
    captured = Transaction.objects.get(account__owner="comb", reference="x-1")
    assert captured.hold.uid == first.uid
    assert queries.balance(UNIT, "comb", day=TODAY).held == 40
    agree()


def test_an_undone_exchange_goes_back_to_its_lots_also_where_expiry_was_posted(world: World) -> None:
    early = TODAY - timedelta(days=364)
    world.tell(granted("a-1", 100, early), spent("x-1", 70, early + timedelta(days=1)))
    tomorrow = NOW + timedelta(days=2)
    reassess_all(day=tomorrow.date(), now=tomorrow, actor=world.actor)
    assert expire_today(tomorrow)[UNIT] >= 1
    assert lots(tomorrow.date()) == []
    world.tell(
        {"type": "points.restored", "partner": "comb", "exchange": "x-1", "at": tomorrow.isoformat()}, now=tomorrow
    )
    standing = Standing.objects.get(partner=world.comb)
    assert (standing.points_spent, standing.points_expired, standing.points_available) == (0, 100, 0)
    agree()
    expire_today(tomorrow)
    agree()


def test_whoever_is_unchanged_costs_no_look_at_the_ledger(world: World) -> None:
    world.tell(granted("a-1", 100))
    later = NOW + timedelta(days=1)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        reassess_all(day=later.date(), now=later, actor=world.actor)
    assert [query["sql"] for query in seen if "ledger_" in query["sql"]] == []
    agree()


def test_a_look_back_leaves_the_ledger_where_it_is(world: World) -> None:
    world.tell(granted("a-1", 100))
    before = kinds()
    reassess(["comb"], day=TODAY - timedelta(days=30), now=NOW, actor=world.actor)
    assert kinds() == before
    reassess(["comb"], day=TODAY, now=NOW, actor=world.actor)
    assert kinds() == before
    agree()


def test_what_the_history_does_not_say_is_named(world: World) -> None:
    world.tell(granted("a-1", 100))
    made = services.award(
        unit=UNIT, owner="comb", points=5, key="gift", ident="gift", day=TODAY, expires_on=TODAY + timedelta(days=9),
        now=NOW, actor=world.actor,
    )  # fmt: skip
    assert [line for line in verify(ROOM_CHECKS).differences if "comb: ledger" in line] == [
        "partner comb: ledger: active 105, replayed 100",
        "partner comb: ledger: available 105, replayed 100",
        f"partner comb: ledger: transaction {made.uid} (gift): no event moves such points",
    ]


def test_an_event_that_was_never_posted_is_named_and_settled_by_the_nightly_run(world: World) -> None:
    (event,) = world.tell(granted("a-1", 100))
    (made,) = Transaction.objects.filter(account__owner="comb")
    services.reverse(
        unit=UNIT, owner="comb", made=made.pk, key="undo", day=TODAY, now=NOW, actor=world.actor, reason="by hand"
    )
    assert f"partner comb: ledger: event {event.uid} moves points, no transaction does" in verify().differences
    Standing.objects.filter(partner=world.comb).update(moves_digest="")
    reassess_all(day=TODAY, now=NOW, actor=world.actor)
    agree()
    assert kinds()[-1] == (Kind.POST, 100, "a-1")
