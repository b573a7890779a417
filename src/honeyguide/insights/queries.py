"""What partners have in points, how it came and went: read from the ledger through the views; all sums agree."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Min, QuerySet, Sum

from honeyguide.common.clock import program_day
from honeyguide.common.local import in_language
from honeyguide.history.models import Event
from honeyguide.history.queries import program_events
from honeyguide.insights.models import Movement
from honeyguide.insights.periods import Period
from honeyguide.insights.statements import (
    EXPIRED,
    GROUP_OF,
    GROUPS,
    DoesNotAddUp,
    Line,
    Statement,
    statement,
)
from honeyguide.ledger import queries as ledger
from honeyguide.ledger.models import Lot
from honeyguide.partners.models import Partner
from honeyguide.rulebooks.queries import all_versions

UNIT = "points"


@dataclass(frozen=True, slots=True)
class Batch:
    """Points that came from one award and that are valid up to the same day; `left` of them are there."""

    award: str
    activity: str
    client: str
    contract: str
    allocated_on: date
    expires_on: date
    """The first day on which they are no longer valid."""
    left: int

    @property
    def last_day(self) -> date:
        """The last day on which they can be used."""
        return self.expires_on - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Summary:
    """A month's statement without its lines. `sums`: by group, with their sign."""

    period: Period
    opening: int
    sums: Mapping[str, int]
    closing: int


def movements_of(partner: Partner) -> "QuerySet[Movement]":
    """All movements of a partner's points, the latest first."""
    return Movement.objects.filter(partner=partner.key).order_by("-day", "-movement_id")


def first_movement(partner: Partner) -> date | None:
    """The day of the first one; None without any."""
    found: date | None = Movement.objects.filter(partner=partner.key).aggregate(first=Min("day"))["first"]
    return found


def batches(partner: Partner, day: date) -> list[Batch]:
    """What is there at the end of a day, the batch that expires first at the head; what has expired is left out."""
    rows = (
        Movement.objects.filter(partner=partner.key, day__lte=day, expires_on__gt=day)
        .order_by("expires_on", "allocated_on", "award")
        .values("award", "activity", "client", "contract", "allocated_on", "expires_on")
        .annotate(left=Sum("points"))
        .filter(left__gt=0)
    )
    return [Batch(**row) for row in rows]


def reasons_of(batches: Iterable[Batch]) -> dict[str, str]:
    """Why points were granted, in the words of whoever did it, by award; awards without such words are left out."""
    awards = {batch.award for batch in batches if batch.activity not in {"sale", "project"}}
    events = program_events().filter(type="points.granted", ident__in=awards)
    return {event.ident: reason for event in events if (reason := str(event.data.get("reason") or "").strip())}


def books_on(partner: Partner, day: date, known_at: datetime | None = None) -> ledger.Balance:
    """What the ledger has for a partner at the end of a day, by what is known now or was known at an instant."""
    return ledger.as_of(UNIT, partner.key, day=day, known_at=known_at)


def balance_on(partner: Partner, day: date, known_at: datetime | None = None) -> int:
    """What a partner had at the end of a day, by the ledger's own books: reserved points too, expired ones no more."""
    return books_on(partner, day, known_at).in_lots


def debt_on(partner: Partner, day: date) -> int:
    """What a partner owed at the end of a day."""
    return ledger.as_of(UNIT, partner.key, day=day).debt


def _expired_unposted(partner: Partner, day: date, known_at: datetime | None) -> list[tuple[Lot, int]]:
    """Lots that have expired by a day without that being posted, and what is in them, or was as known at an instant."""
    if known_at is not None:
        return ledger.expired_as_known(UNIT, partner.key, day=day, known_at=known_at)
    return [(lot, lot.free) for lot in _not_posted(partner, day)]


def _not_posted(partner: Partner, day: date) -> "QuerySet[Lot]":
    """Lots that have expired by a day without that being posted: it is, in the night after."""
    return Lot.objects.filter(
        account__unit=UNIT, account__owner=partner.key, expires_on__lte=day, remaining__gt=F("held")
    ).order_by("expires_on", "sequence", "id")


def lines_of(partner: Partner, period: Period, known_at: datetime | None = None) -> list[Line]:
    """The movements of a period in the order of days, each with client, contract and what was spent on.

    `known_at`: those alone that were known at that instant.
    """
    found = Movement.objects.filter(partner=partner.key, day__gte=period.first, day__lte=period.last)
    if known_at is not None:
        found = found.filter(recorded_at__lte=known_at)
    rows = list(found.order_by("day", "transaction_id", "movement_id"))
    items = items_of(row.reference for row in rows if row.kind in {"spent", "restored"})
    lines = [line_of(row, items) for row in rows]
    unposted = [
        (lot, points)
        for lot, points in _expired_unposted(partner, period.last, known_at)
        if lot.expires_on >= period.first
    ]
    if unposted:
        lines += _expired_lines(partner, unposted)
        lines.sort(key=lambda line: line.day)
    return lines


