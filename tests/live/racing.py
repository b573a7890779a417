"""Several things done at the same moment, each in a thread with a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from honeyguide.common.errors import Refusal

WAIT_S = 120


def at_once(*deeds: Callable[[], Any], connected: bool = False) -> list[Any]:
    """What each gives, or its refusal; all begun together. `connected`: each has its connection before they begin."""
    barrier = Barrier(len(deeds))

    def run(deed: Callable[[], Any]) -> Any:
        try:
            if connected:
                connection.ensure_connection()
            barrier.wait(WAIT_S)
            return deed()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(run, deeds))
