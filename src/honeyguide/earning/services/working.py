"""What was asked for of a table, carried out: at once or by the worker, whole or not at all, and once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor, Via
from honeyguide.common.errors import Refusal
from honeyguide.earning import limits
from honeyguide.earning.models import TABLES_UNDER_WAY, TableImport, TableState
from honeyguide.earning.services import recording, undoing

STEPS_COUNT = 3
"""Waiting for somebody to begin, reading, doing."""

log = structlog.get_logger(__name__)


class Doing(Protocol):
    """Does what a table waits for and moves it on, in one transaction. Raises Refusal."""

    def __call__(self, upload: TableImport, *, actor: Actor, now: datetime) -> None:
        """Do it."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is done with a table in a state, and the state to which it goes back where that comes to nothing."""

    do: Doing
    back: TableState


WORK: dict[str, Work] = {
    TableState.CHECKING: Work(recording.check, TableState.MAPPING),
    TableState.RECORDING: Work(recording.record, TableState.CHECKED),
    TableState.PLANNING: Work(undoing.plan, TableState.DONE),
    TableState.UNDOING: Work(undoing.take_back, TableState.DONE),
}


def carry_out(*, uid: str, read: Callable[[], datetime]) -> None:
    """Do what was asked for of a table. Twice is once. `read`: the clock.

    Where that comes to nothing, the table goes back to where it was, with words that say why; nothing else is changed.
    """
    now = read()
    waiting = TableImport.objects.filter(uid=uid, state__in=TABLES_UNDER_WAY)
    if not waiting.update(begun_at=now, attempts=F("attempts") + 1, step=1):
        return
    upload = TableImport.objects.select_related("asked_by").get(uid=uid)
    work, asked = WORK.get(upload.state), upload.asked
    if work is None:  # another has done it between the two lines
        return
    as_asked = TableImport.objects.filter(pk=upload.pk, state=upload.state, asked_at=upload.asked_at)
    with translation.override(asked["language"]):
        failure = _failure(upload, work, now)
        if failure:
            as_asked.update(state=work.back, failure=failure)


def _failure(upload: TableImport, work: Work, now: datetime) -> str:
    """Do it; gives why it came to nothing, "" where it is done."""
    if upload.attempts > limits.TABLE_ATTEMPTS:
        return _("Whoever was at work on it has broken off, several times.")
    asked = upload.asked
    actor = Actor(name=asked["name"], user=upload.asked_by, via=Via(asked["via"]), request_id=asked["request_id"])
    try:
        work.do(upload, actor=actor, now=now)
    except Refusal as refusal:
        return refusal.message
    except Exception:
        log.exception("table_failed", table=upload.uid, attempts=upload.attempts)
        return _("Something went wrong that should not; the program's log says what.")
    return ""


def left_behind(now: datetime) -> list[str]:
    """Take up tables whose worker or task is gone; gives their ids. Those that a worker still holds are left."""
    since = now - timedelta(seconds=limits.TABLE_TAKEN_UP_AFTER_S)
    gone = Q(begun_at__lt=since) | Q(begun_at=None, asked_at__lt=since)
    rows = TableImport.objects.filter(gone, state__in=TABLES_UNDER_WAY)
    if not rows.exists():  # nothing to lock, nearly always
        return []
    with transaction.atomic():
        found = list(rows.select_for_update(skip_locked=True).values_list("uid", flat=True))
        TableImport.objects.filter(uid__in=found).update(begun_at=now)
    return found
