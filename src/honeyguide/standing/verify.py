"""Whether what is stored is what the history says: everything is derived once more, and each difference named."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

import polars as pl
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Max

from honeyguide.history import guards
from honeyguide.history.kinds import AUDIT_TYPES
from honeyguide.history.models import Event, Ident
from honeyguide.history.queries import NAMESPACES, client_of, ident_of, program_events, uids_and_lines_of
from honeyguide.partners.models import Partner
from honeyguide.program.engine.figures import day_number
from honeyguide.program.engine.timeline import days_of
from honeyguide.program.history import History, InvalidHistory, history_from_lines
from honeyguide.program.history.events import EVENT_TYPES
from honeyguide.rulebooks.queries import in_force
from honeyguide.standing.engine import Assessment, assess_history
from honeyguide.standing.models import Standing
from honeyguide.standing.movements import recorded
from honeyguide.standing.queries import rank_today
from honeyguide.standing.services import standing_of
from honeyguide.standing.settled import ledger_differences

ROWS_AT_ONCE = 2_000
PATHS_SHOWN = 8
"""Differences inside one stored document that are named; the rest is counted."""
_DOCUMENTS = ("answer", "outlook", "entitlements", "path")

type Check = Callable[[], Iterable[str]]
"""Gives a line for each difference that it finds, in words for an operator."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at and what was found."""

    events: int
    standings: int
    differences: tuple[str, ...]


def verify(more: Sequence[Check] = ()) -> Verified:
    """Run all checks, and those that an interface adds for the rooms above. Nothing is changed."""
    with _one_moment():
        found = tuple(line for check in (*CHECKS, *more) for line in check())
        return Verified(program_events().count(), Standing.objects.count(), found)


@contextmanager
def _one_moment() -> Iterator[None]:
    """All that is read in it is of the same moment, whatever is written meanwhile."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def guards_of(*tables: str) -> Check:
    """A check that tables are append-only."""

    def check() -> Iterator[str]:
        for table in tables:
            for name in guards.missing(connection, table):
                yield f"table {table}: its guard {name} is missing or changed, so that rows could be changed"

    return check


def columns_agree() -> Iterator[str]:
    """Each event's columns say what its data says; what is no event of the program is of a known kind."""
    rows = Event.objects.order_by("seq").values_list(
        "seq", "uid", "is_program", "type", "partner", "client", "ident", "at", "data"
    )
    for seq, uid, is_program, kind, partner, client, ident, at, data in rows.iterator(ROWS_AT_ONCE):
        name = f"event {seq} ({uid})"
        if is_program != (kind in EVENT_TYPES) or (not is_program and kind not in AUDIT_TYPES):
            yield f"{name}: type stored {kind}, expected one of the {'program' if is_program else 'audit'}'s"
        if not is_program:
            continue
        if not isinstance(data, dict):
            yield f"{name}: data stored {_shown(data)}, expected an event"
            continue
        columns = {"type": kind, "partner": partner, "client": client, "ident": ident, "id": uid}
        said = {
            "type": data.get("type"),
            "partner": data.get("partner"),
            "client": client_of(data),
            "ident": ident_of(data),
            "id": data.get("id"),
        }
        for column, value in columns.items():
            if value != said[column]:
                yield f"{name}: {column} stored {_shown(value)}, its data says {_shown(said[column])}"
        if at != _instant(data.get("at")):
            yield f"{name}: at stored {at.isoformat()}, its data says {_shown(data.get('at'))}"


