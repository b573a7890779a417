"""Bonuses and notices of expiry in a rulebook: the terms' figures, problems in one line each, words for a change."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.program.rulebook.test_broken import Data, default_data, drop, problems, put

from honeyguide.program.rulebook import check_rulebook, load_rulebook
from honeyguide.program.rulebook.figures import figures


@pytest.mark.clause("T9a", "T10", "G4.5")
def test_the_default_rulebook_has_the_figures_of_the_terms() -> None:
    rulebook = load_rulebook(None)
    assert rulebook.bonuses is not None
    kickstart, award = rulebook.bonuses.kickstart, rulebook.bonuses.award
    assert kickstart is not None
    assert award is not None
    assert (kickstart.amount, kickstart.valid_days) == (Decimal(1000), 90)
    assert str(kickstart.applied_after) == "2019-12-31"
    assert (award.least_amount, award.most_amount, award.valid_to_month) == (Decimal(1000), Decimal(5000), 12)
    assert rulebook.bonuses.money_left_amount == 10
    assert rulebook.points.notices is not None
    assert rulebook.points.notices.before_days == (60, 30, 7)
    assert rulebook.points.value is None, "the source gives points no value in money"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (put("points/notices/before_days", []), "points.notices.before_days"),
        (put("points/notices/before_days", [7, 30]), "expected less than 7: the longest time comes first"),
        (put("bonuses/kickstart/requirements", ["smile"]), "expected a requirement of this rulebook"),
        (put("bonuses/kickstart/requirements", ["tutorial", "tutorial"]), "expected each name once"),
        (put("bonuses/kickstart/amount", 0), "expected more than 0, or no such table"),
        (put("bonuses/award/least_amount", 6000), "expected more than 0 and at most 5000"),
        (put("bonuses/award/valid_to_month", 13), "expected a whole number of months of the calendar from 1 to 12"),
        (put("bonuses/pays_for", ["cloud", "cloud"]), "expected each name once"),
        (put("bonuses/pays_for", ["tea"]), "expected one of cloud, on_premise"),
    ],
)
def test_what_does_not_fit_is_told_in_one_line(change: Callable[[Data], None], told: str) -> None:
    data = default_data()
    change(data)
    (line,) = problems(data)
    assert told in line


@pytest.mark.parametrize("path", ["bonuses", "bonuses/kickstart", "bonuses/award", "points/notices"])
def test_a_program_may_go_without(path: str) -> None:
    data = default_data()
    drop(path)(data)
    assert check_rulebook(data, "book.toml").name == "default"


def test_a_change_is_told_in_words() -> None:
    changes: dict[str, Any] = {
        "bonuses/kickstart/amount": 1500,
        "points/notices/before_days": [45, 1],
        "bonuses/award/most_amount": 7500,
    }
    data = default_data()
    for path, value in changes.items():
        put(path, value)(data)
    before = {figure.key: figure.text for figure in figures(load_rulebook(None))}
    after = {figure.key: figure.text for figure in figures(check_rulebook(data, "book.toml"))}
    told = {key[-1]: (before[key], after[key]) for key in before if before[key] != after[key]}
    assert told == {
        "amount": ("1,000", "1,500"),
        "before_days": ("60, 30, 7 days", "45, 1 day"),
        "most_amount": ("5,000", "7,500"),
    }
