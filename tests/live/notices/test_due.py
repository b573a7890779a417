"""What the requirements room adds to the digest."""

from datetime import timedelta

import pytest

from honeyguide.requirements.due import licences_due
from honeyguide.requirements.queries import licences_of
from honeyguide.standing.queries import standing_on
from tests.live.conftest import TODAY, World


@pytest.mark.clause("T8")
def test_own_licences_that_end_are_due_on_their_day(world: World) -> None:
    found = licences_of(world.nectar, standing_on(world.nectar, TODAY), TODAY)
    ending = [licence for licence in found if licence.term.runs and not licence.term.will_be_extended]
    far = TODAY + timedelta(days=3650)
    assert [item.on for item in licences_due(world.nectar, TODAY, far)] == [one.term.ends_on for one in ending]
    world.tell({"type": "nfr.claimed", "partner": "comb", "product": "cloud", "account": "comb.meadow.example"})
    (licence,) = licences_of(world.comb, standing_on(world.comb, TODAY), TODAY)
    due = licences_due(world.comb, TODAY, licence.term.ends_on)
    assert [item.on for item in due] == ([] if licence.term.will_be_extended else [licence.term.ends_on])
    assert licences_due(world.comb, TODAY, licence.term.ends_on - timedelta(days=1)) == []
