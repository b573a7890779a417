"""Reading what waits, what was decided, and what has happened to a company's data and people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from honeyguide.common.queues import Promise, Waiting, summarise
from honeyguide.history.models import Event
from honeyguide.history.words import PROFILE_FIELDS
from honeyguide.joining.models import ChangeKind, ChangeState, Invitation, InvitationState, ProfileChange
from honeyguide.joining.profile import FIELDS, text_of, values_of
from honeyguide.partners.models import Member, Partner

COMPANY_EVENTS = (
    "partner.added",
    "partner.applied",
    "partner.accepted",
    "partner.changed",
    "person.invited",
    "person.linked",
    "person.unlinked",
    "person.made_main",
    "invitation.sent_again",
    "invitation.revoked",
    "change.requested",
    "change.approved",
    "change.declined",
    "change.withdrawn",
)
"""What a company may read of its own file: its data and its people (T1.7.4)."""
PROMISE = Promise("requested_at", within_days=7)
"""When changes are answered (T1.2.2)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after, as text; `now` is what is published at present, if it is neither of the two."""

    label: str
    before: str
    after: str
    now: str = ""


def differences(change: ProfileChange) -> list[Difference]:
    """What a change of the profile changes, field by field, in the order of the form."""
    published = values_of(change.partner)
    waits = change.state == ChangeState.WAITING
    rows = []
    for name in FIELDS:
        if name not in change.after:
            continue
        before, after, now = (text_of(value) for value in (change.before[name], change.after[name], published[name]))
        changed_meanwhile = waits and now not in {before, after}
        rows.append(Difference(str(PROFILE_FIELDS[name]), before, after, now if changed_meanwhile else ""))
    return rows


def waiting_changes(partner: Partner) -> list[ProfileChange]:
    """What the company has asked for and waits for, the oldest first."""
    return list(partner.changes.filter(state=ChangeState.WAITING).order_by("requested_at", "pk"))


def waiting_profile(partner: Partner) -> ProfileChange | None:
    """The profile that waits for approval."""
    return partner.changes.filter(kind=ChangeKind.PROFILE, state=ChangeState.WAITING).first()


def declined_profile(partner: Partner) -> ProfileChange | None:
    """The last profile that was decided, if it was declined."""
    decided = partner.changes.filter(kind=ChangeKind.PROFILE, state__in=[ChangeState.APPROVED, ChangeState.DECLINED])
    last = decided.order_by("-decided_at", "-pk").first()
    return last if last is not None and last.state == ChangeState.DECLINED else None


def team_of(partner: Partner) -> list[Member]:
    """The company's people: the main user first, then by name."""
    return list(partner.members.select_related("user").order_by("-role", "user__name", "pk"))


def open_invitations(partner: Partner) -> QuerySet[Invitation]:
    """Who is invited and has not come yet, the latest first."""
    return Invitation.objects.filter(partner=partner, state=InvitationState.OPEN).select_related("partner")


def company_events(partner: Partner) -> QuerySet[Event]:
    """The time line of a company's data and people, the latest first."""
    return Event.objects.filter(partner=partner.key, type__in=COMPANY_EVENTS).order_by("-at", "-seq")


def was_member(partner: Partner, user_id: int) -> bool:
    """Whether a user had access for the company earlier."""
    return Event.objects.filter(partner=partner.key, type="person.unlinked", data__user=user_id).exists()


def changes_waiting(now: datetime) -> Waiting:
    """The queue of changes: what waits, since when, who is on it."""
    return summarise(all_waiting_changes(), PROMISE, now=now)


def all_waiting_changes() -> QuerySet[ProfileChange]:
    """Changes of all companies that wait for a decision."""
    return ProfileChange.objects.filter(state=ChangeState.WAITING)


def changed_fields(data: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The fields that an event changed: label, before, after; those of a change that was asked for as well."""
    changed = data.get("changes")
    if changed is None and data.get("kind") == ChangeKind.PROFILE:
        changed = {name: [data["before"].get(name), value] for name, value in data["after"].items()}
    return [
        (str(PROFILE_FIELDS[name]), text_of(before), text_of(after))
        for name, (before, after) in (changed or {}).items()
        if name in PROFILE_FIELDS
    ]
