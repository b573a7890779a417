"""Comparing the engine's answer with the reference model's, and making a history that shows a difference small."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from honeyguide.program.engine import replay
from honeyguide.program.history import history_from_events
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.versions import Rules, Versions
from tests.reference.books import Rulebooks
from tests.reference.model import answer

Json = dict[str, Any]

LINES_MOST = 20
WIDTH_MOST = 300


def rules_of(rulebooks: Rulebooks) -> Rules:
    """What the engine takes: a rulebook for all days, or its versions."""
    if isinstance(rulebooks, list):
        return Versions([Rulebook.model_validate(version) for version in rulebooks])
    return Rulebook.model_validate(rulebooks)


class Engine:
    """The engine with one history and one rulebook, to be asked several times."""

    def __init__(self, events: list[Json], rulebooks: Rulebooks) -> None:
        """Read both once."""
        self.history = history_from_events(events)
        self.rules = rules_of(rulebooks)

    def answer(self, as_of: date | None = None, explain: bool = True, partners: list[str] | None = None) -> Json:
        """What the engine answers, through JSON: nothing but what can be written as JSON, and no tuples."""
        result = replay(self.history, self.rules, as_of=as_of, partners=partners)
        through_json: Json = json.loads(json.dumps(result.to_dict(explain=explain)))
        return through_json


def engine_answer(
    events: list[Json],
    rulebook: Rulebooks,
    as_of: date | None = None,
    explain: bool = True,
    partners: list[str] | None = None,
) -> Json:
    """What the engine answers to one question."""
    return Engine(events, rulebook).answer(as_of, explain, partners)


def differences(engine: object, reference: object, path: str = "") -> Iterator[str]:
    """Each place at which they differ: path, the engine's value, the reference model's."""
    if isinstance(engine, dict) and isinstance(reference, dict):
        for key in dict.fromkeys([*reference, *engine]):
            inner = f"{path}.{key}" if path else str(key)
            if key not in engine or key not in reference:
                missing = "only in the reference" if key in reference else "only in the engine's"
                yield f"{inner}: {missing}: {reference.get(key, engine.get(key))!r}"
            else:
                yield from differences(engine[key], reference[key], inner)
    elif isinstance(engine, list) and isinstance(reference, list):
        for number, (ours, theirs) in enumerate(zip(engine, reference, strict=False)):
            name = ours["partner"] if isinstance(ours, dict) and "partner" in ours else number
            yield from differences(ours, theirs, f"{path}[{name}]")
        if len(engine) != len(reference):
            longer, side = (engine, "engine's") if len(engine) > len(reference) else (reference, "reference")
            for number in range(min(len(engine), len(reference)), len(longer)):
                yield f"{path}[{number}]: only in the {side}: {longer[number]!r}"
    elif isinstance(engine, bool) is not isinstance(reference, bool) or engine != reference:
        yield f"{path}: {engine!r} != {reference!r}"


def compare(
    events: list[Json],
    rulebook: Rulebooks,
    as_of: date | None = None,
    explain: bool = True,
    partners: list[str] | None = None,
) -> list[str]:
    """The differences between the two answers to the same question."""
    ours = engine_answer(events, rulebook, as_of, explain, partners)
    return list(differences(ours, answer(events, rulebook, as_of, explain, partners)))


def smallest(events: list[Json], differs: Callable[[list[Json]], bool]) -> list[Json]:
    """The history without all that can be left out with the difference still there."""
    size = max(1, len(events) // 2)
    while size:
        start = 0
        while start < len(events):
            fewer = valid_without(events, set(range(start, min(start + size, len(events)))))
            if len(fewer) < len(events) and differs(fewer):
                events = fewer
            else:
                start += size
        size //= 2
    return events


def valid_without(events: list[Json], dropped: set[int]) -> list[Json]:
    """The history without the events of these numbers, and without what refers to the sales among them."""
    gone = {events[number]["sale"] for number in dropped if events[number]["type"] == "sale.paid"}
    return [event for number, event in enumerate(events) if number not in dropped and event.get("sale") not in gone]


def told(events: list[Json], rulebook: Rulebooks, as_of: date | None, title: str) -> str:
    """What to print of a difference: its title, where the answers differ and the events as JSON Lines."""

    def differs(some: list[Json]) -> bool:
        return bool(compare(some, rulebook, as_of))

    events = smallest(events, differs)
    found = compare(events, rulebook, as_of)
    more = [f"... and {len(found) - LINES_MOST} more"] if len(found) > LINES_MOST else []
    lines = [json.dumps(event, default=_written) for event in events]
    return "\n".join(
        [title, "(engine != reference)", *(line[:WIDTH_MOST] for line in found[:LINES_MOST]), *more, *lines]
    )


def _written(value: object) -> str:
    if isinstance(value, Decimal | date):
        return str(value)
    raise TypeError(value)
