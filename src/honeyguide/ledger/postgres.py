"""The writes that PostgreSQL does in one round trip: functions in `sql/`, called by prepared statements.

They do the usual case; what is unusual (an account that owes, a repeated key) goes the way of both databases.
Awards and spends of threads of this process that come at the same time, each outside a transaction, go together.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from importlib.resources import files
from itertools import batched
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from honeyguide.ledger.answers import Posted
from honeyguide.ledger.asked import Award
from honeyguide.ledger.drafts import instant_of, sequence_of
from honeyguide.ledger.models import Kind
from honeyguide.ledger.prepared import Answer, Statement, Value, written
from honeyguide.ledger.refusals import AwardTaken, KeyTaken
from honeyguide.ledger.together import Together

AWARDS_AT_ONCE = 10_000
"""In one statement: so many are credited, or none of them."""
WAYS = 2
"""So many transactions of a kind that one process has under way: more would leave each fewer calls to take along."""
FUNCTIONS = ("award", "award_some", "award_many", "spend", "spend_some", "expire")
_FOLDER = files("honeyguide.ledger") / "sql"


def _statement(name: str, arguments: int, *, rows: bool = False) -> Statement:
    given = ", ".join(f"${n}" for n in range(1, arguments + 1))
    what = "* FROM " if rows else ""
    return Statement(f"ledger_{name}".encode(), f"SELECT {what}ledger_{name}({given})".encode())


_AWARD, _AWARD_SOME = _statement("award", 14), _statement("award_some", 14, rows=True)
_SPEND, _SPEND_SOME = _statement("spend", 10), _statement("spend_some", 10, rows=True)
_AWARD_MANY = _statement("award_many", 14, rows=True)
_EXPIRE = _statement("expire", 5)


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


def install(database: BaseDatabaseWrapper) -> None:
    """Put the functions into the database, in place of those that are there."""
    with database.cursor() as cursor:
        for name in FUNCTIONS:
            cursor.execute(f"DROP FUNCTION IF EXISTS ledger_{name}")
            cursor.execute((_FOLDER / f"{name}.sql").read_text(encoding="utf-8"))


def award(unit: str, given: Award, now: datetime, actor: str) -> Posted | None:
    """Credit an award. None where it is no usual one (nothing is written): services.awarding knows what to do."""
    made = _awards((
        unit, given.owner, given.points, given.key, given.body, given.ident, given.source, given.day, given.expires_on,
        sequence_of(given.at or now), now, actor, given.reference, given.reason,
    ))  # fmt: skip
    if made is None:
        return None
    number, balance, recorded_us = made
    return Posted(number, Kind.AWARD.value, given.points, given.day, instant_of(recorded_us), balance, 0)


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
    made = _spends((unit, owner, points, key, body, day, now, actor, reference, reason))
    if made is None:
        return None
    number, balance, debt, recorded_us = made
    return Posted(number, Kind.SPEND.value, points, day, instant_of(recorded_us), balance, debt)


def award_many(unit: str, awards: Sequence[Award], now: datetime, actor: str) -> list[Posted]:
    """Credit many awards, each account's in their order. Raises KeyTaken and AwardTaken; the caller undoes the rest.

    What goes in one statement is of few accounts, and the next is put together while the server works.
    """
    by_account = sorted(range(len(awards)), key=lambda n: awards[n].owner)
    answers: dict[int, Posted] = {}
    sent: _Batch | None = None
    try:
        for places in batched(by_account, AWARDS_AT_ONCE):
            batch = _Batch(places, awards)
            arguments = [written(unit), written(now), written(actor), *batch.columns(now)]
            if sent is not None:
                before, sent = sent, None
                answers |= before.received()
            batch.receive = _AWARD_MANY.send(_database(), arguments)
            sent = batch
    finally:  # also where a batch is refused before it is sent: the connection is free only when it has answered
        if sent is not None:
            answers |= sent.received()
    return [answers[n] for n in range(len(awards))]


def expire(accounts: Sequence[int], day: date, run: str, now: datetime, actor: str) -> int:
    """Post the expiry of some locked accounts. Gives how many lots."""
    return int(_EXPIRE.call(_database(), (list(accounts), day, run, now, actor))[0][0] or 0)


class _Batch:
    """The awards at some places, on their way. One whose key came before is not sent again."""

    receive: Callable[[], Answer]

    def __init__(self, places: Sequence[int], awards: Sequence[Award]) -> None:
        first: dict[tuple[str, str], tuple[int, str]] = {}
        self.sent: list[tuple[int, Award, str]] = []
        self.again: list[tuple[int, int]] = []
        """Places, each with that of the first under the same key."""
        for place in places:
            given = awards[place]
            body = given.body
            before, body_before = first.setdefault((given.owner, given.key), (place, body))
            if before == place:
                self.sent.append((place, given, body))
            elif body_before == body:
                self.again.append((place, before))
            else:
                raise KeyTaken(given.key, awards[before].ident)

    def columns(self, now: datetime) -> list[bytes]:
        """The arguments of ledger_award_many that are a column of the awards each."""
        rows = [
            (
                given.owner, given.points, given.key, body, given.ident, given.source, given.day, given.expires_on,
                sequence_of(given.at or now), given.reference, given.reason,
            )
            for _place, given, body in self.sent
        ]  # fmt: skip
        return [written(column) for column in zip(*rows, strict=True)]

    def received(self) -> dict[int, Posted]:
        """Waits for the answers; by place."""
        try:
            rows = self.receive()
        except IntegrityError as refused:
            if "ledger_one_lot_an_award" in str(refused):
                raise AwardTaken(_named(refused), None) from refused
            raise
        found = {
            place: _answer(_row(row), given.key) for (place, given, _body), row in zip(self.sent, rows, strict=True)
        }
        return found | {place: replace(found[before], is_repeated=True) for place, before in self.again}


def _row(columns: Sequence[str | None]) -> Row:
    _n, status, made, kind, points, day, recorded_us, balance, debt = (column or "" for column in columns)
    return Row(
        status, int(made), kind, int(points), date.fromisoformat(day), instant_of(int(recorded_us)), int(balance),
        int(debt),
    )  # fmt: skip


def _named(refused: IntegrityError) -> str:
    """The award of which a unique constraint says that it is there already."""
    detail = getattr(getattr(refused.__cause__, "diag", None), "message_detail", None) or ""
    return detail.partition(")=(")[2].partition(", ")[2].partition(") already")[0]


def _answer(row: Row, key: str) -> Posted:
    if row.status == "key_taken":
        raise KeyTaken(key, f"ltx_{row.transaction}")
    return Posted(
        row.transaction, row.kind, row.points, row.day, row.recorded_at, row.balance, row.debt,
        row.status == "repeated",
    )  # fmt: skip


Arguments = tuple[Value, ...]
Numbers = list[int] | None
"""What a function gives for a usual case; None: it is none."""


def _database() -> BaseDatabaseWrapper:
    """The thread's connection itself: what stands for it looks it up for each attribute."""
    return connections[DEFAULT_DB_ALIAS]


def _numbers(written: str | None) -> Numbers:
    return None if written is None else [int(number) for number in written[1:-1].split(",")]


def _calls(one: Statement, some: Statement) -> Callable[[Arguments], Numbers]:
    """Calls a function: alone, or for all that wait at the same time.

    Where a constraint refuses one of several, nothing is written and each goes alone.
    """

    def alone(arguments: Arguments) -> Numbers:
        database = _database()
        try:
            if not database.in_atomic_block:
                return _numbers(one.call(database, arguments)[0][0])
            with transaction.atomic():
                return _numbers(one.call(database, arguments)[0][0])
        except IntegrityError:
            return None

    def all_of_them(asked: Sequence[Arguments]) -> list[Numbers]:
        found = {int(n or 0): answer for n, answer in some.call(_database(), zip(*asked, strict=True))}
        return [_numbers(found[n]) for n in range(1, len(asked) + 1)]

    together = Together(alone, all_of_them, ways=WAYS)

    def call(arguments: Arguments) -> Numbers:
        return alone(arguments) if _database().in_atomic_block else together.ask(arguments)

    return call


_awards, _spends = _calls(_AWARD, _AWARD_SOME), _calls(_SPEND, _SPEND_SOME)
