"""The engine's movements of points: the reference model's, one by one, and in sum the points of the answer."""

import random
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from honeyguide.program.engine import replay
from honeyguide.program.engine.moves import KINDS, Movements, replay_moves
from honeyguide.program.history import history_from_events
from honeyguide.program.rulebook import Rulebook
from tests.cases import HISTORIES
from tests.reference.histories import random_history
from tests.reference.ledger import in_order
from tests.reference.lines import event, joined
from tests.reference.model import movements
from tests.reference.rulebooks import default_rulebook, random_rulebook
from tests.reference.test_engine_agrees import some_days

Json = dict[str, Any]

PAPERS = {"report": "r", "checklist": "c"}
CHUNK = 10
CHUNKS = range(0, HISTORIES, CHUNK)


def moved(events: list[Json], rulebook: Json, as_of: date | None = None) -> Movements:
    return replay_moves(history_from_events(events), Rulebook.model_validate(rulebook), as_of=as_of)


def sums(found: Movements, as_of: date) -> pl.DataFrame:
    """The points of each partner that has a movement, worked out from the movements alone."""
    valid = pl.col("expires_on") > as_of
    lots = found.lots.group_by("partner").agg(
        (pl.col("amount") - pl.col("cancelled")).filter(valid).sum().alias("active"),
        pl.col("left").filter(valid).sum().alias("available"),
        pl.col("left").filter(~valid).sum().alias("expired"),
        pl.col("amount").sum().alias("issued"),
    )
    points, kind = pl.col("points"), pl.col("kind")
    exchanged = pl.col("exchange").is_not_null()
    given_back = kind == "restored"
    by_kind = found.moves.group_by("partner").agg(
        (
            points.filter(kind == "owed").sum()
            - points.filter(kind == "debt_paid").sum()
            - points.filter(given_back & pl.col("lot").is_null()).sum()
        ).alias("debt"),
        (points.filter(exchanged & kind.is_in(["spent", "owed"])).sum() - points.filter(given_back).sum()).alias(
            "spent"
        ),
    )
    return by_kind.join(lots, on="partner", how="left").fill_null(0)


@pytest.mark.clause("T4.2", "G1.1", "G1.2", "G1.3", "G1.4")
@pytest.mark.parametrize("first", CHUNKS)
def test_the_sums_of_movements_are_the_points_of_the_answer(first: int) -> None:
    for seed in range(first, min(first + CHUNK, HISTORIES)):
        events = random_history(seed)
        rulebook = default_rulebook() if seed % 3 == 0 else random_rulebook(seed, default_rulebook())
        history, book = history_from_events(events), Rulebook.model_validate(rulebook)
        for as_of in some_days(events, rulebook, random.Random(seed)):
            table = sums(replay_moves(history, book, as_of=as_of), as_of)
            answered = replay(history, book, as_of=as_of).partners
            names = ["active", "available", "expired", "issued", "debt", "spent"]
            there = answered.select("partner", *(pl.col(f"points_{name}").alias(name) for name in names))
            nothing = there.filter(~pl.col("partner").is_in(table["partner"].implode()))
            assert nothing.select(pl.sum_horizontal(names).sum()).item() == 0
            expected = there.join(table.select("partner"), on="partner", how="semi")
            assert table.select(expected.columns).sort("partner").rows() == expected.rows(), f"seed {seed}, {as_of}"


@pytest.mark.clause("T4.2", "G1.1", "G1.2", "G1.3", "G1.4")
@pytest.mark.parametrize("first", CHUNKS)
def test_each_movement_is_the_reference_models(first: int) -> None:
    for seed in range(first, min(first + CHUNK, HISTORIES)):
        events = random_history(seed)
        rulebook = default_rulebook() if seed % 3 == 0 else random_rulebook(seed, default_rulebook())
        for as_of in some_days(events, rulebook, random.Random(seed + 1)):
            table = moved(events, rulebook, as_of).moves
            assert table["kind"].is_in(KINDS).all()
            assert (table["points"] > 0).all()
            days = [event.day for event in in_order(events, ZoneInfo(rulebook["time_zone"]), as_of)]
            known = {partner: moves for partner, moves in movements(events, rulebook, as_of).items() if moves}
            noted = table.filter(pl.col("kind") != "expired")
            assert sorted(known) == noted["partner"].unique().sort().to_list()
            for partner, expected in known.items():
                own = noted.filter(pl.col("partner") == partner).select("day", "kind", "award", "points", "cancels")
                theirs = [(days[one.event], one.kind, one.lot, one.points, one.cancels) for one in expected]
                assert own.rows() == theirs, f"seed {seed}, {as_of}, {partner}"


