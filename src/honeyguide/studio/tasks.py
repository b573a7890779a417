"""The worker's part: simulating, and telling everybody."""

from datetime import datetime, timedelta

from django.tasks import task

from honeyguide.accounts.actor import Actor, Via
from honeyguide.accounts.models import User
from honeyguide.common import clock
from honeyguide.notices.models import Batch
from honeyguide.rulebooks.models import Revocation, RulebookVersion
from honeyguide.studio import simulating, telling

TOLD_WITHIN_DAYS = 3
"""What was published longer ago was told, or nobody waits for it any more."""


@task
def simulate_draft(uid: str) -> None:
    """Carry out a simulation that was asked for."""
    simulating.carry_out(uid=uid, read=clock.read)


@task
def tell_of_version(uid: str, user_id: int | None) -> int:
    """Send everybody the notice of a version, in the name of who published it."""
    row = RulebookVersion.objects.get(uid=uid)
    return telling.tell_of_version(row.version, uid=uid, actor=_actor(user_id), now=clock.read())


@task
def tell_of_revocation(uid: str, user_id: int | None) -> int:
    """Send everybody the notice that a version was revoked."""
    row = RulebookVersion.objects.select_related("revocation").get(uid=uid)
    now = clock.read()
    return telling.tell_of_revocation(row.version, row.revocation.reason, uid=uid, actor=_actor(user_id), now=now)


def tell_due(now: datetime) -> dict[str, int]:
    """Tell what a task that broke off has not told: versions and revocations of the last days. Twice is once."""
    since = now - timedelta(days=TOLD_WITHIN_DAYS)
    told = set(Batch.objects.filter(sent_at__gte=since).values_list("uid", flat=True))
    sent = 0
    for row in RulebookVersion.objects.select_related("revocation").filter(published_at__gte=since):
        if telling.first_batch(row.uid, "told") not in told:
            actor = _actor(row.published_by_id)
            sent += telling.tell_of_version(row.version, uid=row.uid, actor=actor, now=now)
    for back in Revocation.objects.select_related("version").filter(revoked_at__gte=since):
        if telling.first_batch(back.version.uid, "back") not in told:
            actor = _actor(back.revoked_by_id)
            sent += telling.tell_of_revocation(
                back.version.version, back.reason, uid=back.version.uid, actor=actor, now=now
            )
    return {"sent": sent}


def _actor(user_id: int | None) -> Actor:
    user = User.objects.filter(pk=user_id).first() if user_id is not None else None
    return Actor(name=(user.name or user.email) if user else "Program", user=user, via=Via.TASK)
