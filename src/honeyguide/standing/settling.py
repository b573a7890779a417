"""The ledger of points is brought to what the replay says: the differences are posted, each under its event's id.

Called within the transaction that stores standings, so the ledger never says anything else than the history. Holds of
exchanges that are not decided yet are the ledger's alone: they give way to what is taken back. Whoever locks both locks
partners before accounts.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import batched, takewhile
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from honeyguide.accounts.actor import Actor
from honeyguide.ledger.models import Hold, Kind, Transaction
from honeyguide.ledger.services import Posting, Rewriting, rewrite_many
from honeyguide.standing.flows import UNIT, sum_up

WHY = "the history says otherwise now"
_OWNERS_AT_ONCE = 500
_AGAIN = re.compile(r"~\d+$")


class Posted(NamedTuple):
    """A transaction that stands: what of the ledger is to be compared."""

    number: int
    kind: str
    key: str
    body: str


def settle(wanted: Mapping[str, Sequence[Posting]], *, now: datetime, actor: Actor) -> None:
    """Bring the accounts of some partners (by key, locked) to what they are to have, in order.

    What is missing is posted after what stands. Where something stands that is not wanted any more, or where what is
    missing does not fit behind it, all from the first difference on is undone, the latest first, and posted anew.
    """
    standing = standing_transactions(wanted)
    holds = _holds(standing)
    added: dict[str, Rewriting] = {}
    anew: list[str] = []
    for owner, postings in wanted.items():
        missing = _missing(standing.get(owner, ()), postings)
        if missing is None:
            anew.append(owner)
        elif missing:
            added[owner] = Rewriting([_with_hold(one, holds.get(owner)) for one in missing])
    if added:
        anew += rewrite_many(unit=UNIT, owners=added, now=now, actor=actor)
    if anew:
        rewriting = {owner: _from_first_difference(standing.get(owner, ()), wanted[owner]) for owner in anew}
        wrong = rewrite_many(unit=UNIT, owners=rewriting, now=now, actor=actor, reason=WHY)
        if wrong:
            raise AssertionError(
                f"points of {', '.join(wrong)}: the ledger cannot be brought to the replay's movements"
            )
    sum_up({*added, *anew})


def _missing(standing: Sequence[Posted], wanted: Sequence[Posting]) -> list[Posting] | None:
    """What is wanted and does not stand; None if something stands that is not wanted."""
    if not standing:
        return list(wanted)
    bodies = {one.key: one.body for one in wanted}
    there = set()
    for posted in standing:
        if posted.kind != Kind.EXPIRE:
            key = event_of(posted.key, bodies)
            if bodies.get(key) != posted.body:
                return None
            there.add(key)
    return [one for one in wanted if one.key not in there]


def _from_first_difference(standing: Sequence[Posted], wanted: Sequence[Posting]) -> Rewriting:
    """Undo all that stands from the first difference on, and post anew; expiry is undone too: it comes of itself."""
    bodies = {one.key: one.body for one in wanted}
    posted = [one for one in standing if one.kind != Kind.EXPIRE]
    pairs = zip(posted, wanted, strict=False)
    same = sum(
        1
        for _ in takewhile(
            lambda pair: event_of(pair[0].key, bodies) == pair[1].key and pair[0].body == pair[1].body, pairs
        )
    )
    kept = {one.number for one in posted[:same]}
    undo = [one.number for one in standing if one.number not in kept]
    return Rewriting(wanted[same:], undo[::-1])


def event_of(key: str, events: Mapping[str, str]) -> str:
    """The event under whose id something was posted; posted again, it has a number behind it."""
    return key if key in events else _AGAIN.sub("", key)


def standing_transactions(owners: Iterable[str]) -> dict[str, list[Posted]]:
    """The transactions of the accounts that are not undone, in order."""
    undone = Transaction.objects.filter(undoes=OuterRef("pk"), kind=Kind.REVERSE)
    found: dict[str, list[Posted]] = {}
    for some in batched(owners, _OWNERS_AT_ONCE):
        rows = (
            Transaction.objects.filter(account__unit=UNIT, account__owner__in=some)
            .exclude(kind=Kind.REVERSE)
            .exclude(Exists(undone))
            .order_by("pk")
            .values_list("account__owner", "pk", "kind", "key", "body")
        )
        for owner, number, kind, key, body in rows:
            found.setdefault(owner, []).append(Posted(number, kind, key, body))
    return found


def _holds(owners: Iterable[str]) -> dict[str, dict[str, str]]:
    """By owner, the open holds by what they are for: an exchange's is captured by the exchange's event."""
    found: dict[str, dict[str, str]] = {}
    for some in batched(owners, _OWNERS_AT_ONCE):
        rows = Hold.objects.filter(account__unit=UNIT, account__owner__in=some, status=Hold.Status.OPEN)
        for owner, reference, uid in rows.exclude(reference="").values_list("account__owner", "reference", "uid"):
            found.setdefault(owner, {})[reference] = uid
    return found


def _with_hold(posting: Posting, holds: Mapping[str, str] | None) -> Posting:
    if not holds or posting.reference not in holds or not posting.spends:
        return posting
    return posting.captures(holds[posting.reference])
