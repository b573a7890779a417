"""A process that is killed at any moment leaves nothing half done."""

import multiprocessing
import random

import pytest
from django.db import connection

from honeyguide.ledger.models import Hold, Transaction
from honeyguide.ledger.verify import problems
from tests.live.ledger import killed

KILLS = 50
MOST_BEFORE = 12


@pytest.mark.skipif(connection.vendor != "postgresql", reason="several processes write at the same time")
@pytest.mark.django_db(transaction=True)
def test_killed_at_random_moments_fifty_times_it_leaves_nothing_half_done() -> None:
    """What was answered is there; what was not, is there whole or not at all; and the books agree."""
    database = str(connection.settings_dict["NAME"])
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([killed.__name__])
    rng = random.Random(20261120)
    answered: list[tuple[str, int | None]] = []
    for turn in range(KILLS):
        here, there = processes.Pipe(duplex=False)
        worker = processes.Process(target=killed.work, args=(database, f"w{turn}", turn, there))
        worker.start()
        there.close()
        answered += [here.recv() for _ in range(rng.randrange(1, MOST_BEFORE))]
        worker.kill()  # in the middle of whatever comes next
        worker.join()
        try:
            while here.poll():
                answered.append(here.recv())
        except EOFError:
            pass
    assert len({key for key, _made in answered}) >= KILLS
    made = set(Transaction.objects.values_list("pk", flat=True))
    assert {number for _key, number in answered if number is not None} <= made
    assert list(problems()) == []
    assert not Hold.objects.filter(status="captured", transaction=None).exists()
