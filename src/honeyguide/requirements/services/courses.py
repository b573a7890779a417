"""Completed courses, as the operator records them: one by hand, or a table, all of it or nothing."""

import difflib
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day, start_of_day
from honeyguide.common.errors import Invalid, NotFound
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.history.models import Event
from honeyguide.history.services import note
from honeyguide.partners.deciding import check_decider
from honeyguide.partners.models import Partner
from honeyguide.standing.services import tell

COURSE_MAX_CHARS = 200
USER_MAX_CHARS = 200


@dataclass(frozen=True, slots=True)
class Completion:
    """Somebody of a partner has completed a course. `user`: a name or e-mail, or ""."""

    partner: str
    course: str
    day: date
    user: str = ""

    @property
    def event_id(self) -> str:
        """The same completion is the same event, however often it is told."""
        told = "\n".join((self.partner, self.course, self.user.casefold(), self.day.isoformat()))
        return f"course-{hashlib.sha256(told.encode()).hexdigest()[:32]}"


def known_courses() -> list[str]:
    """The courses that the rulebook asks for."""
    return [found.course for found in current_rulebook().requirements.values() if found.course is not None]


def remark_on(course: str) -> str:
    """What to say of a course that counts for nothing: one that the rulebook does not ask for; "" for one it does."""
    known = known_courses()
    if not course or course in known:
        return ""
    near = difflib.get_close_matches(course, known, n=1)
    if near:
        return _("Not a course of the rulebook: it counts for no status. Did you mean %(name)s?") % {"name": near[0]}
    return _("Not a course of the rulebook: it counts for no status.")


def problems_of(completion: Completion, today: date, partners: Iterable[str]) -> dict[str, str]:
    """What is wrong with a completion, by field; `partners`: the keys that there are."""
    problems = {}
    if completion.partner not in partners:
        problems["partner"] = _("There is no such partner.")
    if not completion.course or len(completion.course) > COURSE_MAX_CHARS:
        problems["course"] = _("Expected the name of a course.")
    if len(completion.user) > USER_MAX_CHARS:
        problems["user"] = _("Expected a name or an e-mail of at most %(high)s characters.") % {"high": USER_MAX_CHARS}
    if completion.day > today:
        problems["day"] = _("Expected a day that has been.")
    return problems


def record_course(*, completion: Completion, actor: Actor, now: datetime) -> bool:
    """Record one completed course (T3.1.1a, T3.1.2a, T3.1.3a). Gives whether it was new. Raises Invalid, Forbidden."""
    return record_courses(completions=[completion], actor=actor, now=now) == 1


def record_courses(*, completions: Iterable[Completion], actor: Actor, now: datetime, imported_from: str = "") -> int:
    """Record completed courses, all or none; those that are known are passed over. Gives how many were new.

    The standing of everybody concerned follows at once. `imported_from`: the name of the table they came in. Raises
    Invalid (with fields for a single one), Forbidden.
    """
    check_decider(actor)
    wanted = {completion.event_id: completion for completion in completions}
    today = program_day(now)
    with transaction.atomic():
        keys = {completion.partner for completion in wanted.values()}
        partners = set(Partner.objects.filter(key__in=keys).values_list("key", flat=True))
        for completion in wanted.values():
            if problems := problems_of(completion, today, partners):
                raise Invalid(" ".join(problems.values()), fields=problems)
        known = set(Event.objects.filter(uid__in=list(wanted)).values_list("uid", flat=True))
        fresh = [
            {
                "type": "course.completed",
                "id": uid,
                "at": now if completion.day == today else start_of_day(completion.day),
                "partner": completion.partner,
                "course": completion.course,
                "user": completion.user,
            }
            for uid, completion in wanted.items()
            if uid not in known
        ]
        if fresh:
            tell(fresh, actor=actor, now=now)
        if imported_from:
            about = {"table": imported_from, "rows": len(wanted), "new": len(fresh)}
            note("courses.imported", actor=actor, now=now, about=about)
    return len(fresh)


def partner_named(text: str) -> Partner:
    """A partner by its key or its exact name. Raises NotFound when there is none, or several."""
    found = list(Partner.objects.filter(key=text)) or list(Partner.objects.filter(name__iexact=text)[:2])
    if len(found) != 1:
        raise NotFound(_("There is no partner “%(name)s”.") % {"name": text})
    return found[0]
