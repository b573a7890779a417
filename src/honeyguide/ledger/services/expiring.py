"""Expiry is a comparison with `expires_on`; here it is posted, so that balances and statements show it."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby

from django.db import connection, transaction
from django.db.models import F

from honeyguide.accounts.actor import Actor
from honeyguide.common.ids import new_id
from honeyguide.ledger import postgres
from honeyguide.ledger.drafts import Draft
from honeyguide.ledger.models import Account, Kind, Lot, Place
from honeyguide.ledger.services.awarding import check_day

ACCOUNTS_AT_ONCE = 5_000
"""Locked in one transaction; others wait for no longer than that takes."""


def expire_due(*, unit: str, day: date, now: datetime, actor: Actor) -> int:
    """Post the expiry of all lots that are valid no more on a day, each on its own day. Gives how many lots.

    Held parts stay until the hold is decided. Can be repeated and interrupted: each batch of accounts is one
    transaction. Nothing depends on when, or whether, it runs: expired lots cannot be spent anyway.
    """
    check_day(day, now)
    count, after = 0, 0
    while True:
        with transaction.atomic():
            accounts = list(_due_accounts(unit, day, after))
            if not accounts:
                return count
            run = new_id("exp", now)
            if connection.vendor == "postgresql":
                count += postgres.expire([account.pk for account in accounts], day, run, now, actor.name)
            else:
                count += sum(_expire(account, day, run, now, actor) for account in accounts)
        after = accounts[-1].pk


def _due_accounts(unit: str, day: date, after: int) -> Iterable[Account]:
    due = Lot.objects.filter(is_open=True, expires_on__lte=day, remaining__gt=F("held"), account__gt=after)
    return (
        Account.objects.select_for_update()
        .filter(unit=unit, pk__in=due.values("account"))
        .order_by("pk")[:ACCOUNTS_AT_ONCE]
    )


def _expire(account: Account, day: date, run: str, now: datetime, actor: Actor) -> int:
    lots = Lot.objects.filter(account=account, is_open=True, expires_on__lte=day, remaining__gt=F("held"))
    count = 0
    for expires_on, due in groupby(lots.order_by("expires_on", "sequence", "id"), key=lambda lot: lot.expires_on):
        mine = list(due)
        draft = Draft(
            account,
            Kind.EXPIRE,
            f"expire:{expires_on}:{run}",
            "",  # nobody repeats it by key: what has expired is gone
            sum(lot.free for lot in mine),
            expires_on,
            now,
            actor,
        )
        for lot in mine:
            draft.move(Place.LOTS, Place.EXPIRED, lot.free, lot)
        draft.save()
        count += len(mine)
    return count
