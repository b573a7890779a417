"""Publishing a version of the rulebook, and revoking one before its day. Both need two people."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Forbidden, Invalid, NotFound, Stale
from honeyguide.common.ids import new_id
from honeyguide.common.local import day_text
from honeyguide.common.phrases import worded
from honeyguide.common.words import STATUSES, requirement_words, words_of
from honeyguide.history.services import note as note_event
from honeyguide.program.rulebook import Rulebook, RulebookError, parse_rulebook
from honeyguide.program.rulebook.lines import in_lines
from honeyguide.program.rulebook.versions import Versions
from honeyguide.rulebooks.models import Revocation, RulebookVersion
from honeyguide.rulebooks.queries import all_versions, forget
from honeyguide.rulebooks.verifying import checksum

VERSION_FORM = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,31}")
TEXT_CHARS_MOST = 1_000_000
NOTE_CHARS_MOST, REASON_CHARS_MOST = 2_000, 2_000


class NotPublishable(Invalid):
    """A rulebook that cannot be a further version of this program. `problems`: one line each, for the reader."""

    code = "not_publishable"

    def __init__(self, problems: Sequence[str]) -> None:
        """Keep each problem, worded if it is a phrase."""
        self.problems = list(map(worded, problems))
        super().__init__("; ".join(self.problems), problems=self.problems)


def read(text: str) -> Rulebook:
    """A rulebook in TOML. Raises NotPublishable with each problem, as `honeyguide rulebook check` has, and its line."""
    if len(text) > TEXT_CHARS_MOST:
        raise NotPublishable([_("The file is too large: expected a rulebook in TOML.")])
    try:
        return parse_rulebook(text)
    except RulebookError as error:
        raise NotPublishable(in_lines(error.problems, text)) from error


def earliest_day(today: date) -> date:
    """The first day on which a version that is published today may come into force ([publishing] of the rulebook)."""
    publishing = all_versions().on(today).publishing
    return today + timedelta(days=publishing.notice_days if publishing is not None else 1)


def check_fits(text: str, *, today: date | None = None) -> Rulebook:
    """A rulebook as a further version of this program; `today`: its day of effect is checked too.

    Raises NotPublishable with a line for each problem.
    """
    rulebook = read(text)
    versions = all_versions()
    problems = [*_differences(rulebook, versions), *_version_problems(rulebook, versions)]
    if today is not None:
        problems += _day_problems(rulebook, versions, today)
    if problems:
        raise NotPublishable(problems)
    return rulebook


def _differences(rulebook: Rulebook, versions: Versions) -> Iterator[str]:
    """What all versions of a program have in common."""
    base = versions.first
    if rulebook.name != base.name:
        yield _("name = %(value)s: expected %(base)s, as in all versions") % {"value": rulebook.name, "base": base.name}
    if rulebook.currency != base.currency:
        yield _("currency = %(value)s: expected %(base)s, as in all versions") % {
            "value": rulebook.currency,
            "base": base.currency,
        }
    if rulebook.time_zone != base.time_zone:
        yield _("time_zone = %(value)s: expected %(base)s, as in all versions") % {
            "value": rulebook.time_zone,
            "base": base.time_zone,
        }
    if [status.name for status in rulebook.statuses] != [status.name for status in base.statuses]:
        yield _("The statuses must stay the same, in the same order: %(names)s.") % {
            "names": ", ".join(words_of(STATUSES, status.name) for status in base.statuses)
        }
    if list(rulebook.requirements) != list(base.requirements):
        yield _("The requirements must stay the same, in the same order: %(names)s.") % {
            "names": ", ".join(requirement_words(name) for name in base.requirements)
        }


def _version_problems(rulebook: Rulebook, versions: Versions) -> Iterator[str]:
    if not VERSION_FORM.fullmatch(rulebook.version):
        yield _("version = %(value)s: expected up to 32 of letters, digits, full stop, - and _") % {
            "value": rulebook.version
        }
    known = {book.version for book in versions} | set(RulebookVersion.objects.values_list("version", flat=True))
    if rulebook.version in known:
        yield _("version = %(value)s: expected one that was not used before") % {"value": rulebook.version}


def _day_problems(rulebook: Rulebook, versions: Versions, today: date) -> Iterator[str]:
    day, earliest, last = rulebook.effective_from, earliest_day(today), versions.last
    if day < earliest:
        yield _("In force from %(day)s: expected %(earliest)s or later, so that partners are told in time.") % {
            "day": day_text(day),
            "earliest": day_text(earliest),
        }
    if day <= last.effective_from and len(versions) > 1:
        yield _("In force from %(day)s: expected a day after %(last)s, when version %(version)s comes into force.") % {
            "day": day_text(day),
            "last": day_text(last.effective_from),
            "version": last.version,
        }


def publish(*, text: str, note: str, proposer: User, actor: Actor, now: datetime) -> RulebookVersion:
    """Publish a version that somebody else has proposed. From its day on it decides; nothing before changes.

    Raises Forbidden for the proposer themselves, NotPublishable with the problems.
    """
    if actor.user is None or actor.user == proposer:
        raise Forbidden(_("A version is published by a second person, not by the one who proposes it."))
    with transaction.atomic():
        lock()
        rulebook = check_fits(text, today=program_day(now))
        row = RulebookVersion.objects.create(
            uid=new_id("rbv", now),
            name=rulebook.name,
            version=rulebook.version,
            effective_from=rulebook.effective_from,
            text=text,
            checksum=checksum(text),
            note=note[:NOTE_CHARS_MOST],
            proposed_by=proposer,
            proposed_by_name=proposer.name or proposer.email,
            published_by=actor.user,
            published_by_name=actor.name,
            published_at=now,
        )
        about = {"version": row.version, "effective_from": row.effective_from.isoformat(), "checksum": row.checksum}
        note_event("rulebook.published", actor=actor, now=now, about=about, ident=row.uid)
        forget()
    return row


def revoke(*, uid: str, reason: str, asker: User, actor: Actor, now: datetime) -> Revocation:
    """Take back a version before its day, as somebody else has asked. It stays on record and never comes into force.

    Raises NotFound, Forbidden for who asked, Stale when it is in force or revoked already, Invalid without a reason.
    """
    if actor.user is None or actor.user == asker:
        raise Forbidden(_("A version is revoked by a second person, not by the one who asks for it."))
    reason = reason.strip()[:REASON_CHARS_MOST]
    if not reason:
        raise Invalid(_("Say why."), fields={"reason": _("Say why.")})
    with transaction.atomic():
        lock()
        row = RulebookVersion.objects.filter(uid=uid).first()
        if row is None:
            raise NotFound(_("There is no such version."))
        check_revocable(row, program_day(now))
        found = Revocation.objects.create(
            version=row,
            reason=reason,
            asked_by=asker,
            asked_by_name=asker.name or asker.email,
            revoked_by=actor.user,
            revoked_by_name=actor.name,
            revoked_at=now,
        )
        about = {"version": row.version, "reason": reason}
        note_event("rulebook.revoked", actor=actor, now=now, about=about, ident=row.uid)
        forget()
    return found


def check_revocable(row: RulebookVersion, today: date) -> None:
    """Whether a version can still be taken back. Raises Stale."""
    if Revocation.objects.filter(version=row).exists():
        raise Stale(_("Version %(version)s is revoked already.") % {"version": row.version})
    if row.effective_from <= today:
        raise Stale(
            _("Version %(version)s is in force since %(day)s: publish a new version instead.")
            % {"version": row.version, "day": day_text(row.effective_from)}
        )


def lock() -> None:
    """Until the transaction ends nobody else publishes or revokes; what is there is looked up anew.

    On SQLite the transaction is enough.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {RulebookVersion._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
    forget()
