"""Each decision is made by the version of the rulebook in force on its own day: engine and reference model alike."""

import copy
import random
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from honeyguide.program.engine import replay
from honeyguide.program.engine.moves import replay_moves
from honeyguide.program.history import history_from_events
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.versions import Versions
from tests.cases import HISTORIES
from tests.reference.compare import Engine, differences, rules_of, told
from tests.reference.histories import random_history
from tests.reference.ledger import in_order
from tests.reference.lines import event, gold, joined, paid, silver
from tests.reference.model import answer, movements
from tests.reference.rulebooks import default_rulebook, random_versions
from tests.reference.test_engine_agrees import some_days, transitions, until

Json = dict[str, Any]

CHUNK = 10
CHUNKS = range(0, HISTORIES, CHUNK)


def days_to_ask(events: list[Json], versions: list[Json], seed: int) -> list[date | None]:
    """The last day, some others, and the days around which a version takes effect."""
    rng = random.Random(seed)
    return [None, *some_days(events, versions[0], rng), rng.choice(versions[1:])["effective_from"]]


@pytest.mark.clause("T3.1.1a", "T3.1.2a", "T3.1.2b", "T3.1.3a", "T3.1.3b", "T3.3", "T3.4a", "T3.5", "T4.2", "T14")
@pytest.mark.parametrize("first", CHUNKS)
def test_same_answer_under_versions(first: int) -> None:
    for seed in range(first, min(first + CHUNK, HISTORIES)):
        events, versions = random_history(seed), random_versions(seed, default_rulebook())
        engine = Engine(events, versions)
        for as_of in days_to_ask(events, versions, seed):
            if any(differences(engine.answer(as_of), answer(events, versions, as_of))):
                days = [str(version["effective_from"]) for version in versions]
                pytest.fail(told(events, versions, as_of, f"seed {seed}, as of {as_of}, versions from {days}"))


@pytest.mark.clause("T4.2", "G1.1", "G1.2", "G1.3", "G1.4")
@pytest.mark.parametrize("first", CHUNKS)
def test_same_movements_of_points_under_versions(first: int) -> None:
    for seed in range(first, min(first + CHUNK, HISTORIES), 2):
        events, versions = random_history(seed), random_versions(seed, default_rulebook())
        zone = ZoneInfo(versions[0]["time_zone"])
        as_of = in_order(events, zone, None)[-1].day
        table = replay_moves(history_from_events(events), rules_of(versions), as_of=as_of).moves
        noted = table.filter(pl.col("kind") != "expired")
        days = [one.day for one in in_order(events, zone, as_of)]
        for partner, expected in movements(events, versions, as_of).items():
            own = noted.filter(pl.col("partner") == partner).select("day", "kind", "award", "points", "cancels")
            theirs = [(days[one.event], one.kind, one.lot, one.points, one.cancels) for one in expected]
            assert own.rows() == theirs, f"seed {seed}, {partner}"


