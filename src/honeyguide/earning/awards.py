"""What has been earned and what is held, as the engine has it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from honeyguide.common.clock import program_day
from honeyguide.history.models import Event
from honeyguide.history.queries import program_events
from honeyguide.partners.models import Partner
from honeyguide.program.engine.figures import day_number
from honeyguide.program.engine.held import held_sales
from honeyguide.program.engine.moves import EARNED, moves_of
from honeyguide.program.engine.outcome import Outcome, decide
from honeyguide.program.engine.timeline import lay
from honeyguide.program.history import History
from honeyguide.rulebooks.queries import all_versions
from honeyguide.standing.engine import history_around


@dataclass(frozen=True, slots=True)
class Held:
    """A held sale. `days`: since the sale before it to the same client; `points`: what accepting it gives."""

    partner: str
    sale: str
    client: str
    days: int
    award: int
    points: int


@dataclass(frozen=True, slots=True)
class Allocated:
    """What a sale, project or award has earned, and when it was allocated."""

    points: int
    at: datetime


def points_by_award(partner: Partner, day: date | None = None) -> dict[str, int]:
    """Points that a partner's sales, projects and awards have earned, by their ids, as they were allocated."""
    return {award: found.points for award, found in allocated(partner, day).items()}


def allocated(partner: Partner, day: date | None = None) -> dict[str, Allocated]:
    """The same, with the moment of each."""
    history, outcome = _decided([partner.key], day)
    moves = moves_of(history, outcome, [partner.key]).moves.filter(pl.col("kind") == EARNED)
    return {award: Allocated(points, at) for award, points, at in moves.select("award", "points", "at").iter_rows()}


def held_of(partners: Collection[str], day: date | None = None) -> list[Held]:
    """Undecided held sales of some partners up to the end of a day (G1.4)."""
    if not partners:
        return []
    history, outcome = _decided(partners, day)
    columns = ("partner", "sale", "client", "days", "award", "points")
    rows = held_sales(history, outcome).select(columns).iter_rows()
    return [found for row in rows if (found := Held(*row)).partner in partners]


def sale_event(sale: str) -> Event:
    """The event of a sale."""
    return program_events().get(type="sale.paid", ident=sale)


def sale_before(event: Event) -> Event | None:
    """The same partner's last sale to the same client before one, by time, then by place."""
    rows = program_events().filter(partner=event.partner, client=event.client, type="sale.paid").exclude(seq=event.seq)
    earlier = [row for row in rows if (row.at, row.seq) < (event.at, event.seq)]
    return max(earlier, key=lambda row: (row.at, row.seq), default=None)


def _decided(partners: Collection[str], day: date | None) -> tuple[History, Outcome]:
    history = history_around(partners)
    versions = all_versions()
    laid = lay(history, versions, None if day is None else day_number(day))
    return history, decide(history, versions, laid, with_moves=True)


def days_between(before: Event, event: Event) -> int:
    """Program days from one event to another."""
    return (program_day(event.at) - program_day(before.at)).days