def line_of(row: Movement, items: Mapping[str, str]) -> Line:
    """A movement as a line of a statement. `items`: of exchanges, by id."""
    spent = row.kind in {"spent", "restored"}
    return Line(
        day=row.day,
        kind=row.kind,
        points=row.points,
        award=row.award,
        activity=row.activity,
        client=row.client,
        contract=row.contract,
        exchange=row.reference if spent else "",
        item=items.get(row.reference, "") if spent else "",
        reason=row.reason,
        number=row.movement_id,
    )


def _expired_lines(partner: Partner, lots: Sequence[tuple[Lot, int]]) -> list[Line]:
    awards = [lot.ident for lot, _points in lots]
    about = {
        row["award"]: row
        for row in Movement.objects.filter(partner=partner.key, award__in=awards, kind="earned")
        .order_by("movement_id")
        .values("award", "activity", "client", "contract")
    }
    return [
        Line(
            day=lot.expires_on, kind="expired", points=-points, exchange="", item="", reason="", number=0,
            **about[lot.ident],
        )
        for lot, points in lots
    ]  # fmt: skip


def items_of(exchanges: Iterable[str]) -> dict[str, str]:
    """What was spent on, by the exchange's id: as the catalogue calls it in the reader's language, else as recorded."""
    spent = Event.objects.filter(type="points.spent", ident__in=set(exchanges)).exclude(ident="")
    return {event.ident: _title_of(event) for event in spent.order_by("seq")}


def _title_of(spent: Event) -> str:
    """The latest catalogue that has the reward says how it is called."""
    key = str(spent.data.get("reward") or "")
    for book in reversed(all_versions().books if key else ()):
        titles = book.rewards.titles(key) if book.rewards is not None else None
        if titles is not None:
            return in_language(*titles)
    return str(spent.data.get("item") or "")


def statement_of(partner: Partner, period: Period, known_at: datetime | None = None) -> Statement:
    """The partner's statement for a period, by what is known now or was known at an instant of it or after it.

    Of a period in which the instant lies, it ends on that day. Raises DoesNotAddUp where it does not agree with the
    ledger.
    """
    if known_at is not None:
        period = Period(period.first, min(period.last, program_day(known_at)))
    opening = balance_on(partner, period.first - timedelta(days=1), known_at)
    return statement(period, opening, lines_of(partner, period, known_at), balance_on(partner, period.last, known_at))


def summaries(partner: Partner, months: Sequence[Period]) -> list[Summary]:
    """The statements of months that follow each other, the latest first, without their lines.

    Raises DoesNotAddUp where the last closing does not agree with the ledger.
    """
    first, last = months[-1].first, months[0].last
    moved: dict[date, dict[str, int]] = defaultdict(lambda: dict.fromkeys(GROUPS, 0))
    rows = Movement.objects.filter(partner=partner.key, day__gte=first, day__lte=last)
    for kind, day, points in rows.values_list("kind", "day", "points"):
        moved[day.replace(day=1)][GROUP_OF[kind]] += points
    for lot in _not_posted(partner, last):
        moved[max(lot.expires_on, first).replace(day=1)][EXPIRED] -= lot.free
    found, balance = [], balance_on(partner, first - timedelta(days=1))
    for month in reversed(months):
        sums = moved[month.first]
        closing = balance + sum(sums.values())
        found.append(Summary(month, balance, sums, closing))
        balance = closing
    if balance != balance_on(partner, last):
        raise DoesNotAddUp(f"{partner.key}: the months to {last} give {balance}, the ledger has another balance")
    return found[::-1]


def accrued_by_month(partner: Partner, first: date, last: date) -> dict[str, dict[date, int]]:
    """By activity, what was accrued in each month (its first day): accruals alone, less their corrections."""
    found: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    rows = Movement.objects.filter(partner=partner.key, kind__in=["earned"], day__gte=first, day__lte=last)
    for activity, day, points in rows.values_list("activity", "day", "points"):
        found[activity][day.replace(day=1)] += points
    return found


def by_month(partner: Partner, first: date, last: date) -> dict[str, dict[date, int]]:
    """By kind of movement, what moved in each month (its first day); expiry that is not posted yet is counted too."""
    found: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    rows = Movement.objects.filter(partner=partner.key, day__gte=first, day__lte=last)
    for kind, day, points in rows.values_list("kind", "day", "points"):
        found[kind][day.replace(day=1)] += points
    for lot in _not_posted(partner, last):
        if lot.expires_on >= first:
            found["expired"][lot.expires_on.replace(day=1)] -= lot.free
    return found


def expiring(found: Sequence[Batch]) -> list[tuple[date, int]]:
    """How much has its last day when, in the order of days."""
    sums: dict[date, int] = defaultdict(int)
    for batch in found:
        sums[batch.last_day] += batch.left
    return sorted(sums.items())
