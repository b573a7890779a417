"""Mails in the background. A task may run twice, late or not at all: what is to be sent stands in the table."""

from datetime import datetime, timedelta

import structlog
from django.db.models import F
from django.tasks import task

from honeyguide.common import clock
from honeyguide.notices.mail import mail_of
from honeyguide.notices.models import Delivery, DeliveryState

PAUSES_MINUTES = (1, 5, 30, 120, 480, 1440)
"""How long to wait after each failure; after the last one the mail has failed and the operator is told."""
CLAIM_MINUTES = 10
"""How long a worker may take over one mail before another may try."""
BATCH_MAILS = 200

log = structlog.get_logger(__name__)


@task
def deliver(delivery: int) -> None:
    """Send one mail, if nobody else has."""
    deliver_one(delivery, clock.read())


def deliver_due(now: datetime) -> int:
    """The job that runs every minute: send what waits, among it what a lost task has left. Gives how many."""
    due = Delivery.objects.filter(
        state__in=[DeliveryState.WAITING, DeliveryState.SENDING], next_try_at__lte=now
    ).order_by("next_try_at")
    return sum(deliver_one(pk, now) for pk in due.values_list("pk", flat=True)[:BATCH_MAILS])


def deliver_one(pk: int, now: datetime) -> bool:
    """Claim a mail, send it, and write down what became of it. Gives whether it was sent by this call."""
    claimed = Delivery.objects.filter(
        pk=pk, state__in=[DeliveryState.WAITING, DeliveryState.SENDING], next_try_at__lte=now
    ).update(
        state=DeliveryState.SENDING, attempts=F("attempts") + 1, next_try_at=now + timedelta(minutes=CLAIM_MINUTES)
    )
    if not claimed:
        return False
    delivery = Delivery.objects.select_related("recipient__notice__partner", "recipient__user").get(pk=pk)
    try:
        mail_of(delivery.recipient).send()
    except Exception as failure:  # noqa: BLE001 - whatever the mail server says, the mail is tried again
        _failed(delivery, failure, now)
        return False
    Delivery.objects.filter(pk=pk).update(state=DeliveryState.SENT, sent_at=now, error="")
    return True


def _failed(delivery: Delivery, failure: Exception, now: datetime) -> None:
    log.warning("mail_failed", delivery=delivery.pk, attempts=delivery.attempts, exc_info=failure)
    last = delivery.attempts > len(PAUSES_MINUTES)
    pause = timedelta() if last else timedelta(minutes=PAUSES_MINUTES[delivery.attempts - 1])
    Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENDING).update(
        state=DeliveryState.FAILED if last else DeliveryState.WAITING,
        next_try_at=now + pause,
        error=f"{type(failure).__name__}: {failure}"[:500],
    )
