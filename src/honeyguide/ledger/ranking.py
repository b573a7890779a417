"""Active amounts: what was awarded less what was cancelled of it, of the lots whose validity holds a day (reading 14).

`Account.active` is kept by every write, for the lots that expire after `Unit.carried_to`. Each night the expiring
lots of the day are taken off and the unit is carried on, so that a ranking reads the accounts and a few days' lots,
never all lots. `active_on` counts all of them: for other days, and to compare.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from django.db import OperationalError, connection, transaction

from honeyguide.ledger.models import Unit

_ATTEMPTS_MOST = 50
_CARRY = """
UPDATE ledger_account SET active = active - gone.points
FROM (
    SELECT l.account_id, SUM(l.amount - l.cancelled) AS points FROM ledger_lot l
    WHERE l.expires_on > %s AND l.expires_on <= %s GROUP BY l.account_id
) AS gone
WHERE ledger_account.id = gone.account_id AND ledger_account.unit = %s
"""
_CARRIED = "SELECT a.owner, a.active FROM ledger_account a WHERE a.unit = %s {among} ORDER BY a.active DESC, a.owner"
_AHEAD = """
SELECT owner, active FROM (
    SELECT a.owner, CAST(a.active - COALESCE(gone.points, 0) AS bigint) AS active
    FROM ledger_account a LEFT JOIN (
        SELECT l.account_id, SUM(l.amount - l.cancelled) AS points FROM ledger_lot l
        WHERE l.expires_on > %s AND l.expires_on <= %s GROUP BY l.account_id
    ) AS gone ON gone.account_id = a.id
    WHERE a.unit = %s {among}
) AS counted ORDER BY active DESC, owner
"""
"""The same on a day to which the unit has not been carried yet."""
_ACTIVE_ON = """
SELECT a.owner, SUM(l.amount - COALESCE(cut.points, 0))
FROM ledger_lot l JOIN ledger_account a ON a.id = l.account_id LEFT JOIN (
    SELECT c.lot_id, SUM(c.points) AS points
    FROM ledger_cancellation c JOIN ledger_transaction t ON t.id = c.transaction_id
    WHERE t.day <= %s GROUP BY c.lot_id
) AS cut ON cut.lot_id = l.id
WHERE a.unit = %s AND l.allocated_on <= %s AND l.expires_on > %s
GROUP BY a.owner
"""


class Ranked(NamedTuple):
    """An owner's place: 1 + how many have more (reading 17)."""

    owner: str
    active: int
    rank: int


def carry(*, unit: str, day: date) -> None:
    """Take off what expires up to a program day that has begun. Once a day; can be repeated and left out for a while.

    Writers of lots that expire these days lock the account first and the unit then; this locks the other way round, and
    where the two meet, this one lets go and tries again.
    """
    for attempt in range(_ATTEMPTS_MOST):
        try:
            with transaction.atomic():
                _carry(unit, day)
        except OperationalError:
            if attempt == _ATTEMPTS_MOST - 1:
                raise
        else:
            return


def _carry(unit: str, day: date) -> None:
    found = Unit.objects.select_for_update().filter(name=unit).first()
    if found is None or found.carried_to >= day:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL lock_timeout = '300ms'")  # sooner than the database looks for deadlocks
        cursor.execute(_CARRY, [found.carried_to, day, unit])
    found.carried_to = day
    found.save(update_fields=["carried_to"])


def ranking(unit: str, *, day: date, among: Collection[str] | None = None) -> list[Ranked]:
    """All owners (or those `among`) by their active amount on a program day that is today, the largest first."""
    found = Unit.objects.filter(name=unit).first()
    if found is None:
        return []
    if among is not None and not among:
        return []
    query, days = (_CARRIED, []) if found.carried_to >= day else (_AHEAD, [found.carried_to, day])
    clause = "" if among is None else f"AND a.owner IN ({', '.join(['%s'] * len(among))})"
    with connection.cursor() as cursor:
        cursor.execute(query.format(among=clause), [*days, unit, *(among or ())])
        return _placed(cursor.fetchall())


def _placed(rows: Iterable[tuple[str, int]]) -> list[Ranked]:
    """Owners in their order, with their places: who has as much as the one before shares its place."""
    placed: list[Ranked] = []
    rank, before, made = 0, None, tuple.__new__  # what Ranked() does, without a call between: half the time
    for number, (owner, active) in enumerate(rows, 1):
        if active != before:
            rank, before = number, active
        placed.append(made(Ranked, (owner, active, rank)))
    return placed


def active_on(unit: str, *, day: date) -> dict[str, int]:
    """Each owner's active amount at the end of any day, counted from all lots."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVE_ON, [day, unit, day, day])
        return {owner: int(points) for owner, points in cursor.fetchall()}
