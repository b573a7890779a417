"""The lists of what is decided soon and who is at risk say what the engine says (T3.4a, T3.4b)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from honeyguide.common.rulebooks import current_rulebook
from honeyguide.history.queries import lines_of, program_events
from honeyguide.partners.models import Partner
from honeyguide.program.history import history_from_lines
from honeyguide.program.outlook import outlook
from honeyguide.reviews import queries
from honeyguide.standing.models import Standing
from tests.live.conftest import NOW, TODAY, World, at


@pytest.mark.clause("T3.4a")
def test_what_is_due_and_missing_is_what_the_outlook_of_the_whole_history_says(world: World) -> None:
    history = history_from_lines(lines_of(program_events()))
    told = {
        row["partner"]: row["keep"] for row in outlook(history, current_rulebook(), as_of=TODAY).to_dict()["partners"]
    }
    due = {
        key: keep
        for key, keep in told.items()
        if keep["date"] and date.fromisoformat(keep["date"]) <= TODAY + timedelta(days=queries.DUE_DAYS)
    }
    found = {row.partner.key: row for row in queries.due(TODAY)}
    assert found.keys() == due.keys() == {"nectar", "comb"}
    for key, row in found.items():
        keep = due[key]
        assert (row.due_on, row.verdict) == (date.fromisoformat(keep["date"]), keep["verdict"])
        goal = queries.keeping(row)
        assert goal is not None
        assert goal.days_left == keep["days_left"] == (date.fromisoformat(keep["date"]) - TODAY).days
        short = {row["requirement"] for row in keep["requirements"] if row["decides"] and not row["met"]}
        assert {row.name for row in queries.missing(row)} <= short


@pytest.mark.clause("T3.4a", "T3.4b")
def test_at_risk_are_those_who_lose_their_status_and_those_without_activity(world: World) -> None:
    idle = Partner.objects.create(key="idle", name="Idle SA", country="FR", added_at=NOW)
    since = TODAY - timedelta(days=184)
    world.tell(
        {"type": "course.completed", "partner": "idle", "at": at(since - timedelta(days=1)), "course": "tutorial"},
        {"type": "partner.accepted", "partner": "idle", "at": at(since)},
        {"type": "nfr.claimed", "partner": "idle", "at": at(since, 13), "product": "cloud"},
    )
    rows = {row.partner.key: row for row in queries.with_stake(queries.at_risk(TODAY))}
    urgent = {row.partner.key for row in Standing.objects.all() if row.verdict in {"at_risk", "lost"}}
    assert rows.keys() == urgent | {"idle"}
    assert "comb" in rows
    assert [row.partner for row in queries.at_risk(TODAY).filter(queries.inactive())] == [idle]


@pytest.mark.clause("T3.4a")
def test_what_is_at_stake_is_the_discount_and_the_sales_of_the_window(world: World) -> None:
    for row in queries.with_stake(Standing.objects.select_related("partner")):
        stake = queries.stake(row)
        assert (row.stake_percent, row.stake_sales) == (stake.discount_percent, stake.sales)
    nectar = queries.stake(Standing.objects.get(partner=world.nectar))
    assert (nectar.falls_to, nectar.discount_percent, nectar.sales) == ("silver", Decimal(10), Decimal("21000.00"))
    comb = queries.stake(Standing.objects.get(partner=world.comb))
    assert (comb.falls_to, comb.discount_percent, comb.sales) == ("", Decimal(20), Decimal(0))
