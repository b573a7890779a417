"""The worker's part: simulating, and telling everybody."""

from django.tasks import task

from honeyguide.accounts.actor import Actor, Via
from honeyguide.accounts.models import User
from honeyguide.common import clock
from honeyguide.rulebooks.models import RulebookVersion
from honeyguide.studio import simulating, telling


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


def _actor(user_id: int | None) -> Actor:
    user = User.objects.filter(pk=user_id).first()
    return Actor(name=(user.name or user.email) if user else "Program", user=user, via=Via.TASK)
