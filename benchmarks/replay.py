"""How fast a large history is replayed, against a limit and the reference model measured in the same run.

    .venv/bin/python benchmarks/replay.py [--partners 100000] [--rounds 3]

The limit: Polars reads the columns that the sum needs from the same file and computes one trailing-year sum a sale,
sorted by partner and day. Each measured step runs in a process of its own; limit and replay take turns. The last full
result is kept in benchmarks/results.md.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import psutil

from honeyguide.program.engine import replay
from honeyguide.program.history import history_from_events, read_history, write_history
from honeyguide.program.history.generate import Plan, generate
from honeyguide.program.rulebook import Rulebook, load_rulebook
from honeyguide.program.simulation import simulate

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).with_name("results.md")
YEARS, EVENTS_PER_PARTNER, SEED = 3, 100, 1
FIRST, AFTER = date(2023, 11, 1), date(2026, 11, 1)

REPLAY_TIMES_LIMIT = 4.0
TIMES_REFERENCE = 100.0
MEMORY_GIB = 6.0
SIMULATE_TIMES_REPLAY = 1.6
ONE_PARTNER_MS = 30.0


@dataclass(frozen=True, slots=True)
class Run:
    """One process: seconds by step, their sum, and the most memory it took."""

    steps: dict[str, float]
    memory_gib: float

    @property
    def seconds(self) -> float:
        return sum(self.steps.values())


def make(path: Path, partners: int) -> None:
    """A made-up program of three years, kept for the next run."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    write_history(generate(Plan(partners, FIRST, AFTER, SEED, EVENTS_PER_PARTNER)), path)
    print(f"generated {path.name} in {time.perf_counter() - started:.0f} s")


def run_limit(path: Path, steps: dict[str, float]) -> None:
    with step(steps, "limit"):
        sales = (
            pl.scan_parquet(path)
            .filter(pl.col("type") == "sale.paid")
            .select("partner", pl.col("at").dt.date().alias("day"), (pl.col("net") * 100).cast(pl.Int64))
            .sort("partner", "day")
            .collect()
        )
        sums = sales.with_columns(pl.col("net").rolling_sum_by("day", "1y").over("partner"))
        assert sums.height


def run_replay(path: Path, steps: dict[str, float]) -> None:
    with step(steps, "read and check"):
        history = read_history(path)
    with step(steps, "decide and answer"):
        answer = replay(history, load_rulebook())
    with step(steps, "write JSON"), Path(os.devnull).open("wb") as out:
        out.writelines(answer.json_chunks(explain=False))


def run_simulate(path: Path, steps: dict[str, float]) -> None:
    with step(steps, "read and check"):
        history = read_history(path)
    with step(steps, "simulate"):
        simulation = simulate(history, load_rulebook(), stricter(load_rulebook()))
    with step(steps, "write JSON"), Path(os.devnull).open("w", encoding="utf-8") as out:
        out.write(simulation.to_json())


def stricter(rulebook: Rulebook) -> Rulebook:
    """One changed threshold: keeping Silver asks for 6,000 instead of 5,000."""
    data = rulebook.model_dump(exclude_none=True)
    silver = next(status for status in data["statuses"] if status["name"] == "silver")
    silver["keep"]["sales_amount"] = Decimal(6000)
    return Rulebook.model_validate(data)


RUNS: dict[str, Callable[[Path, dict[str, float]], None]] = {
    "limit": run_limit,
    "replay": run_replay,
    "simulate": run_simulate,
}


class step:  # noqa: N801 - reads as a statement
    """Time a step."""

    def __init__(self, steps: dict[str, float], name: str) -> None:
        self.steps, self.name = steps, name

    def __enter__(self) -> None:
        self.started = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.steps[self.name] = time.perf_counter() - self.started


