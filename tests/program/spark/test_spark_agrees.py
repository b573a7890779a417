"""Spark gives the embedded engine's answer byte for byte, and the same messages for what is wrong."""

import shutil
import sys
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.reference.histories import random_history
from tests.reference.lines import event, joined, paid

from honeyguide.program.engine import replay
from honeyguide.program.history import InvalidHistory, read_history
from honeyguide.program.rulebook import Rulebook, load_rulebook

Json = dict[str, Any]

pytestmark = [pytest.mark.xdist_group("spark"), pytest.mark.filterwarnings("ignore")]

SEEDS = range(8)
OF_CLIENTS_SHARED = range(4)
"""Seeds whose histories have their clients in common, so that coverage hangs together across partners."""


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    if shutil.which("java") is None:
        pytest.fail("Spark needs Java, which is not installed: apt-get install default-jre-headless")
    from pyspark.sql import SparkSession  # noqa: PLC0415 - slow

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYSPARK_PYTHON", sys.executable)
        builder = SparkSession.builder.master("local[2]").appName("honeyguide tests")
        settings = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.log.level": "ERROR",
            "spark.driver.host": "localhost",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.memory": "512m",
        }
        for name, value in settings.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        yield session
        session.stop()


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook()


def merged() -> list[Json]:
    """Several random histories under names of their own, in turns."""
    histories = []
    for seed in SEEDS:
        clients = "shared" if seed in OF_CLIENTS_SHARED else str(seed)
        prefixes = {"partner": f"h{seed}-", "client": f"{clients}-"}
        prefixes |= dict.fromkeys(("id", "sale", "award", "project", "exchange"), f"{seed}-")
        histories.append(
            [{name: prefixes.get(name, "") + value if isinstance(value, str) else value for name, value in one.items()}
             for one in random_history(seed)]
        )  # fmt: skip
    longest = max(map(len, histories))
    return [one[place] for place in range(longest) for one in histories if place < len(one)]


