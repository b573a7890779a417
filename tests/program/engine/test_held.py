"""Held deals that are listed one by one are those that the engine counts as held (G1.4)."""

import polars as pl
import pytest
from tests.reference.compare import Engine
from tests.reference.histories import random_history
from tests.reference.rulebooks import default_rulebook

from honeyguide.program.engine.held import held_sales
from honeyguide.program.engine.outcome import decide
from honeyguide.program.engine.replay import replay
from honeyguide.program.engine.timeline import lay


@pytest.mark.clause("G1.4")
def test_their_points_add_up_to_what_the_answer_says_for_each_partner() -> None:
    listed = 0
    for seed in range(60):
        engine = Engine(random_history(seed), default_rulebook())
        outcome = decide(engine.history, engine.rules, lay(engine.history, engine.rules, None), with_moves=True)
        found = held_sales(engine.history, outcome)
        sums = dict(found.group_by("partner").agg(pl.col("points").sum()).iter_rows())
        answers = replay(engine.history, engine.rules).to_dict()["partners"]
        assert {one["partner"]: one["points"]["held"] for one in answers if one["points"]["held"]} == sums, seed
        listed += found.height
    assert listed > 20  # there was something to compare


def test_an_outcome_without_moves_cannot_tell() -> None:
    engine = Engine(random_history(1), default_rulebook())
    outcome = decide(engine.history, engine.rules, lay(engine.history, engine.rules, None))
    with pytest.raises(ValueError, match="with_moves"):
        held_sales(engine.history, outcome)
