"""Telling partners before their points expire (G4.5): at the rulebook's days before, once for each group of lots."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.urls import reverse
from django.utils.translation import ngettext

from honeyguide.accounts.actor import NIGHTLY_RUN, Actor
from honeyguide.common.clock import program_day
from honeyguide.common.local import whole_text
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.insights.models import ExpiryNotice
from honeyguide.insights.queries import UNIT, batches, expiring
from honeyguide.ledger.models import Lot
from honeyguide.notices.services import send
from honeyguide.partners.models import Partner
from honeyguide.standing.digest import Due
from honeyguide.standing.models import State
from honeyguide.standing.services import lock

GROUPS_TOLD = 40
"""More than these are summed up in the last line of a notice."""


@dataclass(frozen=True, slots=True)
class Group:
    """A partner's lots with the same last day; `before_days`: which of the rulebook's notices is due for it."""

    last_day: date
    points: int
    before_days: int


def tell_of_expiry(now: datetime) -> dict[str, Any]:
    """The daily job."""
    return {"notices": notify(day=program_day(now), actor=Actor.system(NIGHTLY_RUN), now=now)}


def notify(*, day: date, actor: Actor, now: datetime) -> int:
    """Send what is due on a day, one notice a partner; gives how many. Running it again sends nothing twice.

    A notice that was missed is sent with the next run, as long as no later one is due. Reserved points are left out:
    they are as good as spent.
    """
    notices = current_rulebook().points.notices
    if notices is None:
        return 0
    due = _due(day, notices.before_days)
    partners = Partner.objects.filter(key__in=due, standing__state__in=[State.ACTIVE, State.SUSPENDED])
    return sum(_tell(partner, due[partner.key], actor=actor, now=now) for partner in partners.order_by("key"))


def _due(day: date, before_days: Sequence[int]) -> Mapping[str, list[Group]]:
    """By partner, the groups that expire soon, each with the shortest of the notices that it is in time for."""
    rows = (
        Lot.objects.filter(
            account__unit=UNIT,
            expires_on__gt=day,
            expires_on__lte=day + timedelta(days=max(before_days)),
            remaining__gt=F("held"),
        )
        .order_by("account__owner", "expires_on")
        .values_list("account__owner", "expires_on")
        .annotate(points=Sum(F("remaining") - F("held")))
    )
    found: dict[str, list[Group]] = defaultdict(list)
    for owner, expires_on, points in rows:
        before = min(days for days in before_days if days >= (expires_on - day).days)
        found[owner].append(Group(expires_on - timedelta(days=1), points, before))
    return found


def _tell(partner: Partner, groups: Sequence[Group], *, actor: Actor, now: datetime) -> int:
    with transaction.atomic():
        lock({partner.key})
        told = set(ExpiryNotice.objects.filter(partner=partner).values_list("expires_on", "before_days"))
        fresh = [group for group in groups if (group.last_day + timedelta(days=1), group.before_days) not in told]
        if not fresh:
            return 0
        ExpiryNotice.objects.bulk_create(
            ExpiryNotice(
                partner=partner,
                expires_on=group.last_day + timedelta(days=1),
                before_days=group.before_days,
                points=group.points,
                sent_at=now,
            )
            for group in fresh
        )
        shown = fresh[:GROUPS_TOLD]
        context = {
            "points": sum(group.points for group in fresh),
            "last": fresh[-1].last_day,
            "groups": [asdict(group) for group in shown],
            "more": sum(group.points for group in fresh[GROUPS_TOLD:]),
        }
        send(
            partner=partner, kind="points_expiring", context=context, actor=actor, now=now,
            deadline=fresh[0].last_day, link=reverse("portal:points_calendar"),
        )  # fmt: skip
    return 1


def points_due(partner: Partner, day: date, last: date) -> list[Due]:
    """Points that have their last day from a day to a day, for the digest."""
    return [
        Due(
            on,
            ngettext("%(points)s point expires", "%(points)s points expire", points) % {"points": whole_text(points)},
            (),
            reverse("portal:points_calendar"),
        )
        for on, points in expiring(batches(partner, day))
        if day <= on <= last
    ]
