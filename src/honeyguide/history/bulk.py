"""Many events at once: lines of events into the table, and frames of raw events out of it."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import batched
from typing import Any

import polars as pl
from django.db import DataError, IntegrityError, connection, transaction

from honeyguide.accounts.actor import Actor
from honeyguide.common.ids import new_ids
from honeyguide.history.models import Event, Ident
from honeyguide.history.queries import NAMESPACES, client_of, ident_of, lines_of, loads, program_events
from honeyguide.history.services import DoesNotFit
from honeyguide.program.history import RAW_SCHEMA, raw_from_lines
from honeyguide.program.phrases import Phrase

ROWS_AT_ONCE = 20_000
NAMES_AT_ONCE = 500
_COLUMNS = (
    "uid", "at", "recorded_at", "type", "is_program", "partner", "client", "ident", "data",
    "actor_id", "actor_name", "actor_partner", "via", "request_id",
)  # fmt: skip


def with_ids(frame: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Raw events, each with an id; ids that are there stay."""
    missing = frame["id"].null_count()
    if not missing:
        return frame
    ids = iter(new_ids("evt", now, missing))
    return frame.with_columns(pl.Series("id", [uid or next(ids) for uid in frame["id"].to_list()], pl.String))


def known_ids(uids: Collection[str]) -> dict[str, bool]:
    """Which of these ids are taken, and whether by an event of the program."""
    found: dict[str, bool] = {}
    for some in batched(uids, NAMES_AT_ONCE):
        found.update(Event.objects.filter(uid__in=some).values_list("uid", "is_program"))
    return found


def write_lines(lines: Iterable[str], *, actor: Actor, now: datetime) -> int:
    """Insert events in the form in which they are kept, checked with all that they refer to; gives how many.

    Raises DoesNotFit for what the database cannot keep, or what somebody else has written meanwhile.
    """
    rows = []
    for line in lines:
        event = loads(line)
        at = datetime.fromisoformat(event["at"])
        own = (event["id"], at, event["type"], event["partner"], client_of(event), ident_of(event), line)
        rows.append(own)
    return _write(rows, actor=actor, now=now)


type _Row = tuple[str, datetime, str, str, str, str, str]
"""Id, time, type, partner, client, ident, line."""


def _write(rows: list[_Row], *, actor: Actor, now: datetime) -> int:
    adapt = connection.ops.adapt_datetimefield_value
    recorded = adapt(now)
    user = actor.user.pk if actor.user is not None else None
    by = (user, actor.name, actor.partner, str(actor.via), actor.request_id)
    given = pl.DataFrame(
        [(row[2], row[3], row[5]) for row in rows], schema=dict.fromkeys(("type", "partner", "ident"), pl.String),
        orient="row",
    )  # fmt: skip
    try:
        with transaction.atomic():
            _claim(given)
            _insert(
                Event._meta.db_table,
                _COLUMNS,
                [
                    (uid, adapt(at), recorded, kind, True, partner, client, ident, line, *by)
                    for uid, at, kind, partner, client, ident, line in rows
                ],
            )
    except IntegrityError as taken:
        raise DoesNotFit([Phrase("an id is used already: somebody recorded an event with it just now")]) from taken
    except DataError as wrong:
        raise DoesNotFit(
            [Phrase("the database cannot keep it: {fault}", fault=str(wrong).partition("\n")[0])]
        ) from wrong
    return len(rows)


def _claim(events: pl.DataFrame) -> None:
    """Give away the ids of sales, awards, projects and exchanges. A project's is given away by its first event."""
    given = events.with_columns(pl.col("type").replace_strict(NAMESPACES, default=None).alias("namespace"))
    given = given.filter(pl.col("namespace").is_not_null()).unique(["namespace", "ident"], keep="first")
    projects = given.filter(pl.col("type").str.starts_with("project."))["ident"].to_list()
    taken: set[str] = set()
    for some in batched(projects, NAMES_AT_ONCE):
        taken.update(Ident.objects.filter(namespace="earned", ident__in=some).values_list("ident", flat=True))
    given = given.filter(~(pl.col("type").str.starts_with("project.") & pl.col("ident").is_in(list(taken))))
    _insert(
        Ident._meta.db_table, ("namespace", "ident", "partner"), given.select("namespace", "ident", "partner").rows()
    )


def _insert(table: str, columns: Iterable[str], rows: list[tuple[Any, ...]]) -> None:
    columns = list(columns)
    places = ", ".join(
        "%s::jsonb" if name == "data" and connection.vendor == "postgresql" else "%s" for name in columns
    )
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - names of our own
    with connection.cursor() as cursor:
        for some in batched(rows, ROWS_AT_ONCE):
            cursor.executemany(statement, some)


def frames(partners: Collection[str] | None = None) -> Iterator[pl.DataFrame]:
    """The program's events as raw frames, in the order of `at`, those of one instant as they became known.

    `partners`: the events of these alone.
    """
    events = program_events().order_by("at", "seq")
    if partners is not None:
        events = events.filter(partner__in=list(partners))
    found = False
    for frame in raw_from_lines(lines_of(events)):
        found = found or frame.height > 0
        yield frame
    if not found:
        yield pl.DataFrame(schema=RAW_SCHEMA)
