"""Jobs that come back: each day once in the whole installation, or every few seconds in each worker."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q

from honeyguide.common.clock import program_day, start_of_day
from honeyguide.common.models import JobRun

LEASE = timedelta(hours=2)
"""A run that was claimed so long ago and has not finished belongs to a worker that is gone."""
PAUSE = timedelta(minutes=5)
"""Between two attempts at a run that failed."""
ATTEMPTS_MOST = 6

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DailyJob:
    """Runs once a program day, `after` so much of it; a run that was missed is made up for later in the day.

    `run` takes the instant and gives what it did, in figures. It can be repeated: a run may break off and begin anew.
    """

    name: str
    after: timedelta
    run: Callable[[datetime], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class FrequentJob:
    """Runs every so often in each worker; it makes sure itself that nothing is done twice."""

    name: str
    every: timedelta
    run: Callable[[datetime], Any]


def run_daily(jobs: tuple[DailyJob, ...], *, worker: str, now: datetime) -> list[JobRun]:
    """Run the daily jobs that are due and that nobody has run or is running. Gives their runs."""
    return [run for job in jobs if (run := run_if_due(job, worker=worker, now=now)) is not None]


def run_if_due(job: DailyJob, *, worker: str, now: datetime) -> JobRun | None:
    """Claim today's run of a job and do it; None where it is not due or is another's."""
    run = claim(job, worker=worker, now=now)
    if run is None:
        return None
    with structlog.contextvars.bound_contextvars(job=job.name, day=run.day.isoformat()):
        log.info("job_started", attempt=run.attempts)
        try:
            result = dict(job.run(now))
        except Exception as failure:
            log.exception("job_failed", attempt=run.attempts)
            run.error = f"{type(failure).__name__}: {failure}"[:500]
            run.save(update_fields=["error"])
            return run
        run.result, run.error, run.finished_at = result, "", now
        run.save(update_fields=["result", "error", "finished_at"])
        log.info("job_finished", **{f"did_{name}": value for name, value in result.items()})
    return run


def claim(job: DailyJob, *, worker: str, now: datetime) -> JobRun | None:
    """Today's run, if it is this worker's to do: new, failed a while ago, or left behind by one that is gone."""
    day = program_day(now)
    if now < start_of_day(day) + job.after:
        return None
    with transaction.atomic():
        fresh = JobRun(job=job.name, day=day, worker=worker, claimed_at=now)
        JobRun.objects.bulk_create([fresh], ignore_conflicts=True)
        run = JobRun.objects.select_for_update().get(job=job.name, day=day)
    if (run.worker, run.claimed_at, run.attempts) == (worker, now, 1):
        return run
    return _claim_again(run, worker=worker, now=now)


def _claim_again(run: JobRun, *, worker: str, now: datetime) -> JobRun | None:
    failed = ~Q(error="") & Q(claimed_at__lte=now - PAUSE)
    left_behind = Q(claimed_at__lte=now - LEASE)
    claimed = (
        JobRun.objects.filter(pk=run.pk, finished_at=None, attempts=run.attempts, attempts__lt=ATTEMPTS_MOST)
        .filter(failed | left_behind)
        .update(attempts=run.attempts + 1, worker=worker, claimed_at=now, error="")
    )
    return JobRun.objects.get(pk=run.pk) if claimed else None


def last_run(job: str) -> JobRun | None:
    """The latest run of a job that came to its end."""
    return JobRun.objects.filter(job=job, finished_at__isnull=False).order_by("-day").first()


def missed_since(job: str, today: date) -> int | None:
    """How many days ago the job last came to its end; None if it never did."""
    run = last_run(job)
    return None if run is None else (today - run.day).days
