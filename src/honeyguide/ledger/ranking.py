"""Active amounts: what was awarded less what was cancelled of it, of the lots whose validity holds a day (reading 14).

`Account.active` is kept by every write, for the lots that expire after `Unit.carried_to`. Each night the expiring
lots of the day are taken off and the unit is carried on, so that a ranking reads the accounts and a few days' lots,
never all lots. `active_on` counts all of them: for other days, and to compare.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import NamedTuple, overload

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
_CARRIED = "SELECT a.owner, a.active FROM ledger_account a WHERE a.unit = %s {among} ORDER BY a.active DESC, a.id"
_AHEAD = """
SELECT owner, active FROM (
    SELECT a.id, a.owner, CAST(a.active - COALESCE(gone.points, 0) AS bigint) AS active
    FROM ledger_account a LEFT JOIN (
        SELECT l.account_id, SUM(l.amount - l.cancelled) AS points FROM ledger_lot l
        WHERE l.expires_on > %s AND l.expires_on <= %s GROUP BY l.account_id
    ) AS gone ON gone.account_id = a.id
    WHERE a.unit = %s {among}
) AS counted ORDER BY active DESC, id
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


class Ranking(Sequence[Ranked]):
    """Owners by their active amount, the largest first; of one place, whose account was opened first.

    Each Ranked is made when it is looked at: of a hundred thousand, people look at a page.
    """

    def __init__(self, rows: Sequence[tuple[str, int]] = ()) -> None:
        """`rows`: owner and active amount, in their order."""
        self._rows = rows

    def __len__(self) -> int:
        """How many owners there are."""
        return len(self._rows)

    @overload
    def __getitem__(self, number: int) -> Ranked: ...

    @overload
    def __getitem__(self, number: slice) -> list[Ranked]: ...

    def __getitem__(self, number: int | slice) -> Ranked | list[Ranked]:
        """The owner with so many before it, or several."""
        if isinstance(number, slice):
            return [self[one] for one in range(len(self))[number]]
        owner, active = self._rows[number]
        return Ranked(owner, active, 1 + bisect_left(self._rows, -active, key=lambda row: -row[1]))

    def __iter__(self) -> Iterator[Ranked]:
        """All, in order."""
        rank, before = 0, None
        for number, (owner, active) in enumerate(self._rows, 1):
            if active != before:
                rank, before = number, active
            yield Ranked(owner, active, rank)


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


def ranking(unit: str, *, day: date, among: Collection[str] | None = None) -> Ranking:
    """All owners (or those `among`) by their active amount on a program day that is today, the largest first."""
    found = Unit.objects.filter(name=unit).first()
    if found is None:
        return Ranking()
    if among is not None and not among:
        return Ranking()
    query, days = (_CARRIED, []) if found.carried_to >= day else (_AHEAD, [found.carried_to, day])
    clause = "" if among is None else f"AND a.owner IN ({', '.join(['%s'] * len(among))})"
    with connection.cursor() as cursor:
        cursor.execute(query.format(among=clause), [*days, unit, *(among or ())])
        return Ranking(cursor.fetchall())


def active_on(unit: str, *, day: date) -> dict[str, int]:
    """Each owner's active amount at the end of any day, counted from all lots."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVE_ON, [day, unit, day, day])
        return {owner: int(points) for owner, points in cursor.fetchall()}
