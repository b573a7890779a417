"""`honeyguide history validate` and `convert`: exit status, what goes to which stream, files that appear whole."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.program.history.samples import AT, all_events, event, jsonl

from honeyguide.cli.main import run

NEEDS_A_FILE = "--map needs a table in a file, expected its name in place of -"


class Stdin:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def history(folder: Path, lines: bytes, name: str = "F.jsonl") -> str:
    path = folder / name
    path.write_bytes(lines)
    return str(path)


def told(capfd: pytest.CaptureFixture[str]) -> tuple[str, str]:
    sys.stdout.flush()
    found = capfd.readouterr()
    return found.out, found.err


def test_a_good_history_is_valid(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = history(tmp_path, jsonl(all_events()))
    assert run(["history", "validate", path]) == 0
    assert told(capfd) == (f"{path}: valid, 26 events of 1 partners\n", "")


def test_every_bad_line_is_named_on_standard_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = history(tmp_path, jsonl([event("lead.won"), event("lead.won", lead=""), {}]) + b"[]\n")
    assert run(["history", "validate", path]) == 3
    out, err = told(capfd)
    assert out == ""
    assert [line.split(": ")[0] for line in err.splitlines()] == [f"{path}:2", f"{path}:3", f"{path}:4"]
    assert err.splitlines()[0] == f'{path}:2: lead.won: lead is "", expected 1 to 200 characters'


def test_the_first_twenty_are_named_and_the_rest_counted(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = history(tmp_path, b"[]\n" * 55)
    for arguments in (["validate", path], ["convert", path, "--output", "-"]):
        assert run(["history", *arguments]) == 3
        out, err = told(capfd)
        assert out == ""
        assert len(err.splitlines()) == 21
        assert err.splitlines()[-1] == "… and 35 more"


def test_standard_input_is_json_lines(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(jsonl([event("lead.won")])))
    assert run(["history", "validate", "-"]) == 0
    assert told(capfd) == ("-: valid, 1 events of 1 partners\n", "")
    monkeypatch.setattr(sys, "stdin", Stdin(b"[]"))
    assert run(["history", "validate", "-"]) == 3
    assert told(capfd) == ("", "-:1: holds [], expected a JSON object\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["validate", "F.json"], "F.json: expected a name that ends in .jsonl, .csv or .parquet"),
        (["validate", "nowhere.jsonl"], "nowhere.jsonl: No such file or directory"),
        (["validate", "nowhere.parquet"], "nowhere.parquet: No such file or directory"),
        (["convert", "F.jsonl", "--output", "G.txt"], "G.txt: expected a name that ends in .jsonl, .csv or .parquet"),
        (["convert", "F.jsonl", "--output", "nowhere/G.csv"], None),
        (
            ["convert", "F.jsonl", "--output", "G.csv", "--map", "nowhere.toml"],
            "nowhere.toml: No such file or directory",
        ),
        (["convert", "F.jsonl", "--output", "G.csv", "--map", "M.toml"], "M.toml: events: Field required"),
        (["convert", "-", "--output", "G.csv", "--map", "M.toml"], NEEDS_A_FILE),
        (["convert", "F.jsonl"], None),
        (["validate"], None),
    ],
)
def test_bad_usage(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str | None,
) -> None:
    monkeypatch.chdir(tmp_path)
    history(tmp_path, jsonl(all_events()))
    (tmp_path / "M.toml").touch()
    assert run(["history", *arguments]) == 2
    out, err = told(capfd)
    assert out == ""
    assert "Traceback" not in err
    if message is not None:
        assert err == f"{message}\n"
    assert not list(tmp_path.glob("G.*"))


def test_forms_are_converted(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = history(tmp_path, jsonl(all_events()))
    table, parquet = str(tmp_path / "G.csv"), str(tmp_path / "G.parquet")
    assert run(["history", "convert", path, "--output", table]) == 0
    assert told(capfd) == ("", f"{table}: 26 events\n")
    assert run(["history", "convert", table, "-o", parquet]) == 0
    told(capfd)
    assert run(["history", "convert", parquet, "-o", "-"]) == 0
    out, err = told(capfd)
    assert err == "-: 26 events\n"
    assert len(out.splitlines()) == 26
    assert json.loads(out.splitlines()[9])["net"] == "1200.50"


MAP = """
[[events]]
type = "lead.won"
fields = { at = { column = "at" }, partner = { column = "who" }, lead = { column = "lead" } }
"""


def test_a_table_is_converted_by_a_map(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    the_map = history(tmp_path, MAP.encode(), "M.toml")
    good: dict[str, Any] = {"at": AT, "type": "lead.won", "partner": "ann", "lead": "L"}
    table = history(tmp_path, f"at,who,lead\n{AT},ann,L\n".encode(), "T.csv")
    assert run(["history", "convert", table, "--map", the_map, "-o", "-"]) == 0
    out, err = told(capfd)
    assert [json.loads(line) for line in out.splitlines()] == [good]
    assert err == "-: 1 events\n"
    table = history(tmp_path, f"at,who,lead\n{AT},ann,L\n{AT},Bob,M\n".encode(), "T.csv")
    assert run(["history", "convert", table, "--map", the_map, "-o", "-"]) == 3
    assert told(capfd) == (
        "",
        f'{table}:3: lead.won: partner is "Bob" (events[1].fields.partner, column who), '
        "expected 1 to 64 of a-z 0-9 - _ .\n",
    )


def test_without_a_terminal_there_is_no_progress(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = history(tmp_path, jsonl(all_events()))
    assert run(["history", "convert", path, "-o", str(tmp_path / "G.jsonl")]) == 0
    assert "\r" not in told(capfd)[1]
