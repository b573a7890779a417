"""The cabinet: balance by expiry, rank and the next place, history with its sources, on any day (G4.1, G4.2)."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from honeyguide.insights import queries
from honeyguide.insights.periods import months_between
from honeyguide.insights.statement_paper import statement_rows
from honeyguide.ledger import queries as ledger
from honeyguide.portal.views.points.cabinet import Cabinet
from honeyguide.standing.models import Standing
from honeyguide.standing.queries import standing_on
from tests.live.conftest import TODAY, World, at
from tests.live.insights.conftest import busy
from tests.live.portal.pages import words_of

pytestmark = pytest.mark.django_db
__all__ = ["busy"]


@pytest.fixture
def alice(busy: World, sign_in: Any) -> Client:
    client: Client = sign_in(busy.alice)
    return client


def cabinet(world: World, days_ago: int = 0) -> Cabinet:
    standing = standing_on(world.nectar, TODAY - timedelta(days=days_ago))
    assert standing is not None
    return Cabinet(world.nectar, standing, TODAY)


@pytest.mark.clause("G4.1")
@pytest.mark.parametrize("days_ago", [0, 29, 100, 300])
def test_the_balance_by_expiry_is_the_ledgers_on_any_day(busy: World, days_ago: int) -> None:
    found = cabinet(busy, days_ago)
    books = ledger.as_of("points", "nectar", day=found.day)
    assert found.balance == books.in_lots == sum(points for _day, points in found.expiring)
    assert found.balance == found.standing.points_available
    chart = found.lapsing()
    assert chart is not None
    assert sum(chart.series[0].data) == found.balance  # type: ignore[arg-type]


@pytest.mark.clause("G4.1")
def test_charts_sum_to_what_the_statements_say(busy: World) -> None:
    found = cabinet(busy)
    moved, accrued = found.moved(), found.accrued()
    assert moved is not None
    assert accrued is not None
    assert moved.series[-1].data[-1] == found.balance
    earned = next(series for series in moved.series if series.label == "Accrual")
    assert [sum(of) for of in zip(*(series.data for series in accrued.series), strict=True)] == list(earned.data)
    assert {series.label for series in accrued.series} >= {"Sale", "Project", "Case study"}


@pytest.mark.clause("T4.2")
def test_the_page_names_the_next_place_and_a_deal_that_would_reach_it(busy: World, sign_in: Any) -> None:
    busy.tell({"type": "points.granted", "partner": "comb", "award": "c", "points": 50, "activity": "training"})
    above = Standing.objects.get(partner=busy.nectar).points_active
    missing = above - Standing.objects.get(partner=busy.comb).points_active
    page = sign_in(busy.charlie).get("/partner/points/").content.decode()
    assert f"{missing:,} points more for place 1" in page
    net = (missing - 10 - 0.5) * 20
    assert f"${net:,.2f}" in page
    deal = {"type": "sale.paid", "partner": "comb", "sale": "closing", "client": "new", "product": "cloud"}
    busy.tell({**deal, "net": f"{net:.2f}"})
    assert "Nobody has more active points" in sign_in(busy.charlie).get("/partner/points/").content.decode()


@pytest.mark.clause("T4.2")
def test_where_one_licence_is_enough_no_amount_is_named(busy: World, sign_in: Any) -> None:
    missing = Standing.objects.get(partner=busy.nectar).points_active
    missing -= Standing.objects.get(partner=busy.comb).points_active
    busy.tell(
        {"type": "points.granted", "partner": "comb", "award": "c", "points": missing - 7, "activity": "training"}
    )
    page = sign_in(busy.charlie).get("/partner/points/").content.decode()
    assert "One basic licence, whatever the amount" in page
    assert "$0.01" not in page


@pytest.mark.clause("G4.5")
def test_the_calendar_names_what_granted_points_are_for(alice: Client, busy: World) -> None:
    award = {"type": "points.granted", "partner": "nectar", "points": 50, "activity": "other"}
    busy.tell(
        {**award, "award": "awd_frm_1m63mfty0nqkpd3g55", "reason": "For the talk at the partners' day"},
        {**award, "award": "awd_frm_1m63mfty0nqkpd3g56"},
    )
    text = words_of(alice.get("/partner/points/calendar/").content.decode())
    assert "Other work: For the talk at the partners' day" in text
    assert "Other work awd…pd3g56" in text
    assert "awd_" not in text


@pytest.mark.clause("G4.1")
def test_the_page_of_an_earlier_day_shows_that_day(alice: Client, busy: World) -> None:
    then = TODAY - timedelta(days=120)
    page = alice.get(f"/partner/points/?as_of={then}")
    assert page.status_code == 200
    assert f"{queries.balance_on(busy.nectar, then):,}" in page.content.decode()
    assert "only active partners are ranked" not in page.content.decode()  # the rank is counted after the page
    assert alice.get("/partner/points/?as_of=2026-99-01").status_code == 422


@pytest.mark.clause("G4.1")
def test_the_history_has_every_movement_with_its_source_explained(alice: Client) -> None:
    page = alice.get("/partner/points/history/?q=b-1").content.decode()
    assert "Points of a deal" in page
    assert "5% of $2,000.00" in page
    page = alice.get("/partner/points/history/?activity=project").content.decode()
    assert "Points of a project" in page
    page = alice.get("/partner/points/history/?kind=spent&q=x-2").content.decode()
    assert "consultation" in page
    assert "x-2" in page


@pytest.mark.clause("G4.1")
@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        ("kind=cancelled", {"Cancellation"}),
        ("activity=case_study", {"Accrual", "Cancellation"}),
        (f"first={TODAY - timedelta(days=30)}&last={TODAY - timedelta(days=28)}", {"Exchange", "Given back"}),
    ],
)
def test_the_history_is_filtered_and_taken_out_as_csv(alice: Client, asked: str, kinds: set[str]) -> None:
    file = alice.get(f"/partner/points/history/?{asked}&export=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(file).decode("utf-8-sig"))))
    assert {row["Kind of action"] for row in rows} == kinds
    assert all(int(row["Points"]) for row in rows)


@pytest.mark.clause("G4.1")
def test_the_whole_history_sums_to_the_balance(alice: Client, busy: World) -> None:
    file = alice.get("/partner/points/history/?export=csv&sort=day")
    rows = list(csv.DictReader(io.StringIO(b"".join(file).decode("utf-8-sig"))))
    books = ledger.balance("points", "nectar", day=TODAY)
    assert sum(int(row["Points"]) for row in rows) == books.in_lots + books.expired_unposted
    assert [row["Day"] for row in rows] == sorted(row["Day"] for row in rows)


@pytest.mark.clause("G4.1", "G4.3")
def test_the_file_of_the_history_has_the_columns_of_a_statements(alice: Client, busy: World) -> None:
    file = alice.get("/partner/points/history/?export=csv&sort=day")
    rows = list(csv.DictReader(io.StringIO(b"".join(file).decode("utf-8-sig"))))
    (month, *_) = months_between(TODAY - timedelta(days=60), TODAY)
    heads = [str(title) for title in statement_rows(queries.statement_of(busy.nectar, month))[0]]
    assert set(heads) - {"Balance"} | {"Valid to"} == set(rows[0])
    exchanges = {row["Exchange"]: row["Reward"] for row in rows if row["Exchange"]}
    assert exchanges == {"x-1": "course", "x-2": "consultation", "x-3": "webinar"}
    accrual = next(row for row in rows if row["Source"] == "b-1" and row["Kind of action"] == "Accrual")
    assert (accrual["Activity"], accrual["Client"], accrual["Exchange"], accrual["Reward"]) == ("Sale", "c-1", "", "")


def test_nobody_sees_another_companys_points(busy: World, sign_in: Any) -> None:
    client = sign_in(busy.charlie)
    for path in ("history/", "statements/", "calendar/", ""):
        assert "b-1" not in client.get(f"/partner/points/{path}").content.decode()


def test_the_first_page_names_balance_rank_and_what_expires_soon(alice: Client, busy: World) -> None:
    busy.tell(
        {"type": "points.granted", "partner": "nectar", "award": "soon", "points": 700, "activity": "training",
         "at": at(TODAY - timedelta(days=345))},
    )  # fmt: skip
    page = alice.get("/partner/").content.decode()
    assert "No. 1" in page
    soon = cabinet(busy).soon
    assert soon >= 100
    assert f"{soon} expire within 60 days" in page
