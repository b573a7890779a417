"""The writes that PostgreSQL does in one round trip: functions in `sql/`, called by prepared statements.

They do the usual case; what is unusual (an account that owes, a repeated key) goes the way of both databases.
Awards and spends of many threads of this process at the same time, each outside a transaction, go together.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import batched

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from psycopg.pq.abc import PGresult

from honeyguide.ledger.answers import Posted
from honeyguide.ledger.asked import Award
from honeyguide.ledger.drafts import instant_of, sequence_of
from honeyguide.ledger.line import AWARD, SPEND, SQL, Call, Function, OwnLine, for_one
from honeyguide.ledger.models import Kind
from honeyguide.ledger.prepared import Value, calling, rows, written
from honeyguide.ledger.refusals import AwardTaken, KeyTaken
from honeyguide.ledger.together import About, Together

AWARDS_AT_ONCE = 5_000
"""In one statement: so many are credited, or none of them."""
FUNCTIONS = ("award", "award_many", "spend", "expire")


_AWARD_MANY = calling("award_many", 15, rows=True)
_EXPIRE = calling("expire", 5)


def install(database: BaseDatabaseWrapper) -> None:
    """Put the functions into the database, in place of those that are there."""
    with database.cursor() as cursor:
        for name in FUNCTIONS:
            cursor.execute(f"DROP FUNCTION IF EXISTS ledger_{name}")
            cursor.execute((SQL / f"{name}.sql").read_text(encoding="utf-8"))


def install_functions(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The same as a step of a migration, for whenever a function has changed. Nothing on SQLite."""
    if schema_editor.connection.vendor == "postgresql":
        install(schema_editor.connection)


def award(unit: str, given: Award, now: datetime, actor: str) -> Posted | None:
    """Credit an award. None where it is no usual one (nothing is written): services.awarding knows what to do."""
    made = _called(AWARD, (
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
    made = _called(SPEND, (unit, owner, points, key, body, day, now, actor, reference, reason))
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
    under_way: _Batch | None = None
    try:
        for places in batched(by_account, AWARDS_AT_ONCE):
            batch = _Batch(places, awards)
            arguments = [written(unit), written(now), written(actor), *batch.columns(now)]
            before, under_way = under_way, None
            if before is not None:
                before.receive()
            batch.answer = _AWARD_MANY.send(_database(), arguments)
            under_way = batch
            if before is not None:  # read while the server works
                answers |= before.answers()
    finally:  # also where a batch is refused before it is sent: the connection is free only when it has answered
        if under_way is not None:
            under_way.receive()
            answers |= under_way.answers()
    return [answers[n] for n in range(len(awards))]


def expire(accounts: Sequence[int], day: date, run: str, now: datetime, actor: str) -> int:
    """Post the expiry of some locked accounts. Gives how many lots."""
    return int(_EXPIRE.call(_database(), (list(accounts), day, run, now, actor))[0][0] or 0)


class _Batch:
    """The awards at some places, on their way. One whose key came before is not sent again."""

    answer: Callable[[], PGresult]
    received: PGresult

    def __init__(self, places: Sequence[int], awards: Sequence[Award]) -> None:
        first: dict[tuple[str, str], int] = {}
        self.places: list[int] = []
        self.awards: list[Award] = []
        self.again: list[tuple[int, int]] = []
        """Places, each with that of the first under the same key."""
        for place in places:
            given = awards[place]
            before = first.setdefault((given.owner, given.key), place)
            if before == place:
                self.places.append(place)
                self.awards.append(given)
            elif awards[before].body == given.body:
                self.again.append((place, before))
            else:
                raise KeyTaken(given.key, awards[before].ident)

    def columns(self, now: datetime) -> list[bytes]:
        """The arguments of ledger_award_many for the awards: their owners, each once, then a column each."""
        awards, sequence = self.awards, sequence_of(now)
        whose = {owner: number for number, owner in enumerate({one.owner: None for one in awards}, 1)}
        return [
            written(list(whose)),
            written([whose[one.owner] for one in awards]),
            written([one.points for one in awards]),
            written([one.key for one in awards]),
            written([one.body for one in awards]),
            written([one.ident for one in awards]),
            written([one.source for one in awards]),
            written([one.day for one in awards]),
            written([one.expires_on for one in awards]),
            written([sequence if one.at is None else sequence_of(one.at) for one in awards]),
            written([one.reference for one in awards]),
            written([one.reason for one in awards]),
        ]

    def receive(self) -> None:
        """Waits for what the server says. Raises AwardTaken."""
        try:
            self.received = self.answer()
        except IntegrityError as refused:
            if "ledger_one_lot_an_award" in str(refused):
                raise AwardTaken(_named(refused), None) from refused
            raise

    def answers(self) -> dict[int, Posted]:
        """By place. Raises KeyTaken."""
        found = {}
        for number, *said in rows(self.received):
            sent = int(number or 0) - 1
            found[self.places[sent]] = _answer(self.awards[sent], said)
        return found | {place: replace(found[before], is_repeated=True) for place, before in self.again}


def _named(refused: IntegrityError) -> str:
    """The award of which a unique constraint says that it is there already."""
    detail = getattr(getattr(refused.__cause__, "diag", None), "message_detail", None) or ""
    return detail.partition(")=(")[2].partition(", ")[2].partition(") already")[0]


def _answer(given: Award, columns: Sequence[str | None]) -> Posted:
    """What ledger_award_many says of one award. What is as it was asked is not said."""
    status, number, recorded_us, balance, debt, kind, points, day = (column or "" for column in columns)
    made, recorded_at = int(number), instant_of(int(recorded_us))
    if status == "made":
        return Posted(made, Kind.AWARD.value, given.points, given.day, recorded_at, int(balance), int(debt))
    if status == "key_taken":
        raise KeyTaken(given.key, f"ltx_{made}")
    asked_for = int(points), date.fromisoformat(day)
    return Posted(made, kind, *asked_for, recorded_at, int(balance), int(debt), is_repeated=True)


def _database() -> BaseDatabaseWrapper:
    """The thread's connection itself: what stands for it looks it up for each attribute."""
    return connections[DEFAULT_DB_ALIAS]


def _alone(call: Call) -> str | None:
    database, statement = _database(), for_one(call.function)
    try:
        if not database.in_atomic_block:
            return statement.run(database, call.given)[0][0]
        with transaction.atomic():
            return statement.run(database, call.given)[0][0]
    except IntegrityError:
        return None


TOGETHER = Together(_alone, OwnLine)


def _called(function: Function, arguments: Sequence[Value]) -> list[int] | None:
    """Alone, or with others that come at the same time. None: it is no usual case, and nothing is written."""
    call = Call(function, [written(argument) for argument in arguments])
    about = About(function.name, arguments[:2])
    answer = _alone(call) if _database().in_atomic_block else TOGETHER.ask(call, about)
    return None if answer is None else [int(number) for number in answer[1:-1].split(",")]
