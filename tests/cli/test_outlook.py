"""`honeyguide outlook` as a user meets it."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from tests.program.outlook.world import event, sale, seats, silver

COMMAND = [sys.executable, "-c", "from honeyguide.cli.main import main; main()", "outlook"]
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/outlook.json").read_text(encoding="utf-8"))


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, encoding="utf-8")


@pytest.fixture(name="history", scope="module")
def _history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nectar's client lapses; Comb has to do its tutorial; Pollen only applied."""
    events = [
        event("2026-01-01", "partner.applied", name="Nectar Ltd", country="GB"),
        *silver(),
        sale("2026-04-01", "4100", "S-1"),
        seats("2026-07-10", 400, "S-2", "90", months=3),
        event("2026-07-20", "partner.accepted", "comb"),
        event("2026-07-21", "partner.applied", "pollen", name="Pollen Inc", country="US"),
    ]
    path = tmp_path_factory.mktemp("outlook") / "history.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in events), encoding="utf-8")
    return path


@pytest.mark.clause("T3.1.1a", "T3.4a")
def test_it_tells_a_person_what_to_do(history: Path) -> None:
    answer = run(history, "--as-of", "2026-09-15")
    assert (answer.returncode, answer.stderr) == (0, "")
    lines = [line.rstrip() for line in answer.stdout.splitlines()]
    assert "Keeping the status: 0 lost, 2 at risk, 0 on pace, 0 met. Sales expected as in the last 90 days." in lines
    assert lines.index("comb  Bronze") < lines.index("Nectar Ltd (nectar)  Silver")
    assert "  keep Silver  at risk  review 2027-03-01, 167 days left" in lines
    assert any(line.split() == ["sales", "██████████░░", "4,190", "of", "5,000", "4,356", "expected"] for line in lines)
    assert "      · renew client-of-S-2's cloud for 3 months by 2026-10-10 (90)" in lines
    assert "      · complete the tutorial by 2026-10-18" in lines


def test_json_stands_alone_and_is_of_its_schema(history: Path) -> None:
    answer = run(history, "--as-of", "2026-09-15", "--format", "json", "--partner", "nectar")
    assert (answer.returncode, answer.stderr) == (0, "")
    told = json.loads(answer.stdout)
    jsonschema.validate(told, SCHEMA)
    assert [one["partner"] for one in told["partners"]] == ["nectar"]


def test_csv_and_choices(history: Path) -> None:
    answer = run(history, "--as-of", "2026-09-15", "--format", "csv", "--at-risk", "--within", "40", "--pace", "window")
    assert answer.returncode == 0
    assert [row["partner"] for row in csv.DictReader(io.StringIO(answer.stdout))] == ["comb", "comb"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--partner", "pollen"], "--partner pollen: no partner with a status in the history up to 2026-07-21"),
        (["--as-of", "soon"], '--as-of is "soon", expected a day like 2026-01-31'),
        (["--pace", "0"], '--pace is "0", expected a number of days from 1 to 3650, or window'),
        (["--within", "-1"], "Invalid value for '--within'"),
    ],
)
def test_bad_usage_leaves_with_2(history: Path, arguments: list[str], said: str) -> None:
    answer = run(history, *arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr


def test_an_invalid_history_leaves_with_3(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"at": "2026-01-01T00:00:00Z", "type": "partner.gone", "partner": "p"}\n', encoding="utf-8")
    answer = run(path, "--format", "json")
    assert (answer.returncode, answer.stdout) == (3, "")
    assert answer.stderr.startswith(f"{path}:1: ")
