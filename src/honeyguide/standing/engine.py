"""The engine on the live history: what holds for some partners on a day, or for all."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from honeyguide.history.queries import events_around, lines_of, program_events
from honeyguide.program.engine.figures import day_number
from honeyguide.program.engine.outcome import decide
from honeyguide.program.engine.replay import answer_of
from honeyguide.program.engine.timeline import lay
from honeyguide.program.history import History, history_from_lines
from honeyguide.program.outlook import outlook_of
from honeyguide.rulebooks.queries import in_force


@dataclass(frozen=True, slots=True)
class Assessment:
    """One partner on a day: the answer's object (docs/schema/answer.json), the outlook's (outlook.json beside it)."""

    answer: dict[str, Any]
    outlook: dict[str, Any]


def history_around(partners: Collection[str]) -> History:
    """All that the standing of some partners depends on, but for their rank."""
    return history_from_lines(lines_of(events_around(partners)))


def whole_history() -> History:
    """The program's history."""
    return history_from_lines(lines_of(program_events()))


def assess(partners: Collection[str], day: date) -> dict[str, Assessment]:
    """Some partners at the end of a day, by key. `rank` is null: it needs all (queries.rank_of)."""
    return assess_history(history_around(partners), day, partners, ranked=False)


def assess_history(
    history: History, day: date, partners: Collection[str] | None = None, *, ranked: bool = True
) -> dict[str, Assessment]:
    """The partners of a history at the end of a day, by key; `ranked`: the history is whole, so ranks can be told."""
    rulebook = in_force(day)
    outcome = decide(history, rulebook, lay(history, rulebook, day_number(day)))
    answer_table = answer_of(history, rulebook, outcome)
    outlook_table = outlook_of(history, rulebook, outcome, answer_table)
    if partners is not None:
        answer_table, outlook_table = answer_table.only(partners), outlook_table.only(partners)
    answers = answer_table.to_dict(explain=True)["partners"]
    outlooks = {found["partner"]: found for found in outlook_table.to_dict()["partners"]}
    if not ranked:
        for answer in answers:
            answer["points"]["rank"] = None
    return {answer["partner"]: Assessment(answer, outlooks.get(answer["partner"], {})) for answer in answers}
