"""What moved of everybody's points, summed by day and by month: kept for the figures of the whole program.

Months of an account are summed anew from the ledger when something is posted in them: in the transaction that posts it,
expiry right behind it. `FlowsRead` says up to which transaction that was done, so that it can be done at any time and
nothing is missed. `insights.verifying` compares the sums with the movements.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import batched

from django.db import connection, transaction
from django.db.models import Max

from honeyguide.common.days import add_months
from honeyguide.ledger.models import Account, Transaction
from honeyguide.partners.models import Partner
from honeyguide.standing.models import FlowsRead, FlowSum

UNIT = "points"
FLOWS = """
SELECT e.transaction_id * 100000 + e.place AS movement_id, t.id AS transaction_id, a.id AS account_id,
       a.owner AS partner, t.day AS day, t.recorded_at AS recorded_at,
       CASE WHEN t.kind = 'reverse' THEN 'reversed'
            WHEN e.target = 'lots' AND e.source = 'issued' THEN 'earned'
            WHEN e.target = 'lots' THEN 'restored'
            WHEN e.source = 'lots' AND e.target = 'spent' THEN 'spent'
            WHEN e.source = 'lots' AND e.target = 'expired' THEN 'expired'
            WHEN e.source = 'lots' AND e.target = 'cancelled' THEN 'cancelled'
            ELSE 'debt_paid' END AS kind,
       CASE WHEN e.target = 'lots' THEN e.points ELSE -e.points END AS points,
       l.ident AS award, l.source AS activity, l.allocated_on AS allocated_on, l.expires_on AS expires_on,
       t.reference AS reference, t.reason AS reason
FROM ledger_entry e
JOIN ledger_transaction t ON t.id = e.transaction_id
JOIN ledger_account a ON a.id = t.account_id
JOIN ledger_lot l ON l.id = e.lot_id
LEFT JOIN ledger_transaction undone ON undone.id = t.undoes_id AND t.kind = 'reverse'
WHERE a.unit = 'points' AND (e.source = 'lots' OR e.target = 'lots')
  AND (undone.id IS NULL OR undone.day <> t.day)
  AND NOT EXISTS (SELECT 1 FROM ledger_transaction mirror
                  WHERE mirror.undoes_id = t.id AND mirror.kind = 'reverse' AND mirror.day = t.day)
"""
"""The movements, without what the history knows of their awards. What was posted and reversed on one and the same day
is left out: a past that was corrected shows as it is now known."""

_SUMS = f"""
SELECT f.account_id, f.day, f.kind, CASE WHEN f.kind = 'earned' THEN f.activity ELSE '' END, SUM(f.points)
FROM ({FLOWS}) f WHERE f.account_id IN ({{accounts}}) AND f.day >= %s AND f.day < %s GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - put together of what stands here
_INSERT = """
INSERT INTO standing_flowsum (partner_id, is_month, day, kind, activity, points) VALUES (%s, %s, %s, %s, %s, %s)
"""
"""Django's own way takes ten times as long: a first import has many rows."""
_PARTNERS_AT_ONCE = 500
_ROWS_AT_ONCE = 2_000

type Key = tuple[bool, date, str, str]
"""Of a partner's sum: whether it is of a month, the day, kind and activity."""


def sum_up(keys: Iterable[str]) -> None:
    """Sum anew what was posted to some partners' accounts since that was done last."""
    for some in batched(keys, _PARTNERS_AT_ONCE):
        with transaction.atomic():
            accounts = Account.objects.select_for_update().filter(unit=UNIT, owner__in=some).order_by("pk")
            _sum_locked(dict(accounts.values_list("owner", "pk")))


def sum_up_all() -> None:
    """Sum anew everything that was posted since that was done last, whoever's it is."""
    latest = Transaction.objects.filter(account__unit=UNIT).order_by().values_list("account__owner")
    read = dict(FlowsRead.objects.values_list("partner__key", "transaction"))
    sum_up([key for key, last in latest.annotate(Max("pk")) if last > read.get(key, 0)])


def _sum_locked(accounts: Mapping[str, int]) -> None:
    """Of locked accounts by key: nothing is posted to them meanwhile, and their transactions are in order."""
    partners = {accounts[key]: pk for key, pk in Partner.objects.filter(key__in=accounts).values_list("key", "pk")}
    read = dict(FlowsRead.objects.filter(partner__in=partners.values()).values_list("partner", "transaction"))
    since = min((read.get(partner, 0) for partner in partners.values()), default=0)
    posted = Transaction.objects.filter(account__in=partners, pk__gt=since).order_by("pk")
    days, upto = [], {}
    for account, day, number in posted.values_list("account", "day", "pk"):
        if number > read.get(partners[account], 0):
            days.append(day)
            upto[account] = number
    if not days:
        return
    first, until = min(days).replace(day=1), add_months(max(days).replace(day=1), 1)
    _replace(_sums({account: partners[account] for account in upto}, first, until), first, until)
    FlowsRead.objects.bulk_create(
        [FlowsRead(partner_id=partners[account], transaction=number) for account, number in upto.items()],
        update_conflicts=True, unique_fields=["partner"], update_fields=["transaction"],
    )  # fmt: skip


def _sums(partners: Mapping[int, int], first: date, until: date) -> dict[int, dict[Key, int]]:
    """By partner, what moved in whole months; `partners`: by account."""
    found: dict[int, dict[Key, int]] = {partner: defaultdict(int) for partner in partners.values()}
    statement = _SUMS.format(accounts=", ".join(["%s"] * len(partners)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*partners, first, until])
        for account, text, kind, activity, points in cursor:
            day = date.fromisoformat(str(text))  # SQLite's are texts
            sums = found[partners[account]]
            sums[False, day, kind, activity] += int(points)
            sums[True, day.replace(day=1), kind, activity] += int(points)
    return found


def _replace(wanted: Mapping[int, Mapping[Key, int]], first: date, until: date) -> None:
    """Store the sums of some partners in whole months. Only what differs is written."""
    stored = FlowSum.objects.filter(partner__in=wanted, day__gte=first, day__lt=until)
    kept, wrong = set(), []
    for number, partner, points, is_month, day, kind, activity in stored.values_list(
        "pk", "partner", "points", "is_month", "day", "kind", "activity"
    ):
        if wanted[partner].get((is_month, day, kind, activity)) == points:
            kept.add((partner, is_month, day, kind, activity))
        else:
            wrong.append(number)
    for some in batched(wrong, _ROWS_AT_ONCE):
        FlowSum.objects.filter(pk__in=some).delete()
    missing = [
        (partner, *key, points)
        for partner, sums in wanted.items()
        for key, points in sums.items()
        if (partner, *key) not in kept
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, missing)
