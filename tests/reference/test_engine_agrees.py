"""The engine gives the same answers as the reference model, for random histories under random rulebooks."""

import random
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings

from tests.cases import HISTORIES
from tests.reference.compare import Engine, compare, differences, engine_answer, told
from tests.reference.days import add_months
from tests.reference.genes import shuffled
from tests.reference.histories import histories, random_history
from tests.reference.ledger import in_order
from tests.reference.lines import event, shown_for_gold, silver
from tests.reference.model import answer
from tests.reference.rulebooks import default_rulebook, random_rulebook

Json = dict[str, Any]

CHUNK = 10  # cases a test, so that workers can share them
CHUNKS = range(0, HISTORIES, CHUNK)


def rulebook_of(seed: int) -> Json:
    """Every third case is under the default rulebook, the others under changed ones."""
    return default_rulebook() if seed % 3 == 0 else random_rulebook(seed, default_rulebook())


def days_of(events: list[Json], rulebook: Json) -> list[date]:
    """The program day of each event that counts, in order."""
    return [event.day for event in in_order(events, ZoneInfo(rulebook["time_zone"]), None)]


def some_days(events: list[Json], rulebook: Json, rng: random.Random) -> list[date]:
    """A day just before, on or just after a turning point, and one from shortly before the history to well after it.

    Turning points: an event's day, or what lies so many months behind it: much ends or is asked then.
    """
    days = days_of(events, rulebook)
    seats_from: date = rulebook["seats"]["in_force_from"]
    turn = add_months(rng.choice(days), rng.choice((0, 0, 6, 12, 12)))
    blocked = [event for event in events if event.get("measure") == "block_access" and "until" not in event]
    if days[0] < seats_from < days[-1] and rng.random() < 0.2:
        turn = seats_from
    elif blocked and rng.random() < 0.3:
        (day,) = days_of(blocked[:1], rulebook)
        turn = add_months(day, rulebook["measures"]["block_access_max_months"])
    span = (days[-1] - days[0]).days
    return [
        turn + timedelta(days=rng.choice((-1, 0, 0, 1))),
        days[0] + timedelta(days=rng.randint(-3, span + 200)),
    ]


@pytest.mark.clause("T3.1.1a", "T3.1.2a", "T3.1.2b", "T3.1.3a", "T3.1.3b", "T3.3", "T3.4a", "T3.5", "T4.2", "T14")
@pytest.mark.parametrize("first", CHUNKS)
def test_same_answer(first: int) -> None:
    for seed in range(first, min(first + CHUNK, HISTORIES)):
        events, rulebook = random_history(seed), rulebook_of(seed)
        engine = Engine(events, rulebook)
        for as_of in (None, *some_days(events, rulebook, random.Random(seed))):
            if any(differences(engine.answer(as_of), answer(events, rulebook, as_of))):
                pytest.fail(told(events, rulebook, as_of, f"seed {seed}, as of {as_of}, rulebook {rulebook['name']}"))