def in_process(name: str, path: Path) -> Run:
    """Run a step of RUNS in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--run", name, str(path)], check=True, capture_output=True, text=True
    )
    told = json.loads(done.stdout)
    return Run(told["steps"], told["memory_gib"])


def events_of(path: Path, partners: list[str]) -> list[dict[str, Any]]:
    """Events of some partners as JSON objects."""
    frame = pl.scan_parquet(path).filter(pl.col("partner").is_in(partners)).collect()
    rows = frame.with_columns(pl.col("at").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"), pl.col("until").cast(pl.String))
    return [{key: value for key, value in row.items() if value is not None} for row in rows.iter_rows(named=True)]


def reference_rate(path: Path, sample: int) -> float:
    """Events a second of the reference model, on the events of a sample of partners."""
    sys.path.insert(0, str(ROOT))
    from tests.reference.model import answer
    from tests.reference.rulebooks import default_rulebook

    ids = pl.scan_parquet(path).select(pl.col("partner").unique().sort()).collect()["partner"]
    chosen = ids.gather_every(max(1, len(ids) // sample)).head(sample).to_list()
    events = events_of(path, chosen)
    started = time.perf_counter()
    for partner in chosen:
        answer([event for event in events if event["partner"] == partner], default_rulebook(), None)
    return len(events) / (time.perf_counter() - started)


def one_partner_ms(path: Path) -> float:
    """Median milliseconds for one partner of 200 events: in process, history in memory, JSON included."""
    counts = pl.scan_parquet(path).group_by("partner").len().collect()
    nearest = counts.sort((pl.col("len").cast(pl.Int64) - 200).abs(), "partner").row(0)[0]
    history, rulebook = history_from_events(events_of(path, [nearest])), load_rulebook()
    times = []
    for _ in range(60):
        started = time.perf_counter()
        replay(history, rulebook).to_json()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times[10:])


def median(runs: list[Run]) -> Run:
    """The run of median length."""
    return sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]


def report(path: Path, rounds: int) -> list[str]:
    """Measure everything; the lines of the report."""
    runs: dict[str, list[Run]] = {name: [] for name in RUNS}
    replay(history_from_events([]), load_rulebook())  # compiles what is not compiled yet
    for name in RUNS:
        in_process(name, path)  # the file in memory, the kernels compiled
    for _ in range(rounds):
        for name, measured in runs.items():
            measured.append(in_process(name, path))
    limit, replayed, simulated = (median(runs[name]) for name in ("limit", "replay", "simulate"))
    events = pl.scan_parquet(path).select(pl.len()).collect().item()
    partners = pl.scan_parquet(path).select(pl.col("partner").n_unique()).collect().item()
    reference = reference_rate(path, sample=60)
    rate = events / replayed.seconds
    rows = [
        ("replay / limit", replayed.seconds / limit.seconds, "at most", REPLAY_TIMES_LIMIT),
        ("replay / reference model, events a second", rate / reference, "at least", TIMES_REFERENCE),
        ("memory of the replay, GiB", replayed.memory_gib, "under", MEMORY_GIB),
        ("simulate one threshold / replay", simulated.seconds / replayed.seconds, "at most", SIMULATE_TIMES_REPLAY),
        ("one partner of 200 events, ms", one_partner_ms(path), "under", ONE_PARTNER_MS),
    ]
    memory = psutil.virtual_memory().total / 2**30
    size = path.stat().st_size / 2**20
    lines = [
        f"{partners:,} partners, {events:,} events over {YEARS} years in Parquet ({size:.0f} MiB).",
        f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, Polars {pl.__version__}.",
        f"Median of {rounds} rounds in which limit, replay and simulation take turns.",
        "",
        "| measured | | target | |",
        "| --- | ---: | --- | --- |",
    ]
    for name, value, word, target in rows:
        reached = value >= target if word == "at least" else value <= target
        lines.append(f"| {name} | {value:,.2f} | {word} {target:g} | {'reached' if reached else '**missed**'} |")
    lines += ["", "| seconds | step by step | in all |", "| --- | --- | ---: |"]
    for name, run in (("limit", limit), ("replay", replayed), ("simulate", simulated)):
        told = ", ".join(f"{label} {seconds:.2f}" for label, seconds in run.steps.items())
        lines.append(f"| {name} | {told} | {run.seconds:.2f} |")
    lines += ["", f"Events a second: replay {rate:,.0f}, reference model {reference:,.0f}."]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--partners", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--run", nargs=2, metavar=("STEP", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        steps: dict[str, float] = {}
        RUNS[options.run[0]](Path(options.run[1]), steps)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(json.dumps({"steps": steps, "memory_gib": memory}))
        return
    path = ROOT / "var" / "bench" / f"history-{options.partners}.parquet"
    make(path, options.partners)
    lines = report(path, options.rounds)
    print("\n".join(lines))
    if options.partners == parser.get_default("partners"):
        RESULTS.write_text(
            "# The last full run of benchmarks/replay.py\n\n" + "\n".join(lines) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
