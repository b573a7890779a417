"""Telling all partners of a version that was published, or revoked before its day (T2.1.2)."""

from collections.abc import Mapping
from datetime import datetime
from itertools import batched
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.notices.services import BATCH_PARTNERS, send_to_many
from honeyguide.partners.models import Partner
from honeyguide.program.rulebook import Rulebook
from honeyguide.rulebooks.queries import listed_version
from honeyguide.rulebooks.words import changes
from honeyguide.standing.models import State

GONE = (State.CANCELLED, State.TERMINATED)
LINES_MOST = 40
"""Changes that a notice names; the page of the version has all."""


def tell_of_version(version: str, *, uid: str, actor: Actor, now: datetime) -> int:
    """Tell every partner what will be different, and from when. Done twice, it is told once. Gives how many."""
    found = listed_version(version, program_day(now))
    context = _context(found.before, found.rulebook)
    return _tell("rules_announced", first_batch(uid, "told"), context, version=version, actor=actor, now=now)


def tell_of_revocation(version: str, reason: str, *, uid: str, actor: Actor, now: datetime) -> int:
    """Tell every partner that what was announced will not come."""
    found = listed_version(version, program_day(now))
    context = {"version": version, "day": found.rulebook.effective_from, "reason": reason}
    return _tell("rules_revoked", first_batch(uid, "back"), context, version=version, actor=actor, now=now)


def told_partners() -> QuerySet[Partner]:
    """Who is told of the rules: everybody who takes part or has applied."""
    return Partner.objects.exclude(standing__state__in=GONE).order_by("pk")


def first_batch(uid: str, what: str) -> str:
    """The id of the first batch of notices of a version: where it is, they were sent."""
    return f"{uid}-{what}"


def _tell(kind: str, batch: str, context: Mapping[str, Any], *, version: str, actor: Actor, now: datetime) -> int:
    link = reverse("portal:rules_version", args=[version])
    count = 0
    for place, some in enumerate(batched(told_partners().iterator(), BATCH_PARTNERS)):
        send_to_many(
            batch=batch if place == 0 else f"{batch}{place}",
            partners=some,
            kind=kind,
            context=context,
            actor=actor,
            now=now,
            link=link,
        )
        count += len(some)
    return count


def _context(before: Rulebook | None, after: Rulebook) -> dict[str, Any]:
    context: dict[str, Any] = {
        "version": after.version,
        "day": after.effective_from,
    }
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            lines = [change.sentence for change in changes(before, after)] if before is not None else []
        context[f"changes_{code}"], context["more"] = lines[:LINES_MOST], max(0, len(lines) - LINES_MOST)
    return context
