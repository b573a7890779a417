"""What two replays share is exactly what their rulebooks do not change."""

from datetime import date

import numpy as np
import pytest
from tests.program.simulation.books import Json, changed
from tests.reference.histories import random_history
from tests.reference.rulebooks import default_rulebook, random_rulebook

from honeyguide.program.engine.seats import seat_changes
from honeyguide.program.engine.timeline import lay
from honeyguide.program.history import history_from_events
from honeyguide.program.rulebook import Rulebook, load_rulebook
from honeyguide.program.simulation import same_layout, same_seats

DEFAULT = load_rulebook()


def reordered(data: Json) -> None:
    data["requirements"] = dict(reversed(data["requirements"].items()))


@pytest.mark.parametrize(
    ("change", "layout", "seats"),
    [
        (lambda data: data.update(version="2"), True, True),
        (lambda data: data["statuses"][1]["reach"].update(sales_amount=1), True, True),
        (lambda data: data["statuses"][1].update(discount_percent=1), True, True),
        (lambda data: data["points"].update(validity_months=6), True, True),
        (lambda data: data["points"]["repeat_deal"].update(held_under_days=1), True, True),
        (lambda data: data["points"]["sale"].update(clause="X"), True, True),
        (lambda data: data["points"]["sale"].update(net_percent=6), False, True),
        (lambda data: data["points"]["sale"].update(products=["on_premise", "cloud"]), True, True),
        (lambda data: data["points"]["project"].update(integration_factor=3), False, True),
        (lambda data: data["sales"].update(counting_products=["cloud"]), False, True),
        (lambda data: data["sales"]["counting_products"].reverse(), True, True),
        (reordered, False, True),
        (lambda data: data["seats"].update(in_force_from=date(2030, 1, 1)), True, True),
        (lambda data: data["seats"].update(paid_months=7), True, False),
        (lambda data: data["seats"].update(purchase_products=["cloud"]), True, False),
        (lambda data: data.update(time_zone="Asia/Almaty"), False, False),
    ],
)
def test_it_knows_what_depends_on_what(change: object, layout: bool, seats: bool) -> None:
    assert callable(change)
    draft = changed(change)
    assert (same_layout(DEFAULT, draft), same_seats(DEFAULT, draft)) == (layout, seats)
    assert (same_layout(draft, DEFAULT), same_seats(draft, DEFAULT)) == (layout, seats)


@pytest.mark.parametrize("first", range(0, 120, 20))
def test_what_it_takes_for_the_same_is_the_same(first: int) -> None:
    for seed in range(first, first + 20):
        history = history_from_events(random_history(seed))
        draft = Rulebook.model_validate(random_rulebook(seed, default_rulebook()))
        one, other = lay(history, DEFAULT, None), lay(history, draft, None)
        if same_layout(DEFAULT, draft):
            assert np.array_equal(one.events, other.events), seed
            assert one.last_day == other.last_day, seed
        if same_seats(DEFAULT, draft):
            ours, theirs = seat_changes(history, one, DEFAULT), seat_changes(history, other, draft)
            assert np.array_equal(ours.changes, theirs.changes), seed
