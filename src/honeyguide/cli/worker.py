"""`honeyguide worker`: does what waits — mails and other tasks — and runs the jobs of the day."""

import os
import socket
import time
import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial
from threading import Event, Thread
from typing import Annotated, Any

import structlog
import typer
from django.db import close_old_connections
from django.tasks import TaskResult
from django.tasks.signals import task_started
from django_tasks_db.management.commands.db_worker import Worker

from honeyguide.cli.jobs import DAILY_JOBS, FREQUENT_JOBS
from honeyguide.common import clock
from honeyguide.common.ids import new_id
from honeyguide.common.jobs import DailyJob, FrequentJob, run_daily
from honeyguide.common.rulebooks import begin, within

app = typer.Typer(add_completion=False)
log = structlog.get_logger(__name__)

LOOK_EVERY_S = 10.0
"""How often the scheduler looks whether a job is due."""
STOP_WITHIN_S = 60.0
"""How long a job that is running may take to end when the worker is stopped."""


@app.command()
def worker(
    *,
    interval: Annotated[float, typer.Option(min=0.1, max=60, help="Seconds between two looks for tasks.")] = 1.0,
) -> None:
    """Do what waits: mails and other tasks, the nightly run, other jobs. Several workers share the work."""
    name = worker_name(clock.read())
    scheduler = Scheduler(name, DAILY_JOBS, FREQUENT_JOBS)
    tasks = Worker(
        queue_names=["*"],
        interval=interval,
        batch=False,
        backend_name="default",
        startup_delay=True,
        max_tasks=None,
        worker_id=name,
        excluded_queue_names=[],
    )
    tasks.configure_signals()
    task_started.connect(name_in_logs)
    scheduler.start()
    try:
        tasks.run()
    finally:
        scheduler.stop()


def name_in_logs(sender: object, task_result: TaskResult[..., Any], **_: object) -> None:  # noqa: ARG001 - a receiver
    """What a task logs carries its name and its id, until the next task begins; its rulebooks are of this moment."""
    begin(clock.program_day(clock.read()))
    structlog.contextvars.bind_contextvars(task=task_result.task.name, request_id=str(task_result.id))


def worker_name(now: datetime) -> str:
    """A name that no other worker has, and that says where it runs."""
    return f"{socket.gethostname()[:20]}-{os.getpid()}-{new_id('wrk', now)}"[:64]


class Scheduler:
    """Looks every few seconds which jobs are due and runs them, one after another, beside the tasks."""

    def __init__(
        self,
        name: str,
        daily: tuple[DailyJob, ...],
        frequent: tuple[FrequentJob, ...],
        read: Callable[[], datetime] = clock.read,
    ) -> None:
        """Begin with nothing done; a run of today that was missed is due at once."""
        self.name, self.daily, self.frequent, self.read = name, daily, frequent, read
        self._stopping = Event()
        self._thread = Thread(target=self._loop, name="scheduler", daemon=True)
        self._last: dict[str, float] = {}

    def start(self) -> None:
        """Begin, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Take nothing new; wait for the job that is running."""
        self._stopping.set()
        self._thread.join(STOP_WITHIN_S)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            close_old_connections()
            self.look()
            close_old_connections()
            self._stopping.wait(LOOK_EVERY_S)

    def look(self) -> None:
        """Run what is due. What fails, with the database as a whole, is tried again at a later look."""
        for job in self.daily:
            self._guarded(job.name, partial(run_daily, (job,), worker=self.name, read=self.read))
        for frequent in self.frequent:
            elapsed = time.monotonic()
            if elapsed - self._last.get(frequent.name, -1e9) >= frequent.every.total_seconds():
                self._last[frequent.name] = elapsed
                self._guarded(frequent.name, partial(frequent.run, self.read()))

    def _guarded(self, job: str, run: Callable[[], object]) -> None:
        if self._stopping.is_set():
            return
        with structlog.contextvars.bound_contextvars(job=job, request_id=str(uuid.uuid4())):
            try:
                with within(clock.program_day(self.read())):
                    run()
            except Exception:
                log.exception("job_broke_off")
