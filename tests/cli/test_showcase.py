"""The showcase: what it shows comes from the replay of its own history."""

import re
from datetime import date
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from honeyguide.cli import main, showcase
from honeyguide.cli.showcase import Made, make, show
from honeyguide.program.history.generate import Plan
from honeyguide.program.rulebook import load_rulebook

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "other-vendor.toml"


@pytest.fixture(scope="module")
def made() -> Made:
    return make(Plan(150, date(2023, 7, 1), date(2026, 7, 1), seed=6), load_rulebook())


def shown(made: Made) -> str:
    console = Console(file=StringIO(), record=True, width=120, highlight=False)
    show(console, made, load_rulebook())
    return console.export_text()


def test_it_counts_partners_by_status(made: Made) -> None:
    text = shown(made)
    for status in ("gold", "silver", "bronze"):
        held = made.answer.partners.filter((pl.col("state") == "active") & (pl.col("status") == status))
        assert re.search(rf"● {status.capitalize()} +{held.height} ", text)
    assert f"{made.events:,} events" in text


def test_it_ranks_the_first_ten(made: Made) -> None:
    first = made.answer.partners.filter(pl.col("points_rank") == 1)
    assert f"    1   {first['name'][0]}" in shown(made)


def test_it_lists_the_next_reviews_first(made: Made) -> None:
    unmet = made.answer.requirements.filter((pl.col("purpose") == "keep") & ~pl.col("met") & pl.col("decides"))
    soonest = made.answer.partners.filter(
        (pl.col("state") == "active") & pl.col("review_on").is_not_null()
    ).join(unmet, on="partner", how="semi").sort("review_on", "partner")  # fmt: skip
    table = shown(made).partition("At risk")[2]
    assert soonest["name"][0] in table.partition("One partner")[0]


def test_it_explains_a_partner_that_lost_a_status(made: Made) -> None:
    story = shown(made).partition("One partner in full")[2]
    assert "lost in review" in story
    assert "T3.4a" in story


def test_it_runs_with_another_rulebook_and_few_partners(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["showcase", "--partners", "12", "--years", "1", "--until", "2026-06-30", "--rulebook", str(EXAMPLE)]
    assert main.run(arguments) == 0
    assert "● Registered" in capsys.readouterr().out


def test_it_draws_a_picture_that_fetches_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "showcase.svg"
    assert main.run(["showcase", "--partners", "12", "--until", "2026-06-30", "--svg", str(path)]) == 0
    picture = path.read_text(encoding="utf-8")
    assert "partner" in picture
    assert "url(http" not in picture
    assert main.run(["showcase", "--partners", "12", "--svg", str(tmp_path / "no" / "showcase.svg")]) == 2
    assert "cannot be written: No such file or directory" in capsys.readouterr().err


def test_nobody_at_risk_is_said_so(made: Made) -> None:
    answer = made.answer
    console = Console(file=StringIO(), record=True, width=120)
    console.print(showcase._at_risk(answer.only([])))
    assert "none" in console.export_text()


def test_an_interrupted_command_leaves_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> Made:
        raise KeyboardInterrupt

    monkeypatch.setattr(showcase, "make", interrupted)
    assert main.run(["showcase", "--partners", "3"]) == 130