def _instant(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def idents_agree() -> Iterator[str]:
    """The ids that are given away are those of the events."""
    expected: dict[tuple[str, str], str] = {}
    given = program_events().filter(type__in=NAMESPACES).values_list("type", "ident", "partner")
    for kind, ident, partner in given.iterator(ROWS_AT_ONCE):
        expected.setdefault((NAMESPACES[kind], ident), partner)
    stored = {
        (namespace, ident): partner
        for namespace, ident, partner in Ident.objects.values_list("namespace", "ident", "partner")
    }
    for key in sorted(expected.keys() | stored.keys()):
        if key not in stored:
            yield f"id {key[1]}: an event has it, the table of ids does not"
        elif key not in expected:
            yield f"id {key[1]}: the table of ids has it, no event does"
        elif stored[key] != expected[key]:
            yield f"id {key[1]}: partner stored {stored[key]}, its event says {expected[key]}"


def partners_exist() -> Iterator[str]:
    """Whom the history speaks of is there."""
    spoken_of = set(program_events().order_by().values_list("partner", flat=True).distinct())
    for key in sorted(spoken_of - set(Partner.objects.values_list("key", flat=True))):
        yield f"partner {key}: the history has events of it, the table of partners has not"


def standings_agree() -> Iterator[str]:
    """The history is valid as a whole, and the engine finds in it exactly the standings that are stored."""
    uids, lines = uids_and_lines_of(program_events())
    try:
        history = recorded(history_from_lines(lines), uids)
    except InvalidHistory as invalid:
        for problem in invalid.problems:
            name = f"event {uids[problem.line - 1]}" if problem.line else "history"
            yield f"{name}: {problem.text}"
        yield "history: it does not fit together, so standings could not be compared"
        return
    stored = Standing.objects.select_related("partner").order_by("assessed_on", "partner__key")
    yield from _without_standing(history)
    days = {day: list(rows) for day, rows in groupby(stored, key=lambda standing: standing.assessed_on)}
    for day, rows in days.items():
        yield from _differences(history, day, rows, ranks=len(days) == 1)


def _without_standing(history: History) -> Iterator[str]:
    known = set(Standing.objects.values_list("partner__key", flat=True))
    there = set(Partner.objects.values_list("key", flat=True))
    latest = Standing.objects.aggregate(day=Max("assessed_on"))["day"]
    events = history.events["partner"]
    if latest is not None:  # whose first event is yet to come has no standing yet
        days = days_of(history.events["at_us"], in_force(latest).time_zone)
        events = events.filter(pl.Series(days <= day_number(latest)))
    for key in history.partners.gather(events.unique().sort()).to_list():
        if key in there and key not in known:
            yield f"partner {key}: no standing is stored, though the history has events of it"


def _differences(history: History, day: date, rows: list[Standing], *, ranks: bool) -> Iterator[str]:
    """How the standings of a day differ from the engine's; `ranks`: all are of that day, so they can be counted."""
    replayed = assess_history(history, day)
    rulebook = in_force(day)
    expected = (rulebook.name, rulebook.version)
    for standing in rows:
        name = f"partner {standing.partner.key}"
        found = replayed.get(standing.partner.key)
        if found is None:
            yield f"{name}: a standing of {day} is stored, the history has no event of it by then"
            continue
        if (standing.rulebook_name, standing.rulebook_version) != expected:
            yield (
                f"{name}: assessed by rulebook {standing.rulebook_name} {standing.rulebook_version}, "
                f"in force is {' '.join(expected)}"
            )
            continue
        if ranks and rank_today(standing) != found.answer["points"]["rank"]:
            yield f"{name}: rank counted {rank_today(standing)}, replayed {found.answer['points']['rank']}"
        found.answer["points"]["rank"] = None  # not stored: it depends on everybody
        yield from (f"{name}: {line}" for line in _fields(standing, found, day))
    yield from ledger_differences(rows, replayed, day)


def _fields(stored: Standing, found: Assessment, day: date) -> Iterator[str]:
    replayed = standing_of(stored.partner, found, day)
    replayed.moves_digest = found.moves.digest(stored.partner.key) if found.moves is not None else ""
    for field in Standing._meta.concrete_fields:
        if field.name in {"id", "partner"} or field.name in _DOCUMENTS:
            continue
        before, after = getattr(stored, field.name), getattr(replayed, field.name)
        if before != after:
            yield f"{field.name} stored {_shown(before)}, replayed {_shown(after)}"
    for name in _DOCUMENTS:
        before, after = getattr(stored, name), _as_json(getattr(replayed, name))
        if name == "outlook":
            before, after = _own_prices_only(before, after)
        paths = list(_paths(name, before, after))
        yield from paths[:PATHS_SHOWN]
        if len(paths) > PATHS_SHOWN:
            yield f"{name} differs in {len(paths) - PATHS_SHOWN} more places"


def _own_prices_only(stored: Any, replayed: Any) -> tuple[Any, Any]:
    """Two outlooks without the plans that are priced by what seats cost others: those move with everybody's sales."""
    if not isinstance(stored, dict) or not isinstance(replayed, dict):
        return stored, replayed
    stored, replayed = dict(stored), dict(replayed)
    for purpose, goal in stored.items():
        other = replayed.get(purpose)
        if _prices_of_others(goal) or _prices_of_others(other):
            stored[purpose], replayed[purpose] = (
                {name: value for name, value in one.items() if name != "plan"} if isinstance(one, dict) else one
                for one in (goal, other)
            )
    return stored, replayed


def _prices_of_others(goal: object) -> bool:
    price = goal["plan"].get("seat_price") if isinstance(goal, dict) and isinstance(goal.get("plan"), dict) else None
    return isinstance(price, dict) and price.get("basis") != "own"


def _as_json(value: object) -> Any:
    """A value as it comes back from the database."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def _paths(path: str, stored: object, replayed: object) -> Iterator[str]:
    """Where two JSON values differ."""
    if isinstance(stored, dict) and isinstance(replayed, dict):
        for name in sorted(stored.keys() | replayed.keys()):
            yield from _paths(f"{path}.{name}", stored.get(name, _NOTHING), replayed.get(name, _NOTHING))
    elif isinstance(stored, list) and isinstance(replayed, list) and len(stored) == len(replayed):
        for place, (one, other) in enumerate(zip(stored, replayed, strict=True)):
            yield from _paths(f"{path}[{place}]", one, other)
    elif stored != replayed:
        yield f"{path} stored {_shown(stored)}, replayed {_shown(replayed)}"


class _Nothing:
    """Stands for a name that is not there."""


_NOTHING = _Nothing()
_CHARACTERS_SHOWN = 80


def _shown(value: object) -> str:
    if isinstance(value, _Nothing):
        return "nothing"
    if value is None or isinstance(value, str):
        text = value or "nothing"
    elif isinstance(value, dict | list | bool):
        text = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, Decimal):
        text = f"{value.normalize():f}"
    else:
        text = str(value)
    return text if len(text) <= _CHARACTERS_SHOWN else f"{text[:_CHARACTERS_SHOWN]}…"


CHECKS: tuple[Check, ...] = (
    guards_of("history_event"),
    columns_agree,
    idents_agree,
    partners_exist,
    standings_agree,
)
"""In the order in which they are told. Rooms above have checks of their own, which interfaces hand to verify()."""
