"""What is done every night, and after decisions of other rooms."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from honeyguide.accounts.actor import NIGHTLY_RUN, PROGRAM_RULES, Actor
from honeyguide.bonuses import services
from honeyguide.common.clock import program_day, start_of_day
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.history.queries import program_events


def settle_bonuses(now: datetime) -> dict[str, Any]:
    """The daily job: kickstart bonuses that are due, and reminders of what is about to expire."""
    day, actor = program_day(now), Actor.system(NIGHTLY_RUN)
    granted = services.grant_kickstarts(partners=lately_accepted(now), actor=actor, now=now)
    return {"granted": len(granted), "reminders": services.remind(day=day, actor=actor, now=now)}


def lately_accepted(now: datetime) -> set[str]:
    """Partners whose acceptance is so short ago that a kickstart bonus can still be valid."""
    bonuses = current_rulebook().bonuses
    if bonuses is None or bonuses.kickstart is None:
        return set()
    first = start_of_day(program_day(now) - timedelta(days=bonuses.kickstart.valid_days))
    accepted = program_events().filter(type="partner.accepted", at__gte=first)
    return set(accepted.order_by().values_list("partner", flat=True).distinct())


def look_at(partners: Collection[str], now: datetime) -> None:
    """After a decision that may have completed what the kickstart bonus asks for: give it at once (T9a)."""
    services.grant_kickstarts(partners=partners, actor=Actor.system(PROGRAM_RULES), now=now)
