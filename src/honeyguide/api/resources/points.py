"""Points as they come and go, statements, bonuses in money."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from honeyguide.api.documenting import answers
from honeyguide.api.gate import Gate, partner_seen
from honeyguide.api.paging import PageOut, PageQuery, page
from honeyguide.api.values import AskedInstant, Day, Instant
from honeyguide.bonuses.queries import Bonus, account_of
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Invalid
from honeyguide.insights import queries
from honeyguide.insights.models import Movement, MovementKind
from honeyguide.insights.periods import month_asked
from honeyguide.insights.statements import Entry

router = Router(tags=["Points"])
FIRST_DAY = date(2000, 1, 1)


class DayQuery(Schema):
    """As of which day."""

    as_of: Day | None = Field(None, description="The program day at whose end it holds; today by default.")


class ExpiringOut(Schema):
    """Points with the same last day."""

    last_day: date
    points: int


class BalanceOut(Schema):
    """What a company has, and when it expires."""

    partner: str
    as_of: date
    balance: int = Field(description="In lots that are valid, reserved points too.")
    reserved: int = Field(description="Of the balance: reserved for exchanges that wait for a decision.")
    held: int = Field(description="The same as `reserved`. (In /standing, `held` is of deals that wait.)")
    debt: int
    expiring: list[ExpiringOut]


class MovementOut(Schema):
    """Points go into a lot or out of it."""

    id: str = Field(description="Begins with mov_.")
    partner: str
    day: date = Field(description="The program day on which it takes effect.")
    recorded_at: Instant
    kind: str = Field(description="earned, spent, restored, expired, cancelled, debt_paid or reversed.")
    points: int = Field(description="With their sign.")
    award: str = Field(description="Of the sale, project or award whose lot it is.")
    activity: str = Field(description="How the lot was earned: sale, project or an activity.")
    client: str
    contract: str
    last_day: date = Field(description="The last day on which the lot can be used.")
    reference: str = Field(description="What it is about: an exchange, or the award itself.")


class MovementPage(PageOut):
    """A page of movements."""

    data: list[MovementOut]


class MovementQuery(PageQuery):
    """Which movements."""

    kind: MovementKind | None = Field(None, description="Only of this kind.")
    since: Day | None = Field(None, description="From this program day on.")
    until: Day | None = Field(None, description="Up to this program day.")
    known_at: AskedInstant | None = Field(None, description="Only what was recorded by this instant.")


class StatementQuery(Schema):
    """As known when."""

    known_at: AskedInstant | None = Field(
        None, description="By what was recorded by this instant, not before the month; by all that is known by default."
    )


class LineOut(Schema):
    """A line of a statement."""

    day: date
    kind: str
    points: int
    award: str
    activity: str
    client: str
    contract: str
    exchange: str
    item: str
    balance: int = Field(description="After it.")


class StatementOut(Schema):
    """Opening plus all lines is closing, as in the ledger."""

    partner: str
    first_day: date
    last_day: date
    opening: int
    lines: list[LineOut]
    closing: int
    sums: dict[str, int] = Field(description="accrued, spent, restored, expired, cancelled, debt, corrected.")


class BonusOut(Schema):
    """A bonus in money. Amounts are text with two places."""

    id: str
    kind: str = Field(description="kickstart or award.")
    state: str = Field(description="valid, used, expired or cancelled.")
    amount: str
    used: str
    left: str
    currency: str
    granted_on: date
    valid_to: date
    clause: str
    reason: str


class BonusesOut(Schema):
    """All bonuses of a company, the latest first."""

    left: str
    data: list[BonusOut]


@router.get(
    "/partners/{partner}/points",
    auth=Gate("points:read", DayQuery),
    response=answers(200, BalanceOut),
    operation_id="get_points",
    summary="Get the balance of points",
)
def get_points(request: HttpRequest, partner: str, query: Query[DayQuery]) -> BalanceOut:
    """Today or at the end of an earlier day. Scope: `points:read`."""
    found, today = partner_seen(request, partner), _today(request)
    day = query.as_of or today
    if not FIRST_DAY <= day <= today:
        message = f"Expected a day from {FIRST_DAY} to {today}."
        raise Invalid(message, fields={"as_of": message})
    books = queries.books_on(found, day)
    expiring = [ExpiringOut(last_day=on, points=points) for on, points in queries.expiring(queries.batches(found, day))]
    return BalanceOut(
        partner=found.key,
        as_of=day,
        balance=books.in_lots,
        reserved=books.held,
        held=books.held,
        debt=books.debt,
        expiring=expiring,
    )


@router.get(
    "/partners/{partner}/points/movements",
    auth=Gate("points:read", MovementQuery),
    response=answers(200, MovementPage),
    operation_id="list_movements",
    summary="List movements of points",
)
def list_movements(request: HttpRequest, partner: str, query: Query[MovementQuery]) -> dict[str, Any]:
    """The latest recorded first. Scope: `points:read`."""
    rows = queries.movements_of(partner_seen(request, partner))
    if query.kind is not None:
        rows = rows.filter(kind=query.kind)
    if query.since is not None:
        rows = rows.filter(day__gte=query.since)
    if query.until is not None:
        rows = rows.filter(day__lte=query.until)
    if query.known_at is not None:
        rows = rows.filter(recorded_at__lte=query.known_at)
    return page(rows, query, _movement)


@router.get(
    "/partners/{partner}/points/statements/{month}",
    auth=Gate("points:read", StatementQuery),
    response=answers(200, StatementOut),
    operation_id="get_statement",
    summary="Get a month's statement",
)
def get_statement(request: HttpRequest, partner: str, month: str, query: Query[StatementQuery]) -> StatementOut:
    """`month` as 2026-11; the month that runs ends today, or on the day of `known_at`. Scope: `points:read`."""
    found, today = partner_seen(request, partner), _today(request)
    first = queries.first_movement(found) or today
    period = month_asked(month, first=first, today=today)
    if query.known_at is not None and program_day(query.known_at) < period.first:
        message = f"Expected an instant on {period.first} or later."
        raise Invalid(message, fields={"known_at": message})
    statement = queries.statement_of(found, period, query.known_at)
    return StatementOut(
        partner=found.key,
        first_day=statement.period.first,
        last_day=statement.period.last,
        opening=statement.opening,
        lines=[_line(entry) for entry in statement.entries],
        closing=statement.closing,
        sums=statement.sums,
    )


@router.get(
    "/partners/{partner}/bonuses",
    auth=Gate("points:read"),
    response=answers(200, BonusesOut),
    operation_id="list_bonuses",
    summary="List bonuses",
)
def list_bonuses(request: HttpRequest, partner: str) -> BonusesOut:
    """Bonuses in money and what is left of them today. Scope: `points:read`."""
    account = account_of(partner_seen(request, partner), _today(request))
    return BonusesOut(left=f"{account.left:.2f}", data=[_bonus(bonus) for bonus in account.bonuses])


def _today(request: HttpRequest) -> date:
    today: date = request.today  # type: ignore[attr-defined]
    return today


def _movement(row: Movement) -> MovementOut:
    same = ("partner", "day", "recorded_at", "kind", "points", "award", "activity", "client", "contract", "reference")
    return MovementOut(id=f"mov_{row.pk}", last_day=row.last_day, **{name: getattr(row, name) for name in same})


def _line(entry: Entry) -> LineOut:
    same = ("day", "kind", "points", "award", "activity", "client", "contract", "exchange", "item")
    return LineOut(balance=entry.balance, **{name: getattr(entry.line, name) for name in same})


def _bonus(bonus: Bonus) -> BonusOut:
    grant = bonus.grant
    return BonusOut(
        id=grant.uid,
        state=bonus.state,
        amount=f"{bonus.amount:.2f}",
        used=f"{bonus.used:.2f}",
        left=f"{bonus.left:.2f}",
        reason=grant.cancel_reason or grant.reason,
        **{name: getattr(grant, name) for name in ("kind", "currency", "granted_on", "valid_to", "clause")},
    )
