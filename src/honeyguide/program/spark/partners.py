"""Partners decided: those of a partition together, by the engine as it is; ranks among all are put in later."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from honeyguide.program.engine import Answer
from honeyguide.program.engine.outcome import decide
from honeyguide.program.engine.render import partner_lines
from honeyguide.program.engine.replay import answer_of
from honeyguide.program.engine.timeline import lay
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.spark.coverage import changes_of_partners
from honeyguide.program.spark.frames import Ints, gathered, history_of

type Counts = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
"""Numbers of active points, ascending, and how many active partners have so many."""

EVENTS, CHANGES = range(2)


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer for a partition's partners, with ranks within the partition, and what ranks among all need."""

    answer: Answer
    points: Counts


def decide_partition(
    blobs: Iterable[tuple[int, bytes]], rulebook: Rulebook, last_day: int, only: Collection[str] | None
) -> Decided | None:
    """Decide for the partners of a partition by their events and the seat changes of their sales."""
    parts: tuple[list[bytes], list[bytes]] = ([], [])
    for kind, blob in blobs:
        parts[kind].append(blob)
    frame = gathered(parts[EVENTS])
    if frame is None:
        return None
    parts[EVENTS].clear()
    history = history_of(frame)
    places: Ints = frame["place"].to_numpy()
    del frame
    laid = lay(history, rulebook, last_day)
    changes = changes_of_partners(parts[CHANGES], history, places)
    answer = answer_of(history, rulebook, decide(history, rulebook, laid, changes))
    active = answer.partners.filter(pl.col("points_rank").is_not_null())["points_active"]
    points = np.unique(active.to_numpy(), return_counts=True)
    return Decided(answer if only is None else answer.only(only), points)


def together(counts: Iterable[Counts]) -> Counts:
    """The counts of several partitions as one."""
    parts = list(counts)
    if not parts:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    values, places = np.unique(np.concatenate([values for values, _ in parts]), return_inverse=True)
    totals = np.zeros(len(values), np.int64)
    np.add.at(totals, places, np.concatenate([numbers for _, numbers in parts]))
    return values, totals


def lines(decided: Decided, counts: Counts, *, explain: bool) -> str:
    """The partition's partners as JSON objects, parted as in a document. A rank is 1 + those with more (reading 17)."""
    values, numbers = counts
    partners = decided.answer.partners
    above = int(numbers.sum()) - np.cumsum(numbers)
    places = np.minimum(np.searchsorted(values, partners["points_active"].to_numpy()), max(len(values) - 1, 0))
    ranks = pl.Series("rank", above[places] + 1 if len(values) else np.zeros(partners.height, np.int64))
    ranked = partners.with_columns(
        points_rank=pl.when(pl.col("points_rank").is_not_null()).then(ranks).otherwise(pl.lit(None, pl.Int64))
    )
    return ",\n".join(partner_lines(replace(decided.answer, partners=ranked), explain=explain).to_list())
