"""Daily jobs: each once a program day, by one of the workers; made up for when missed, tried again when failed."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from honeyguide.cli.jobs import DAILY_JOBS
from honeyguide.cli.worker import Scheduler, worker_name
from honeyguide.common.jobs import ATTEMPTS_MOST, LEASE, PAUSE, DailyJob, FrequentJob, last_run, run_daily, run_if_due
from honeyguide.common.models import JobRun
from honeyguide.standing.models import Standing
from honeyguide.standing.tasks import reassess_nightly, reassess_today
from tests.live.conftest import NOW, TODAY, World

MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)


class Counted:
    """A job that counts its runs, and fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.runs, self.failures = 0, failures

    def __call__(self, now: datetime) -> dict[str, int]:
        self.runs += 1
        if self.runs <= self.failures:
            raise RuntimeError("no luck")
        return {"done": self.runs}

    def job(self, after: timedelta = timedelta(minutes=5)) -> DailyJob:
        return DailyJob("counted", after=after, run=self)


def run_at(job: DailyJob, now: datetime, worker: str = "one") -> JobRun | None:
    return run_if_due(job, worker=worker, read=lambda: now)


@pytest.mark.django_db
def test_a_job_runs_once_a_day_and_not_before_its_time() -> None:
    counted = Counted()
    job = counted.job()
    assert run_at(job, MIDNIGHT + timedelta(minutes=4)) is None
    run = run_at(job, MIDNIGHT + timedelta(minutes=5))
    assert run is not None
    assert (run.day, run.result) == (MIDNIGHT.date(), {"done": 1})
    for hours in (1, 12, 23):
        assert run_at(job, MIDNIGHT + timedelta(hours=hours), worker="two") is None
    assert run_at(job, MIDNIGHT + timedelta(days=1, minutes=5)) is not None
    assert counted.runs == 2
    latest = last_run("counted")
    assert latest is not None
    assert latest.day == MIDNIGHT.date() + timedelta(days=1)


@pytest.mark.django_db
def test_a_run_that_was_missed_is_made_up_for_later_in_the_day() -> None:
    counted = Counted()
    assert run_at(counted.job(), MIDNIGHT + timedelta(hours=17)) is not None
    assert counted.runs == 1


@pytest.mark.django_db
def test_a_run_that_failed_is_tried_again_after_a_pause_and_not_for_ever() -> None:
    counted = Counted(failures=1)
    job, at = counted.job(), MIDNIGHT + timedelta(hours=1)
    failed = run_at(job, at)
    assert failed is not None
    assert (failed.finished_at, failed.error) == (None, "RuntimeError: no luck")
    assert run_at(job, at + PAUSE / 2) is None
    again = run_at(job, at + PAUSE, worker="two")
    assert again is not None
    assert (again.attempts, again.error, again.worker) == (2, "", "two")
    assert again.finished_at is not None
    hopeless = Counted(failures=99)
    for attempt in range(ATTEMPTS_MOST + 3):
        run_at(DailyJob("hopeless", timedelta(), hopeless), at + PAUSE * attempt)
    assert hopeless.runs == ATTEMPTS_MOST


@pytest.mark.django_db
def test_a_run_that_a_lost_worker_left_behind_is_taken_over() -> None:
    counted = Counted()
    at = MIDNIGHT + timedelta(hours=1)
    JobRun.objects.create(job="counted", day=at.date(), worker="gone", claimed_at=at)
    assert run_at(counted.job(), at + LEASE - timedelta(seconds=1)) is None
    assert run_at(counted.job(), at + LEASE) is not None
    assert counted.runs == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_the_same_moment_one_runs_the_job() -> None:
    counted, start, found = Counted(), Barrier(2), []

    def work(name: str) -> None:
        start.wait()
        found.append(run_at(counted.job(), NOW, worker=name))
        connection.close()

    threads = [Thread(target=work, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted.runs == 1
    assert sorted(run is not None for run in found) == [False, True]


@pytest.mark.django_db
def test_the_scheduler_goes_on_after_a_job_that_fails_and_keeps_to_the_rhythm() -> None:
    failing, counted, mails = Counted(failures=9), Counted(), Counted()
    scheduler = Scheduler(
        "one",
        (DailyJob("failing", timedelta(), failing), counted.job()),
        (FrequentJob("mails", timedelta(minutes=1), mails),),
        read=lambda: NOW,
    )
    scheduler.look()
    scheduler.look()
    assert (failing.runs, counted.runs, mails.runs) == (1, 1, 1)


def test_workers_have_names_of_their_own() -> None:
    assert worker_name(NOW) != worker_name(NOW)
    assert len(worker_name(NOW)) <= 64


def test_jobs_have_names_of_their_own() -> None:
    assert len({job.name for job in DAILY_JOBS}) == len(DAILY_JOBS)
    assert "standing" in {job.name for job in DAILY_JOBS}


@pytest.mark.clause("T3.1.1a")
@pytest.mark.django_db
def test_the_nightly_run_decides_what_is_due_and_changes_nothing_when_it_runs_again(world: World) -> None:
    later = NOW + timedelta(days=40)  # Comb's 90 days are over
    first = reassess_today(later)
    assert first == {"day": (TODAY + timedelta(days=40)).isoformat(), "changed": 1, "decisions": 1}
    comb = Standing.objects.get(partner=world.comb)
    assert (comb.state, comb.assessed_on) == ("cancelled", TODAY + timedelta(days=40))
    assert reassess_today(later) == first | {"changed": 0, "decisions": 0}


@pytest.mark.django_db
def test_the_nightly_run_can_be_asked_for_as_a_task(world: World) -> None:
    assert reassess_nightly.call() == {"day": TODAY.isoformat(), "changed": 0, "decisions": 0}


@pytest.mark.django_db
def test_all_daily_jobs_run_on_the_small_world(world: World) -> None:
    runs = run_daily(DAILY_JOBS, worker="one", read=lambda: NOW)
    assert [run.error for run in runs] == [""] * len(DAILY_JOBS)
    assert JobRun.objects.filter(finished_at__isnull=False).count() == len(DAILY_JOBS)
