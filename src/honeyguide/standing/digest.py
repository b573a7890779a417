"""What is due within thirty days, by mail, to whoever wants it: daily, or on Mondays."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from honeyguide.accounts.models import User
from honeyguide.common import clock
from honeyguide.common.local import money_text, whole_text
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.common.words import STATUSES, requirement_words, words_of
from honeyguide.notices.kinds import WRITTEN_KINDS
from honeyguide.notices.mail import compose
from honeyguide.notices.models import DigestRhythm, DigestSent, MailPreference, Notice
from honeyguide.notices.unsubscribing import DIGEST, Stop
from honeyguide.partners.models import Member, Partner
from honeyguide.standing.models import Standing, State
from honeyguide.standing.story import MONEY, Goal, Row, Story

WITHIN_DAYS = 30
MONDAY = 0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """One thing with a day: `title` says what, `lines` what is missing; `path` of the page where it is done."""

    on: date
    title: str | Promise
    lines: tuple[str, ...] = ()
    path: str = "/partner/"


class Result(Enum):
    """What became of one person's digest."""

    NOTHING, SENT, FAILED = range(3)


class MailsFailed(Exception):
    """Some digests could not be sent; a run that comes later that day sends them."""


type Source = Callable[[Partner, date, date], Sequence[Due]]
"""What is due for a partner from a day to a day, in the current language. Rooms above offer theirs to the job."""


def notices_digest(day: date, *, now: datetime | None = None, more: Sequence[Source] = ()) -> int:
    """Send the digests of a day; gives how many. Running it again that day sends nothing twice.

    `more`: what other rooms know to be due. Nothing is sent to whom nothing is due. Raises MailsFailed at the end, with
    the others' sent, if mails could not be sent.
    """
    results = [
        _send(member, day, now or clock.read(), (due_of_standing, due_of_letters, *more)) for member in _readers(day)
    ]
    if failed := results.count(Result.FAILED):
        raise MailsFailed(f"{failed} of {failed + results.count(Result.SENT)} digests could not be mailed")
    return results.count(Result.SENT)


def _readers(day: date) -> Iterator[Member]:
    """People of companies in the program who want a digest on this day and have not had it."""
    monday = day.weekday() == MONDAY
    chosen = dict(MailPreference.objects.values_list("user_id", "digest"))
    done = set(DigestSent.objects.filter(day=day).values_list("user_id", flat=True))
    members = Member.objects.filter(
        user__is_active=True, partner__standing__state__in=[State.ACTIVE, State.SUSPENDED]
    ).select_related("user", "partner")
    for member in members.order_by("partner__key", "user_id").iterator(500):
        rhythm = chosen.get(member.user_id, DigestRhythm.WEEKLY)
        if member.user_id not in done and (rhythm == DigestRhythm.DAILY or (rhythm == DigestRhythm.WEEKLY and monday)):
            yield member


def _send(member: Member, day: date, now: datetime, sources: Sequence[Source]) -> Result:
    user, partner = member.user, member.partner
    last = day + timedelta(days=WITHIN_DAYS)
    with translation.override(user.language):
        due = sorted((item for source in sources for item in source(partner, day, last)), key=lambda item: item.on)
        if not due or not _claim(user, day, now):
            return Result.NOTHING
        mail = compose(
            subject=ngettext("%(count)s date within 30 days", "%(count)s dates within 30 days", len(due))
            % {"count": len(due)},
            address=user.email,
            given={
                "user": user,
                "partner": partner,
                "items": [(item, (item.on - day).days, settings.PUBLIC_URL + item.path) for item in due],
                "day": day,
                "url": settings.PUBLIC_URL + "/partner/",
            },
            template="digest",
            stop=Stop(user.pk, DIGEST),
        )
    try:
        mail.send()
    except Exception:
        log.exception("digest_failed", user=user.pk)
        DigestSent.objects.filter(user=user, day=day).delete()  # the next run tries again
        return Result.FAILED
    return Result.SENT


def _claim(user: User, day: date, now: datetime) -> bool:
    with transaction.atomic():
        _row, first = DigestSent.objects.get_or_create(user=user, day=day, defaults={"sent_at": now})
    return first


def due_of_standing(partner: Partner, day: date, last: date) -> list[Due]:
    """The day on which keeping the status is decided, with what is missing for it."""
    standing = Standing.objects.filter(partner=partner).first()
    if standing is None or standing.due_on is None or not day <= standing.due_on <= last:
        return []
    keep = Story(standing, current_rulebook()).keep
    status = words_of(STATUSES, standing.status)
    title = _("Your %(status)s status is decided") % {"status": status}
    return [Due(standing.due_on, title, tuple(_lines(keep)), "/partner/")]


def due_of_letters(partner: Partner, day: date, last: date) -> list[Due]:
    """By when the operator's own letters ask the company to act; other notices' days are the rooms' to tell."""
    letters = Notice.objects.filter(partner=partner, kind__in=WRITTEN_KINDS, deadline__gte=day, deadline__lte=last)
    return [
        Due(letter.deadline, letter.subject, (), reverse("portal:notice", args=[letter.uid]))
        for letter in letters.order_by("deadline", "uid")
        if letter.deadline is not None
    ]


def _lines(keep: Goal | None) -> Iterator[str]:
    """What is missing, one line each; or that everything is there."""
    if keep is None:
        return
    if not keep.missing:
        yield _("All requirements are met.")
    for row in keep.missing:
        yield _missing(row)


def _missing(row: Row) -> str:
    name = requirement_words(row.name)
    if isinstance(row.missing, bool):
        return _("%(requirement)s: missing") % {"requirement": name}
    write = money_text if row.kind == MONEY else whole_text
    return _("%(requirement)s: %(missing)s missing of %(required)s") % {
        "requirement": name,
        "missing": write(row.missing),
        "required": write(row.required),
    }
