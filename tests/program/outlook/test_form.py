"""The form of an outlook: JSON by its schema, CSV, and a choice of partners."""

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path

import jsonschema
from tests.program.outlook.world import event, look, seats, silver, told
from tests.reference.histories import random_history

from honeyguide.program.history import history_from_events
from honeyguide.program.outlook import outlook
from honeyguide.program.rulebook import load_rulebook

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/schema/outlook.json").read_text(encoding="utf-8"))


def test_every_outlook_is_of_its_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for seed in range(30):
        history = history_from_events(random_history(seed))
        for days in (100, 400, 900):
            day = date(2024, 1, 1) + timedelta(days=days + seed)
            found = outlook(history, load_rulebook(), as_of=day)
            assert list(validator.iter_errors(found.to_dict())) == [], (seed, day)
            said = json.loads(found.to_json())
            assert json.dumps(found.to_dict()) == json.dumps(said), "names in the same order too"
    assert list(validator.iter_errors(look([], "2026-01-01").to_dict())) == []


def test_names_of_any_letters_come_through() -> None:
    applied = event("2025-12-31", "partner.applied", name='ТОВ "Клевер"\\', country="KZ")
    one = told([applied, *silver(), seats("2026-07-10", 1, "S-1", months=3, client='a "b" ё')], "2026-08-01")
    assert one["name"] == 'ТОВ "Клевер"\\'
    assert one["keep"]["lapsing"][0]["client"] == 'a "b" ё'
    assert json.loads(look([applied], "2026-08-01").to_json())["partners"] == []


def test_csv_has_a_row_for_each_partner_and_purpose() -> None:
    rows = list(csv.DictReader(io.StringIO(look(silver(), "2026-07-01").to_csv())))
    assert [(row["partner"], row["purpose"], row["status"]) for row in rows] == [
        ("nectar", "keep", "silver"),
        ("nectar", "reach", "gold"),
    ]
    assert rows[0]["date"] == "2027-03-01"
    assert rows[0]["plan_cost"] == "5000.00"


def test_a_choice_of_partners_by_risk_and_by_day() -> None:
    comb = [event("2026-06-01", "partner.accepted", "comb")]
    found = look([*silver(), *comb, seats("2026-03-10", 400, "S-1", months=None)], "2026-07-01")
    assert found.partners["partner"].to_list() == ["comb", "nectar"]
    assert found.due(at_risk=True).partners["partner"].to_list() == ["comb", "nectar"]
    assert found.due(within_days=60).partners["partner"].to_list() == ["comb"]
    assert found.due(within_days=58).goals["partner"].unique().to_list() == []


def test_one_partners_outlook_is_the_same_alone() -> None:
    events = random_history(11)
    whole = look(events, "2025-06-01")
    for partner in whole.partners["partner"]:
        assert look(events, "2025-06-01", partners=[partner]).to_json() == whole.only([partner]).to_json()
