"""The writes that PostgreSQL does in one round trip: functions in `sql/`, called over a prepared statement.

A call outside a transaction is one of its own: the function is all of it. The statements bypass Django's cursor, which
would put the arguments into the text and have it planned each time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from importlib.resources import files
from itertools import batched
from typing import Any, NamedTuple

import psycopg
from django.db import IntegrityError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.types.numeric import Int8

from honeyguide.ledger.answers import Posted
from honeyguide.ledger.asked import Award
from honeyguide.ledger.drafts import sequence_of
from honeyguide.ledger.refusals import AwardTaken, KeyTaken, NotEnough

AWARDS_AT_ONCE = 10_000
"""In one statement: so many are credited, or none of them."""
FUNCTIONS = ("award", "spend", "award_many", "expire")
_FOLDER = files("honeyguide.ledger") / "sql"


def _call(name: str, arguments: int) -> str:
    return f"SELECT * FROM ledger_{name}({', '.join(['%s'] * arguments)})"  # noqa: S608 - names of this module


_AWARD, _SPEND, _AWARD_MANY, _EXPIRE = (
    _call("award", 14),
    _call("spend", 10),
    _call("award_many", 14),
    _call("expire", 5),
)


class Row(NamedTuple):
    """What ledger_award and ledger_spend give."""

    status: str
    transaction: int | None
    kind: str | None
    points: int | None
    day: date | None
    recorded_at: datetime | None
    balance: int | None
    debt: int | None
    first: int | None
    """What took the key or the award; for `not_enough`, how much there is."""


def install(database: BaseDatabaseWrapper) -> None:
    """Put the functions into the database. Can be repeated."""
    with database.cursor() as cursor:
        for name in FUNCTIONS:
            cursor.execute((_FOLDER / f"{name}.sql").read_text(encoding="utf-8"))


def remove(database: BaseDatabaseWrapper) -> None:
    """Take the functions out of the database."""
    with database.cursor() as cursor:
        for name in FUNCTIONS:
            cursor.execute(f"DROP FUNCTION IF EXISTS ledger_{name}")


def award(unit: str, given: Award, now: datetime, actor: str) -> Posted:
    """Credit an award. Raises KeyTaken and AwardTaken."""
    rows = _fetch(
        _AWARD,
        (
            unit, given.owner, Int8(given.points), given.key, given.body, given.ident, given.source, given.day,
            given.expires_on, Int8(sequence_of(given.at or now)), now, actor, given.reference, given.reason,
        ),
    )  # fmt: skip
    return _answer(Row(*rows[0]), given.key, given.ident)


def spend(
    unit: str,
    owner: str,
    points: int,
    key: str,
    body: str,
    day: date,
    now: datetime,
    actor: str,
    reference: str,
    reason: str,
) -> Posted:
    """Spend from lots in turn. Raises KeyTaken and NotEnough."""
    rows = _fetch(_SPEND, (unit, owner, Int8(points), key, body, day, now, actor, reference, reason))
    row = Row(*rows[0])
    if row.status == "not_enough":
        raise NotEnough(points, int(row.first or 0))
    return _answer(row, key, "")


def award_many(unit: str, awards: Sequence[Award], now: datetime, actor: str) -> list[Posted]:
    """Credit many awards, in their order. Raises KeyTaken and AwardTaken; the caller's transaction undoes the rest."""
    return [answer for batch in batched(awards, AWARDS_AT_ONCE) for answer in _award_batch(unit, batch, now, actor)]


def expire(accounts: Sequence[int], day: date, run: str, now: datetime, actor: str) -> int:
    """Post the expiry of some locked accounts. Gives how many lots."""
    return int(_fetch(_EXPIRE, (list(accounts), day, run, now, actor))[0][0])


def _award_batch(unit: str, awards: Sequence[Award], now: datetime, actor: str) -> Iterator[Posted]:
    bodies = [given.body for given in awards]
    first: dict[tuple[str, str], int] = {}
    places = [first.setdefault((given.owner, given.key), place) for place, given in enumerate(awards)]
    for place, before in enumerate(places):
        if bodies[before] != bodies[place]:
            raise KeyTaken(awards[place].key, awards[before].ident)
    once = [awards[place] for place in first.values()]
    columns = zip(
        *(
            (
                given.owner, given.points, given.key, given.body, given.ident, given.source, given.day,
                given.expires_on, sequence_of(given.at or now), given.reference, given.reason,
            )
            for given in once
        ),
        strict=True,
    )  # fmt: skip
    try:
        rows = _fetch(_AWARD_MANY, (unit, now, actor, *map(list, columns)))
    except IntegrityError as refused:
        if "ledger_one_lot_an_award" in str(refused):
            raise AwardTaken(_named(refused), None) from refused
        raise
    answers = {
        place: _answer(Row(*row[1:]), given.key, given.ident)
        for place, given, row in zip(first.values(), once, rows, strict=True)
    }
    for place, before in enumerate(places):
        yield answers[before] if place == before else replace(answers[before], is_repeated=True)


def _named(refused: IntegrityError) -> str:
    """The award of which a unique constraint says that it is there already."""
    detail = getattr(getattr(refused.__cause__, "diag", None), "message_detail", None) or ""
    return detail.partition(")=(")[2].partition(", ")[2].partition(") already")[0]


def _answer(row: Row, key: str, ident: str) -> Posted:
    if row.status == "award_taken":
        raise AwardTaken(ident, row.first)
    if row.status == "key_taken":
        raise KeyTaken(key, f"ltx_{row.first}")
    _status, made, kind, points, day, recorded_at, balance, debt, _first = row
    assert made is not None and kind is not None and points is not None and day is not None  # noqa: PT018
    assert recorded_at is not None and balance is not None and debt is not None  # noqa: PT018
    return Posted(made, kind, points, day, recorded_at, balance, debt, row.status == "repeated")


def _fetch(statement: str, arguments: Sequence[Any]) -> list[tuple[Any, ...]]:
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    raw = connection.connection
    if raw.prepare_threshold is None:  # Django's own cursors do not prepare: this changes nothing for them
        raw.prepare_threshold = 0
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        cursor.execute(statement, arguments, prepare=True)
        return cursor.fetchall()
