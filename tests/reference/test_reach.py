"""The random histories reach every situation that a comparison of two implementations should pass through."""

from tests.reference.histories import random_history
from tests.reference.model import answer
from tests.reference.reach import ALL_FEATURES, features
from tests.reference.rulebooks import default_rulebook

SEEDS = 200


def test_histories_of_the_first_seeds_reach_every_feature() -> None:
    rulebook = default_rulebook()
    reached: set[str] = set()
    for seed in range(SEEDS):
        events = random_history(seed)
        reached |= features(events, answer(events, rulebook))
        if reached >= ALL_FEATURES:
            break
    assert sorted(ALL_FEATURES - reached) == []
    assert sorted(reached - ALL_FEATURES) == []
