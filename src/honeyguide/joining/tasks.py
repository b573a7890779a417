"""What is done after a transaction: the mails of invitations. A task may run twice, late or not at all."""

from datetime import datetime, timedelta

import structlog
from django.db.models import F, Q
from django.tasks import task
from django.utils import translation
from django.utils.translation import gettext as _

from honeyguide.common import clock
from honeyguide.joining.links import url_of
from honeyguide.joining.models import Invitation, InvitationState
from honeyguide.notices.mail import compose

PAUSES_MINUTES = (5, 15, 60, 240)
"""How long to wait after each failure; after the last one the operator sends it again."""
BATCH_MAILS = 100

log = structlog.get_logger(__name__)


@task
def send_invitation(uid: str) -> None:
    """Send the mail of one invitation, if nobody else has."""
    send_one(uid, clock.read())


def send_due(now: datetime) -> int:
    """The job that runs every minute: send what waits, among it what a lost task has left. Gives how many."""
    waiting = Invitation.objects.filter(_waits(now)).order_by("mail_due_at").values_list("uid", flat=True)
    return sum(send_one(uid, now) for uid in waiting[:BATCH_MAILS])


def send_one(uid: str, now: datetime) -> bool:
    """Claim an invitation's mail and send it; one that was taken back, used or sent already is left."""
    invitation = Invitation.objects.select_related("partner").filter(_waits(now), uid=uid).first()
    if invitation is None:
        return False
    attempts, own_round = invitation.mail_attempts, Invitation.objects.filter(uid=uid, round=invitation.round)
    pause = timedelta(minutes=PAUSES_MINUTES[min(attempts, len(PAUSES_MINUTES) - 1)])
    claimed = own_round.filter(_waits(now), mail_attempts=attempts)
    if not claimed.update(mail_attempts=F("mail_attempts") + 1, mail_due_at=now + pause):
        return False
    try:
        _send(invitation)
    except Exception as failure:  # whatever the mail server says, the mail is tried again
        log.warning("mail_failed", invitation=uid, attempts=attempts + 1, exc_info=failure)
        return False
    own_round.update(mailed_at=now)
    return True


def _waits(now: datetime) -> Q:
    """Open, not sent, due, and tried less often than there are pauses."""
    untired = Q(mail_attempts__lte=len(PAUSES_MINUTES), mail_due_at__lte=now, expires_at__gt=now)
    return Q(state=InvitationState.OPEN, mailed_at=None) & untired


def _send(invitation: Invitation) -> None:
    with translation.override(invitation.language):
        compose(
            subject=_("%(company)s: your login for the partner program") % {"company": invitation.partner.name},
            address=invitation.email,
            given={"invitation": invitation, "url": url_of(invitation)},
            template="invitation",
        ).send()
