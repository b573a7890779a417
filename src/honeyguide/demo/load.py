"""Filling an empty database with the demonstration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from honeyguide.accounts.actor import Actor, Via
from honeyguide.accounts.models import User
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Refusal
from honeyguide.demo import stories
from honeyguide.demo.bonuses import tell_of_points
from honeyguide.demo.crowd import crowd
from honeyguide.demo.draw import stream
from honeyguide.demo.logins import PASSWORD
from honeyguide.demo.notifying import mails_have_gone_out, tell_of_decisions
from honeyguide.demo.people import make_staff, make_teams
from honeyguide.demo.profiles import profile
from honeyguide.demo.queues import fill
from honeyguide.demo.rules import write_rules
from honeyguide.history.models import Event
from honeyguide.history.queries import loads
from honeyguide.history.services import check_fit, lines_of_events, note, write
from honeyguide.partners.models import Partner
from honeyguide.standing.services import reassess_all

PARTNERS = 150
SEED = 6
IMPORTER = "Import from the earlier portal"


@dataclass(frozen=True, slots=True)
class Loaded:
    """How much was made."""

    partners: int
    events: int


def is_empty() -> bool:
    """Whether nothing is in the database yet."""
    return not (User.objects.exists() or Partner.objects.exists() or Event.objects.exists())


def load(*, now: datetime, partners: int = PARTNERS, seed: int = SEED, password: str = PASSWORD) -> Loaded:
    """Make the program up to yesterday, with its people. Raises Refusal, changing nothing, if the database has any.

    The same day and seed make the same companies and events.
    """
    today = program_day(now)
    told = stories.stories(today)
    events = crowd(today, partners, seed) + [event for story in told for event in story.events]
    events.sort(key=lambda event: event["at"])
    actor = Actor.system(IMPORTER, Via.COMMAND)
    with transaction.atomic():
        if not is_empty():
            raise Refusal("The database has data already: the demonstration needs an empty one.")
        staff = make_staff(password, now)
        companies = _make_partners(events, staff)
        make_teams(companies, password, now)
        count = _write(events, actor=actor, now=now)
        note("history.imported", actor=actor, now=now, about={"events": count, "partners": len(companies)})
        tell_of_decisions(now)
        reassess_all(day=today, now=now, actor=actor, announce=False, noted=False)
        fill(now)
        write_rules(now)
        reassess_all(day=today, now=now, actor=actor, announce=False, noted=False)
        tell_of_points(now)
        mails_have_gone_out()
    return Loaded(partners=Partner.objects.count(), events=count)


def _write(events: Sequence[Mapping[str, Any]], *, actor: Actor, now: datetime) -> int:
    """Write events into an empty history, in one go; ids follow the order of time."""
    lines = lines_of_events([{"id": f"meadow-{place:06}", **event} for place, event in enumerate(events, start=1)])
    check_fit(lines)
    return len(write([loads(line) for line in lines], actor=actor, now=now))


def _make_partners(events: Sequence[Mapping[str, Any]], staff: Mapping[str, User]) -> list[Partner]:
    """A company for each that applied, with its profile; active ones are shared out among the managers."""
    accepted = {event["partner"] for event in events if event["type"] == "partner.accepted"}
    found: dict[str, Partner] = {}
    for event in events:
        if event["type"] != "partner.applied":
            continue
        key = event["partner"]
        about = profile(key, event["country"], event.get("kind", ""))
        found[key] = Partner(
            key=key,
            name=event["name"],
            country=event["country"],
            kind=event.get("kind", ""),
            email=about.email,
            phone=about.phone,
            website=about.website,
            postal_address=about.postal_address,
            description=about.description,
            services=about.services,
            manager=_manager(key, event["country"], staff) if key in accepted else None,
            added_at=event["at"].astimezone(UTC),
        )
    Partner.objects.bulk_create(found.values(), batch_size=500)
    return list(found.values())


def _manager(key: str, country: str, staff: Mapping[str, User]) -> User:
    """Maya looks after the companies with a story, Olga after those who speak Russian; the rest is shared."""
    if country in {"KZ", "UZ", "UA", "GE"} and key != stories.KLEVER:
        return staff["olga"]
    if key in {stories.NECTAR, stories.COMB, stories.KLEVER, stories.APIARIO}:
        return staff["manager"]
    return staff[stream(f"manager {key}").choice(("manager", "tom"))]
