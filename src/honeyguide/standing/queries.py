"""What holds, for pages and programs: today from what is stored, any other day from the engine."""

from datetime import date
from typing import Any

from django.core.cache import cache

from honeyguide.common.rulebooks import current_rulebook
from honeyguide.history.queries import last_seq
from honeyguide.partners.models import Partner
from honeyguide.standing.engine import assess, assess_history, whole_history
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
    found = assess([partner.key], day).get(partner.key)
    return None if found is None else standing_of(partner, found, day)


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
