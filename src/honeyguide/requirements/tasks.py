"""What is done every night."""

from datetime import date, datetime
from typing import Any

import structlog

from honeyguide.accounts.actor import NIGHTLY_RUN, Actor
from honeyguide.common import clock
from honeyguide.partners.models import Partner
from honeyguide.requirements.models import NfrState
from honeyguide.requirements.services import nfr

log = structlog.get_logger(__name__)


def settle_nfr(now: datetime) -> dict[str, Any]:
    """The daily job."""
    return {"licences_changed": close_ended_nfr(clock.program_day(now), now)}


def close_ended_nfr(day: date, now: datetime | None = None) -> int:
    """Settle all licences not for resale as they are on a program day: extended, over, or soon over (T8.1, T8.2).

    Each partner in a transaction of its own; running it again changes nothing. Gives how many licences changed.
    """
    at = now or clock.read()
    actor = Actor.system(NIGHTLY_RUN)
    partners = Partner.objects.filter(nfr_claims__state=NfrState.GRANTED).distinct().order_by("key")
    changed = sum(len(nfr.settle(partner=partner, day=day, actor=actor, now=at)) for partner in partners)
    log.info("nfr_settled", day=day.isoformat(), changed=changed)
    return changed
