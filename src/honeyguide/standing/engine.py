"""The engine on the live history: what holds for some partners on a day, or for all."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db.models import QuerySet

from honeyguide.history.models import Event
from honeyguide.history.queries import events_around, program_events, uids_and_lines_of
from honeyguide.program.engine.figures import day_number
from honeyguide.program.engine.objects import head
from honeyguide.program.engine.outcome import decide
from honeyguide.program.engine.replay import answer_of, partners_of
from honeyguide.program.engine.timeline import lay
from honeyguide.program.history import History, history_from_lines
from honeyguide.program.outlook import outlook_of
from honeyguide.rulebooks.queries import all_versions
from honeyguide.standing.movements import Recorded, Wanted, recorded


@dataclass(frozen=True, slots=True)
class Assessment:
    """One partner on a day: the answer's object (docs/schema/answer.json), the outlook's (outlook.json beside it).

    `moves`: the movements of points of all partners of the same history; None where events have no ids.
    """

    answer: dict[str, Any]
    outlook: dict[str, Any]
    moves: Wanted | None = None


def history_around(partners: Collection[str]) -> Recorded:
    """All that the standing of some partners depends on, but for their rank."""
    return _read(events_around(partners))


def whole_history() -> Recorded:
    """The program's history."""
    return _read(program_events())


def _read(events: QuerySet[Event]) -> Recorded:
    uids, lines = uids_and_lines_of(events)
    return recorded(history_from_lines(lines), uids)


def assess(partners: Collection[str], day: date) -> dict[str, Assessment]:
    """Some partners at the end of a day, by key. `rank` is null: it needs all (queries.rank_of)."""
    return assess_history(history_around(partners), day, partners, ranked=False)


def assess_history(
    history: History, day: date, partners: Collection[str] | None = None, *, ranked: bool = True
) -> dict[str, Assessment]:
    """The partners of a history at the end of a day, by key; `ranked`: the history is whole, so ranks can be told."""
    versions = all_versions()
    outcome = decide(history, versions, lay(history, versions, day_number(day)), with_moves=True)
    answer_table = answer_of(history, versions, outcome)
    outlook_table = outlook_of(history, versions, outcome, answer_table)
    if partners is not None:
        answer_table, outlook_table = answer_table.only(partners), outlook_table.only(partners)
    answers = answer_table.to_dict(explain=True)["partners"]
    outlooks = {found["partner"]: found for found in outlook_table.to_dict()["partners"]}
    if not ranked:
        for answer in answers:
            answer["points"]["rank"] = None
    moves = Wanted(history, outcome) if isinstance(history, Recorded) else None
    return {answer["partner"]: Assessment(answer, outlooks.get(answer["partner"], {}), moves) for answer in answers}


def head_on(history: History, day: date, partner: str) -> dict[str, Any]:
    """What holds for one partner at the end of a day: its answer (docs/schema/answer.json) without lists and rank."""
    versions = all_versions()
    outcome = decide(history, versions, lay(history, versions, day_number(day)))
    (row,) = partners_of(history, versions, outcome).filter(pl.col("partner") == partner).iter_rows(named=True)
    found = head(row)
    found["points"]["rank"] = None
    return found
