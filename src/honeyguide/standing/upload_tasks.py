"""The worker's part in importing large files, in the language of whoever waits for it."""

from django.tasks import task
from django.utils import translation

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.common import clock
from honeyguide.standing import uploads
from honeyguide.standing.models import HistoryUpload


@task
def check_upload(uid: str) -> None:
    """Look at a file."""
    upload = HistoryUpload.objects.select_related("uploaded_by").filter(uid=uid).first()
    if upload is not None:
        with translation.override(upload.uploaded_by.language):
            uploads.check(uid=uid, now=clock.read())


@task
def import_upload(uid: str, user_id: int, request_id: str) -> None:
    """Import a confirmed file, on behalf of who confirmed it."""
    user = User.objects.get(pk=user_id)
    actor = Actor(name=user.name or user.email, user=user, request_id=request_id)
    with translation.override(user.language):
        uploads.carry_out(uid=uid, actor=actor, now=clock.read())
