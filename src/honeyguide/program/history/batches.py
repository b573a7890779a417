"""What every reader gives, a batch of lines at a time, and what the check of its fields leaves of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from .instants import Ints, Mask
from .problems import Problem
from .values import Coded

type Digests = npt.NDArray[np.uint64]
"""Two numbers a row that stand for an event's content: equal content, equal numbers."""


@dataclass(slots=True)
class Batch:
    """Lines that hold an event, by columns, and the problems of those that do not.

    - `columns`: known fields, as text or typed; a column that no line has can be missing.
    - `wrong`: rows whose value is of a kind that the column cannot hold (a list for a text); null in the column.
    - `unknown`: other fields, as text (see raw.py).
    - `show`: a row's value of a field for a message, or None where it has none.
    - `stray`: known fields of types that do not take them: row's value as text, where the column cannot hold it.
    """

    lines: range | Ints
    columns: dict[str, pa.Array]
    show: Callable[[int, str], str]
    wrong: dict[str, Mask] = field(default_factory=dict)
    unknown: dict[str, pa.Array] = field(default_factory=dict)
    stray: Callable[[int, str], str] | None = None
    problems: list[Problem] = field(default_factory=list)
    origin: Callable[[int, str], str] | None = None  # where a row's field comes from, for messages
    stopped: bool = False  # the rest of the file was not read
    passing: bool = False  # from a stream: it cannot be read again and is not kept in memory


@dataclass(slots=True)
class Piece:
    """A batch after the check of its fields. Rows that are bad keep what could be read of them."""

    bad: Ints  # rows
    problems: list[Problem]
    columns: dict[str, npt.NDArray[Any]]  # of EVENT_COLUMNS, those that are not everywhere the same
    partner: Coded
    client: Coded | None
    word: Coded | None
    idents: pa.Array
    ids: pa.Array | None
    applications: pl.DataFrame
    digests: Callable[[], Digests] | None = None  # where there are ids and the batch cannot be read again

    def __len__(self) -> int:
        return len(self.idents)


type Reread = Callable[[Ints], Iterator[pl.DataFrame]]
"""Gives the raw events of some rows, in order, for readers that can read them again."""