@pytest.mark.parametrize("first", CHUNKS)
def test_same_answer_for_some_partners_without_explanation(first: int) -> None:
    for seed in range(first, min(first + CHUNK, HISTORIES), 5):
        events, rulebook = random_history(seed), rulebook_of(seed)
        chosen = ["p1", "p0", "nobody"][: 1 + seed // 5 % 3]
        assert compare(events, rulebook, None, explain=False, partners=chosen) == [], f"seed {seed}"


@settings(max_examples=HISTORIES // 4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(histories())
def test_same_answer_for_histories_that_shrink(events: list[Json]) -> None:
    assert compare(events, default_rulebook()) == []


@pytest.mark.clause("T3.1.2a", "T3.1.3a")
def test_same_answer_where_trailing_windows_differ_in_length() -> None:
    # Asked for Gold over 3 months, then, accepted anew, for Silver over 24: sales long out of the one are in the other.
    rulebook = default_rulebook()
    for status, months in zip(rulebook["statuses"][1:], (24, 3), strict=True):
        status["reach"]["sales_months"] = months
    ended = [event("2024-06-01", "partner.terminated"), event("2024-06-02", "partner.accepted")]
    events = [*silver("2024-01-03"), *shown_for_gold("2024-02-02"), *ended]
    for as_of in (None, date(2024, 6, 5)):
        assert compare(events, rulebook, as_of) == []


def test_same_answer_for_an_empty_history() -> None:
    for as_of in (None, date(2026, 1, 1)):
        assert compare([], default_rulebook(), as_of) == []


@pytest.mark.parametrize("first", CHUNKS)
def test_the_order_of_lines_does_not_matter(first: int) -> None:
    for seed in range(first, min(first + CHUNK, HISTORIES), 5):
        events, rulebook = random_history(seed), rulebook_of(seed)
        other = shuffled(events, random.Random(seed + 1))
        assert list(differences(engine_answer(other, rulebook), engine_answer(events, rulebook))) == [], f"seed {seed}"


@pytest.mark.clause("T4.2", "T3.4a")
@pytest.mark.parametrize("first", CHUNKS)
def test_a_replay_to_a_day_is_the_replay_of_the_history_cut_there(first: int) -> None:
    for seed in range(first, min(first + CHUNK, HISTORIES), 5):
        events, rulebook = random_history(seed), rulebook_of(seed)
        engine = Engine(events, rulebook)
        for day in some_days(events, rulebook, random.Random(seed + 2)):
            whole, part = engine.answer(day), engine_answer(until(events, day, rulebook), rulebook, day)
            assert list(differences(whole, part)) == [], f"seed {seed}, day {day}"


@pytest.mark.parametrize("first", CHUNKS)
def test_a_later_event_changes_no_earlier_transition(first: int) -> None:
    for seed in range(first, min(first + CHUNK, HISTORIES), 5):
        events, rulebook = random_history(seed), rulebook_of(seed)
        days = sorted(set(days_of(events, rulebook)))
        if len(days) < 2:
            continue
        day = random.Random(seed + 3).choice(days[:-1])
        before = transitions(engine_answer(until(events, day, rulebook), rulebook, day))
        after = transitions(engine_answer(events, rulebook))
        for partner, listed in before.items():
            assert after[partner][: len(listed)] == listed, f"seed {seed}, day {day}, {partner}"


@pytest.mark.parametrize("first", CHUNKS)
def test_partners_that_share_no_client_do_not_matter(first: int) -> None:
    for seed in range(first, min(first + CHUNK, HISTORIES), 5):
        events, rulebook = random_history(seed), rulebook_of(seed)
        last = days_of(events, rulebook)[-1]
        partner = random.Random(seed + 4).choice(sorted({event["partner"] for event in events}))
        alone = [event for event in events if event["partner"] in linked(events, partner)]
        (whole,) = engine_answer(events, rulebook, last, partners=[partner])["partners"]
        (part,) = engine_answer(alone, rulebook, last, partners=[partner])["partners"]
        del whole["points"]["rank"], part["points"]["rank"]
        assert list(differences(whole, part)) == [], f"seed {seed}, {partner}"


def until(events: list[Json], day: date, rulebook: Json) -> list[Json]:
    """The events up to the end of the day, in the same order of lines."""
    places = {id(event.fields) for event in in_order(events, ZoneInfo(rulebook["time_zone"]), day)}
    return [event for event in events if id(event) in places]


def transitions(answered: Json) -> dict[str, list[Json]]:
    """Each partner's transitions."""
    return {partner["partner"]: partner["transitions"] for partner in answered["partners"]}


def linked(events: list[Json], partner: str) -> set[str]:
    """The partner and all that sold to a client of its own: purchases of a client hang together."""
    own = {event["client"] for event in events if event["type"] == "sale.paid" and event["partner"] == partner}
    sold = (event for event in events if event["type"] == "sale.paid" and event["client"] in own)
    return {partner, *(event["partner"] for event in sold)}
