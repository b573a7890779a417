"""What the work queues of all rooms share: what waits, since when, and who is on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from honeyguide.common.errors import Stale

HOLDERS_SHOWN = 4


class Held(models.Model):
    """Something that waits for a decision, and who of the team is on it."""

    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("held by"),
    )
    held_at = models.DateTimeField(gettext_lazy("held since"), null=True, blank=True)

    class Meta:
        abstract: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in a queue: how many, the oldest's day and hour, how many are late, how many nobody is on, and who is.

    `holders`: the names of up to HOLDERS_SHOWN people who are on something.
    """

    count: int = 0
    oldest: datetime | None = None
    overdue: int = 0
    free: int = 0
    holders: tuple[str, ...] = ()


def summarise(waiting: QuerySet[Any], *, since: str, overdue: Q) -> Waiting:
    """Sum up the items of a queue that wait, in one query: `since`: the field that says from when; `overdue`: late."""
    by_holder = waiting.order_by().values("held_by__name")
    rows = list(by_holder.annotate(items=Count("pk"), oldest=Min(since), late=Count("pk", filter=overdue)))
    names = sorted(row["held_by__name"] for row in rows if row["held_by__name"] is not None)
    return Waiting(
        count=sum(row["items"] for row in rows),
        oldest=min((row["oldest"] for row in rows), default=None),
        overdue=sum(row["late"] for row in rows),
        free=sum(row["items"] for row in rows if row["held_by__name"] is None),
        holders=tuple(names[:HOLDERS_SHOWN]),
    )


def take(waiting: QuerySet[Any], *, user: Any, now: datetime, over: bool = False) -> None:
    """Someone of the team is on an item now. `waiting`: that one item, if it still waits; `over`: also from another.

    Raises Stale when somebody else is on it, or when it waits no longer.
    """
    free = waiting if over else waiting.filter(Q(held_by=None) | Q(held_by=user))
    if free.update(held_by=user, held_at=now):
        return
    item = waiting.select_related("held_by").first()
    if item is None:
        raise Stale(_("This has been decided already."))
    raise Stale(_("%(name)s is on it.") % {"name": item.held_by})


def release(waiting: QuerySet[Any], *, user: Any) -> None:
    """They are not on it any more. Releasing what one does not hold changes nothing."""
    waiting.filter(held_by=user).update(held_by=None, held_at=None)


def check_hold(item: Held, user: Any) -> None:
    """Raise Stale when another one of the team is on a (locked) item: it is theirs to decide until it is taken over."""
    if item.held_by_id is not None and (user is None or item.held_by_id != user.pk):
        raise Stale(_("%(name)s is on it. Take it over first, or leave it to them.") % {"name": item.held_by})
