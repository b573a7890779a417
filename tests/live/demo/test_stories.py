"""The companies that a visitor meets by name are what the story says, whatever day it is."""

from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from honeyguide.demo.days import months_before, years_before
from honeyguide.demo.stories import APIARIO, COMB, KLEVER, NECTAR, POLLEN, POLLEN_SYSTEMS, stories
from honeyguide.program.engine import replay
from honeyguide.program.history import History, history_from_lines, lines_from_events
from honeyguide.program.outlook import outlook
from honeyguide.program.rulebook import load_rulebook

TODAYS = [
    date(2026, 11, 22),
    date(2027, 2, 28),
    date(2027, 3, 31),
    date(2027, 12, 31),
    date(2028, 1, 20),  # the review would be on 29 February
    date(2028, 2, 29),
    date(2028, 3, 1),
    date(2028, 8, 31),
    date(2029, 1, 19),
    date(2030, 1, 1),
]
on_each_day = pytest.mark.parametrize("today", TODAYS, ids=str)


@cache
def told(today: date) -> History:
    return history_from_lines(lines_from_events([event for story in stories(today) for event in story.events]))


@cache
def answers(today: date) -> dict[str, Any]:
    found = replay(told(today), load_rulebook(), as_of=today).to_dict(explain=True)
    assert not found.get("warnings")
    return {answer["partner"]: answer for answer in found["partners"]}


@cache
def keeping(today: date) -> dict[str, Any]:
    found = outlook(told(today), load_rulebook(), as_of=today).to_dict()
    return {partner["partner"]: partner["keep"] for partner in found["partners"]}


def row(keep: dict[str, Any], requirement: str) -> dict[str, Any]:
    return next(row for row in keep["requirements"] if row["requirement"] == requirement)


@on_each_day
def test_nectar_is_gold_with_seats_that_mature_before_the_review(today: date) -> None:
    nectar, keep = answers(today)[NECTAR], keeping(today)[NECTAR]
    assert (nectar["state"], nectar["status"]) == ("active", "gold")
    assert keep["days_left"] == (39 if (today + timedelta(days=40)).strftime("%m-%d") == "02-29" else 40)
    assert row(keep, "sales")["met"]
    assert row(keep, "seats")["missing"] == 120
    coming = [client for client in keep["maturing"] if client["matures_on"] > today.isoformat()]
    assert (len(coming), sum(client["seats"] for client in coming)) == (3, 150)
    assert keep["verdict"] == "on_pace"
    assert nectar["points"]["held"] > 0


@on_each_day
def test_comb_has_the_tutorial_and_lacks_the_account(today: date) -> None:
    comb, keep = answers(today)[COMB], keeping(today)[COMB]
    assert (comb["status"], comb["since"]) == ("bronze", (today - timedelta(days=61)).isoformat())
    assert (keep["verdict"], keep["days_left"]) == ("at_risk", 29)
    assert [row["requirement"] for row in keep["requirements"] if not row["met"]] == ["nfr_cloud"]


@on_each_day
def test_klever_lost_gold_and_is_on_the_way_back(today: date) -> None:
    klever = answers(today)[KLEVER]
    lost = klever["transitions"][-1]
    assert (klever["status"], lost["cause"], lost["from"]) == ("silver", "downgraded", "gold")
    assert lost["on"] > years_before(today, 1).isoformat()
    assert keeping(today)[KLEVER]["verdict"] == "met"


@on_each_day
def test_apiario_has_a_reduced_discount(today: date) -> None:
    apiario = answers(today)[APIARIO]
    assert (apiario["status"], apiario["discount_percent"]) == ("silver", 30)
    assert keeping(today)[APIARIO]["verdict"] == "at_risk"


@on_each_day
def test_pollen_applies_and_its_likeness_was_terminated(today: date) -> None:
    assert answers(today)[POLLEN]["state"] == "applicant"
    assert answers(today)[POLLEN_SYSTEMS]["state"] == "terminated"


@on_each_day
def test_nothing_is_told_of_today_or_later(today: date) -> None:
    assert max(event["at"].date() for story in stories(today) for event in story.events) < today


def test_months_are_reckoned_back_to_the_last_day_of_a_shorter_one() -> None:
    assert months_before(date(2028, 8, 31), 6) == date(2028, 2, 29)
    assert years_before(date(2028, 2, 29), 1) == date(2027, 2, 28)
    assert months_before(date(2027, 1, 15), 1) == date(2026, 12, 15)
