"""A replay on Spark, step by step. The driver sees counts, problems and the text of the answer; never the events."""

import itertools
import os
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from pyspark import RDD, SparkContext, StorageLevel
from pyspark.sql import SparkSession

from honeyguide.program.engine.figures import day_number
from honeyguide.program.engine.render import DOCUMENT_TAIL, document_head
from honeyguide.program.history.events import EVENT_TYPES
from honeyguide.program.history.fields import UNKNOWN_TYPE
from honeyguide.program.history.problems import Problem, of_type
from honeyguide.program.phrases import Phrase, joined
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.spark.coverage import changes_of_clients
from honeyguide.program.spark.frames import Ints, by_range, from_bytes, split, without
from honeyguide.program.spark.partners import CHANGES, EVENTS, Decided, decide_partition, lines, together
from honeyguide.program.spark.reading import Found, Part, Summary, read
from honeyguide.program.spark.repeated import contents, judge, shared_hashes, spread_hashes
from honeyguide.program.spark.resolving import Resolution, resolve, spread_by_ident
from honeyguide.program.spark.source import InvalidFiles, Source, Task, named, source_of

_EPOCH = date(1970, 1, 1)
_NO_ROWS: Ints = np.zeros(0, np.int64)
_NO_REPEATS = (_NO_ROWS, _NO_ROWS)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much one task takes: rows that are read together, and events (about) that are decided together."""

    task_rows: int = 1_000_000
    partition_events: int = 500_000
    samples_per_partition: int = 100

    def partitions(self, rows: int) -> int:
        """Partitions for so many events."""
        return max(1, -(-rows // self.partition_events))

    @property
    def sample_rows(self) -> int:
        """Each how-manieth event's partner is in the sample by which partners are parted."""
        return max(1, self.partition_events // self.samples_per_partition)


def replay_file(
    path: str | Path,
    rulebook: Rulebook,
    *,
    as_of: date | None = None,
    partners: Collection[str] | None = None,
    explain: bool = False,
    master: str | None = None,
) -> Iterator[str]:
    """Answer for a Parquet file, or a folder of them, as pieces of one JSON document.

    `master`: where Spark runs, such as `local[2]` or `spark://host:7077`; without it as Spark is configured (by
    spark-submit). A session that is there already is used and left; another one ends with the document. Everything is
    decided when this returns. Raises InvalidHistory.
    """
    there = SparkSession.getActiveSession()
    spark = there or _session(master)
    chunks = replay_on_spark(spark, path, rulebook, as_of=as_of, partners=partners, explain=explain)
    if there is None:
        chunks = _stopping(spark, chunks)
    first = next(chunks)
    return itertools.chain([first], chunks)


def _stopping(spark: SparkSession, chunks: Iterator[str]) -> Iterator[str]:
    try:
        yield from chunks
    finally:
        spark.stop()


def _session(master: str | None) -> SparkSession:
    """A session of our own. On this machine alone it runs this interpreter and serves no pages."""
    builder = SparkSession.builder.appName("honeyguide").config("spark.log.level", "ERROR")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    if master is not None:
        builder = builder.master(master)
        if master.startswith("local"):
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
            builder = builder.config("spark.ui.enabled", "false").config("spark.driver.host", "localhost")
            builder = builder.config("spark.driver.bindAddress", "127.0.0.1")
    return builder.getOrCreate()


def replay_on_spark(
    spark: SparkSession,
    path: str | Path,
    rulebook: Rulebook,
    *,
    as_of: date | None = None,
    partners: Collection[str] | None = None,
    explain: bool = False,
    sizes: Sizes | None = None,
) -> Iterator[str]:
    """Answer for a Parquet file, or a folder of them, as pieces of the JSON document of `Answer.to_json`.

    Raises InvalidHistory at the first piece, before anything is decided.
    """
    sizes = sizes or Sizes()
    source = source_of(path)
    last_day = None if as_of is None else day_number(as_of)
    job = _Job(spark.sparkContext, source, rulebook, sizes)
    try:
        if source.rows:
            summaries = job.read(folder=Path(path).is_dir())
            if last_day is None:
                last_day = max(summary.last_day for summary in summaries if summary.last_day is not None)
            job.decide(summaries, last_day, None if partners is None else frozenset(partners))
        day = None if last_day is None else _EPOCH + timedelta(days=last_day)
        yield document_head(day, rulebook.name, rulebook.version)
        separator = ""
        for text in job.texts(explain=explain):
            yield separator + text
            separator = ",\n"
        yield DOCUMENT_TAIL
    finally:
        job.clear()


@dataclass(slots=True)
class _Job:
    """What is kept on the executors' disks from one step to the next."""

    context: SparkContext
    source: Source
    rulebook: Rulebook
    sizes: Sizes
    parts: "RDD[Part] | None" = None
    resolutions: "RDD[Resolution] | None" = None
    decided: "RDD[Decided] | None" = None
    repeats: tuple[Ints, Ints] = _NO_REPEATS
    kept: "list[RDD[object]]" = field(default_factory=list)

    @property
    def partitions(self) -> int:
        """Partitions of everything but the reading."""
        return self.sizes.partitions(self.source.rows)

    def read(self, *, folder: bool) -> list[Summary]:
        """Read, check and resolve. Raises InvalidHistory with all that is wrong."""
        time_zone, sample = self.rulebook.time_zone, self.sizes.sample_rows
        parts = self._keep(self._tasks().flatMap(lambda task: read(task, time_zone, sample)))
        self.parts = parts
        summaries: list[Summary] = parts.map(lambda part: part.summary).collect()
        failed = min((one for one in summaries if one.failed), key=lambda one: one.first, default=None)
        if failed is not None:
            assert failed.failed is not None
            raise named(failed.failed, self.source.file_of(failed.first)[0].name if folder else "")
        problems = [problem for summary in summaries for problem in summary.problems]
        bad = sum(summary.bad for summary in summaries)
        if any(summary.has_ids for summary in summaries):
            more, newly_bad = self._find_repeats(parts)
            problems += more
            bad += newly_bad
        more, newly_bad = self._resolve(parts)
        problems += more
        if bad + newly_bad:
            raise InvalidFiles(self.source, _in_words(problems), bad + newly_bad)
        return summaries

    def _tasks(self) -> "RDD[Task]":
        tasks = self.source.tasks(self.sizes.task_rows)
        return self.context.parallelize(tasks, len(tasks))

    def _keep[T](self, rdd: "RDD[T]") -> "RDD[T]":
        kept: RDD[T] = rdd.persist(StorageLevel.DISK_ONLY)
        self.kept.append(kept)
        return kept

    def _find_repeats(self, parts: "RDD[Part]") -> tuple[list[Found], int]:
        """Note repeated events; what is wrong with others of the same id, and how many are bad by that alone."""
        partitions, source = self.partitions, self.source
        spread = parts.flatMap(lambda part: [] if part.ids is None else spread_hashes(part.ids, partitions))
        shared = np.sort(
            np.concatenate(_each(spread, partitions).mapPartitions(lambda blobs: [shared_hashes(blobs)]).collect())
        )
        if not len(shared):
            return [], 0
        suspects = _each(self._tasks().flatMap(lambda task: contents(task, shared, partitions)), partitions)
        verdicts = suspects.mapPartitions(lambda blobs: _some(judge(blobs, source))).collect()
        self.repeats = (
            np.sort(np.concatenate([verdict.dropped for verdict in verdicts] or [_NO_ROWS])),
            np.sort(np.concatenate([verdict.clashing for verdict in verdicts] or [_NO_ROWS])),
        )
        problems = [problem for verdict in verdicts for problem in verdict.problems]
        return problems, sum(verdict.newly_bad for verdict in verdicts)

    def _resolve(self, parts: "RDD[Part]") -> tuple[list[Found], int]:
        """Resolve references; what is wrong with them, and how many events are bad by that alone."""
        partitions, source, rulebook, repeats = self.partitions, self.source, self.rulebook, self.repeats
        spread = parts.flatMap(lambda part: spread_by_ident(from_bytes(part.events), repeats, partitions))
        resolutions = self._keep(
            _each(spread, partitions).mapPartitions(lambda blobs: _some(resolve(blobs, source, rulebook, partitions)))
        )
        self.resolutions = resolutions
        found = resolutions.map(lambda one: (one.problems, one.newly_bad)).collect()
        return [problem for problems, _ in found for problem in problems], sum(bad for _, bad in found)

    def decide(self, summaries: Iterable[Summary], last_day: int, only: Collection[str] | None) -> None:
        """Work out seats by client, then everything by partner."""
        assert self.parts is not None
        assert self.resolutions is not None
        partitions, rulebook, (dropped, _) = self.partitions, self.rulebook, self.repeats
        bounds = _bounds([partner for summary in summaries for partner in summary.partners], partitions)
        purchases = _each(self.resolutions.flatMap(lambda one: one.purchases), partitions)
        changes = purchases.mapPartitions(lambda blobs: changes_of_clients(blobs, rulebook, last_day, bounds)).map(
            lambda pair: (pair[0], (CHANGES, pair[1]))
        )
        events = self.parts.flatMap(lambda part: _by_partner(part, dropped, bounds))
        whole = _each(events.union(changes), len(bounds) + 1)
        self.decided = self._keep(
            whole.mapPartitions(lambda blobs: _some(decide_partition(blobs, rulebook, last_day, only)))
        )

    def texts(self, *, explain: bool) -> Iterator[str]:
        """Partners as JSON objects in the order of their ids, those of a partition together."""
        if self.decided is None:
            return
        counts = together(self.decided.map(lambda one: one.points).collect())
        for text in self.decided.map(lambda one: lines(one, counts, explain=explain)).toLocalIterator(True):
            if text:
                yield text

    def clear(self) -> None:
        """Let go of what is kept."""
        for rdd in self.kept:
            rdd.unpersist()


def _each[T](pairs: "RDD[tuple[int, T]]", partitions: int) -> "RDD[T]":
    """What was sent to each of the partitions."""
    return pairs.partitionBy(partitions, int).values()


def _some[T](one: T | None) -> list[T]:
    return [] if one is None else [one]


def _by_partner(part: Part, dropped: Ints, bounds: list[str]) -> Iterator[tuple[int, tuple[int, bytes]]]:
    table = without(from_bytes(part.events), dropped)
    for bucket, blob in split(table, by_range(table["partner"], bounds)):
        yield bucket, (EVENTS, blob)


def _bounds(sample: list[str], partitions: int) -> list[str]:
    """The first partner of each partition but the first, so that partitions hold about as many events."""
    ordered = sorted(sample)
    if not ordered:
        return []
    chosen = {ordered[len(ordered) * number // partitions] for number in range(1, partitions)}
    return sorted(chosen)


def _in_words(found: list[Found]) -> list[Problem]:
    """Problems by line, as the embedded reader puts them: the type is named once."""
    texts: dict[int, list[Phrase]] = {}
    for one in sorted(found, key=lambda one: (one.place, one.order)):
        named_already = one.order == 0 or one.place in texts or one.code == UNKNOWN_TYPE
        text = one.text if named_already else of_type(EVENT_TYPES[one.code], one.text)
        texts.setdefault(one.place, []).append(text)
    return [Problem(place + 1, joined(parts)) for place, parts in texts.items()]
