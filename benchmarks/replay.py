"""Measure a large program from making it up to its answer: time and memory of each step.

    .venv/bin/python benchmarks/replay.py [--partners 100000] [--years 3] [--folder var/bench]

The history is kept in the folder and used again by the next run.
"""

import argparse
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import psutil
import pyarrow.parquet as pq

from honeyguide.cli.generate import years_later
from honeyguide.program.engine import replay
from honeyguide.program.history import read_history
from honeyguide.program.history.generate import Plan, generate
from honeyguide.program.rulebook import load_rulebook

LAST_DAY = date(2026, 7, 1)
POLL_S = 0.05


def measured[T](label: str, step: Callable[[], T]) -> T:
    """Run a step; print how long it took and the most memory that the process held meanwhile."""
    process, done, most = psutil.Process(), threading.Event(), [0]

    def watch() -> None:
        while not done.wait(POLL_S):
            most[0] = max(most[0], process.memory_info().rss)

    watcher = threading.Thread(target=watch, daemon=True)
    started = time.perf_counter()
    watcher.start()
    result = step()
    seconds = time.perf_counter() - started
    done.set()
    watcher.join()
    print(f"{label:<12} {seconds:8.1f} s   {max(most[0], process.memory_info().rss) / 2**30:5.1f} GiB", flush=True)
    return result


def make(path: Path, partners: int, years: int) -> None:
    """Write the history that is measured."""
    frames = generate(Plan(partners, years_later(LAST_DAY, -years), LAST_DAY, seed=1))
    part = path.with_suffix(".part")
    first = next(frames).to_arrow()
    with pq.ParquetWriter(part, first.schema, compression="zstd") as writer:
        writer.write_table(first)
        for frame in frames:
            writer.write_table(frame.to_arrow())
    part.rename(path)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--partners", type=int, default=100_000)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("var/bench"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    path = options.folder / f"{options.partners}-partners-{options.years}-years.parquet"
    if not path.exists():
        measured("generate", lambda: make(path, options.partners, options.years))
    rules = load_rulebook()
    history = measured("read, check", lambda: read_history(path))
    answer = measured("replay", lambda: replay(history, rules))
    again = measured("once more", lambda: replay(history, rules))
    assert again.partners.equals(answer.partners)
    print(f"{len(history):,} events, {answer.partners.height:,} partners, {answer.transitions.height:,} decisions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
