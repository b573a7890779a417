"""How long a made-up history takes on Spark and in this process. For information: there is no limit to hold.

.venv/bin/python benchmarks/spark.py [--partners 10000] [--master local[2]]
"""

import argparse
import tempfile
import time
from datetime import date
from pathlib import Path

import polars as pl

from honeyguide.program.engine import replay
from honeyguide.program.history import read_history
from honeyguide.program.history.generate import Plan, generate
from honeyguide.program.rulebook import load_rulebook
from honeyguide.program.spark import replay_file

START, END = date(2023, 11, 1), date(2026, 11, 1)
FILE_EVENTS = 500_000


def write(folder: Path, partners: int) -> tuple[Path, int]:
    """A history in several files, and how many events it has."""
    whole = pl.concat(generate(Plan(partners, START, END)))
    for number, part in enumerate(whole.iter_slices(FILE_EVENTS)):
        part.write_parquet(folder / f"part-{number:04}.parquet", row_group_size=100_000)
    single = folder.parent / "whole.parquet"
    whole.write_parquet(single, row_group_size=100_000)
    return single, whole.height


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--partners", type=int, default=10_000)
    parser.add_argument("--master", default="local[2]")
    given = parser.parse_args()
    rulebook = load_rulebook()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "history"
        folder.mkdir()
        single, events = write(folder, given.partners)
        print(f"{events:,} events of {given.partners:,} partners")
        began = time.perf_counter()
        expected = replay(read_history(single), rulebook).to_json(explain=True)
        print(f"in this process  {time.perf_counter() - began:7.1f} s")
        began = time.perf_counter()
        found = "".join(replay_file(folder, rulebook, explain=True, master=given.master))
        print(f"on {given.master:13} {time.perf_counter() - began:7.1f} s, its start included")
        print("the same document" if found == expected else "ANOTHER DOCUMENT")


if __name__ == "__main__":
    main()
