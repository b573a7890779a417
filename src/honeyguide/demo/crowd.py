"""The crowd: some 150 companies that behave like real ones, made up anew for each day by the history's generator."""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from honeyguide.demo.days import years_before
from honeyguide.partners.models import Kind
from honeyguide.program.history.generate import Plan, generate
from honeyguide.program.history.generate.names import HEADS, MIDDLES, TAILS

YEARS = 3
APPLICANTS_KEPT_DAYS = 25
"""Older applications were declined: such companies are not in the program's list any more."""
REPEAT_DEAL_DAYS = 30
DECIDED_AFTER_DAYS = 45
"""Repeat deals older than this were all decided; younger ones may still wait (G1.4)."""
KINDS = {
    "CRM or software integrator": Kind.INTEGRATOR,
    "business or IT consultant": Kind.CONSULTANT,
    "sales specialist": Kind.SALES,
    "IT professional": Kind.DEVELOPER,
}

type Events = list[dict[str, Any]]


def crowd(today: date, partners: int, seed: int) -> Events:
    """Events of so many companies over three years up to yesterday, in order of time."""
    plan = Plan(partners, years_before(today, YEARS), today, seed)
    frame = pl.concat(generate(plan))
    events = [{name: value for name, value in row.items() if value is not None} for row in frame.iter_rows(named=True)]
    declined = _declined(events, today)
    kept = [_named(event) for event in events if event["partner"] not in declined]
    return _with_decisions(kept, today)


def _declined(events: Events, today: date) -> set[str]:
    """Companies that applied long ago and were never accepted."""
    accepted = {event["partner"] for event in events if event["type"] == "partner.accepted"}
    oldest = today - timedelta(days=APPLICANTS_KEPT_DAYS)
    return {
        event["partner"]
        for event in events
        if event["type"] == "partner.applied" and event["partner"] not in accepted and event["at"].date() < oldest
    }


def _named(event: dict[str, Any]) -> dict[str, Any]:
    """The event with a client's account for its number, and the business kind in the house's words."""
    if "client" in event:
        event["client"] = account(int(event["client"].removeprefix("C-")))
    if "kind" in event:
        event["kind"] = str(KINDS.get(event["kind"], event["kind"]))
    return event


def account(number: int) -> str:
    """The address of a client's cloud account; another one for each number."""
    choices = len(HEADS) * len(MIDDLES) * len(TAILS)
    rest = number * 7919 % choices  # a prime that shares no factor: neighbours look nothing alike
    rest, head = divmod(rest, len(HEADS))
    tail, middle = divmod(rest, len(MIDDLES))
    brand = HEADS[head][0] + MIDDLES[middle][0] + TAILS[tail][0]
    return f"{brand}-{number}.meadow.example"


def _with_decisions(events: Events, today: date) -> Events:
    """The events, with a decision on each older repeat deal that still had none."""
    last: dict[tuple[str, str], date] = {}
    waiting: dict[str, dict[str, Any]] = {}
    for event in events:
        if event["type"] == "sale.paid":
            pair, day = (event["partner"], event["client"]), event["at"].date()
            if pair in last and (day - last[pair]).days < REPEAT_DEAL_DAYS:
                waiting[event["sale"]] = event
            last[pair] = day
        elif event["type"] == "points.decided":
            waiting.pop(event["sale"], None)
    decided = [
        {
            "at": _working_days_later(sale["at"]),
            "type": "points.decided",
            "partner": sale["partner"],
            "sale": sale["sale"],
            "decision": "accept",
        }
        for sale in waiting.values()
        if (today - sale["at"].date()).days > DECIDED_AFTER_DAYS
    ]
    return sorted([*events, *decided], key=lambda event: event["at"])


def _working_days_later(at: datetime) -> datetime:
    return at + timedelta(days=3, hours=1)
