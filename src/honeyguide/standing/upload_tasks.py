"""The worker's part in importing large files."""

from django.tasks import task

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.common import clock
from honeyguide.standing import uploads


@task
def check_upload(uid: str) -> None:
    """Look at a file."""
    uploads.check(uid=uid, now=clock.read())


@task
def import_upload(uid: str, user_id: int, request_id: str) -> None:
    """Import a confirmed file, on behalf of who confirmed it."""
    user = User.objects.get(pk=user_id)
    actor = Actor(name=user.name or user.email, user=user, request_id=request_id)
    uploads.carry_out(uid=uid, actor=actor, now=clock.read())
