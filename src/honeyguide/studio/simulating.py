"""Simulating a draft on the live history: carried out by the worker, kept with all that was found."""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import QuerySet

from honeyguide.common.clock import program_day
from honeyguide.program.report import simulation_page
from honeyguide.program.rulebook import parse_rulebook
from honeyguide.program.simulation import Step, simulate
from honeyguide.standing.engine import whole_history
from honeyguide.studio import results
from honeyguide.studio.drafts import base_of
from honeyguide.studio.models import NearMiss, SimulatedMove, SimulatedPoints, SimulationRun, SimulationState

STEPS_COUNT = 5
"""Reading the history, the current rules, the draft, the comparison, and keeping what was found."""
_STEP_NUMBERS: dict[Step, int] = {"current": 1, "draft": 2, "comparison": 3}
ROWS_AT_ONCE = 500
PROBLEM_CHARS = 500

log = structlog.get_logger(__name__)


def carry_out(*, uid: str, read: Callable[[], datetime]) -> None:
    """Do a simulation that waits: WAITING becomes RUNNING, then DONE or FAILED. Twice is once. `read`: the clock."""
    now = read()
    waiting = SimulationRun.objects.filter(uid=uid, state=SimulationState.WAITING)
    if not waiting.update(state=SimulationState.RUNNING, step=0, changed_at=now):
        return
    run = SimulationRun.objects.select_related("draft").get(uid=uid)
    try:
        _simulate(run, read)
    except Exception as failure:
        log.exception("simulation_failed", simulation=uid)
        problem = f"{type(failure).__name__}: {failure}"[:PROBLEM_CHARS]
        _running(run).update(state=SimulationState.FAILED, problem=problem, changed_at=read())


def _simulate(run: SimulationRun, read: Callable[[], datetime]) -> None:
    day = program_day(run.asked_at)
    base, draft = base_of(run.draft, day), parse_rulebook(run.text)
    history = whole_history()

    def on_step(step: Step) -> None:
        _running(run).update(step=_STEP_NUMBERS[step], changed_at=read())

    found = simulate(history, base, draft, as_of=day, with_points_months=True, on_step=on_step)
    _running(run).update(step=STEPS_COUNT - 1, changed_at=read())
    report = simulation_page(found)
    with transaction.atomic():
        done = _running(run).update(
            state=SimulationState.DONE,
            step=STEPS_COUNT,
            against=base.version,
            as_of=found.as_of,
            result=results.summary(found, base, draft),
            report=report,
            changed_at=read(),
        )
        if done:
            SimulatedMove.objects.bulk_create(results.moves(found, run), batch_size=ROWS_AT_ONCE)
            SimulatedPoints.objects.bulk_create(results.points(found, run), batch_size=ROWS_AT_ONCE)
            NearMiss.objects.bulk_create(results.near_misses(found, run), batch_size=ROWS_AT_ONCE)


def _running(run: SimulationRun) -> QuerySet[SimulationRun]:
    return SimulationRun.objects.filter(pk=run.pk, state=SimulationState.RUNNING)
