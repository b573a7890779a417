"""Points by the API: balance on any day, movements, statements, bonuses; as in the ledger (G4.1, G4.4)."""

from datetime import timedelta, timezone
from decimal import Decimal

import pytest

from honeyguide.accounts.actor import Actor
from honeyguide.bonuses.services import award
from honeyguide.common.ids import new_id
from honeyguide.insights import queries
from honeyguide.ledger import queries as ledger
from tests.live.api.conftest import Program, is_problem
from tests.live.conftest import NOW, TODAY, World
from tests.live.insights.conftest import busy

__all__ = ["busy"]


@pytest.mark.clause("G4.1")
def test_the_balance_of_any_day_is_the_ledgers(busy: World, nectar: Program) -> None:
    for days in (0, 90):
        day = TODAY - timedelta(days=days)
        found = nectar.get("/partners/nectar/points", as_of=str(day)).json()
        assert found["balance"] == ledger.as_of("points", "nectar", day=day).in_lots
        assert found["balance"] == sum(each["points"] for each in found["expiring"])
    assert nectar.get("/partners/nectar/points").json()["as_of"] == str(TODAY)
    is_problem(nectar.get("/partners/nectar/points", as_of=str(TODAY + timedelta(days=1))), 422, "invalid")


@pytest.mark.clause("G4.1")
def test_all_movements_sum_to_the_balance_and_can_be_narrowed(busy: World, nectar: Program) -> None:
    rows, query = [], {"limit": 5}
    while True:
        page = nectar.get("/partners/nectar/points/movements", **query).json()
        rows += page["data"]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    books = ledger.balance("points", "nectar", day=TODAY)
    assert sum(row["points"] for row in rows) == books.in_lots + books.expired_unposted
    assert len({row["id"] for row in rows}) == len(rows)
    spent = nectar.get("/partners/nectar/points/movements", kind="spent", since=str(TODAY - timedelta(days=55))).json()
    assert {row["reference"] for row in spent["data"]} == {"x-2", "x-3"}
    is_problem(nectar.get("/partners/nectar/points/movements", kind="stolen"), 422, "invalid")


@pytest.mark.clause("G4.4")
def test_a_statement_adds_up(busy: World, nectar: Program) -> None:
    month = f"{TODAY - timedelta(days=30):%Y-%m}"
    found = nectar.get(f"/partners/nectar/points/statements/{month}").json()
    assert found["opening"] + sum(line["points"] for line in found["lines"]) == found["closing"]
    assert found["opening"] + sum(found["sums"].values()) == found["closing"]
    assert found["closing"] == queries.balance_on(busy.nectar, TODAY.replace(day=1) - timedelta(days=1))
    is_problem(nectar.get("/partners/nectar/points/statements/2026-13"), 404, "not_found")


@pytest.mark.clause("G4.1", "G4.4")
def test_movements_and_statements_can_be_had_as_they_were_known(busy: World, nectar: Program) -> None:
    """All of it was told today: yesterday nothing was known."""
    month, yesterday = f"{TODAY:%Y-%m}", (NOW - timedelta(days=1)).isoformat()
    statement, movements = f"/partners/nectar/points/statements/{month}", "/partners/nectar/points/movements"
    assert nectar.get(movements, known_at=yesterday).json()["data"] == []
    assert nectar.get(movements, known_at=NOW.isoformat()).json() == nectar.get(movements).json()
    latest = nectar.get(movements).json()["data"][0]["recorded_at"]
    assert nectar.get(movements, known_at=latest).json() == nectar.get(movements).json()  # an answer can be asked with
    assert nectar.get(statement, known_at=NOW.isoformat()).json() == nectar.get(statement).json()
    elsewhere = NOW.astimezone(timezone(timedelta(hours=23, minutes=59))).isoformat()  # as far as RFC 3339 goes
    assert nectar.get(movements, known_at=elsewhere).json() == nectar.get(movements).json()
    assert nectar.get(statement, known_at=elsewhere).json() == nectar.get(statement).json()
    then = nectar.get(statement, known_at=yesterday).json()
    assert (then["opening"], then["lines"], then["closing"]) == (0, [], 0)
    assert then["last_day"] == str(TODAY - timedelta(days=1))
    for wrong in ("2026-01-01T00:00:00Z", "2026-11-20T12:00:00", "0001-01-01T00:00:00+01:00", "then"):
        assert "known_at" in str(is_problem(nectar.get(statement, known_at=wrong), 422, "invalid"))


@pytest.mark.clause("T10")
def test_bonuses_are_listed_with_what_is_left(world: World, nectar: Program) -> None:
    manager = Actor(name="Manager", user=world.staff["manager"])
    award(
        partners=["nectar"], amount=Decimal("1500.50"), reason="Best", token=new_id("frm", NOW), actor=manager, now=NOW
    )  # fmt: skip
    found = nectar.get("/partners/nectar/bonuses").json()
    assert found["left"] == "1500.50"
    assert [(row["kind"], row["state"], row["valid_to"]) for row in found["data"]] == [("award", "valid", "2026-12-31")]


def test_another_companys_points_are_not_there(busy: World, comb: Program) -> None:
    for path in ("points", "points/movements", "points/statements/2026-10", "bonuses"):
        is_problem(comb.get(f"/partners/nectar/{path}"), 404, "not_found")
