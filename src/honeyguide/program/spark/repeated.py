"""Repeated event ids: found by the hash of the id; the contents of those few events are read again and compared."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from honeyguide.program.history.check import check
from honeyguide.program.history.parquet import ParquetEvents
from honeyguide.program.history.problems import PROBLEMS_SHOWN
from honeyguide.program.history.raw import digests_of, raw_of
from honeyguide.program.history.repeats import judged
from honeyguide.program.spark.frames import Blob, Ints, found_in, gathered, split
from honeyguide.program.spark.reading import Found, Hashes, id_hashes
from honeyguide.program.spark.source import Source, Task


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a partition says of repeated ids.

    `dropped`, `clashing`: places, ascending; `newly_bad`: how many of those clashing are not bad by themselves.
    """

    dropped: Ints
    clashing: Ints
    newly_bad: int
    problems: tuple[Found, ...]


def spread_hashes(hashes: Hashes, partitions: int) -> Iterator[tuple[int, bytes]]:
    """The hashes of a batch by partition."""
    buckets = hashes % np.uint64(partitions)
    for bucket in np.unique(buckets).tolist():
        yield bucket, hashes[buckets == bucket].tobytes()


def shared_hashes(blobs: Iterable[bytes]) -> Hashes:
    """The hashes that came to a partition more than once."""
    parts = [np.frombuffer(blob, np.uint64) for blob in blobs]
    ordered = np.sort(np.concatenate(parts)) if parts else np.zeros(0, np.uint64)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


def contents(task: Task, shared: Hashes, partitions: int) -> Iterator[Blob]:
    """Of a task's events whose id has one of the hashes: id, place, type, bad, and a digest of all fields, by id."""
    events = ParquetEvents(Path(task.path), range(task.first, task.stop))
    if "id" not in events.names:
        return
    skipped = sum(events.file.metadata.row_group(group).num_rows for group in range(task.first))
    ids = pl.Series(events.file.read_row_groups(range(task.first, task.stop), columns=["id"])["id"]).cast(pl.String)
    known = np.flatnonzero(ids.is_not_null().to_numpy())
    hashes = id_hashes(ids).astype(np.uint64)
    wanted = known[found_in(hashes, shared)] + skipped
    if not len(wanted):
        return
    for batch in events.rows(wanted):
        checked = check(batch)
        frame = raw_of(batch, checked)
        digests = digests_of(frame)
        bad = np.zeros(frame.height, np.bool_)
        bad[checked.bad()] = True
        buckets = (id_hashes(frame["id"].fill_null("")) % np.uint64(partitions)).astype(np.int64)
        table = pa.table(
            {
                "place": np.asarray(batch.lines) - 1 + task.before,
                "id": frame["id"].to_arrow().cast(pa.large_string()),
                "type": checked.types,
                "bad": bad,
                "first": digests[:, 0],
                "second": digests[:, 1],
            }
        )
        yield from split(table, buckets)


def judge(blobs: Iterable[bytes], source: Source) -> Verdict | None:
    """Which events of a partition are repeated, and which only share their id with another."""
    frame = gathered(blobs)
    if frame is None:
        return None
    places = frame["place"].to_numpy()
    digests = frame.select("first", "second").to_numpy()
    found = judged(places, frame["id"], digests, source.line_of)
    if found.clashing is None:
        return Verdict(found.dropped, np.zeros(0, np.int64), 0, ())
    clashing = np.sort(found.clashing.rows)
    rows = np.searchsorted(places, clashing)
    types = frame["type"].to_numpy()[rows].tolist()
    problems = [
        Found(place, 1, code, found.clashing.text(place))
        for place, code in zip(clashing.tolist()[:PROBLEMS_SHOWN], types, strict=False)
    ]
    return Verdict(found.dropped, clashing, int((~frame["bad"].to_numpy()[rows]).sum()), tuple(problems))
