"""Whether what this room has given and what the ledger has are the same."""

from collections.abc import Iterator
from datetime import timedelta

from honeyguide.bonuses.models import BonusGrant, BonusKind
from honeyguide.history.models import Event
from honeyguide.ledger.models import Lot


def problems() -> Iterator[str]:
    """Everything that does not agree, a line each: grants without their lot or event, lots without their grant."""
    lots = {
        (lot.account.unit, lot.account.owner, lot.ident): lot
        for lot in Lot.objects.filter(account__unit__in=BonusKind.values, is_void=False).select_related("account")
    }
    told = set(Event.objects.filter(type="bonus.granted").values_list("partner", "data__bonus"))
    for grant in BonusGrant.objects.select_related("partner").order_by("pk").iterator():
        lot = lots.pop((grant.kind, grant.partner.key, grant.uid), None)
        if lot is None:
            yield f"bonus {grant.uid}: the ledger has no such lot"
        else:
            yield from _differences(grant, lot)
        if (grant.partner.key, grant.uid) not in told:
            yield f"bonus {grant.uid}: the history has no such bonus.granted"
    for unit, owner, ident in lots:
        yield f"{unit} of {owner}: the lot {ident} belongs to no bonus"


def _differences(grant: BonusGrant, lot: Lot) -> Iterator[str]:
    wanted = (grant.amount_minor, grant.granted_on, grant.valid_to + timedelta(days=1), grant.cancelled_minor)
    found = (lot.amount, lot.allocated_on, lot.expires_on, lot.cancelled)
    if wanted != found:
        yield f"bonus {grant.uid}: amount, day, expiry and cancelled are {wanted}, in the ledger {found}"
