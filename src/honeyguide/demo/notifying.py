"""What the nightly run decided over the last year, told to the companies with a story and to their history."""

from datetime import date, datetime, timedelta

from honeyguide.accounts.actor import NIGHTLY_RUN, Actor
from honeyguide.common.clock import program_day, start_of_day
from honeyguide.demo.people import TEAMS
from honeyguide.history.queries import program_events
from honeyguide.notices.models import Delivery, DeliveryState
from honeyguide.standing.engine import assess
from honeyguide.standing.services import reassess

BATCH_ROWS = 500
TOLD_DAYS = 365
DISCOUNTS = ("course.completed", "discount.adjusted", "discount.restored")
RUN_AFTER = timedelta(minutes=5)


def tell_of_decisions(now: datetime) -> None:
    """Run the nights around each change once more, so that it stands in the history on its day.

    Of a change of status the company is told as it was then.
    """
    today = now.date()
    actor = Actor.system(NIGHTLY_RUN)
    for key, assessment in sorted(assess(TEAMS, today).items()):
        decided = {date.fromisoformat(step["on"]) for step in assessment.answer["transitions"]}
        for day in sorted(decided | _days_of_discounts(key)):
            if today - timedelta(days=TOLD_DAYS) <= day < today:
                before, at = day - timedelta(days=1), start_of_day(day) + RUN_AFTER
                reassess([key], day=before, now=at, actor=actor, announce=False, noted=False)
                reassess([key], day=day, now=at, actor=actor, announce=day in decided)


def _days_of_discounts(key: str) -> set[date]:
    """Days on which a company's discount may have changed without its status."""
    events = program_events().filter(partner=key, type__in=DISCOUNTS)
    return {program_day(at) for at in events.values_list("at", flat=True)}


def mails_have_gone_out() -> None:
    """The made-up notices were mailed on the day on which they say so: nothing of them is sent now."""
    waiting = list(Delivery.objects.filter(state=DeliveryState.WAITING).select_related("recipient__notice"))
    for delivery in waiting:
        delivery.state, delivery.attempts, delivery.sent_at = DeliveryState.SENT, 1, delivery.recipient.notice.sent_at
    Delivery.objects.bulk_update(waiting, ["state", "attempts", "sent_at"], batch_size=BATCH_ROWS)
