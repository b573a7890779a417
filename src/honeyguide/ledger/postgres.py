"""The writes that PostgreSQL does in one round trip: statements and functions in `sql/`, prepared once a connection.

They do the usual case; what is unusual (an account that owes, a repeated key) goes the way of both databases.
A call outside a transaction is one of its own. The statements bypass Django's cursor, which
would put the arguments into the text and have it planned each time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from importlib.resources import files
from itertools import batched
from typing import Any, NamedTuple

import psycopg
from django.db import IntegrityError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.types.numeric import Int8

from honeyguide.ledger.answers import Posted
from honeyguide.ledger.asked import Award
from honeyguide.ledger.drafts import instant_of, sequence_of
from honeyguide.ledger.models import Kind
from honeyguide.ledger.refusals import AwardTaken, KeyTaken

AWARDS_AT_ONCE = 10_000
"""In one statement: so many are credited, or none of them."""
FUNCTIONS = ("spend", "award_many", "expire")
_FOLDER = files("honeyguide.ledger") / "sql"


def _text(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


_AWARD = _text("award")
_SPEND = "SELECT ledger_spend($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
_AWARD_MANY = "SELECT * FROM ledger_award_many($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
_EXPIRE = "SELECT ledger_expire($1, $2, $3, $4, $5)"


class Row(NamedTuple):
    """What ledger_award_many gives for each."""

    status: str
    transaction: int
    kind: str
    points: int
    day: date
    recorded_at: datetime
    balance: int
    debt: int
    first: int | None
    """What took the key."""


def install(database: BaseDatabaseWrapper) -> None:
    """Put the functions into the database. Can be repeated."""
    with database.cursor() as cursor:
        for name in FUNCTIONS:
            cursor.execute(_text(name))


def remove(database: BaseDatabaseWrapper) -> None:
    """Take the functions out of the database."""
    with database.cursor() as cursor:
        for name in FUNCTIONS:
            cursor.execute(f"DROP FUNCTION IF EXISTS ledger_{name}")


def award(unit: str, given: Award, now: datetime, actor: str) -> Posted | None:
    """Credit an award. None where it is no usual one (nothing is written): services.awarding knows what to do."""
    arguments = (
        unit, given.owner, Int8(given.points), given.key, given.body, given.ident, given.source, given.day,
        given.expires_on, Int8(sequence_of(given.at or now)), now, actor, given.reference, given.reason,
    )  # fmt: skip
    row = _try(_AWARD, arguments)
    if row is None:
        return None
    made, recorded_at, balance = row
    return Posted(made, Kind.AWARD.value, given.points, given.day, recorded_at, balance, 0)


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
) -> Posted | None:
    """Spend from lots in turn. None where it is no usual spend (nothing is written): services.spending says why."""
    row = _try(_SPEND, (unit, owner, Int8(points), key, body, day, now, actor, reference, reason))
    if row is None or row[0] is None:
        return None
    made, balance, debt, recorded_us = row[0]
    return Posted(made, Kind.SPEND.value, points, day, instant_of(recorded_us), balance, debt)


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
                given.owner, given.points, given.key, bodies[place], given.ident, given.source, given.day,
                given.expires_on, sequence_of(given.at or now), given.reference, given.reason,
            )
            for place, given in zip(first.values(), once, strict=True)
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
        place: _answer(Row(*row[1:]), given.key) for place, given, row in zip(first.values(), once, rows, strict=True)
    }
    for place, before in enumerate(places):
        yield answers[before] if place == before else replace(answers[before], is_repeated=True)


def _named(refused: IntegrityError) -> str:
    """The award of which a unique constraint says that it is there already."""
    detail = getattr(getattr(refused.__cause__, "diag", None), "message_detail", None) or ""
    return detail.partition(")=(")[2].partition(", ")[2].partition(") already")[0]


def _answer(row: Row, key: str) -> Posted:
    status, made, kind, points, day, recorded_at, balance, debt, first = row
    if status == "key_taken":
        raise KeyTaken(key, f"ltx_{first}")
    return Posted(made, kind, points, day, recorded_at, balance, debt, status == "repeated")


def _try(statement: str, arguments: Sequence[Any]) -> tuple[Any, ...] | None:
    """The first row; None where there is none, or where a constraint refuses (then the statement is undone)."""
    try:
        if not connection.in_atomic_block:
            return _run(statement, arguments).fetchone()
        with transaction.atomic():
            return _run(statement, arguments).fetchone()
    except IntegrityError:
        return None


def _fetch(statement: str, arguments: Sequence[Any]) -> list[tuple[Any, ...]]:
    return _run(statement, arguments).fetchall()


def _run(statement: str, arguments: Sequence[Any]) -> psycopg.RawCursor[tuple[Any, ...]]:
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    raw = connection.connection
    if raw.prepare_threshold is None:  # Django's own cursors do not prepare: this changes nothing for them
        raw.prepare_threshold = 0
    with connection.wrap_database_errors:
        return psycopg.RawCursor(raw).execute(statement, arguments, prepare=True)