def cell(value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "|".join(value) or None
    return None if value is None else str(value)


def written(path: Path, events: list[Json], files: int = 1, rows: int = 40) -> Path:
    """The events as texts in Parquet: one file, or a folder of several, of row groups of so many rows."""
    names = list(dict.fromkeys(name for one in events for name in one)) or ["at", "type", "partner"]
    frame = pl.DataFrame(
        {name: [cell(one.get(name)) for one in events] for name in names}, schema=dict.fromkeys(names, pl.String)
    )
    if files == 1:
        frame.write_parquet(path.with_suffix(".parquet"), row_group_size=rows)
        return path.with_suffix(".parquet")
    path.mkdir()
    share = -(-len(events) // files)
    for number in range(files):
        part = frame.slice(number * share, share)
        part.write_parquet(path / f"part-{number}.parquet", row_group_size=rows)
    return path


def on_spark(spark: Any, path: Path, rulebook: Rulebook, **asked: Any) -> str:
    from honeyguide.program.spark import Sizes, replay_on_spark  # noqa: PLC0415

    sizes = Sizes(task_rows=200, partition_events=400, samples_per_partition=40)
    return "".join(replay_on_spark(spark, path, rulebook, sizes=sizes, **asked))


def refused(spark: Any, path: Path, rulebook: Rulebook) -> list[str]:
    with pytest.raises(InvalidHistory) as raised:
        on_spark(spark, path, rulebook)
    return raised.value.lines(path.name)


def refused_embedded(path: Path) -> list[str]:
    with pytest.raises(InvalidHistory) as raised:
        read_history(path)
    return raised.value.lines(path.name)


@pytest.mark.slow
def test_it_gives_the_same_document(spark: Any, tmp_path: Path, rulebook: Rulebook) -> None:
    events = merged()
    history = read_history(written(tmp_path / "whole", events))
    folder = written(tmp_path / "parts", events, files=2)
    days = [None, date(2025, 9, 1)]
    for as_of in days:
        answer = replay(history, rulebook, as_of=as_of)
        assert len(answer.partners) > len(SEEDS)
        assert on_spark(spark, folder, rulebook, as_of=as_of, explain=True) == answer.to_json(explain=True)


def wrong() -> list[Json]:
    """A history with everything wrong that hangs on more than one line, among some that is right."""
    sale = paid("2026-02-01", "S-1", "100.00", id="E-1")
    return [
        *joined("2026-01-10"),
        *joined("2026-01-10", "b"),
        sale,
        dict(sale),  # repeated with equal content: ignored
        sale | {"net": "90.00"},  # with other content, and so another claim of S-1
        paid("2026-02-02", "S-1", "50.00", partner="b"),
        event("2026-02-03", "sale.refunded", sale="S-1", amount="60.00"),
        event("2026-02-04", "sale.refunded", sale="S-1", amount="60.00"),
        event("2026-02-05", "sale.excluded", "b", sale="S-1", reason="not its own"),
        event("2026-02-05", "points.decided", sale="S-unknown", decision="accept"),
        event("2026-01-01", "sale.refunded", sale="S-1"),
        event("2026-02-06", "points.granted", award="A-1", points=100, activity="other"),
        event("2026-02-07", "points.cancelled", "b", award="A-1"),
        event("2026-02-07", "points.cancelled", "b", award="A-unknown"),
        event("2026-02-08", "points.spent", exchange="X-1", points=5, item="a cup"),
        event("2026-02-08", "points.spent", "b", exchange="X-1", points=5, item="a cup"),
        event("2026-02-09", "project.confirmed", project="P-1"),
        event("2026-02-10", "project.confirmed", "b", project="P-1"),
        event("2026-02-11", "partner.promoted"),
        event("2026-02-12", "sale.paid", sale="S-1", client="c1", product="clout", net="12.345", id="E-2"),
        event("2026-02-12", "course.completed", course="tutorial", id="E-2"),
        event("2026-02-30", "course.completed", "B!", course="tutorial"),
    ]


@pytest.mark.parametrize("times", [1, 3])
def test_it_names_the_same_lines(spark: Any, tmp_path: Path, rulebook: Rulebook, times: int) -> None:
    path = written(tmp_path / "wrong", wrong() * times, rows=4)
    expected = refused_embedded(path)
    assert len(expected) > 12
    assert refused(spark, path, rulebook) == expected


def test_it_names_lines_by_file(spark: Any, tmp_path: Path, rulebook: Rulebook) -> None:
    sale = paid("2026-02-01", "S-1", "100.00")
    lines = [
        sale,
        event("2026-02-03", "sale.refunded", sale="S-1", amount="200"),
        sale | {"net": "1"},
        {**sale, "at": "?"},
    ]
    assert refused(spark, written(tmp_path / "parts", lines, files=2), rulebook) == [
        'parts/part-0.parquet:2: sale.refunded: amount is 200.00, expected at most 100.00, what is left of sale "S-1"',
        'parts/part-1.parquet:1: sale.paid: sale is "S-1", already used by sale.paid at line 1 of part-0.parquet, '
        "expected an id of its own",
        'parts/part-1.parquet:2: sale.paid: at is "?", expected a time like 2026-03-01T09:30:00Z or '
        '2026-03-01T09:30:00.25+02:00, 1900 to 9000; sale is "S-1", already used by sale.paid at line 1 of '
        "part-0.parquet, expected an id of its own",
    ]


def test_it_refuses_columns_that_cannot_hold_their_field(spark: Any, tmp_path: Path, rulebook: Rulebook) -> None:
    path = written(tmp_path / "parts", joined("2026-01-10"), files=2)
    pl.DataFrame([{**paid("2026-02-01", "S-1", "0"), "net": 1.5}]).write_parquet(path / "part-2.parquet")
    assert refused(spark, path, rulebook) == [
        "parts: part-2.parquet: column net holds double, expected decimals, whole numbers or text"
    ]
    alone = refused(spark, path / "part-2.parquet", rulebook)
    assert alone == refused_embedded(path / "part-2.parquet")


def test_it_takes_the_session_that_is_there(spark: Any, tmp_path: Path, rulebook: Rulebook) -> None:
    from honeyguide.program.spark import replay_file  # noqa: PLC0415

    path = written(tmp_path / "small", [*joined("2026-01-10"), *joined("2026-01-10", "b")])
    for asked in ({"partners": ["b", "nobody"]}, {"as_of": date(2025, 1, 1)}):
        answer = replay(read_history(path), rulebook, **asked)
        assert "".join(replay_file(path, rulebook, **asked)) == answer.to_json(explain=False)
    empty = written(tmp_path / "empty", [])
    assert "".join(replay_file(empty, rulebook)) == replay(read_history(empty), rulebook).to_json(explain=False)
    with pytest.raises(InvalidHistory, match="is not Parquet, which Spark reads"):
        replay_file(tmp_path / "history.jsonl", rulebook)
    (tmp_path / "folder").mkdir()
    with pytest.raises(InvalidHistory, match=r"is a folder without \.parquet files"):
        replay_file(tmp_path / "folder", rulebook)


def test_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [
        name
        for name in sys.modules
        if name.partition(".")[0] == "pyspark" or name.startswith("honeyguide.program.spark")
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install honeyguide\[spark\]"):
        import_module("honeyguide.program.spark")
