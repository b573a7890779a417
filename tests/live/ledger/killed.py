"""A process that works on the ledger until it is killed: for test_killed."""

import os
import random
from itertools import count
from multiprocessing.connection import Connection
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.db import connection  # noqa: E402 - needs settings

from honeyguide.common.errors import Refusal  # noqa: E402
from honeyguide.ledger import services  # noqa: E402
from honeyguide.ledger.services import Award  # noqa: E402
from tests.live.ledger.conftest import ACTOR, TODAY, UNIT, Book, noon  # noqa: E402

OWNERS = ("nectar", "comb")


def work(database: str, name: str, seed: int, told: Connection) -> None:
    """Do something, tell its key, and on, without end. `name`: begins all keys; `database`: where."""
    connection.settings_dict["NAME"] = database
    rng = random.Random(seed)
    for number in count(1):
        key = f"{name}-{number}"
        try:
            answer = _something(rng, key)
        except Refusal:
            continue
        told.send((key, answer))


def _something(rng: random.Random, key: str) -> int | None:
    """One operation; gives its transaction, if it is one."""
    book = Book(owner=rng.choice(OWNERS))
    chosen = rng.randrange(8)
    if chosen == 0:
        return book.spend(rng.randrange(1, 60), key=key).transaction
    if chosen == 1:
        return book.cancel(points=rng.randrange(1, 20), key=key).transaction
    if chosen == 2:
        held = book.hold(rng.randrange(1, 30), key=f"{key}-hold")
        return book.capture(held, key=key).transaction
    if chosen == 3:
        held = book.hold(rng.randrange(1, 30), key=f"{key}-hold")
        book.release(held, key=key)
        return None
    if chosen == 4:
        many = [_award(owner, f"{key}-{owner}", n) for n, owner in enumerate(OWNERS)]
        return services.award_many(unit=UNIT, awards=many, now=noon(TODAY), actor=ACTOR)[0].transaction
    if chosen == 5:
        spent = book.spend(rng.randrange(1, 30), key=f"{key}-first")
        return book.restore(spent, key=key).transaction
    more: dict[str, Any] = {"key": key}
    return book.award(rng.randrange(1, 80), f"s-{key}", **more).transaction


def _award(owner: str, key: str, n: int) -> Award:
    return Award(owner, 10 + n, key, f"s-{key}", TODAY, TODAY.replace(year=TODAY.year + 1), "sale")
