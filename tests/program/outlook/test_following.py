"""The proof that an outlook is right: whoever follows its plan keeps the status, and who is lost cannot be saved."""

import random
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.cases import HISTORIES
from tests.program.outlook.followed import Seller, events_of_plan, short_terms
from tests.reference.histories import random_history
from tests.reference.ledger import in_order
from tests.reference.rulebooks import default_rulebook, random_rulebook

from honeyguide.program.engine import replay
from honeyguide.program.history import history_from_events
from honeyguide.program.outlook import outlook
from honeyguide.program.rulebook import Rulebook, check_rulebook, load_rulebook

Json = dict[str, Any]

CASES = HISTORIES // 2
CHUNK = 20
CHUNKS = range(0, CASES, CHUNK)


def rulebook_of(seed: int) -> Rulebook:
    """The default rulebook, or another; by the day of UTC, so that a day's end is easily written."""
    if seed % 2 == 0:
        return load_rulebook()
    return check_rulebook(random_rulebook(seed, default_rulebook()) | {"time_zone": "UTC"})


def world(seed: int) -> tuple[list[Json], date, Rulebook]:
    """A random history up to a day at which something may be due, with sales on short terms before it."""
    rng = random.Random(seed)
    events, rulebook = random_history(seed), rulebook_of(seed)
    days = [event.day for event in in_order(events, ZoneInfo("UTC"), None)]
    as_of = rng.choice(days) + timedelta(days=rng.choice((0, 0, 1, 30, 100, 150, 200, 300)))
    known = {id(event.fields) for event in in_order(events, ZoneInfo("UTC"), as_of)}
    events = [event for event in events if id(event) in known]
    return (events + short_terms(events, as_of, rng) if events else events), as_of, rulebook


def status_on(events: list[Json], rulebook: Rulebook, partner: str, day: date) -> int:
    """The place of the partner's status in the rulebook at the end of a day, -1 without one."""
    table = replay(history_from_events(events), rulebook, as_of=day, partners=[partner]).partners
    names = [status.name for status in rulebook.statuses]
    held = table["status"].item()
    return -1 if held is None else names.index(held)


def place(rulebook: Rulebook, name: str) -> int:
    return [status.name for status in rulebook.statuses].index(name)


@pytest.mark.clause("T3.1.1a", "T3.1.2b", "T3.1.3b", "T3.3", "T3.4a")
@pytest.mark.parametrize("first", CHUNKS)
def test_a_partner_that_follows_the_plan_keeps_its_status(first: int) -> None:
    for seed in range(first, min(first + CHUNK, CASES)):
        events, as_of, rulebook = world(seed)
        if not events:
            continue
        for one in outlook(history_from_events(events), rulebook, as_of=as_of).to_dict()["partners"]:
            keep = one["keep"]
            if keep["date"] is None or not keep["plan"]["possible"]:
                continue
            done = events_of_plan(one["partner"], keep, rulebook, last_day=seed % 4 < 2, as_of=as_of)
            day = date.fromisoformat(keep["date"]) + timedelta(days=keep["date_is"] == "deadline")
            held = status_on(events + done, rulebook, one["partner"], day)
            assert held >= place(rulebook, keep["status"]), (seed, as_of, one)


@pytest.mark.clause("T3.3", "T3.4a")
@pytest.mark.parametrize("first", CHUNKS)
def test_a_partner_that_is_at_risk_or_lost_does_not_keep_its_status_if_it_does_nothing(first: int) -> None:
    for seed in range(first, min(first + CHUNK, CASES)):
        events, as_of, rulebook = world(seed)
        if not events:
            continue
        for one in outlook(history_from_events(events), rulebook, as_of=as_of).to_dict()["partners"]:
            keep = one["keep"]
            if keep["date"] is None:
                continue
            day = date.fromisoformat(keep["date"]) + timedelta(days=keep["date_is"] == "deadline")
            idle = status_on(events, rulebook, one["partner"], day) >= place(rulebook, keep["status"])
            nothing_to_do = keep["plan"]["possible"] and not keep["plan"]["actions"]
            reached = one["reach"] is not None and one["reach"]["regaining"]
            assert idle == nothing_to_do or (idle and reached), (seed, as_of, one)


@pytest.mark.clause("T3.3", "T3.4a")
@pytest.mark.parametrize("first", CHUNKS)
def test_a_partner_that_is_lost_is_not_saved_by_all_that_it_could_do(first: int) -> None:
    for seed in range(first, min(first + CHUNK, CASES)):
        events, as_of, rulebook = world(seed)
        if not events:
            continue
        for one in outlook(history_from_events(events), rulebook, as_of=as_of).to_dict()["partners"]:
            keep = one["keep"]
            if keep["verdict"] != "lost" or one["reach"] is not None:
                continue
            seller = Seller(one["partner"], "module")
            if one["state"] == "suspended":
                seller.add(as_of, "partner.reinstated")
            seller.sell(as_of, "99999999", seats=10**7, product="cloud")
            for lapse in keep["lapsing"]:
                seller.sell(as_of, "1", client=lapse["client"], product="cloud", new_client=False)
            day = date.fromisoformat(keep["date"])
            held = status_on(events + seller.events, rulebook, one["partner"], day)
            assert held < place(rulebook, keep["status"]), (seed, as_of, one)


@pytest.mark.clause("T3.1.2a", "T3.1.3a", "T3.5")
@pytest.mark.parametrize("first", CHUNKS)
def test_a_partner_that_follows_the_plan_for_the_next_status_reaches_it_on_the_day_named(first: int) -> None:
    for seed in range(first, min(first + CHUNK, CASES)):
        events, as_of, rulebook = world(seed)
        if not events:
            continue
        for one in outlook(history_from_events(events), rulebook, as_of=as_of).to_dict()["partners"]:
            reach = one["reach"]
            if reach is None or reach["earliest_on"] is None or not reach["plan"]["possible"]:
                continue
            day = date.fromisoformat(reach["earliest_on"])
            due = one["keep"]["date"]
            if (due is not None and date.fromisoformat(due) <= day) or (day - as_of).days > 300:
                continue  # a review in between decides otherwise
            done = events_of_plan(one["partner"], reach, rulebook, last_day=seed % 4 < 2, as_of=as_of)
            held = status_on(events + done, rulebook, one["partner"], day)
            assert held >= place(rulebook, reach["status"]), (seed, as_of, one)
