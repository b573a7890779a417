"""The form of the answer: JSON by the published schema, CSV, some partners, text that needs escapes."""

import csv
import io
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from jsonschema import Draft202012Validator
from tests.reference.histories import random_history

from honeyguide.program.engine import Answer, replay
from honeyguide.program.history import history_from_events, validate_raw
from honeyguide.program.history.generate import Plan, generate
from honeyguide.program.rulebook import load_rulebook
from honeyguide.program.rulebook.versions import Versions

Json = dict[str, Any]
SCHEMA = Path(__file__).parents[3] / "docs" / "schema" / "answer.json"


@cache
def validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def answered(events: list[Json], as_of: date | None = None) -> Answer:
    return replay(history_from_events(events), load_rulebook(), as_of=as_of)


def joined(partner: str, name: str = "Nectar Ltd", at: str = "2025-01-10T09:00:00Z") -> list[Json]:
    return [
        {"at": at, "type": "partner.applied", "partner": partner, "name": name, "country": "GB"},
        {"at": at, "type": "partner.accepted", "partner": partner},
    ]


def event(kind: str, partner: str = "nectar", **fields: Any) -> Json:
    return {"at": "2025-02-01T09:00:00Z", "type": kind, "partner": partner, **fields}


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("explain", [True, False])
def test_objects_are_what_the_json_says(seed: int, explain: bool) -> None:
    history = history_from_events(random_history(seed))
    for rules in (load_rulebook(), Versions([load_rulebook()])):
        answer = replay(history, rules)
        said = json.loads(answer.to_json(explain=explain))
        assert json.dumps(answer.to_dict(explain=explain)) == json.dumps(said), "names in the same order too"


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("explain", [True, False])
def test_every_answer_fits_the_published_schema(seed: int, explain: bool) -> None:
    answer = answered(random_history(seed)).to_dict(explain=explain)
    assert [error.message for error in validator().iter_errors(answer)] == []
    assert all(("requirements" in step) is explain for row in answer["partners"] for step in row["transitions"])


def test_the_schema_refuses_what_is_not_an_answer() -> None:
    answer = answered(joined("nectar")).to_dict()
    answer["partners"][0]["points"]["rank"] = 0
    assert not validator().is_valid(answer)


def test_partners_come_in_the_order_of_their_ids() -> None:
    answer = answered([*joined("z"), *joined("a"), *joined("m-1"), *joined("m.1")])
    assert [row["partner"] for row in answer.to_dict()["partners"]] == ["a", "m-1", "m.1", "z"]


@pytest.mark.parametrize("name", ['Пчёлка "Улей"', "back\\slash", "tab\tnew\nline", "emoji 🐝", "</script>", "\u2028"])
def test_names_survive_the_way_into_json_and_csv(name: str) -> None:
    answer = answered(joined("nectar", name))
    assert answer.to_dict()["partners"][0]["name"] == name
    assert json.loads(answer.to_json())["partners"][0]["name"] == name
    assert next(csv.DictReader(io.StringIO(answer.to_csv(), newline="")))["name"] == name


def test_an_id_with_quotes_in_a_warning_survives() -> None:
    answer = answered([*joined("nectar"), event("points.spent", exchange='X "1"', points=5, item="course")])
    expected = '2025-02-01: exchange X "1" asked for 5 points, 0 were available, 5 became debt'
    assert answer.to_dict()["partners"][0]["warnings"] == [expected]
    assert json.loads(answer.to_json())["partners"][0]["warnings"] == [expected]


def test_a_number_is_as_short_as_it_can_be() -> None:
    adjusted = event("discount.adjusted", percent="12.50", reason="late")
    learned = event("course.completed", course="tutorial")
    answer = answered([*joined("nectar"), learned, adjusted])
    assert '"discount_percent": 12.5,' in answer.to_json()
    assert '"discount_percent": 20,' in answered([*joined("nectar"), learned]).to_json()


def test_csv_has_the_scalar_fields_in_the_order_of_json() -> None:
    answer = answered([*joined("nectar"), *joined("comb", "Comb GmbH")])
    rows = list(csv.reader(io.StringIO(answer.to_csv())))
    assert rows[0] == [
        "partner", "name", "country", "state", "status", "since", "confirmed_on", "review_on", "discount_percent",
        "entitlements", "points_active", "points_available", "points_held", "points_debt", "points_expired",
        "points_spent", "points_rank",
    ]  # fmt: skip
    assert rows[1] == [
        "comb", "Comb GmbH", "GB", "active", "bronze", "2025-01-10", "2025-01-10", "", "0",
        "dashboard|helpdesk|marketplace|nfr_cloud:1", "0", "0", "0", "0", "0", "0", "1",
    ]  # fmt: skip


def test_an_empty_history_has_no_day_and_no_partners() -> None:
    answer = answered([])
    assert answer.to_dict() == {"as_of": None, "rulebook": {"name": "default", "version": "1.0"}, "partners": []}
    assert len(answer.to_csv().splitlines()) == 1


def test_an_empty_history_as_of_a_day_has_that_day() -> None:
    assert answered([], date(2026, 1, 1)).to_dict()["as_of"] == "2026-01-01"


def test_a_partner_without_an_event_by_the_day_is_not_in_the_answer() -> None:
    events = [*joined("early"), *joined("late", at="2025-06-01T00:00:00Z")]
    answer = answered(events, date(2025, 5, 31))
    assert answer.to_dict()["as_of"] == "2025-05-31"
    assert answer.partners["partner"].to_list() == ["early"]


def test_some_partners_keep_their_rank_among_all() -> None:
    granted = event("points.granted", "a", award="A", points=9, activity="other")
    history = history_from_events([*joined("a"), *joined("b"), granted])
    answer = replay(history, load_rulebook(), partners=["b"]).to_dict()
    assert [(row["partner"], row["points"]["rank"]) for row in answer["partners"]] == [("b", 2)]


def test_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    events = [one | {"partner": f"{seed}-{one['partner']}"} for seed in range(6) for one in unlinked(seed)]
    plain = answered(events).to_json()
    monkeypatch.setattr("honeyguide.program.engine.threads._SMALL", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 5)
    assert answered(events).to_json() == plain


def unlinked(seed: int) -> list[Json]:
    """A random history whose ids do not meet those of another seed."""
    own = {"sale", "award", "project", "exchange", "client", "id", "lead"}
    return [
        {key: f"{seed}-{value}" if key in own else value for key, value in one.items()} for one in random_history(seed)
    ]


def test_a_made_up_program_of_some_size_fits_the_schema_too() -> None:
    frames = list(generate(Plan(60, date(2024, 1, 1), date(2026, 7, 1), seed=5)))
    answer = replay(validate_raw(pl.concat(frames)), load_rulebook()).to_dict()
    assert [error.message for error in validator().iter_errors(answer)] == []
    assert {row["status"] for row in answer["partners"]} >= {"bronze", "silver", "gold"}
