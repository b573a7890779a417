"""The first step: each task reads row groups of a file and checks them, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from honeyguide.program.engine.timeline import days_of
from honeyguide.program.history.parquet import ParquetEvents
from honeyguide.program.history.pieces import NO_TIME, piece_of
from honeyguide.program.history.problems import PROBLEMS_SHOWN, FormError
from honeyguide.program.phrases import Phrase
from honeyguide.program.spark.frames import table_of, to_bytes
from honeyguide.program.spark.source import Task

type Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Found:
    """Something wrong with the event at a place: `order` among what is wrong with it, and the type's code."""

    place: int
    order: int
    code: int
    text: Phrase


@dataclass(frozen=True, slots=True)
class Summary:
    """What the driver needs of a batch.

    - `first`: place of its first row; `failed`: why the file cannot be read
    - `bad`: how many rows break their form; `problems`: the first of them
    - `last_day`: the latest program day; None where no time could be read
    - `partners`: a sample of the rows' partners
    """

    first: int
    failed: FormError | None = None
    bad: int = 0
    problems: tuple[Found, ...] = ()
    last_day: int | None = None
    partners: tuple[str, ...] = ()
    has_ids: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A batch that was read: its events (frames.table_of), and a hash of each event id, without those that lack one."""

    summary: Summary
    events: bytes = b""
    ids: Hashes | None = None


def read(task: Task, time_zone: str, sample_rows: int) -> Iterator[Part]:
    """The events of a task. A file that cannot be read gives a part that says so."""
    try:
        for batch in ParquetEvents(Path(task.path), range(task.first, task.stop)).batches():
            first = task.before + batch.lines[0] - 1
            piece = piece_of(batch, PROBLEMS_SHOWN)
            problems = tuple(Found(task.before + problem.line - 1, 0, 0, problem.text) for problem in piece.problems)
            table = table_of(piece, first)
            at_us = table["at_us"].to_numpy()
            at_us = at_us[at_us != NO_TIME]
            summary = Summary(
                first=first,
                bad=len(piece.bad),
                problems=problems,
                last_day=int(days_of(pl.Series(at_us), time_zone).max()) if len(at_us) else None,
                partners=tuple(pl.Series(table["partner"]).gather_every(sample_rows).drop_nulls().to_list()),
                has_ids=piece.ids is not None,
            )
            yield Part(summary, to_bytes(table), None if piece.ids is None else id_hashes(pl.Series(piece.ids)))
    except FormError as error:
        yield Part(Summary(task.before, FormError(error.problems[0].text)))


def id_hashes(ids: pl.Series) -> Hashes:
    """A number for each id, which others share by a rare accident only."""
    return ids.drop_nulls().hash(seed=3).to_numpy()
