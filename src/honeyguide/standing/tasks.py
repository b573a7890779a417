"""What is done for everybody once a day."""

from datetime import datetime
from typing import Any

from django.tasks import task

from honeyguide.accounts.actor import NIGHTLY_RUN, Actor
from honeyguide.common import clock
from honeyguide.ledger.models import Unit
from honeyguide.ledger.services import expire_due
from honeyguide.standing.flows import sum_up_all
from honeyguide.standing.services import reassess_all


@task
def reassess_nightly() -> dict[str, Any]:
    """Every partner's standing on today's program day; for who wants it now. Running it again changes nothing."""
    return reassess_today(clock.read())


def expire_today(now: datetime) -> dict[str, Any]:
    """Post what has expired by today's program day, in every unit of the ledger. Gives how many lots, by unit."""
    day, actor = clock.program_day(now), Actor.system(NIGHTLY_RUN)
    units = Unit.objects.order_by("name").values_list("name", flat=True)
    done = {unit: expire_due(unit=unit, day=day, now=now, actor=actor) for unit in units}
    sum_up_all()
    return done


def reassess_today(now: datetime) -> dict[str, Any]:
    """The nightly job. Gives the day, how many partners have something new, and how many changes of status."""
    day = clock.program_day(now)
    changes = reassess_all(day=day, now=now, actor=Actor.system(NIGHTLY_RUN))
    return {
        "day": day.isoformat(),
        "changed": len(changes),
        "decisions": sum(len(change.transitions) for change in changes if change.before is not None),
    }
