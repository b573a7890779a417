"""Events are recorded, checked, and followed by the standing that they give, in one transaction."""

import pytest
from django.db import IntegrityError, transaction

from honeyguide.history.models import Event
from honeyguide.history.services import DoesNotFit
from honeyguide.standing.models import Standing
from honeyguide.standing.queries import rank_on, rank_today, standing_on
from tests.live.conftest import NOW, TODAY, World


@pytest.mark.clause("T3.1.3a")
def test_a_told_history_gives_the_standing_with_its_reasons(world: World) -> None:
    standing = Standing.objects.get(partner=world.nectar)
    assert (standing.state, standing.status, int(standing.discount_percent)) == ("active", "gold", 50)
    assert [step["cause"] for step in standing.answer["transitions"]] == ["accepted", "upgraded", "upgraded"]
    assert standing.answer["transitions"][-1]["requirements"]


def test_an_event_that_does_not_fit_changes_nothing(world: World) -> None:
    before = Event.objects.count()
    with pytest.raises(DoesNotFit, match='sale is "nope"'):
        world.tell({"type": "sale.refunded", "partner": "nectar", "sale": "nope"})
    with pytest.raises(DoesNotFit, match="net is"):
        world.tell(
            {"type": "sale.paid", "partner": "nectar", "sale": "x", "client": "c", "product": "cloud", "net": "1,5"}
        )
    assert Event.objects.count() == before


def test_the_same_event_again_is_passed_over_and_another_with_its_id_refused(world: World) -> None:
    event = {"id": "e-1", "type": "course.completed", "partner": "comb", "course": "sales", "at": NOW}
    assert len(world.tell(event)) == 1
    assert world.tell(event) == []
    with pytest.raises(DoesNotFit, match="e-1"):
        world.tell(event | {"course": "marketing"})


def test_the_event_table_refuses_every_change(world: World) -> None:
    event = Event.objects.first()
    assert event is not None
    for change in (lambda: Event.objects.filter(pk=event.pk).update(via="x"), lambda: Event.objects.all().delete()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_a_day_in_the_past_is_answered_as_it_was(world: World) -> None:
    first = Standing.objects.get(partner=world.nectar).answer["transitions"][1]
    past = standing_on(world.nectar, TODAY.fromisoformat(first["on"]).replace(day=1))
    assert past is not None
    assert past.status == "bronze"


def test_the_path_of_statuses_leaves_suspensions_out_and_has_the_end(world: World) -> None:
    def path() -> list[tuple[str, str | None]]:
        return [(on, status) for on, status in Standing.objects.get(partner=world.nectar).path]

    held = path()
    assert [status for _, status in held] == ["bronze", "silver", "gold"]
    world.tell({"type": "partner.suspended", "partner": "nectar"})
    world.tell({"type": "partner.reinstated", "partner": "nectar"})
    assert path() == held
    world.tell({"type": "partner.terminated", "partner": "nectar"})
    assert path() == [*held, (TODAY.isoformat(), None)]


def test_ranks_are_counted_among_active_partners(world: World) -> None:
    nectar, comb = (Standing.objects.get(partner=partner) for partner in (world.nectar, world.comb))
    assert (rank_today(nectar), rank_today(comb)) == (1, 2)
    assert rank_on(world.nectar, TODAY) == 1


@pytest.mark.django_db(transaction=True)
def test_the_guards_stand_aside_only_for_emptying_the_tests_database(world: World) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        Event.objects.all().delete()


@pytest.mark.clause("T3.3")
def test_a_refund_rewrites_the_standing_of_others_who_sold_to_the_client(world: World) -> None:
    sale = {"type": "sale.paid", "client": "shared", "product": "cloud", "net": "10.00", "seats": 5, "term_months": 24}
    world.tell({**sale, "partner": "comb", "sale": "comb-1", "at": "2026-04-01T12:00:00Z"})
    world.tell({**sale, "partner": "nectar", "sale": "nectar-5", "at": "2026-05-01T12:00:00Z"})
    before = seats_of(world)
    world.tell({"type": "sale.refunded", "partner": "comb", "sale": "comb-1"})
    assert seats_of(world) == before + 5


def seats_of(world: World) -> int:
    rows = Standing.objects.get(partner=world.nectar).answer["requirements"]
    return int(next(row["actual"] for row in rows if row["requirement"] == "seats" and row["purpose"] == "keep"))
