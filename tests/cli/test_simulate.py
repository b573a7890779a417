"""`honeyguide simulate` as a user meets it: run as a process, judged by its streams and its exit status."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.program.simulation.books import joined, sale

from honeyguide.program.rulebook.load import DEFAULT

COMMAND = [sys.executable, "-c", "from honeyguide.cli.main import main; main()", "simulate"]


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Comb reaches Silver with 2,600."""
    events = [*joined("comb"), sale("comb", 1, "2025-02-03", "1300"), sale("comb", 2, "2025-03-03", "1300", "c2")]
    path = tmp_path / "history.jsonl"
    path.write_text("\n".join(map(json.dumps, events)) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """The default rulebook that asks 3,000 for Silver."""
    path = tmp_path / "draft.toml"
    text = DEFAULT.read_text(encoding="utf-8").replace("sales_amount = 2500", "sales_amount = 3000")
    path.write_text(text.replace('version = "1.0"', 'version = "1.1"'), encoding="utf-8")
    return path


def simulate(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, encoding="utf-8")


def test_the_table_begins_with_the_differences_and_says_who_moves(history: Path, draft: Path) -> None:
    answer = simulate(history, "--rulebook", draft)
    assert (answer.returncode, answer.stderr) == (0, "")
    lines = [line.strip() for line in answer.stdout.splitlines() if line.strip()]
    assert lines[0].startswith("default 1.0 → default 1.1, replayed on the whole history up to 3 March 2025")
    assert lines[1] == "Silver, reach: sales 2,500 → 3,000"
    assert lines[2] == "1 partner would stand lower, and the same sales would get the same discount."
    assert "sales 2,600.00, asked" in answer.stdout


def test_json_is_all_of_standard_output(history: Path, draft: Path) -> None:
    answer = simulate(history, "--rulebook", draft, "--format", "json")
    assert (answer.returncode, answer.stderr) == (0, "")
    told = json.loads(answer.stdout)
    assert (told["as_of"], told["totals"]["down"], told["moves"][0]["partner"]) == ("2025-03-03", 1, "comb")


def test_csv_has_a_row_a_partner_that_moves(history: Path, draft: Path) -> None:
    answer = simulate(history, "--rulebook", draft, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(answer.stdout))
    assert (row["partner"], row["status_before"], row["status_after"]) == ("comb", "silver", "bronze")


def test_the_report_is_written_beside_the_answer(history: Path, draft: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    answer = simulate(history, "--rulebook", draft, "--format", "json", "--report", page)
    assert answer.returncode == 0
    json.loads(answer.stdout)
    assert answer.stderr.strip() == f"Report written to {page}"
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_against_and_as_of_choose_what_is_compared_and_until_when(history: Path, draft: Path) -> None:
    same = simulate(history, "--rulebook", draft, "--against", draft, "--format", "json")
    assert json.loads(same.stdout)["totals"]["moved"] == 0
    before = simulate(history, "--rulebook", draft, "--as-of", "2025-03-02", "--format", "json")
    assert json.loads(before.stdout)["totals"]["moved"] == 0


def test_bad_usage_leaves_with_2_and_an_invalid_history_with_3(history: Path, draft: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"at": "2025-01-01T00:00:00Z", "type": "sale.payed", "partner": "a"}\n', encoding="utf-8")
    nowhere = tmp_path / "no" / "page.html"
    for arguments, status, words in (
        ([history], 2, "--rulebook"),
        ([history, "--rulebook", tmp_path / "none.toml"], 2, "none.toml: cannot be read"),
        ([history, "--rulebook", draft, "--as-of", "yesterday"], 2, "--as-of"),
        ([history, "--rulebook", draft, "--near", "0"], 2, "--near"),
        ([history, "--rulebook", draft, "--report", nowhere], 2, "--report"),
        ([tmp_path / "none.jsonl", "--rulebook", draft], 2, "none.jsonl"),
        ([broken, "--rulebook", draft], 3, f"{broken}:1:"),
    ):
        answer = simulate(*arguments)
        assert (answer.returncode, answer.stdout) == (status, ""), answer.stderr
        assert words in answer.stderr
        assert "Traceback" not in answer.stderr
