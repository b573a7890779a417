"""What holds of every simulation, on random histories under random rulebooks."""

import random
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from tests.cases import HISTORIES
from tests.reference.histories import random_history
from tests.reference.ledger import in_order
from tests.reference.rulebooks import default_rulebook, random_rulebook

from honeyguide.program.engine import replay
from honeyguide.program.history import history_from_events
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.simulation import Simulation, simulate

Json = dict[str, Any]

CASES = max(60, HISTORIES // 2)
CHUNK = 10
# Among 200 to 209 and 420 to 429 are two whose deciding event lies after the last day in the other time zone.
CHUNKS = sorted({*range(0, CASES, CHUNK), 200, 420})


def books_of(seed: int) -> tuple[Json, Json]:
    """The default rulebook or a changed one, and another one."""
    current = default_rulebook() if seed % 2 == 0 else random_rulebook(seed + 1000, default_rulebook())
    return current, random_rulebook(seed, default_rulebook())


def some_day(events: list[Json], seed: int) -> date | None:
    """Every third case as of a day in the history."""
    if seed % 3:
        return None
    days = [event.day for event in in_order(events, ZoneInfo("UTC"), None)]
    return random.Random(seed).choice(days)


@pytest.mark.parametrize("first", CHUNKS)
def test_the_same_rulebook_changes_nothing(first: int) -> None:
    for seed in range(first, first + CHUNK):
        events = random_history(seed)
        rulebook = Rulebook.model_validate(books_of(seed)[seed % 2])
        nothing = simulate(history_from_events(events), rulebook, rulebook, as_of=some_day(events, seed))
        totals = nothing.totals
        assert (totals.moved, totals.ranks_changed, nothing.changes, nothing.thresholds) == (0, 0, (), ()), seed
        assert nothing.moves.is_empty(), seed
        assert nothing.reasons.is_empty(), seed
        assert nothing.points.is_empty(), seed
        assert nothing.matrix.filter(pl.col("before") != pl.col("after")).is_empty(), seed
        assert totals.discount_minor_before == totals.discount_minor_after, seed
        for name in ("upgraded", "confirmed", "downgraded", "cancelled", "discount_minor"):
            assert nothing.months[f"{name}_before"].equals(nothing.months[f"{name}_after"]), (seed, name)


MIRRORED = ("state", "status", "discount", "decided", "latest", "latest_on")


@pytest.mark.parametrize("first", CHUNKS)
def test_the_other_way_round_is_the_mirror_image(first: int) -> None:
    for seed in range(first, first + CHUNK):
        events = random_history(seed)
        history = history_from_events(events)
        one, other = (Rulebook.model_validate(book) for book in books_of(seed))
        day = some_day(events, seed)
        there, back = simulate(history, one, other, as_of=day), simulate(history, other, one, as_of=day)
        assert there.moves.select("partner", "on").equals(back.moves.select("partner", "on")), seed
        for name in MIRRORED:
            assert there.moves[f"{name}_before"].to_list() == back.moves[f"{name}_after"].to_list(), (seed, name)
        figures = ("partner", "requirement", "actual", "required", "met")
        assert sorted(mirrored(there.reasons, figures), key=str) == sorted(straight(back.reasons, figures), key=str), (
            seed
        )
        cells = ("before", "after", "partners")
        assert sorted(there.matrix.select(cells).rows()) == sorted(
            back.matrix.select(cells).select("after", "before", "partners").rows()
        ), seed
        assert there.totals.points_issued_before == back.totals.points_issued_after, seed
        assert there.totals.upgraded_after == back.totals.upgraded_before, seed


def straight(table: pl.DataFrame, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Rows with before first."""
    return table.select(*names[:2], *(f"{name}_{end}" for name in names[2:] for end in ("before", "after"))).rows()


def mirrored(table: pl.DataFrame, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Rows with after first."""
    return table.select(*names[:2], *(f"{name}_{end}" for name in names[2:] for end in ("after", "before"))).rows()


@pytest.mark.parametrize("first", CHUNKS)
def test_it_says_of_each_side_what_a_replay_says(first: int) -> None:
    for seed in range(first, first + CHUNK):
        events = random_history(seed)
        history = history_from_events(events)
        books = [Rulebook.model_validate(book) for book in books_of(seed)]
        found = simulate(history, *books, as_of=some_day(events, seed), with_points_months=True)
        for end, book in zip(("before", "after"), books, strict=True):
            alone = replay(history, book, as_of=found.as_of).partners
            for name in ("active", "issued", "available"):
                total = getattr(found.totals, f"points_{name}_{end}")
                assert total == alone[f"points_{name}"].sum(), (seed, end, name)
            if not found.points_months.is_empty():  # the months come to the same as the last day
                assert found.points_months[f"given_{end}"].sum() == getattr(found.totals, f"points_issued_{end}"), seed
                latest = found.points_months[f"available_{end}"][-1]
                assert latest == getattr(found.totals, f"points_available_{end}"), (seed, end)
            # Where the last day ends earlier in one time zone, a partner may have no event there yet.
            moved = found.moves.select("partner").join(alone, on="partner", how="left", maintain_order="left")
            moved = moved.with_columns(
                pl.col("state").fill_null("applicant"), pl.col("discount_hundredths").fill_null(0)
            )
            for name, ours in (("status", "status"), ("state", "state"), ("discount_hundredths", "discount")):
                assert moved[name].to_list() == found.moves[f"{ours}_{end}"].to_list(), (seed, name)
            counts = found.matrix.group_by(end).agg(pl.col("partners").sum()).rows()
            place = alone.select(pl.coalesce("status", "state").alias("place"))
            expected = dict(place.group_by("place").len().iter_rows())
            unseen = found.totals.partners - alone.height
            if unseen:
                expected["applicant"] = expected.get("applicant", 0) + unseen
            assert dict(counts) == expected, (seed, end)


@pytest.mark.parametrize("first", CHUNKS)
def test_every_move_of_status_names_a_decision_that_a_replay_lists(first: int) -> None:
    for seed in range(first, first + CHUNK):
        events = random_history(seed)
        history = history_from_events(events)
        books = [Rulebook.model_validate(book) for book in books_of(seed)]
        found = simulate(history, *books, as_of=some_day(events, seed))
        listed = [
            set(replay(history, book, as_of=found.as_of).transitions.select("partner", "on").rows()) for book in books
        ]
        changed = pl.col("status_before").ne_missing(pl.col("status_after"))
        for partner, on in found.moves.filter(changed).select("partner", "on").rows():
            assert any((partner, on) in side for side in listed), (seed, partner, on)


@pytest.mark.clause("T3.1.2a", "T3.1.3a", "T3.5")
@pytest.mark.parametrize("first", CHUNKS)
def test_figures_of_the_side_that_waited_are_those_of_a_replay_that_ends_there(first: int) -> None:
    """A replay of the history cut right at the moment, as of its day, lists the same requirements."""
    for seed in range(first, first + CHUNK):
        events = random_history(seed)
        one, other = books_of(seed)
        if one["time_zone"] != other["time_zone"]:
            continue
        found = simulate(history_from_events(events), Rulebook.model_validate(one), Rulebook.model_validate(other))
        for end, opposite, book, deciding in (("before", "after", one, other), ("after", "before", other, one)):
            waited = found.moves.filter(pl.col(f"decided_{end}").str.starts_with("stays"))
            waited = waited.filter(pl.col(f"decided_{opposite}").str.ends_with("reached"))
            for partner, on in waited.select("partner", "on").rows():
                check_waited(found, events, book, deciding, partner, on, end)


def check_waited(
    found: Simulation, events: list[Json], book: Json, deciding: Json, partner: str, on: date, end: str
) -> None:
    """Compare with the requirements of a replay up to the event at which the other rulebook upgraded."""
    rows = found.reasons.filter((pl.col("partner") == partner) & pl.col(f"required_{end}").is_not_null())
    zone = ZoneInfo(book["time_zone"])
    ordered = in_order(events, zone, on)
    places = {id(event.fields): place for place, event in enumerate(ordered)}
    kept = [event for event in events if id(event) in places]
    rulebook = Rulebook.model_validate(book)
    own = [event for event in ordered if event.day == on and event.fields["partner"] == partner]
    moments = [None, *own]
    # At which of the day's events the other rulebook decided is found by asking it.
    for moment in moments:
        last = (
            places[id(moment.fields)] if moment else max((p for p, e in enumerate(ordered) if e.day < on), default=-1)
        )
        cut = history_from_events([event for event in kept if places[id(event)] <= last])
        decided = replay(cut, Rulebook.model_validate(deciding), as_of=on).only([partner]).transitions
        if not decided.filter((pl.col("on") == on) & (pl.col("cause") == "upgraded")).is_empty():
            break
    else:
        pytest.fail(f"{partner} is not upgraded on {on}")
    asked = replay(cut, rulebook, as_of=on).only([partner]).requirements.filter(purpose="reach")
    for requirement, actual, required in rows.select("requirement", f"actual_{end}", f"required_{end}").rows():
        expected = asked.filter(requirement=requirement).select("actual", "required").row(0)
        assert (actual, required) == expected, (partner, on, requirement)


def test_an_empty_history_shows_nothing() -> None:
    one, other = (Rulebook.model_validate(book) for book in books_of(4))
    for as_of in (None, date(2026, 1, 1)):
        nothing = simulate(history_from_events([]), one, other, as_of=as_of)
        assert (nothing.as_of, nothing.totals.partners, nothing.moves.height) == (as_of, 0, 0)
        assert nothing.to_dict()["moves"] == []
        assert nothing.to_csv().startswith("partner,name,")


def test_a_day_before_the_history_shows_nothing() -> None:
    events = random_history(3)
    one, other = (Rulebook.model_validate(book) for book in books_of(3))
    first = min(event.day for event in in_order(events, ZoneInfo("UTC"), None))
    nothing = simulate(history_from_events(events), one, other, as_of=first - timedelta(days=5))
    assert (nothing.totals.partners, nothing.totals.sales, nothing.months.height) == (0, 0, 0)
