"""Asking for a simulation of a draft. The worker carries it out (simulating.py)."""

from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Stale
from honeyguide.common.ids import new_id
from honeyguide.rulebooks.services import NotPublishable
from honeyguide.studio.drafts import check_revision, locked, problems_now
from honeyguide.studio.models import SimulationRun, SimulationState
from honeyguide.studio.rules import check_editor
from honeyguide.studio.tasks import simulate_draft

GIVEN_UP_AFTER = timedelta(minutes=30)
"""A simulation in which nothing has moved for so long has lost its worker; another may be begun."""


def ask(*, uid: str, revision: int, actor: Actor, now: datetime) -> SimulationRun:
    """Have a draft simulated as it is; one at a time. The same draft unchanged: the simulation that is there.

    Raises NotFound, Forbidden, Stale, and NotPublishable while the draft has problems.
    """
    check_editor(actor)
    assert actor.user is not None
    with transaction.atomic():
        draft = locked(uid)
        check_revision(draft, revision)
        if not draft.is_open:
            raise Stale(_("This draft is closed."))
        if draft.problems:
            raise NotPublishable(problems_now(draft))
        _give_up_lost(draft.pk, now)
        before = draft.simulations.filter(revision=revision).exclude(state=SimulationState.FAILED).first()
        if before is not None and (before.is_under_way or before.as_of == program_day(now)):
            return before
        try:
            with transaction.atomic():
                run = SimulationRun.objects.create(
                    uid=new_id("sim", now), draft=draft, revision=revision, text=draft.text, asked_by=actor.user,
                    asked_at=now, changed_at=now,
                )  # fmt: skip
        except IntegrityError as twice:
            raise Stale(_("An earlier simulation of this draft is still under way.")) from twice
        transaction.on_commit(partial(simulate_draft.enqueue, run.uid))
    return run


def _give_up_lost(draft_id: int, now: datetime) -> None:
    lost = SimulationRun.objects.filter(
        draft_id=draft_id,
        state__in=[SimulationState.WAITING, SimulationState.RUNNING],
        changed_at__lt=now - GIVEN_UP_AFTER,
    )
    lost.update(state=SimulationState.FAILED, problem="its worker was lost", changed_at=now)
