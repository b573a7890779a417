"""What explanations find in a partner's own events is what the engine decided, over random histories."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from honeyguide.common.rulebooks import current_rulebook
from honeyguide.partners.models import Partner
from honeyguide.program.history import history_from_lines, lines_from_events
from honeyguide.standing.curve import sales_in
from honeyguide.standing.engine import Assessment, assess_history
from honeyguide.standing.explain import discount_decision
from honeyguide.standing.happenings import Happening, facts_of, sales_of
from honeyguide.standing.services import standing_of
from honeyguide.standing.story import FACT, Story
from tests.reference.histories import random_history

SEEDS = range(60)

pytestmark = pytest.mark.django_db


def lines_and_day(seed: int) -> tuple[list[str], date]:
    """A random history, and a day somewhere in it or after it."""
    lines = lines_from_events(random_history(seed))
    days = sorted(day_of(json.loads(line)) for line in lines)
    span = (days[-1] - days[0]).days
    return lines, days[0] + timedelta(days=Random(seed).randint(0, span + 100))


def day_of(event: dict[str, Any]) -> date:
    """The program day: the default rulebook's zone is UTC, in which lines are written."""
    return datetime.fromisoformat(event["at"]).date()


def happenings(lines: list[str], partner: str, day: date) -> list[Happening]:
    """One partner's events up to a day, as the database would give them."""
    known: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(lines):
        event = json.loads(line)
        known.setdefault(event.get("id") or f"line-{number}", event)
    own = [event for event in known.values() if event["partner"] == partner and day_of(event) <= day]
    own.sort(key=lambda event: datetime.fromisoformat(event["at"]))
    return [Happening(day_of(event), event["type"], event) for event in own]


def stories(seed: int) -> list[tuple[Story, list[Happening], Assessment]]:
    """Each partner of a random history on a day, with its own events."""
    lines, day = lines_and_day(seed)
    found = assess_history(history_from_lines(lines), day)
    rulebook = current_rulebook()
    return [
        (Story(standing_of(Partner(key=key), one, day), rulebook), happenings(lines, key, day), one)
        for key, one in found.items()
    ]


@pytest.mark.clause("T3.1.1b", "T3.1.2c", "T3.1.3c", "T3.6", "T14")
@pytest.mark.parametrize("seed", SEEDS)
def test_the_rule_named_for_a_discount_gives_the_discount(seed: int) -> None:
    for story, own, found in stories(seed):
        decision = discount_decision(story.standing, own, story.rulebook)
        assert decision.percent == Decimal(str(found.answer["discount_percent"]))


@pytest.mark.clause("T3.1.2a", "T3.1.2b", "T3.1.3a", "T3.1.3b", "T3.2")
@pytest.mark.parametrize("seed", SEEDS)
def test_the_sales_listed_for_a_requirement_come_to_its_figure(seed: int) -> None:
    for story, own, _found in stories(seed):
        cancelled = [step.on for step in story.steps if step.cause == "cancelled"]
        sales = sales_of(own, cancelled, story.rulebook)
        for goal in (story.keep, story.reach):
            for row in goal.rows if goal else ():
                if row.name == "sales":
                    assert sum((sale.counts for sale in sales_in(sales, row)), Decimal(0)) == row.actual


@pytest.mark.clause("T3.1.1a", "T3.1.2a", "T3.1.3a")
@pytest.mark.parametrize("seed", SEEDS)
def test_the_facts_found_are_those_that_are_met(seed: int) -> None:
    for story, own, _found in stories(seed):
        facts = facts_of(own, story.rulebook)
        for goal in (story.keep, story.reach):
            for row in goal.rows if goal else ():
                if row.kind == FACT:
                    assert (row.name in facts) == row.met


@pytest.mark.clause("T3.3")
@pytest.mark.parametrize("seed", SEEDS)
def test_the_seats_listed_come_to_the_seats_counted_and_to_come(seed: int) -> None:
    for story, _own, _found in stories(seed):
        for goal in (story.keep, story.reach):
            if goal is None or goal.seats_counted is None or goal.seats_expected is None:
                continue
            assert sum(lot.seats for lot in goal.lots if lot.renew_by is None) == goal.seats_expected
            assert sum(lot.seats for lot in goal.maturing) == goal.seats_maturing
            assert sum(lot.seats for lot in goal.lapsing) == goal.seats_lapsing
