"""Units come in: single awards, and many at once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from honeyguide.accounts.actor import Actor
from honeyguide.ledger import postgres
from honeyguide.ledger.answers import Posted, posted
from honeyguide.ledger.asked import Award
from honeyguide.ledger.drafts import NEAR, Draft, known, lock, sequence_of
from honeyguide.ledger.models import NEVER, Account, Kind, Lot
from honeyguide.ledger.refusals import AwardTaken


def award(
    *,
    unit: str,
    owner: str,
    points: int,
    key: str,
    ident: str,
    day: date,
    now: datetime,
    actor: Actor,
    expires_on: date = NEVER,
    source: str = "",
    at: datetime | None = None,
    reference: str = "",
    reason: str = "",
) -> Posted:
    """Credit an award as a new lot; debt is paid from it first (reading 15). One round trip on PostgreSQL.

    See Award for the arguments. Raises KeyTaken, and AwardTaken if `ident` has a lot in the account.
    """
    given = Award(owner, points, key, ident, day, expires_on, source, at, reference, reason)
    check_day(day, now)
    if connection.vendor == "postgresql" and expires_on > now.date() + NEAR:
        made = postgres.award(unit, given, now, actor.name)
        if made is not None:
            return made
    with transaction.atomic():
        return award_in(lock(unit, owner), given, now=now, actor=actor)


def award_in(account: Account, given: Award, *, now: datetime, actor: Actor) -> Posted:
    """Credit an award to an account that is locked."""
    before = known(account, given.key, given.body)
    if before is not None:
        return posted(before, is_repeated=True)
    refuse_second(account, given.ident)
    draft = Draft(
        account, Kind.AWARD, given.key, given.body, given.points, given.day, now, actor, given.reference, given.reason
    )
    draft.award(
        Lot(
            ident=given.ident,
            source=given.source,
            allocated_on=given.day,
            expires_on=given.expires_on,
            sequence=sequence_of(given.at or now),
            amount=given.points,
        )
    )
    return posted(draft.save())


def award_many(*, unit: str, awards: Sequence[Award], now: datetime, actor: Actor) -> list[Posted]:
    """Credit many awards, in their order, all or none. Gives an answer for each, in the order of `awards`.

    Awards that were credited before under the same keys are answered again. On PostgreSQL in one statement for
    postgres.AWARDS_AT_ONCE of them. Raises KeyTaken and AwardTaken; nothing is credited then.
    """
    for given in awards:
        check_day(given.day, now)
    with transaction.atomic():
        if connection.vendor == "postgresql":
            return postgres.award_many(unit, awards, now, actor.name)
        accounts = {owner: lock(unit, owner) for owner in sorted({given.owner for given in awards})}
        return [award_in(accounts[given.owner], given, now=now, actor=actor) for given in awards]


def refuse_second(account: Account, ident: str) -> None:
    """Raises AwardTaken if something has its lot already."""
    taken = Lot.objects.filter(account=account, ident=ident, is_void=False).values_list("pk", flat=True).first()
    if taken is not None:
        raise AwardTaken(ident, taken)


def check_day(day: date, now: datetime) -> None:
    """Nothing takes effect after today, in whatever time zone today is."""
    assert day <= now.date() + timedelta(days=1), f"{day} is in the future"