@pytest.mark.parametrize("first", CHUNKS)
def test_a_version_from_tomorrow_on_changes_nothing_today(first: int) -> None:
    for seed in range(first, min(first + CHUNK, HISTORIES), 5):
        events, versions = random_history(seed), random_versions(seed, default_rulebook())
        days = [one.day for one in in_order(events, ZoneInfo(versions[0]["time_zone"]), None)]
        as_of = max(days[len(days) // 2], versions[0]["effective_from"])
        known = [versions[0], *(version for version in versions[1:] if version["effective_from"] <= as_of)]
        assert list(differences(Engine(events, versions).answer(as_of), Engine(events, known).answer(as_of))) == []


@pytest.mark.parametrize("first", CHUNKS)
def test_a_new_version_changes_no_earlier_transition(first: int) -> None:
    for seed in range(first, min(first + CHUNK, HISTORIES), 5):
        events, versions = random_history(seed), random_versions(seed, default_rulebook())
        day = date.fromordinal(versions[-1]["effective_from"].toordinal() - 1)
        earlier = until(events, day, versions[0])
        if not earlier:
            continue
        before = transitions(Engine(earlier, versions[:-1]).answer(day))
        last = in_order(events, ZoneInfo(versions[0]["time_zone"]), None)[-1].day
        after = transitions(Engine(events, versions).answer(max(day, last)))
        for partner, listed in before.items():
            assert after[partner][: len(listed)] == listed, f"seed {seed}, {partner}"


@pytest.mark.parametrize("first", CHUNKS)
def test_one_version_answers_as_the_rulebook_alone_and_says_so(first: int) -> None:
    for seed in range(first, min(first + CHUNK, HISTORIES), 5):
        history, book = history_from_events(random_history(seed)), Rulebook.model_validate(default_rulebook())
        alone, one = replay(history, book), replay(history, Versions([book]))
        assert alone.names_versions is False
        for partner, other in zip(alone.to_dict()["partners"], one.to_dict()["partners"], strict=True):
            assert [step.pop("rulebook") for step in other["transitions"]] == ["1.0"] * len(other["transitions"])
            assert partner == other


def second(effective_from: date) -> Json:
    """A later version of the default rulebook, to be changed."""
    version = copy.deepcopy(default_rulebook())
    version["version"], version["effective_from"] = "2.0", effective_from
    return version


def asked(events: list[Json], later: Json, as_of: date) -> Json:
    """The partner, by both."""
    found = answer(events, [default_rulebook(), later], as_of)
    assert list(differences(Engine(events, [default_rulebook(), later]).answer(as_of), found)) == []
    partner: Json = found["partners"][0]
    return partner


@pytest.mark.clause("T3.1.2a")
def test_a_lower_threshold_lifts_on_the_day_on_which_it_takes_effect() -> None:
    later = second(date(2026, 5, 1))
    later["statuses"][1]["reach"]["sales_amount"] = 1000
    events = [one for one in silver("2026-02-02") if one["type"] != "sale.paid"]
    events += [paid("2026-02-03", "S-1", "600.00", "c1"), paid("2026-02-03", "S-2", "600.00", "c2")]
    assert asked(events, later, date(2026, 4, 30))["status"] == "bronze"
    found = asked(events, later, date(2026, 5, 1))
    last = found["transitions"][-1]
    assert (last["on"], last["to"], last["rulebook"]) == ("2026-05-01", "silver", "2.0")
    assert next(row["required"] for row in last["requirements"] if row["requirement"] == "sales") == "1000.00"
    assert found["transitions"][0]["rulebook"] == "1.0"


@pytest.mark.clause("T3.4a")
def test_a_review_is_on_the_day_that_was_told_and_asks_what_its_own_day_asks() -> None:
    later = second(date(2026, 6, 1))
    later["statuses"][1]["keep"] |= {"review_months": 6, "sales_amount": 1}
    del later["statuses"][1]["keep"]["seats_count"]
    events = silver("2026-02-02")
    assert asked(events, later, date(2026, 7, 1))["review_on"] == "2027-02-02"
    found = asked(events, later, date(2027, 2, 2))
    assert [step["cause"] for step in found["transitions"]][-1] == "confirmed"
    assert found["review_on"] == "2027-08-02"


@pytest.mark.clause("G1.1", "G1.3", "T4.2")
def test_points_are_those_of_the_days_on_which_they_were_earned() -> None:
    later = second(date(2026, 6, 1))
    later["points"]["validity_months"] = 3
    later["points"]["sale"]["net_percent"] = Decimal(50)
    later["points"]["project"]["module_points"]["simple"] = 7
    papers: Json = {"report": "r", "checklist": "c", "client": "c1", "modules": ["simple"]}
    events = [
        *joined("2026-01-01"),
        paid("2026-05-31", "S-1", "100.00", "c1"),
        event("2026-05-31", "project.delivered", project="P-1", **papers),
        paid("2026-06-01", "S-2", "100.00", "c2"),
        event("2026-06-02", "project.confirmed", project="P-1"),
    ]
    events = [one | {"product": "cloud"} if one["type"] == "sale.paid" else one for one in events]
    earned = 15 + 60 + 50
    assert asked(events, later, date(2026, 6, 2))["points"]["active"] == earned
    assert asked(events, later, date(2026, 9, 1))["points"]["active"] == earned - 60  # a quarter of a year from June on
    assert asked(events, later, date(2026, 9, 2))["points"]["active"] == 15
    spent = event("2026-07-01", "points.spent", exchange="X-1", points=70, item="course")
    assert asked([*events, spent], later, date(2026, 9, 2))["points"]["available"] == 15  # the others end sooner


@pytest.mark.clause("T3.1.3c")
def test_the_discount_is_that_of_the_version_in_force_on_the_day() -> None:
    later = second(date(2027, 1, 1))
    later["statuses"][2]["discount_percent"] = 55
    events = gold("2026-03-05")
    assert asked(events, later, date(2026, 12, 31))["discount_percent"] == 50
    assert asked(events, later, date(2027, 1, 1))["discount_percent"] == 55
