"""Whether the ledger of points is what the replay says: for `honeyguide verify`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import batched

from django.db.models import F, Q, Sum

from honeyguide.ledger.models import Account, Entry, Kind, Lot, Place
from honeyguide.standing.engine import Assessment
from honeyguide.standing.flows import UNIT
from honeyguide.standing.models import Standing
from honeyguide.standing.settling import event_of, standing_transactions

FIGURES = ("active", "available", "expired", "spent", "debt")
_OWNERS_AT_ONCE = 500


def ledger_differences(rows: Sequence[Standing], replayed: Mapping[str, Assessment], day: date) -> Iterator[str]:
    """A line for each figure and each event in which the ledger differs from the replay of a day.

    `rows`: standings of the day, with their partners. What a day has brought since is allowed for: expiry is the same
    whether it is posted or not, and holds reserve without moving anything.
    """
    for some in batched(rows, _OWNERS_AT_ONCE):
        keys = [standing.partner.key for standing in some if standing.partner.key in replayed]
        stored, posted = _figures(keys, day), standing_transactions(keys)
        for key in keys:
            points = replayed[key].answer["points"]
            for name in FIGURES:
                if stored[key][name] != points[name]:
                    yield f"partner {key}: ledger: {name} {stored[key][name]}, replayed {points[name]}"
            moves = replayed[key].moves
            wanted = {one.key: one.body for one in moves.postings(key)} if moves is not None else {}
            there = set()
            for one in posted.get(key, ()):
                event = event_of(one.key, wanted)
                if one.kind == Kind.EXPIRE:
                    continue
                there.add(event)
                if event not in wanted:
                    yield f"partner {key}: ledger: transaction ltx_{one.number} ({one.key}): no event moves such points"
                elif wanted[event] != one.body:
                    yield f"partner {key}: ledger: transaction ltx_{one.number}: event {event} moves other points"
            for event in wanted:
                if event not in there:
                    yield f"partner {key}: ledger: event {event} moves points, no transaction does"


def _figures(keys: Sequence[str], day: date) -> dict[str, dict[str, int]]:
    """What the ledger says of some partners at the end of a day, in the words of the answer."""
    found = {key: dict.fromkeys(FIGURES, 0) for key in keys}
    valid, over = Q(expires_on__gt=day), Q(expires_on__lte=day)
    whole = F("remaining") + F("expired")
    lots = Lot.objects.filter(account__unit=UNIT, account__owner__in=keys).order_by().values("account__owner")
    for row in lots.annotate(
        active=Sum(F("amount") - F("cancelled"), filter=valid, default=0),
        available=Sum(whole, filter=valid, default=0),
        gone=Sum(whole, filter=over, default=0),
    ):
        found[row["account__owner"]] |= {
            "active": row["active"],
            "available": row["available"],
            "expired": row["gone"],
        }
    entries = Entry.objects.filter(transaction__account__unit=UNIT, transaction__account__owner__in=keys).order_by()
    spent = entries.values("transaction__account__owner").annotate(
        to=Sum("points", filter=Q(target=Place.SPENT), default=0),
        back=Sum("points", filter=Q(source=Place.SPENT), default=0),
    )
    for owner, to, back in spent.values_list("transaction__account__owner", "to", "back"):
        found[owner]["spent"] = to - back
    for owner, debt in Account.objects.filter(unit=UNIT, owner__in=keys).values_list("owner", "debt"):
        found[owner]["debt"] = debt
    return found
