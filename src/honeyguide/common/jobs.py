"""Jobs that come back: each day once in the whole installation, or every few seconds in each worker."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import Q

from honeyguide.common.clock import program_day, start_of_day
from honeyguide.common.models import JobRun

LEASE = timedelta(hours=2)
"""A run that was claimed so long ago and has not finished belongs to a worker that is gone."""
PAUSE = timedelta(minutes=5)
"""Between two attempts at a run that failed."""
ATTEMPTS_MOST = 6
ERROR_CHARACTERS = 500

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


type Clock = Callable[[], datetime]


def run_daily(jobs: Iterable[DailyJob], *, worker: str, read: Clock) -> list[JobRun]:
    """Run the daily jobs that are due and that nobody has run or is running. Gives their runs. `read`: the clock."""
    return [run for job in jobs if (run := run_if_due(job, worker=worker, read=read)) is not None]


def run_if_due(job: DailyJob, *, worker: str, read: Clock) -> JobRun | None:
    """Claim today's run of a job and do it; None where it is not due or is another's."""
    now = read()
    run = claim(job, worker=worker, now=now)
    if run is None:
        return None
    with structlog.contextvars.bound_contextvars(job=job.name, day=run.day.isoformat()):
        log.info("job_started", attempt=run.attempts)
        try:
            result = dict(job.run(now))
        except Exception as failure:  # whatever went wrong, the worker goes on and tries again later
            log.exception("job_failed", attempt=run.attempts)
            run.error = f"{type(failure).__name__}: {failure}"[:ERROR_CHARACTERS]
            run.save(update_fields=["error"])
            return run
        run.result, run.error, run.finished_at = result, "", read()
        run.save(update_fields=["result", "error", "finished_at"])
        log.info("job_finished", result=result)
    return run


def claim(job: DailyJob, *, worker: str, now: datetime) -> JobRun | None:
    """Today's run, if it is this worker's to do: new, failed a while ago, or left behind by one that is gone."""
    day = program_day(now)
    if now < start_of_day(day) + job.after:
        return None
    run, is_new = JobRun.objects.get_or_create(job=job.name, day=day, defaults={"worker": worker, "claimed_at": now})
    return run if is_new else _claim_again(run, worker=worker, now=now)


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
