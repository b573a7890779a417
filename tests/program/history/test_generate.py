"""Made-up programs are valid, repeatable and look like real ones."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from honeyguide.cli.generate import years_later
from honeyguide.program.engine import Answer, replay
from honeyguide.program.history import History, read_history
from honeyguide.program.history.events import EVENT_TYPES
from honeyguide.program.history.generate import Plan, generate
from honeyguide.program.history.raw import RAW_SCHEMA
from honeyguide.program.rulebook import load_rulebook

PLAN = Plan(partners=700, start=date(2023, 7, 1), end=date(2026, 7, 1), seed=3)


@pytest.fixture(scope="module")
def events() -> pl.DataFrame:
    return pl.concat(generate(PLAN))


@pytest.fixture(scope="module")
def history(events: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> History:
    path = tmp_path_factory.mktemp("generated") / "history.parquet"
    events.write_parquet(path)
    return read_history(path)


@pytest.fixture(scope="module")
def answer(history: History) -> Answer:
    return replay(history, load_rulebook(), as_of=date(2026, 6, 30))


def test_it_has_the_columns_of_the_form(events: pl.DataFrame) -> None:
    assert dict(events.schema) == RAW_SCHEMA


def test_it_is_valid_to_the_last_event(history: History, events: pl.DataFrame) -> None:
    assert len(history) == events.height


def test_it_is_in_order_and_within_its_days(events: pl.DataFrame) -> None:
    at = events["at"]
    assert at.is_sorted()
    assert at.first() >= datetime(2023, 7, 1, tzinfo=UTC)  # type: ignore[operator]
    assert at.last() < datetime(2026, 7, 1, tzinfo=UTC)  # type: ignore[operator]


def test_the_same_seed_makes_the_same_program_whatever_the_size_of_its_frames() -> None:
    plan = Plan(40, date(2025, 1, 1), date(2026, 1, 1), seed=11)
    whole = pl.concat(generate(plan))
    assert whole.equals(pl.concat(generate(plan, frame_rows=97)))
    other = pl.concat(generate(Plan(40, date(2025, 1, 1), date(2026, 1, 1), seed=12)))
    assert not whole.equals(other)


def test_every_type_of_event_occurs(events: pl.DataFrame) -> None:
    assert set(events["type"].unique()) == set(EVENT_TYPES)


@pytest.mark.parametrize("wanted", [30, 100, 400])
def test_it_has_about_as_many_events_as_wanted(wanted: float) -> None:
    plan = Plan(600, date(2023, 7, 1), date(2026, 7, 1), seed=5, events_per_partner=wanted)
    assert sum(frame.height for frame in generate(plan)) == pytest.approx(600 * wanted, rel=0.15)


def test_few_partners_make_most_of_the_sales(events: pl.DataFrame) -> None:
    net = events.group_by("partner").agg(pl.col("net").cast(pl.Float64).sum()).get_column("net").sort(descending=True)
    share = float(net.head(len(net) // 10).sum()) / float(net.sum())
    assert 0.4 < share < 0.9


def test_quarters_end_busy_and_summers_are_quiet(events: pl.DataFrame) -> None:
    paid = events.filter(pl.col("type") == "sale.paid")["at"]
    by_month = paid.dt.month().value_counts().sort("at").get_column("count")
    assert by_month[7] < 0.75 * by_month[5]  # August, June
    last_days = (paid.dt.day() > 20) & (paid.dt.month() % 3 == 0)
    assert last_days.mean() > 4 * 10 / 365 * 1.2  # type: ignore[operator]


def test_some_clients_buy_from_several_partners(events: pl.DataFrame) -> None:
    partners = events.filter(pl.col("type") == "sale.paid").group_by("client").agg(pl.col("partner").n_unique())
    assert (partners["partner"] > 1).sum() > 10


def test_partners_come_from_many_countries_and_have_names(events: pl.DataFrame) -> None:
    applied = events.filter(pl.col("type") == "partner.applied")
    assert applied["country"].n_unique() >= 25
    assert applied["name"].n_unique() > 0.95 * applied.height


def test_every_status_is_held_and_every_change_happens(answer: Answer) -> None:
    held = answer.partners.group_by("status").len()
    counts = dict(zip(held["status"], held["len"], strict=True))
    assert counts["bronze"] > counts["silver"] > counts["gold"] >= 10
    assert set(answer.partners["state"].unique()) == {"applicant", "active", "suspended", "cancelled", "terminated"}
    assert set(answer.transitions["cause"].unique()) == {
        "accepted", "upgraded", "confirmed", "downgraded", "cancelled", "suspended", "reinstated", "terminated",
        "measure",
    }  # fmt: skip


def test_lost_statuses_are_regained(answer: Answer) -> None:
    regained = answer.transitions.filter((pl.col("cause") == "upgraded") & (pl.col("clause") == "T3.5"))
    assert regained.height >= 3


def test_later_refunds_put_decisions_in_doubt(answer: Answer) -> None:
    assert answer.restatements.height >= 3


def test_points_are_active_spent_held_expired_and_owed(answer: Answer) -> None:
    for name in ("active", "available", "spent", "held", "expired", "debt"):
        assert (answer.partners[f"points_{name}"] > 0).any(), name
    assert answer.warnings.height < 0.05 * answer.partners.height  # nothing happens that the program ignores


def test_a_program_of_one_partner_is_possible(tmp_path: Path) -> None:
    frames = list(generate(Plan(1, date(2026, 1, 1), date(2026, 12, 31), seed=1)))
    frames[0].write_parquet(tmp_path / "one.parquet")
    assert len(read_history(tmp_path / "one.parquet")) >= 1


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ((0, date(2025, 1, 1), date(2026, 1, 1)), "partners = 0: expected 1 or more"),
        ((5, date(2026, 1, 1), date(2026, 2, 1)), "2026-01-01 to 2026-02-01: expected 100 days or more"),
        ((5, date(2025, 1, 1), date(2026, 1, 1), 1, 0.0), "events per partner = 0.0: expected more than 0"),
    ],
)
def test_it_refuses_what_cannot_be_made_up(plan: tuple[int, date, date], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Plan(*plan)


def test_years_end_on_the_same_day() -> None:
    assert years_later(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert years_later(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert years_later(date(2026, 7, 1), -3) == date(2023, 7, 1)


@pytest.mark.slow
def test_a_large_program_is_made_up_in_minutes(tmp_path: Path) -> None:
    plan = Plan(20_000, date(2023, 7, 1), date(2026, 7, 1), seed=9)
    assert sum(frame.height for frame in generate(plan)) == pytest.approx(20_000 * 102, rel=0.1)
