"""The command as a user meets it: run as a process, judged by its streams and its exit status."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "other-vendor.toml"
COMMAND = [sys.executable, "-c", "from honeyguide.cli.main import main; main()"]


def honeyguide(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, encoding="utf-8")


def test_it_says_its_version() -> None:
    answer = honeyguide("--version")
    assert (answer.returncode, answer.stdout) == (0, "honeyguide 0.1.0\n")


def test_its_help_names_every_command_without_loading_any() -> None:
    code = (
        "import sys\nfrom honeyguide.cli import main\n"
        "status = main.run(['--help'])\n"
        "heavy = {'numba', 'polars', 'numpy', 'pydantic'} & set(sys.modules)\n"
        "assert not heavy, heavy\nassert status == 0\n"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert answer.returncode == 0, answer.stderr
    for name in ("replay", "simulate", "outlook", "history", "rulebook", "demo", "serve", "worker"):
        assert f" {name} " in answer.stdout


@pytest.mark.parametrize("arguments", [["rulebok"], ["rulebook", "nothing"], ["rulebook", "diff", "one"], ["--no"]])
def test_bad_usage_leaves_with_2(arguments: list[str]) -> None:
    answer = honeyguide(*arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "Traceback" not in answer.stderr


def test_it_checks_the_default_rulebook() -> None:
    answer = honeyguide("rulebook", "check")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == "default: valid: default 1.0, bronze < silver < gold\n"


def test_it_tells_each_problem_of_a_rulebook_on_standard_error(tmp_path: Path) -> None:
    path = tmp_path / "book.toml"
    path.write_text(EXAMPLE.read_text(encoding="utf-8").replace("EUR", "Euro").replace("= 120", "= 0"), "utf-8")
    answer = honeyguide("rulebook", "check", path)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.splitlines() == [
        f'{path}: currency = "Euro": expected a currency code of three capital letters such as EUR',
        f"{path}: statuses[0].keep.deadline_days (registered) = 0: expected a whole number of days from 1 to 3650",
    ]


def test_it_shows_figures_beside_their_clauses() -> None:
    answer = honeyguide("rulebook", "show", EXAMPLE)
    assert answer.returncode == 0
    assert "99,999.50  § 3.4" in answer.stdout
    assert "120 days  § 3.1" in answer.stdout


def test_it_shows_a_rulebook_as_json_that_is_a_rulebook() -> None:
    code = "import sys; from honeyguide.program.rulebook import *; Rulebook.model_validate_json(sys.stdin.read())"
    shown = honeyguide("rulebook", "show", "--format", "json").stdout
    subprocess.run([sys.executable, "-c", code], input=shown, text=True, check=True, timeout=60)


def test_it_compares_rulebooks_in_words() -> None:
    answer = honeyguide("rulebook", "diff", "default", EXAMPLE)
    assert answer.returncode == 0
    assert "Program: currency USD → EUR\n" in answer.stdout
    assert honeyguide("rulebook", "diff", "default", "default").stdout == ""


def test_a_reader_that_leaves_is_no_error() -> None:
    writer = subprocess.Popen([*COMMAND, "rulebook", "show"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stderr is not None
    writer.stdout.close()
    assert writer.stderr.read() == b""
    writer.stderr.close()
    writer.wait(timeout=60)
