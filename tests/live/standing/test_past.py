"""A past day is asked of the engine once, and again as soon as anything new concerns the partner."""

from collections.abc import Collection
from datetime import date, timedelta

import pytest

from honeyguide.standing import engine, queries
from honeyguide.standing.queries import standing_on
from tests.live.conftest import TODAY, World, at

pytestmark = pytest.mark.django_db(transaction=True)

PAST = TODAY - timedelta(days=100)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []

    def noted(partners: Collection[str], day: date) -> dict[str, engine.Assessment]:
        found.extend(partners)
        return engine.assess(partners, day)

    monkeypatch.setattr(queries, "assess", noted)
    return found


def test_it_is_asked_once_until_something_new_is_known(world: World, asked: list[str]) -> None:
    first = standing_on(world.nectar, PAST)
    again = standing_on(world.nectar, PAST)
    assert asked == ["nectar"]
    assert first is not None
    assert again is not None
    assert (first.answer, first.outlook, first.path) == (again.answer, again.outlook, again.path)
    again.answer["transitions"].clear()  # each reader has its own
    third = standing_on(world.nectar, PAST)
    assert third is not None
    assert third.answer == first.answer
    world.tell({"type": "sale.paid", "partner": "nectar", "sale": "late", "client": "new", "product": "cloud",
                "net": "100.00", "at": at(PAST)})  # fmt: skip
    told = standing_on(world.nectar, PAST)
    assert asked == ["nectar", "nectar"]
    assert told is not None
    assert told.answer != first.answer
    standing_on(world.comb, PAST)
    assert asked[2:] == ["comb"]


def test_a_sale_of_another_to_a_client_of_the_partner_counts_as_new(world: World, asked: list[str]) -> None:
    standing_on(world.nectar, PAST)
    world.tell({"type": "sale.paid", "partner": "comb", "sale": "shared", "client": "client-1", "product": "cloud",
                "net": "100.00", "at": at(PAST)})  # fmt: skip
    asked.clear()
    standing_on(world.nectar, PAST)
    assert asked == ["nectar"]


def test_a_day_before_the_first_event_is_kept_as_nothing(world: World, asked: list[str]) -> None:
    long_ago = TODAY - timedelta(days=5_000)
    assert standing_on(world.nectar, long_ago) is None
    assert standing_on(world.nectar, long_ago) is None
    assert asked == ["nectar"]
