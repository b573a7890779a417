"""`honeyguide history generate`: days and files as asked for."""

from pathlib import Path

import polars as pl
import pytest

from honeyguide.cli import main
from honeyguide.program.engine import replay
from honeyguide.program.history import read_history
from honeyguide.program.rulebook import load_rulebook


def run(*arguments: str | Path) -> int:
    return main.run(["history", "generate", "--partners", "20", "--years", "1", *map(str, arguments)])


@pytest.mark.parametrize(
    ("days", "first", "last"),
    [
        (("--until", "2026-06-30"), "2025-07-01", "2026-06-30"),
        (("--start", "2024-02-29"), "2024-02-29", "2025-02-27"),
    ],
)
def test_it_writes_the_wanted_days(
    tmp_path: Path, days: tuple[str, ...], first: str, last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "program.parquet"
    assert run("--output", path, *days) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert f" of 20 partners from {first} to {last}\n" in told.err
    at = pl.read_parquet(path)["at"].dt.date().cast(pl.String)
    assert first <= str(at.min()) < str(at.max()) <= last


def test_the_same_seed_writes_the_same_events(tmp_path: Path) -> None:
    for name in ("one", "other"):
        assert run("--output", tmp_path / f"{name}.parquet", "--until", "2026-06-30", "--seed", "5") == 0
    assert pl.read_parquet(tmp_path / "one.parquet").equals(pl.read_parquet(tmp_path / "other.parquet"))


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_every_form_holds_the_same_program(tmp_path: Path, form: str) -> None:
    answers = []
    for name in ("program.parquet", f"program.{form}"):
        assert run("--output", tmp_path / name, "--until", "2026-06-30") == 0
        answers.append(replay(read_history(tmp_path / name), load_rulebook()).to_json())
    assert answers[0] == answers[1]


def test_start_and_end_together_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--output", tmp_path / "a.parquet", "--start", "2025-01-01", "--until", "2026-01-01") == 2
    assert capsys.readouterr().err == "--start and --until: expected one of them; --years gives the other\n"


def test_a_file_of_another_form_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--output", tmp_path / "a.txt") == 2
    assert "expected a name that ends in" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--output", tmp_path / "no" / "a.parquet") == 2
    assert "cannot be written" in capsys.readouterr().err
