"""The calculator: the engine's own figures, part by part (G1.6)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from honeyguide.accounts.models import User
from honeyguide.earning.calculator import ProjectCase, SaleCase, held_warning, project_worth, sale_worth
from honeyguide.history.models import Event
from honeyguide.program.rulebook import load_rulebook
from tests.live.conftest import TODAY, World, at

BOOK = load_rulebook(None)


@pytest.mark.clause("G1.1", "G1.2", "G1.6")
def test_a_deal_is_made_up_of_its_parts() -> None:
    worth = sale_worth(SaleCase(Decimal("1200.50"), "cloud", "extended", 2, 60, ("standard", "premium")), BOOK)
    assert [(part.points, part.clause) for part in worth.parts] == [(60, "G1.1"), (40, "G1.1"), (30, "G1.2")]
    assert worth.points == 130


@pytest.mark.clause("G1.3", "G1.6")
def test_a_project_is_made_up_of_its_parts() -> None:
    worth = project_worth(ProjectCase(("simple", "complex", "complex"), integration=True), BOOK)
    assert [part.points for part in worth.parts] == [50, 300, 150]  # 700 would be above 500
    assert worth.points == 500


def test_what_earns_nothing_says_so() -> None:
    worth = sale_worth(SaleCase(Decimal(900), "service"), BOOK)
    assert (worth.points, worth.parts[0].how) == (0, "earns no points")


@given(
    net=st.decimals(0, 10**7, places=2), plan=st.sampled_from(["basic", "extended"]), licences=st.integers(1, 500),
    seats=st.integers(0, 1000), modules=st.lists(st.sampled_from(["standard", "advanced", "premium"]), max_size=4),
)  # fmt: skip
def test_the_parts_always_add_up(net: Decimal, plan: str, licences: int, seats: int, modules: list[str]) -> None:
    worth = sale_worth(SaleCase(net, "on_premise", plan, licences, seats, tuple(modules)), BOOK)
    assert sum(part.points for part in worth.parts) == worth.points
    assert all(part.points >= 0 for part in worth.parts)


@pytest.mark.clause("G1.6")
def test_another_rulebook_answers_anew() -> None:
    points = BOOK.points
    rule = points.sale.model_copy(update={"net_percent": points.sale.net_percent * 2})
    dearer = BOOK.model_copy(update={"points": points.model_copy(update={"sale": rule})})
    case = SaleCase(Decimal("1200.50"))
    assert [sale_worth(case, book).parts[0].points for book in (BOOK, dearer, BOOK)] == [60, 120, 60]


@pytest.mark.clause("G1.6")
def test_what_is_worked_out_is_what_the_sale_then_earns(world: World) -> None:
    event = {
        "at": at(TODAY), "type": "sale.paid", "partner": "nectar", "sale": "x", "client": "wax", "product": "cloud",
        "net": "777.77", "plan": "extended", "licences": 3, "seats": 251, "modules": ["advanced"],
    }  # fmt: skip
    before = world.nectar.standing.points_active
    world.tell(event)
    world.nectar.standing.refresh_from_db()
    worth = sale_worth(SaleCase.of(Event.objects.get(ident="x")))
    assert world.nectar.standing.points_active - before == worth.points


@pytest.mark.clause("G1.4", "G1.6")
def test_a_client_of_the_last_thirty_days_is_warned_of(world: World) -> None:
    world.tell({
        "at": at(TODAY - timedelta(days=29)), "type": "sale.paid", "partner": "nectar", "sale": "x", "client": "Wax",
        "product": "service", "net": "1.00",
    })  # fmt: skip
    warning = held_warning(world.nectar, " wax ", TODAY)
    assert warning is not None
    assert (warning.days, warning.under_days) == (29, 30)
    assert held_warning(world.nectar, "wax", TODAY + timedelta(days=1)) is None
    assert held_warning(world.nectar, "pollen", TODAY) is None
    assert held_warning(world.comb, "wax", TODAY) is None


@pytest.mark.clause("G1.6")
def test_the_page_answers_with_parts_a_warning_and_what_it_pays_for(
    world: World, sign_in: Callable[[User], Client]
) -> None:
    alice = sign_in(world.alice)
    assert b"Fill in the form" in alice.get("/partner/points/calculator/").content
    query = {"net": "10000", "product": "cloud", "plan": "basic", "licences": "1", "seats": "10", "client": "client-4"}
    page = alice.get("/partner/points/calculator/", query).content.decode()
    assert "510 points" in page
    assert "5% of $10,000.00" in page
    assert "What it would pay for" in page
    assert "today would wait" not in page
    project = alice.get("/partner/points/calculator/", {"what": "project", "standard": "3", "integration": "on"})
    assert b"500 points" in project.content
    wrong = alice.get("/partner/points/calculator/", query | {"net": "-1"})
    assert b'role="alert"' in wrong.content
    assert not Event.objects.filter(partner="nectar", at__date=TODAY, is_program=True).exists()
