"""Threads for kernels, which run without the interpreter's lock."""

import itertools
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

_SMALL = 20_000
"""Rows below which threads cost more than they save."""


def in_parts(rows: int, run: Callable[[int, int], object]) -> None:
    """Call run(low, high) for stretches of the rows, at once on all cores."""
    together([partial(run, *stretch) for stretch in stretches(rows, wanted_parts(rows))])


def stretches(size: int, parts: int) -> list[tuple[int, int]]:
    """0 to size cut into stretches of about the same length: the first place of each, and the one after its last."""
    edges = [size * part // parts for part in range(parts + 1)]
    return list(itertools.pairwise(edges))


def together[T](tasks: Sequence[Callable[[], T]]) -> list[T]:
    """Results of tasks run at once, in their order."""
    if len(tasks) == 1:
        return [tasks[0]()]
    with ThreadPoolExecutor(len(tasks)) as pool:
        return [future.result() for future in [pool.submit(task) for task in tasks]]


def wanted_parts(rows: int) -> int:
    """How many parts work on so many rows is worth."""
    return 1 if rows < _SMALL else os.cpu_count() or 1
