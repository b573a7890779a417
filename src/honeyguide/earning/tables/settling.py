"""What the rows of a table are beside each other and beside the history: new, known, or wrong (G1.5)."""

from collections.abc import Collection, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from honeyguide.common.clock import program_day
from honeyguide.common.local import NOTHING, day_text
from honeyguide.common.words import words_of
from honeyguide.earning import limits
from honeyguide.earning.models import TableKind
from honeyguide.earning.tables.mapping import CONFIRMED, DELIVERED, NO, YES, Mapping, fields_of
from honeyguide.earning.undone import table_uid, undone_tables
from honeyguide.history.models import Event
from honeyguide.history.queries import program_events

NEW, KNOWN, SKIPPED, WRONG = "new", "known", "skipped", "wrong"


@dataclass(slots=True)
class Row:
    """One row. `events`: what it would tell, where it is new; `shown`: its main cells in words.

    `lacks`: papers without which its project earns nothing (G1.3).
    """

    number: int
    state: str = NEW
    problems: list[str] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)
    lacks: list[str] = field(default_factory=list)


def told_of(kind: str, name: str, words: str) -> str:
    """Words about a field, with what it is called before them."""
    return f"{next(each.title for each in fields_of(kind) if each.name == name)}: {words}"


def settle(rows: Sequence[Row], kind: str, mapping: Mapping) -> None:
    """Compare the rows with each other and with the history: twice in the table is wrong, in the history is known."""
    fresh = [row for row in rows if row.state == NEW]
    known = _known({_ident(row.events[0]) for row in fresh})
    undone = undone_tables()
    seen: dict[str, int] = {}
    for row in fresh:
        ident = _ident(row.events[0])
        before = seen.setdefault(ident, row.number)
        if before != row.number:
            row.state = WRONG
            row.problems = [
                _("the same as row %(number)s; give each a number of its own if they are two") % {"number": before}
            ]
            continue
        ident = _free(ident, known, undone)
        for event in row.events:
            event["sale" if "sale" in event else "project"] = ident
        _compare(row, known.get(ident, []), kind, mapping)


def _compare(row: Row, before: Sequence[Event], kind: str, mapping: Mapping) -> None:
    """Whether the history has a row's events, some of them, or others under its id."""
    if not before:
        return
    told = {event.type: event for event in before}
    first = row.events[0]
    same = told.get(first["type"])
    if same is None:
        problems = [_("its number is that of something else, which is recorded already")]
    else:
        problems = _differences(row, told, kind, mapping)
    if problems:
        row.state, row.problems = WRONG, problems
        return
    row.events = [event for event in row.events if event["type"] not in told]
    row.state = NEW if row.events else KNOWN
    if row.events and same is not None and same.uid.startswith(_REPORTED):
        row.state, row.events = WRONG, []
        row.problems = [_("was reported in the portal: its client confirms it by the link")]


def _differences(row: Row, told: Table[str, Event], kind: str, mapping: Mapping) -> list[str]:
    """Each field of a row, as far as the table has it, that is recorded otherwise; with both values."""
    here = _facts(kind, {event["type"]: (event, event["at"]) for event in row.events})
    there = _facts(kind, {name: (event.data, event.at) for name, event in told.items()})
    names = _ALWAYS | mapping.columns.keys()
    if any(event.uid.startswith(_REPORTED) for event in told.values()):
        names -= _OF_THE_TABLE
    return [
        told_of(kind, name, _("%(here)s here, recorded as %(there)s") % {
            "here": _shown(kind, name, value), "there": _shown(kind, name, there[name])
        })
        for name, value in here.items()
        if name in names and value != there[name] and not (name in _LATER and there[name] is None)
    ]  # fmt: skip


_REPORTED = "prj_"
"""What ids of projects begin with that were reported in the portal."""
_ALWAYS = {"partner", "client", "product", "amount"}
"""Compared where a table has no column for it too."""
_OF_THE_TABLE = {"day", "report", "checklist"}
"""A report of the portal has its own: the day of its acceptance, its papers."""
_LATER = {"stage", "confirmed_day"}
"""What a later table can add."""


def _facts(kind: str, events: Table[str, tuple[Table[str, Any], datetime]]) -> dict[str, Any]:
    """What some events say, by field of the table; absent is the same as the rules' default (G1.1)."""
    first, at = next(found for name, found in events.items() if name in {"sale.paid", "project.delivered"})
    common = {"partner": first["partner"], "client": first["client"], "day": program_day(at)}
    modules = sorted(first.get("modules") or [])
    if kind == TableKind.DEALS:
        return {
            **common,
            "amount": Decimal(str(first["net"])),
            "product": first["product"],
            "plan": first.get("plan") or "basic",
            "users": int(first.get("seats") or 0),
            "licences": int(first.get("licences") or 1),
            "term_months": int(first.get("term_months") or 0),
            "modules": modules,
        }
    confirmed = events.get("project.confirmed")
    return {
        **common,
        "modules": modules,
        "integration": YES if first.get("integration") else NO,
        "stage": None if confirmed is None else CONFIRMED,
        "confirmed_day": None if confirmed is None else program_day(confirmed[1]),
        "report": first.get("report") or "",
        "checklist": first.get("checklist") or "",
    }


def _shown(kind: str, name: str, value: Any) -> str:
    """A fact in words."""
    if isinstance(value, date):
        return day_text(value)
    if value == 0 and name == "term_months":
        return _("without end")
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    words = next(each.meanings or {} for each in fields_of(kind) if each.name == name)
    if isinstance(value, list):
        return ", ".join(words_of(words, each) for each in value) or NOTHING
    if name == "stage":
        value = value or DELIVERED
    return str(words.get(value, value)) if value is not None and value != "" else NOTHING


def _known(idents: set[str]) -> dict[str, list[Event]]:
    """Events under some ids and under those that follow them (`id~2`), by id."""
    found: dict[str, list[Event]] = {}
    wanted = set(idents)
    for _round in range(1, limits.ROUNDS_OF_AN_IDENT):
        events = program_events().filter(
            ident__in=wanted, type__in=["sale.paid", "project.delivered", "project.confirmed", "points.granted"]
        )
        more = list(events)
        if not more:
            break
        for event in more:
            found.setdefault(event.ident, []).append(event)
        wanted = {_next(event.ident) for event in more}
    return found


def _next(ident: str) -> str:
    stem, mark, number = ident.rpartition("~")
    return f"{stem}~{int(number) + 1}" if mark and number.isdigit() else f"{ident}~2"


def _free(ident: str, known: Table[str, Sequence[Event]], undone: Collection[str]) -> str:
    """The id under which a row stands: a next one where the one before it belongs to an import that was taken back."""
    while any(table_uid(event.uid) in undone for event in known.get(ident, ())):
        ident = _next(ident)
    return ident


def _ident(event: Table[str, Any]) -> str:
    return str(event.get("sale") or event["project"])
