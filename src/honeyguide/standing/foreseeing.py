"""What events would bring, worked out on one reading of the history; and, from the same reading, their recording.

For many events at once: services.tell reads and replays the history anew for what it has recorded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.history.bulk import write_lines
from honeyguide.history.queries import events_around, loads, uids_and_lines_of
from honeyguide.history.services import fresh_lines, history_of_lines
from honeyguide.standing.announce import announce
from honeyguide.standing.engine import Assessment, assess_history
from honeyguide.standing.movements import recorded
from honeyguide.standing.services import concerned_by, lock, store


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Events that are not recorded yet, as lines; and what would hold with them at the end of a day.

    `after`: by key, everyone whom they concern.
    """

    lines: list[str]
    day: date
    after: dict[str, Assessment]


def foresee(events: Sequence[Mapping[str, Any]], *, now: datetime, locked: bool = False) -> Foreseen:
    """Replay the history of everyone concerned with some events more; nothing is written.

    `locked`: lock them first, in the transaction in which the events are told. Raises history.services.DoesNotFit
    where they do not fit what has happened.
    """
    if locked:
        lock(concerned_by(events))
    day = program_day(now)
    lines = fresh_lines(events, now=now)
    fresh = [loads(line) for line in lines]
    concerned = concerned_by(fresh)
    uids, known = uids_and_lines_of(events_around(concerned))
    history = recorded(history_of_lines(lines, known), [*uids, *(event["id"] for event in fresh)])
    return Foreseen(lines, day, assess_history(history, day, concerned, ranked=False))


def tell_foreseen(foreseen: Foreseen, *, actor: Actor, now: datetime) -> None:
    """Record the events and store what holds with them; partners get notices of what is new in their standing.

    The caller has foreseen with everyone locked, in this transaction; or without, and has then locked them and found
    no event more than before (history.queries.events_count).
    """
    with transaction.atomic():
        partners = lock(foreseen.after)
        write_lines(foreseen.lines, actor=actor, now=now)
        changes = store(partners, foreseen.after, foreseen.day, now, actor)
        announce(changes, actor=actor, now=now)
