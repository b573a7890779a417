"""The distance to the next place and what would close it, held against the engine."""

from datetime import date
from decimal import Decimal

import pytest

from honeyguide.insights.closing import CENT, NextPlace, Way, next_place, points_for, ways
from honeyguide.program.engine import replay
from honeyguide.program.history import history_from_lines, lines_from_events
from honeyguide.program.rulebook import load_rulebook

RULEBOOK = load_rulebook(None)
DAY = "2026-05-05T10:00:00Z"


def earned(*events: dict[str, object]) -> int:
    """What the engine gives for them."""
    accepted = {"at": "2026-05-01T10:00:00Z", "type": "partner.accepted", "partner": "nectar"}
    lines = lines_from_events([accepted, *({"at": DAY, "partner": "nectar", **event} for event in events)])
    answer = replay(history_from_lines(lines), RULEBOOK, as_of=date(2026, 5, 6)).to_dict()
    return int(answer["partners"][0]["points"]["active"])


def sale(net: Decimal) -> dict[str, object]:
    return {"type": "sale.paid", "sale": "s-1", "client": "c-1", "product": "cloud", "net": f"{net:.2f}"}


def project(way: Way) -> list[dict[str, object]]:
    about = {"project": "p-1", "client": "c-1"}
    return [
        {
            "type": "project.delivered", **about, "modules": [way.module] * way.count,
            "integration": way.kind == "integration", "report": "r", "checklist": "c",
        },
        {"type": "project.confirmed", "project": "p-1"},
    ]  # fmt: skip


@pytest.mark.clause("T4.2")
def test_the_next_place_is_that_of_the_nearest_who_has_more() -> None:
    assert next_place(100, [900, 340, 340, 120]) == NextPlace(rank=4, points=20)
    assert next_place(100, [900, 340, 340]) == NextPlace(rank=2, points=240)
    assert next_place(100, []) is None


@pytest.mark.clause("G1.1")
@pytest.mark.parametrize("missing", [11, 12, 57, 130, 999, 12345])
def test_the_deal_that_closes_the_distance_is_the_smallest_one_by_the_engine_itself(missing: int) -> None:
    way = next(way for way in ways(missing, RULEBOOK) if way.kind == "sale")
    assert earned(sale(way.net)) == way.points >= missing
    assert points_for(way.net - CENT, RULEBOOK.points.sale) == earned(sale(way.net - CENT)) < missing


@pytest.mark.clause("G1.1")
@pytest.mark.parametrize("missing", [1, 10])
def test_one_licence_that_is_enough_needs_no_amount(missing: int) -> None:
    assert Way("sale", 10, net=Decimal(0)) in ways(missing, RULEBOOK)


@pytest.mark.clause("G1.3")
@pytest.mark.parametrize("missing", [1, 150, 151, 480])
def test_the_projects_that_close_the_distance_earn_it_by_the_engine_itself(missing: int) -> None:
    projects = [way for way in ways(missing, RULEBOOK) if way.kind != "sale"]
    assert projects
    for way in projects:
        assert earned(*project(way)) == way.points >= missing


@pytest.mark.clause("G1.3")
def test_a_project_with_integration_is_not_named_where_its_limit_is_too_low() -> None:
    assert {way.kind for way in ways(501, RULEBOOK)} == {"sale", "modules"}
    assert {way.kind for way in ways(290, RULEBOOK)} == {"sale", "modules", "integration"}
