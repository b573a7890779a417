"""Deals that are held only because sales of a table that was taken back came before them (G1.4, G1.5).

The rules hold a deal after any earlier sale, whatever has become of it (reading 13). A table that was taken back is to
have no effect any more: such a deal is accepted, by an event of its own moment, as if that table had never been.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from honeyguide.common.clock import program_day
from honeyguide.earning.models import TableImport, TableState
from honeyguide.history.models import Event
from honeyguide.history.queries import program_events
from honeyguide.rulebooks.queries import all_versions


@dataclass(frozen=True, slots=True)
class Paid:
    """A sale: recorded, or about to be. `uid`: its event's id."""

    uid: str
    partner: str
    client: str
    at: datetime
    sale: str


def undone_tables() -> set[str]:
    """The ids of tables that were taken back."""
    return set(TableImport.objects.filter(state=TableState.UNDONE).values_list("uid", flat=True))


def table_of(event: Event) -> TableImport | None:
    """The table that has brought a sale and was taken back; None for any other sale."""
    return TableImport.objects.filter(uid=table_uid(event.uid), state=TableState.UNDONE).first()


def recorded_sales(partners: Collection[str]) -> list[Paid]:
    """What partners have sold, in order."""
    rows = program_events().filter(type="sale.paid", partner__in=partners).order_by("at", "seq")
    return [Paid(*row) for row in rows.values_list("uid", "partner", "client", "at", "ident")]


def freed(sales: Iterable[Paid], undone: Collection[str]) -> list[Paid]:
    """Sales that the rules hold, but not after a sale that still counts. `sales`: all of some partners, in order."""
    versions = all_versions()
    last: dict[tuple[str, str], date] = {}
    last_good: dict[tuple[str, str], date] = {}
    found: list[Paid] = []
    for each in sales:
        pair, day = (each.partner, each.client), program_day(each.at)
        if table_uid(each.uid) not in undone:
            under = versions.on(day).points.repeat_deal.held_under_days
            if _is_near(last.get(pair), day, under) and not _is_near(last_good.get(pair), day, under):
                found.append(each)
            last_good[pair] = day
        last[pair] = day
    return found


def acceptance(paid: Paid, uid: str) -> dict[str, Any]:
    """The event that accepts a deal at its own moment."""
    return {
        "id": uid,
        "type": "points.decided",
        "at": paid.at,
        "partner": paid.partner,
        "sale": paid.sale,
        "decision": "accept",
        "reason": _("The deal before it was taken back with its table."),
    }


def table_uid(uid: str) -> str:
    """The id of the table that has brought an event, if a table has."""
    return uid.partition(".")[0]


def _is_near(before: date | None, day: date, under: int) -> bool:
    return before is not None and (day - before).days < under
