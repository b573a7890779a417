"""The notices of the decisions that the nightly run took over the last year, for the companies with a story."""

from datetime import date, datetime, timedelta

from honeyguide.accounts.actor import NIGHTLY_RUN, Actor
from honeyguide.common.clock import start_of_day
from honeyguide.demo.people import TEAMS
from honeyguide.notices.models import Delivery, DeliveryState
from honeyguide.standing.engine import assess
from honeyguide.standing.services import reassess

BATCH_ROWS = 500
TOLD_DAYS = 365
RUN_AFTER = timedelta(minutes=5)


def tell_of_decisions(now: datetime) -> None:
    """Run the nights around each change of status once more, so that the company is told of it as it was then."""
    today = now.date()
    actor = Actor.system(NIGHTLY_RUN)
    for key, assessment in sorted(assess(TEAMS, today).items()):
        for day in sorted({date.fromisoformat(step["on"]) for step in assessment.answer["transitions"]}):
            if today - timedelta(days=TOLD_DAYS) <= day < today:
                before = day - timedelta(days=1)
                reassess([key], day=before, now=start_of_day(before) + RUN_AFTER, actor=actor, announce=False)
                reassess([key], day=day, now=start_of_day(day) + RUN_AFTER, actor=actor)


def mails_have_gone_out() -> None:
    """The made-up notices were mailed on the day on which they say so: nothing of them is sent now."""
    waiting = list(Delivery.objects.filter(state=DeliveryState.WAITING).select_related("recipient__notice"))
    for delivery in waiting:
        delivery.state, delivery.attempts, delivery.sent_at = DeliveryState.SENT, 1, delivery.recipient.notice.sent_at
    Delivery.objects.bulk_update(waiting, ["state", "attempts", "sent_at"], batch_size=BATCH_ROWS)