def test_lots_say_what_they_are_for() -> None:
    events = [
        *joined("2024-01-01"),
        event("2024-01-05", "project.confirmed", project="P-1"),
        event(
            "2024-02-01",
            "sale.paid",
            sale="S-1",
            client="hive",
            product="cloud",
            net="1000.00",
            seats=5,
            term_months=12,
        ),
        event("2024-02-02", "points.granted", award="A-1", points=40, activity="case_study"),
        event("2024-02-03", "project.delivered", project="P-1", client="comb", modules=["simple"], **PAPERS),
        event("2024-03-01", "points.spent", exchange="X-1", points=70, item="course"),
        event("2024-03-02", "points.cancelled", award="A-1"),
    ]
    found = moved(events, default_rulebook(), date(2025, 2, 2))
    names = ("partner", "award", "source", "client", "allocated_on", "expires_on", "amount", "left", "cancelled")
    assert found.lots.select(names).rows() == [
        ("a", "S-1", "sale", "hive", date(2024, 2, 1), date(2025, 2, 1), 60, 0, 0),
        ("a", "A-1", "case_study", None, date(2024, 2, 2), date(2025, 2, 2), 40, 0, 40),
        ("a", "P-1", "project", "comb", date(2024, 2, 3), date(2025, 2, 3), 50, 40, 0),
    ]
    assert found.moves.select("day", "kind", "award", "cancels", "exchange", "points").rows() == [
        (date(2024, 2, 1), "earned", "S-1", None, None, 60),
        (date(2024, 2, 2), "earned", "A-1", None, None, 40),
        (date(2024, 2, 3), "earned", "P-1", None, None, 50),
        (date(2024, 3, 1), "spent", "S-1", None, "X-1", 60),
        (date(2024, 3, 1), "spent", "A-1", None, "X-1", 10),
        (date(2024, 3, 2), "cancelled", "A-1", "A-1", None, 30),
        (date(2024, 3, 2), "cancelled", "P-1", "A-1", None, 10),
    ]


def test_what_is_left_of_a_lot_expires_on_its_day() -> None:
    events = [
        *joined("2024-01-01"),
        event("2024-02-02", "points.granted", award="A-1", points=40, activity="other"),
        event("2024-03-01", "points.spent", exchange="X-1", points=30, item="course"),
        event("2025-02-02", "points.restored", exchange="X-1"),
        event("2025-02-03", "points.cancelled", award="A-1"),
    ]
    found = moved(events, default_rulebook(), date(2025, 2, 3))
    assert found.moves.select("day", "kind", "award", "exchange", "points").rows() == [
        (date(2024, 2, 2), "earned", "A-1", None, 40),
        (date(2024, 3, 1), "spent", "A-1", "X-1", 30),
        (date(2025, 2, 2), "expired", "A-1", None, 10),
        (date(2025, 2, 2), "restored", "A-1", "X-1", 30),
        (date(2025, 2, 2), "expired", "A-1", "X-1", 30),
        (date(2025, 2, 3), "cancelled", "A-1", None, 40),
    ]
    assert found.lots.select("left", "cancelled").rows() == [(0, 40)]
    rows = found.moves["row"].to_list()
    assert rows == [len(events) - 4, len(events) - 3, None, len(events) - 2, len(events) - 2, len(events) - 1]
    day_before = moved(events, default_rulebook(), date(2025, 2, 1))
    assert day_before.moves["kind"].to_list() == ["earned", "spent"]
    assert day_before.lots["left"].to_list() == [10]


def test_an_empty_history_moves_nothing() -> None:
    found = moved([], default_rulebook())
    assert found.moves.height == 0
    assert found.lots.height == 0
