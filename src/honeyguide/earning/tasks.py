"""What is done after a transaction: mails to clients, large tables. A task may run twice, late or not at all."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.tasks import task
from django.utils import translation
from django.utils.translation import gettext as _

from honeyguide.common import clock
from honeyguide.earning.links import url_of
from honeyguide.earning.models import Project, ProjectState, TableImport
from honeyguide.earning.services import working
from honeyguide.earning.services.held import bring_up
from honeyguide.notices.mail import compose

PAUSES_MINUTES = (5, 15, 60, 240)
"""How long to wait after each failure; after the last one it can be sent again by hand."""
BATCH_MAILS = 100

log = structlog.get_logger(__name__)


@task
def mail_client(uid: str) -> None:
    """Send a project's link to its client, if nobody else has."""
    send_one(uid, clock.read())


def mail_due(now: datetime) -> int:
    """The job that runs every minute: send what waits, among it what a lost task has left. Gives how many."""
    waiting = Project.objects.filter(_waits(now)).order_by("mail_due_at").values_list("uid", flat=True)
    return sum(send_one(uid, now) for uid in waiting[:BATCH_MAILS])


def go_on(upload: TableImport, *, now: datetime) -> None:
    """Have done what was asked for of a table: of a small one at once, of a large one by the worker."""
    if upload.is_large:
        transaction.on_commit(partial(work_on_table.enqueue, upload.uid))
    else:
        working.carry_out(uid=upload.uid, read=lambda: now)


@task
def work_on_table(uid: str) -> None:
    """Do what was asked for of a table."""
    working.carry_out(uid=uid, read=clock.read)


def take_up_tables(now: datetime) -> int:
    """The job that runs every minute: tables whose worker was lost are left to another one. Gives how many."""
    found = working.left_behind(now)
    for uid in found:
        work_on_table.enqueue(uid)
    return len(found)


def find_held(now: datetime) -> dict[str, Any]:
    """The daily job: the queue of held deals shows what the history holds, also what came in with an import."""
    return {"deals_found": bring_up(now)}


def send_one(uid: str, now: datetime) -> bool:
    """Claim a project's mail and send it; one that was answered or sent already is left."""
    project = Project.objects.select_related("partner").filter(_waits(now), uid=uid).first()
    if project is None:
        return False
    attempts, own_round = project.mail_attempts, Project.objects.filter(uid=uid, round=project.round)
    pause = timedelta(minutes=PAUSES_MINUTES[min(attempts, len(PAUSES_MINUTES) - 1)])
    claimed = own_round.filter(_waits(now), mail_attempts=attempts)
    if not claimed.update(mail_attempts=F("mail_attempts") + 1, mail_due_at=now + pause):
        return False
    try:
        _send(project)
    except Exception as failure:  # whatever the mail server says, the mail is tried again
        log.warning("mail_failed", project=uid, attempts=attempts + 1, exc_info=failure)
        return False
    own_round.update(mailed_at=now)
    return True


def _waits(now: datetime) -> Q:
    untired = Q(mail_attempts__lte=len(PAUSES_MINUTES), mail_due_at__lte=now, link_expires_at__gt=now)
    return Q(state=ProjectState.ACCEPTED, mailed_at=None) & untired


def _send(project: Project) -> None:
    given: dict[str, Any] = {"project": project, "url": url_of(project)}
    with translation.override(project.contact_language):
        compose(
            subject=_("%(company)s asks you to confirm: %(project)s")
            % {
                "company": project.partner.name,
                "project": project.title,
            },
            address=project.contact_email,
            given=given,
            template="client_confirmation",
        ).send()
