"""Whether exchanges are what the history and the ledger say: for `honeyguide verify`."""

from collections.abc import Iterator

from honeyguide.history.queries import program_events
from honeyguide.ledger.queries import hold_for
from honeyguide.rewards.models import Exchange, ExchangeState
from honeyguide.rewards.points import UNIT

SPENT = frozenset({ExchangeState.APPROVED, ExchangeState.FULFILLED, ExchangeState.CANCELLED})


def problems() -> Iterator[str]:
    """What differs, a line each: points spent or given back that an exchange does not show, and holds."""
    told = dict(program_events().filter(type="points.spent").values_list("ident", "data"))
    restored = set(program_events().filter(type="points.restored").values_list("ident", flat=True))
    for one in Exchange.objects.select_related("partner").order_by("pk").iterator(500):
        event, held = told.get(one.uid), hold_for(UNIT, one.partner.key, one.uid)
        found = []
        if (event is not None) != (one.state in SPENT):
            found.append(f"the history says that its points are {'spent' if event else 'not spent'}")
        elif event is not None and (event["points"], event["partner"]) != (one.points, one.partner.key):
            found.append("the history has other points or another partner")
        if (one.uid in restored) != (one.state == ExchangeState.CANCELLED):
            found.append(f"its points {'went' if one.uid in restored else 'did not go'} back")
        if (held is not None) != one.is_waiting:
            found.append(f"the ledger {'holds' if held else 'does not hold'} its points")
        yield from (f"exchange {one.uid} is {one.state}, but {what}" for what in found)
