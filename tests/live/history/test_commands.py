"""`honeyguide history export|import` and `honeyguide verify`, as an operator runs them."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from honeyguide.cli.main import run as run_command
from honeyguide.history.models import Event
from honeyguide.standing.models import Standing
from tests.live.conftest import World

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(db: None, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command: its exit status, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def ran(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = run_command(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return ran


def test_a_history_goes_in_comes_out_and_verifies(run: Run, tmp_path: Path) -> None:
    run("history", "generate", "-o", "made.jsonl", "--partners", "6", "--years", "2", "--until", "2026-06-30")
    count = len((tmp_path / "made.jsonl").read_text().splitlines())

    status, told, _ = run("history", "import", "made.jsonl", "--dry-run")
    assert (status, told.splitlines()[0]) == (
        0, f"made.jsonl: {count} of {count} events would be recorded, 0 are known."
    )  # fmt: skip
    assert "6 companies would be added." in told
    assert not Event.objects.filter(is_program=True).exists()

    status, told, _ = run("history", "import", "made.jsonl")
    assert (status, f"{count} of {count} events were recorded" in told) == (0, True)
    for name in ("out.jsonl", "out.csv", "out.parquet"):
        assert run("history", "export", name) == (0, "", f"{name}: {count} events\n")
    assert run("history", "export", "-")[1] == (tmp_path / "out.jsonl").read_text()

    assert run("verify") == (0, f"As the history says: {count} events of the program, 6 standings.\n", "")
    assert run("verify", "--quiet") == (0, "", "")
    assert run("history", "import", "out.parquet") == (1, "", "There is nothing new in out.parquet.\n")


def test_one_partner_alone_is_exported_and_an_unknown_one_refused(run: Run, world: World) -> None:
    _, out, _ = run("history", "export", "-", "--partner", "comb")
    assert {json.loads(line)["partner"] for line in out.splitlines()} == {"comb"}
    assert run("history", "export", "-", "--partner", "nobody") == (
        2, "", "--partner is nobody, expected the id of a partner of the program\n"
    )  # fmt: skip


def test_a_bad_line_ends_with_its_number_also_on_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"at": 1}\n')))
    status, out, err = run("history", "import", "-")
    assert (status, out, err[:5]) == (3, "", "-:1: ")
    assert run("history", "import", "nowhere.jsonl") == (3, "", "nowhere.jsonl: No such file or directory\n")
    status, _, err = run("history", "export", "h.xlsx")
    assert (status, "expected a name that ends in" in err) == (2, True)
    for name in ("none/h.csv", "none/h.jsonl", "none/h.parquet"):
        assert run("history", "export", name) == (2, "", "none: No such file or directory\n")


def test_a_difference_is_told_and_ends_with_status_1(run: Run, world: World) -> None:
    Standing.objects.filter(partner=world.nectar).update(status="silver")
    assert run("verify") == (1, "partner nectar: status stored silver, replayed gold\n", "1 difference\n")
