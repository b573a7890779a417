"""Expiry is a comparison with `expires_on`; here it is posted, so that balances and statements show it."""

from datetime import date, datetime, timedelta
from itertools import groupby

from django.db import connection, transaction
from django.db.models import QuerySet

from honeyguide.accounts.actor import Actor
from honeyguide.common.ids import new_id
from honeyguide.ledger import postgres
from honeyguide.ledger.drafts import Draft
from honeyguide.ledger.models import Account, Kind, Lot, Place
from honeyguide.ledger.ranking import carry
from honeyguide.ledger.services.awarding import check_day

ACCOUNTS_AT_ONCE = 1_000
"""Locked in one transaction; others wait for no longer than that takes."""


def expire_due(*, unit: str, day: date, now: datetime, actor: Actor) -> int:
    """Post the expiry of all lots that are valid no more on a day, each on its own day, and carry the ranking on.

    Gives how many lots. Held parts stay until the hold is decided. Can be repeated and interrupted: each part of the
    accounts is one transaction. Nothing depends on when, or whether, it runs: expired lots cannot be spent anyway.
    """
    check_day(day, now)
    count = 0
    for part in _parts(unit, day):
        with transaction.atomic():
            accounts = list(_due(unit, day).select_for_update().filter(pk__in=part).order_by("pk"))
            run = new_id("exp", now)
            if connection.vendor == "postgresql":
                count += postgres.expire([account.pk for account in accounts], day, run, now, actor.name)
            else:
                count += sum(_expire(account, day, run, now, actor) for account in accounts)
    carry(unit=unit, day=day)
    return count


def _parts(unit: str, day: date) -> list[list[int]]:
    """The accounts that may have something left in lots that have expired, in parts of which each is spread over all.

    What was awarded in one go lies side by side and expires together. So only few lots of a page of the disk change in
    one transaction: PostgreSQL has room in the page for their new versions, and no index is touched.
    """
    due = list(_due(unit, day).order_by("pk").values_list("pk", flat=True))
    ways = -(-len(due) // ACCOUNTS_AT_ONCE)
    return [due[first::ways] for first in range(ways)]


def _due(unit: str, day: date) -> QuerySet[Account]:
    return Account.objects.filter(unit=unit, open_from__lte=day)


def _expire(account: Account, day: date, run: str, now: datetime, actor: Actor) -> int:
    left = Lot.objects.filter(account=account, expires_on__range=(account.open_from, day), remaining__gt=0)
    count, held_from = 0, None
    for expires_on, due in groupby(left.order_by("expires_on", "sequence", "id"), key=lambda lot: lot.expires_on):
        lots = list(due)
        free = [lot for lot in lots if lot.free]
        if free:
            key = f"expire:{expires_on}:{run}"
            points = sum(lot.free for lot in free)
            draft = Draft(account, Kind.EXPIRE, key, "", points, expires_on, now, actor)
            for lot in free:
                draft.move(Place.LOTS, Place.EXPIRED, lot.free, lot)
            draft.save()
            count += len(free)
        if held_from is None and any(lot.held for lot in lots):
            held_from = expires_on
    account.open_from = held_from or day + timedelta(days=1)
    account.save(update_fields=["open_from"])
    return count
