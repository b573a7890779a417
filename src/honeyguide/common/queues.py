"""What the work queues of all rooms share: what waits, since when, and who is on it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
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

    `due`: the next deadline that is still to come; `holders`: the names of up to HOLDERS_SHOWN people who are on
    something.
    """

    count: int = 0
    oldest: datetime | None = None
    overdue: int = 0
    due: datetime | None = None
    free: int = 0
    holders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """How soon the team answers: within days of an instant. `since`: the item's field; `which`: of which items."""

    since: str
    within_days: int
    which: Q = field(default_factory=Q)

    def due_at(self, item: Any) -> datetime:
        """When an item is to be decided at the latest."""
        since: datetime = getattr(item, self.since)
        return since + timedelta(days=self.within_days)

    def late(self, now: datetime) -> Q:
        """Which of the items have waited longer."""
        return self.which & Q(**{f"{self.since}__lt": now - timedelta(days=self.within_days)})


@dataclass(frozen=True, slots=True)
class Due:
    """Until when something is to be decided, and whether that is over."""

    at: datetime
    is_late: bool


def due_of(at: datetime, now: datetime) -> Due:
    """A deadline as it is at an instant."""
    return Due(at, is_late=at < now)


def summarise(waiting: QuerySet[Any], *promises: Promise, now: datetime) -> Waiting:
    """Sum up the items of a queue that wait, in one query. `promises`: each item is under one of them."""
    figures: dict[str, Any] = {"items": Count("pk")}
    for number, promise in enumerate(promises):
        late = promise.late(now)
        figures[f"oldest_{number}"] = Min(promise.since, filter=promise.which)
        figures[f"late_{number}"] = Count("pk", filter=late)
        figures[f"next_{number}"] = Min(promise.since, filter=promise.which & ~late)
    rows = list(waiting.order_by().values("held_by__name").annotate(**figures))
    names = sorted(row["held_by__name"] for row in rows if row["held_by__name"] is not None)
    each = [(row, number, promise) for row in rows for number, promise in enumerate(promises)]
    ahead = [
        row[f"next_{number}"] + timedelta(days=promise.within_days)
        for row, number, promise in each
        if row[f"next_{number}"] is not None
    ]
    oldest = [row[f"oldest_{number}"] for row, number, _promise in each if row[f"oldest_{number}"] is not None]
    return Waiting(
        count=sum(row["items"] for row in rows),
        oldest=min(oldest, default=None),
        overdue=sum(row[f"late_{number}"] for row, number, _promise in each),
        due=min(ahead, default=None),
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
