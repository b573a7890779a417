"""What holds, for pages and programs: today from what is stored, any other day from the engine."""

import pickle
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.cache import cache
from django.db import connection

from honeyguide.common.rulebooks import current_rulebook
from honeyguide.common.same import Same
from honeyguide.history.queries import events_around, last_seq, mark_of
from honeyguide.partners.models import Partner
from honeyguide.program.rulebook.versions import Versions
from honeyguide.rulebooks.queries import all_versions
from honeyguide.standing.engine import Assessment, assess, assess_history, whole_history
from honeyguide.standing.models import Standing, State
from honeyguide.standing.services import standing_of

RANKS_KEPT_S = 60 * 60


def standing_on(partner: Partner, day: date) -> Standing | None:
    """The partner's standing at the end of a day, None before it was known.

    What is stored is used when it was assessed for that very day; otherwise the engine answers, so that a page is right
    even if the nightly run has not been.
    """
    stored = Standing.objects.filter(partner=partner, assessed_on=day).first()
    if stored is not None and (stored.rulebook_name, stored.rulebook_version) == _rulebook():
        return stored
    found = assess([partner.key], day).get(partner.key) if connection.in_atomic_block else _kept(partner.key, day)
    return None if found is None else standing_of(partner, found, day)


def _kept(partner: str, day: date) -> Assessment | None:
    """The engine's answer, kept as long as nothing new concerns the partner: whoever looks at a day looks again.

    Not in a transaction: what it reads may never have happened.
    """
    kept = _assessed(partner, day, mark_of(events_around([partner])), Same(all_versions()))
    found: Assessment | None = pickle.loads(kept)  # noqa: S301 - its own
    return found


@lru_cache(256)
def _assessed(partner: str, day: date, _mark: str, _versions: Same[Versions]) -> bytes:
    """Pickled, so that each reader has its own. `_mark`: of the events that it depends on."""
    found = assess([partner], day).get(partner)
    return pickle.dumps(None if found is None else Assessment(found.answer, found.outlook))


def rank_today(standing: Standing) -> int | None:
    """The place among all active partners by active points (reading 17); None for others."""
    if standing.state != State.ACTIVE:
        return None
    return 1 + Standing.objects.filter(state=State.ACTIVE, points_active__gt=standing.points_active).count()


def rank_on(partner: Partner, day: date) -> int | None:
    """The rank at the end of any day. It needs everybody's points: the whole history is replayed, once for each day."""
    name = f"ranks:{day.isoformat()}:{last_seq()}:{':'.join(_rulebook())}"
    ranks: dict[str, Any] | None = cache.get(name)
    if ranks is None:
        answers = assess_history(whole_history(), day)
        ranks = {key: found.answer["points"]["rank"] for key, found in answers.items()}
        cache.set(name, ranks, RANKS_KEPT_S)
    return ranks.get(partner.key)


def _rulebook() -> tuple[str, str]:
    rulebook = current_rulebook()
    return rulebook.name, rulebook.version
