"""An answer as Python objects, made by rows: what its JSON says, for a reader in the same process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from honeyguide.program.engine.benefits import percent_text
from honeyguide.program.engine.requirements import COUNT, MONEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import polars as pl

    from honeyguide.program.engine.answer import Answer

type Object = dict[str, Any]

POINT_NAMES = ("active", "available", "held", "debt", "expired", "spent", "rank")


def document(as_of: date | None, rulebook_name: str, rulebook_version: str) -> Object:
    """The head of an answer: its day and its rulebook."""
    return {"as_of": day(as_of), "rulebook": {"name": rulebook_name, "version": rulebook_version}}


def partner_objects(answer: Answer, *, explain: bool) -> list[Object]:
    """An object for each partner, equal to what the JSON holds."""
    requirements = by_key(answer.requirements, "partner", _requirement)
    decided = by_key(answer.decided_by, "transition", _requirement) if explain else None

    def transition(row: Object) -> Object:
        words = ("from", "to", "cause", "clause", *(("rulebook",) if answer.names_versions else ()))
        found = {"on": day(row["on"]), **{name: row[name] for name in words}}
        return found if decided is None else found | {"requirements": decided.get(row["transition"], [])}

    transitions = by_key(answer.transitions, "partner", transition)
    warnings = by_key(answer.warnings, "partner", lambda row: row["text"])
    restatements = by_key(answer.restatements, "partner", _restatement)
    return [
        {
            **head(row),
            "requirements": requirements.get(row["partner"], []),
            "warnings": warnings.get(row["partner"], []),
            "restatements": restatements.get(row["partner"], []),
            "transitions": transitions.get(row["partner"], []),
        }
        for row in answer.partners.iter_rows(named=True)
    ]


def head(row: Object) -> Object:
    """Of a row of the table of partners, what is no list."""
    return {
        **{name: row[name] for name in ("partner", "name", "country", "state", "status")},
        **{name: day(row[name]) for name in ("since", "confirmed_on", "review_on")},
        "discount_percent": json.loads(percent_text(row["discount_hundredths"])),
        "entitlements": row["entitlements"],
        "points": {name: row[f"points_{name}"] for name in POINT_NAMES},
    }


def by_key(table: pl.DataFrame, key: str | list[str], made: Callable[[Object], Any]) -> dict[Any, list[Any]]:
    """What a function makes of each row, by a column, or by the tuple of several, in the order of the rows."""
    rows = table.rows_by_key(key, named=True, include_key=True)
    return {value: [made(row) for row in found] for value, found in rows.items()}


def day(value: date | None) -> str | None:
    """A day as in JSON."""
    return None if value is None else value.isoformat()


def money(minor: int | None) -> str | None:
    """Minor units as a decimal with two digits: 250000 -> "2500.00"."""
    return None if minor is None else f"{minor // 100}.{minor % 100:02}"


def figure(value: int | None, kind: int) -> Any:
    """A requirement's figure: money as text, a count as a number, a fact as true or false."""
    if value is None or kind == COUNT:
        return value
    return money(value) if kind == MONEY else value == 1


def window(row: Object) -> list[str | None] | None:
    """The first and the last day of a figure that has any."""
    return None if row["first"] is None else [day(row["first"]), day(row["last"])]


def _requirement(row: Object) -> Object:
    return {
        **{name: row[name] for name in ("purpose", "status", "requirement", "clause")},
        "actual": figure(row["actual"], row["kind"]),
        "required": figure(row["required"], row["kind"]),
        "met": row["met"],
        "decides": row["decides"],
        "window": window(row),
    }


def _restatement(row: Object) -> Object:
    return {"on": day(row["on"]), **{name: row[name] for name in ("decided", "would_be", "because")}}
