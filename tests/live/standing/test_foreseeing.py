"""Many events at once: what is foreseen is what then holds, and what telling them one by one would have given."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from honeyguide.earning.effects import effects_of
from honeyguide.history.models import Event, Ident
from honeyguide.history.services import DoesNotFit
from honeyguide.standing.foreseeing import foresee, tell_foreseen
from honeyguide.standing.models import Standing
from honeyguide.standing.services import concerned_by, lock
from honeyguide.standing.verify import verify
from tests.live.conftest import NOW, TODAY, World, at

WAIT_S = 60


def sale(number: int, partner: str = "comb", client: str = "Wax", days_ago: int = 3) -> dict[str, Any]:
    return {
        "id": f"e-{partner}-{number}", "type": "sale.paid", "at": at(TODAY - timedelta(days=days_ago)),
        "partner": partner, "sale": f"{partner}-n{number}", "client": client, "product": "cloud", "net": "900.00",
    }  # fmt: skip


def told_at_once(world: World, events: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        lock(concerned_by(events))
        tell_foreseen(foresee(events, now=NOW), actor=world.actor, now=NOW)


def answers() -> dict[str, Any]:
    return {row.partner.key: row.answer for row in Standing.objects.select_related("partner")}


EVENTS = [
    *(sale(number, client=f"client-{number}", days_ago=40 - number) for number in range(1, 6)),
    sale(9, "nectar"),
    {"id": "r", "type": "sale.refunded", "partner": "nectar", "sale": "nectar-s3", "at": NOW},
]


def test_what_was_foreseen_holds_and_is_what_telling_gives(world: World) -> None:
    foreseen = foresee(EVENTS, now=NOW)
    assert set(foreseen.after) == {"nectar", "comb"}
    assert not Event.objects.filter(uid="e-comb-1").exists()
    with transaction.atomic():
        world.tell(*EVENTS)
        one_by_one = answers()
        transaction.set_rollback(True)
    told_at_once(world, EVENTS)
    assert answers() == one_by_one == {key: found.answer for key, found in foreseen.after.items()}
    assert not verify().differences
    row = Event.objects.get(uid="e-comb-1")
    assert (row.client, row.ident, row.actor_name, row.is_program) == ("client-1", "comb-n1", "test", True)
    assert Ident.objects.get(ident="comb-n1").partner == "comb"


def test_events_that_do_not_fit_change_nothing_and_known_ones_are_passed_over(world: World) -> None:
    told_at_once(world, EVENTS)
    before = Event.objects.count()
    for wrong in ({**sale(1), "id": "other"}, {**sale(1), "net": "1.00"}, {**sale(20), "net": "x"}):
        with pytest.raises(DoesNotFit):
            told_at_once(world, [wrong])
    told_at_once(world, EVENTS)
    assert Event.objects.count() == before


def test_what_is_stored_of_another_day_is_no_side_of_a_comparison(world: World) -> None:
    first = effects_of([sale(1)], now=NOW)
    Standing.objects.update(assessed_on=TODAY - timedelta(days=1), points_active=5, status="")
    assert effects_of([sale(1)], now=NOW) == first


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_two_that_sell_to_one_client_do_not_wait_for_each_other(world: World) -> None:
    told_at_once(world, [sale(0, "nectar"), sale(0, "comb")])
    failed: list[Exception] = []

    def run(tell: Callable[..., Any], partner: str) -> None:
        try:
            for number in range(1, 8):
                tell(sale(number, partner))
        except Exception as failure:  # noqa: BLE001 - whatever it is, the test says so
            failed.append(failure)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(world.tell, "nectar")),
        threading.Thread(target=run, args=(lambda event: told_at_once(world, [event]), "comb")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    assert not failed
    assert Event.objects.filter(client="Wax").count() == 16
    assert not verify().differences
