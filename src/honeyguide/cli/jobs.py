"""The jobs that the worker runs: what comes back every day or every minute, in one list."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django_tasks_db.models import DBTaskResult

from honeyguide.api.once import forget_done_requests
from honeyguide.bonuses.due import bonuses_due
from honeyguide.bonuses.tasks import settle_bonuses
from honeyguide.common.clock import program_day
from honeyguide.common.jobs import DailyJob, FrequentJob
from honeyguide.common.planning import look_at_tables
from honeyguide.conduct.due import measures_due
from honeyguide.conduct.tasks import find_restatements
from honeyguide.earning.due import links_due
from honeyguide.earning.tasks import find_held, mail_due, take_up_tables
from honeyguide.insights.expiring import points_due, tell_of_expiry
from honeyguide.joining.tasks import send_due
from honeyguide.notices.tasks import deliver_due
from honeyguide.requirements.due import licences_due
from honeyguide.requirements.tasks import settle_nfr
from honeyguide.reviews.due import business_reviews_due
from honeyguide.standing.digest import notices_digest
from honeyguide.standing.tasks import expire_today, reassess_today
from honeyguide.studio.tasks import tell_due

TASKS_KEPT_DAYS = 30


def tidy(now: datetime) -> dict[str, Any]:
    """Forget old tasks, sessions that are over, answers of the API that nobody asks for; look at the tables anew."""
    old = DBTaskResult.objects.finished().filter(finished_at__lt=now - timedelta(days=TASKS_KEPT_DAYS))
    forgotten, _ = old.delete()
    if settings.SESSION_ENGINE.endswith(".db"):
        SessionStore.clear_expired()
    look_at_tables()
    return {"tasks_forgotten": forgotten, "answers_forgotten": forget_done_requests(now)}


def send_digests(now: datetime) -> dict[str, Any]:
    """What is due within thirty days, to those who want it today."""
    return {
        "sent": notices_digest(
            program_day(now),
            now=now,
            more=(
                licences_due,
                points_due,
                bonuses_due,
                links_due,
                business_reviews_due,
                measures_due,
            ),
        )
    }


DAILY_JOBS: tuple[DailyJob, ...] = (
    DailyJob("standing", after=timedelta(minutes=5), run=reassess_today),
    DailyJob("expiry", after=timedelta(minutes=10), run=expire_today),
    DailyJob("restatements", after=timedelta(minutes=15), run=find_restatements),
    DailyJob("held", after=timedelta(minutes=17), run=find_held),
    DailyJob("licences", after=timedelta(minutes=20), run=settle_nfr),
    DailyJob("bonuses", after=timedelta(minutes=25), run=settle_bonuses),
    DailyJob("points_expiring", after=timedelta(minutes=30), run=tell_of_expiry),
    DailyJob("digest", after=timedelta(hours=6), run=send_digests),
    DailyJob("tidy", after=timedelta(hours=3), run=tidy),
)
"""Once each program day, `after` so much of it, in this order."""

FREQUENT_JOBS: tuple[FrequentJob, ...] = (
    FrequentJob("mails", every=timedelta(minutes=1), run=deliver_due),
    FrequentJob("clients", every=timedelta(minutes=1), run=mail_due),
    FrequentJob("tables", every=timedelta(minutes=1), run=take_up_tables),
    FrequentJob("rules", every=timedelta(minutes=5), run=tell_due),
    FrequentJob("invitations", every=timedelta(minutes=1), run=send_due),
)
"""Every so often, in each worker."""
