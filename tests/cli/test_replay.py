"""`honeyguide replay` as a user meets it: what goes to which stream, in which form, with which exit status."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.reference.histories import random_history
from tests.reference.model import answer
from tests.reference.rulebooks import default_rulebook

COMMAND = [sys.executable, "-c", "from honeyguide.cli.main import main; main()", "replay"]
SEED = 7


def replayed(*arguments: str | Path, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, check=False, timeout=300, input=stdin)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("replay") / "history.jsonl"
    path.write_text("".join(json.dumps(event, default=str) + "\n" for event in random_history(SEED)), encoding="utf-8")
    return path


def expected(**options: Any) -> Any:
    return answer(random_history(SEED), default_rulebook(), options.pop("as_of", None), **options)


def test_json_is_the_answer_and_nothing_else(history: Path) -> None:
    done = replayed(history, "--format", "json")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout) == json.loads(json.dumps(expected(explain=False), default=str))


def test_explain_adds_what_decided(history: Path) -> None:
    done = replayed(history, "--format", "json", "--explain")
    assert json.loads(done.stdout) == json.loads(json.dumps(expected(), default=str))


def test_standard_input_is_json_lines(history: Path) -> None:
    done = replayed("-", "--format", "json", stdin=history.read_bytes())
    assert done.stdout == replayed(history, "--format", "json").stdout


def test_csv_has_a_row_a_partner(history: Path) -> None:
    done = replayed(history, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode(), newline="")))
    assert [row["partner"] for row in rows] == [row["partner"] for row in expected()["partners"]]


def test_the_table_names_partners_and_a_partner_in_full_its_reasons(history: Path) -> None:
    partners = [row["partner"] for row in expected()["partners"]]
    overview = replayed(history).stdout.decode()
    assert all(partner in overview for partner in partners)
    full = replayed(history, "--partner", partners[-1]).stdout.decode()
    assert "T1.3" in full
    assert "Reach" in full or "Keep" in full


def test_an_unknown_partner_is_named(history: Path) -> None:
    done = replayed(history, "--partner", "nobody")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith("--partner nobody: no such partner in the history up to ")


@pytest.mark.parametrize("day", ["2026-02-30", "20260101", "today", "2026-1-1", ""])
def test_a_day_that_is_none_is_refused(history: Path, day: str) -> None:
    done = replayed(history, "--as-of", day)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == f'--as-of is "{day}", expected a day like 2026-01-31\n'


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = replayed(tmp_path / "none.jsonl")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"none.jsonl" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "history.txt"
    path.write_text("x", encoding="utf-8")
    done = replayed(path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == f"{path}: expected a name that ends in .jsonl, .csv or .parquet\n"


def test_an_invalid_history_leaves_with_3_names_twenty_lines_and_prints_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"at": "2026-01-01T00:00:00Z", "type": "sale.payd", "partner": "p"}\n' * 25, encoding="utf-8")
    done = replayed(path, "--format", "json")
    assert (done.returncode, done.stdout) == (3, b"")
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 21
    assert lines[0].startswith(f"{path}:1: ")
    assert "sale.payd" in lines[0]
    assert lines[19].startswith(f"{path}:20: ")
    assert lines[20] == "… and 5 more"


def test_a_broken_rulebook_leaves_with_2(history: Path, tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('name = "x"\n', encoding="utf-8")
    done = replayed(history, "--rulebook", path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"statuses" in done.stderr


def test_a_master_without_spark_is_refused(history: Path) -> None:
    done = replayed(history, "--master", "local[2]")
    assert (done.returncode, done.stderr) == (2, b"--master goes with --engine spark\n")


def test_a_reader_that_goes_away_is_no_error(history: Path) -> None:
    honeyguide = f"{sys.executable} -c 'from honeyguide.cli.main import main; main()'"
    command = f"{honeyguide} replay {history} --format json | head -c 5"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False, timeout=300)
    assert (done.stdout, done.stderr) == (b'{"as_', b"")
