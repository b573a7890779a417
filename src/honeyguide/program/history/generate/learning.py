"""What partners learn and show: courses, their own accounts, evidence."""

from dataclasses import dataclass

import numpy as np

from honeyguide.program.history.events import REQUIREMENTS
from honeyguide.program.history.generate.calendar import DAY_S, Calendar, Floats, Ints, Mask, later
from honeyguide.program.history.generate.log import ABSENT, COURSES, USERS, Log
from honeyguide.program.history.generate.population import FIRST_DEADLINE_DAYS, Population

SILVER_EVIDENCE = ("website_endorsement", "social_endorsement", "phone_support", "email_support")
GOLD_EVIDENCE = ("webinar", "case_study", "marketing_plan")
LATE_DAYS = FIRST_DEADLINE_DAYS + 1


@dataclass(frozen=True, slots=True)
class _Members:
    """Members by columns, each in its latest membership."""

    partner: Ints
    joined: Ints
    zeal: Floats
    ambition: Ints
    """How far a partner wants to come: 0 stay, 1 the second status, 2 the third."""
    kept: Mask
    """Met the deadline, the first time or on coming back."""


def tell_learning(rng: np.random.Generator, calendar: Calendar, population: Population, log: Log) -> None:
    """Courses, accounts and evidence of all partners."""
    partner, joined, _ = population.last_membership()
    zeal = population.zeal[partner]
    ambition = _ambition(rng, zeal, population.revenue[partner])
    kept = ~population.dropout[partner] | (population.returned[partner] != ABSENT)
    members = _Members(partner, joined, zeal, ambition, kept)
    _courses(rng, members, log)
    _accounts(rng, members, log)
    for name in SILVER_EVIDENCE:
        shown = rng.random(len(partner)) < np.where(ambition >= 1, 0.97, 0.3)
        _evidence(rng, log, name, partner[shown], later(rng, joined[shown], 8, 260))
    for name in GOLD_EVIDENCE:
        shown = rng.random(len(partner)) < np.where(ambition >= 2, 0.96, 0.1)
        _evidence(rng, log, name, partner[shown], later(rng, joined[shown], 60, 500))
    _business_reviews(rng, calendar, partner[ambition >= 2], joined[ambition >= 2], log)


def _ambition(rng: np.random.Generator, zeal: Floats, revenue: Floats) -> Ints:
    """Keen and large partners want more."""
    push = zeal + 0.22 * np.log10(revenue / 3000) + rng.normal(0, 0.12, len(zeal))
    return (push > 0.4).astype(np.int64) + (push > 0.62)


def _courses(rng: np.random.Generator, members: _Members, log: Log) -> None:
    partner, joined, kept = members.partner, members.joined, members.kept
    learns = kept | (rng.random(len(partner)) < 0.3)
    tutorial = later(rng, joined, 1, 80)
    tutorial = np.where(kept, tutorial, later(rng, joined, LATE_DAYS, 300))  # too late for the first deadline
    _complete(rng, log, "tutorial", partner[learns], tutorial[learns])
    for course, chance, least, most in (
        ("sales", np.where(members.ambition >= 1, 0.97, 0.3), 15, 250),
        ("marketing", np.where(members.ambition >= 2, 0.96, 0.08), 60, 480),
        ("administration", 0.1 + 0.3 * members.zeal, 30, 700),
        ("implementation", 0.1 + 0.25 * members.zeal, 30, 900),
        ("support", 0.05 + 0.2 * members.zeal, 30, 900),
    ):
        done = kept & (rng.random(len(partner)) < chance)
        _complete(rng, log, course, partner[done], later(rng, joined[done], least, most))
    colleagues = np.repeat(np.flatnonzero(kept), rng.poisson(0.9 * members.zeal[kept]))
    at = later(rng, tutorial[colleagues], 5, 800)
    which, user = rng.integers(0, 3, len(at)), rng.integers(0, len(USERS), len(at))
    log.add("course.completed", at, partner[colleagues], course=which, user=user)


def _complete(rng: np.random.Generator, log: Log, course: str, partner: Ints, at: Ints) -> None:
    user = np.where(rng.random(len(at)) < 0.8, rng.integers(0, len(USERS), len(at)), ABSENT)
    log.add("course.completed", at, partner, course=np.full(len(at), COURSES.index(course)), user=user)


def _accounts(rng: np.random.Generator, members: _Members, log: Log) -> None:
    """Nearly all claim their cloud account before the first deadline; some later an on-premise key."""
    in_time = members.kept | (rng.random(len(members.partner)) < 0.5)
    _claim(log, 0, members.partner[in_time], later(rng, members.joined[in_time], 1, 75))
    key = members.kept & (rng.random(len(members.partner)) < np.where(members.ambition >= 1, 0.5, 0.05))
    _claim(log, 1, members.partner[key], later(rng, members.joined[key], 120, 700))


def _claim(log: Log, product: int, partner: Ints, at: Ints) -> None:
    log.add("nfr.claimed", at, partner, product=np.full(len(at), product), account=partner)


def _evidence(rng: np.random.Generator, log: Log, name: str, partner: Ints, at: Ints) -> None:
    """Approved; a few withdrawn some day, most of those approved again."""
    requirement = np.full(len(at), REQUIREMENTS.index(name))
    log.add("evidence.approved", at, partner, requirement=requirement)
    lost = np.flatnonzero(rng.random(len(at)) < 0.04)
    withdrawn = later(rng, at[lost], 40, 600)
    log.add("evidence.withdrawn", withdrawn, partner[lost], requirement=requirement[lost])
    again: Mask = rng.random(len(lost)) < 0.6
    approved = later(rng, withdrawn[again], 7, 120)
    log.add("evidence.approved", approved, partner[lost[again]], requirement=requirement[lost[again]])


def _business_reviews(rng: np.random.Generator, calendar: Calendar, partner: Ints, joined: Ints, log: Log) -> None:
    """Large and keen partners meet their manager once a quarter, most of the time."""
    quarter_s = 91 * DAY_S
    for quarter in range(1, calendar.days // 91 + 1):
        met = rng.random(len(partner)) < 0.7
        at = later(rng, joined[met] + quarter * quarter_s, 0, 60)
        log.add("evidence.approved", at, partner[met], requirement=np.full(len(at), REQUIREMENTS.index("qbr")))
