"""What the demonstration has stored is what its history says."""

from honeyguide.cli.verify import ROOM_CHECKS
from honeyguide.demo.load import Loaded
from honeyguide.standing.verify import verify


def test_nothing_differs_from_the_history(loaded: Loaded) -> None:
    verified = verify(ROOM_CHECKS)
    assert verified.differences == ()
    assert verified.standings == loaded.partners
