"""What holds for a company on a day, and why."""

from datetime import date, timedelta
from typing import Any, Literal, cast

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from honeyguide.api.documenting import answers
from honeyguide.api.gate import Gate, partner_seen
from honeyguide.api.values import Day
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Invalid, NotFound
from honeyguide.conduct.queries import MeasureRecord, adjustment_in_force, measures_in_force
from honeyguide.partners.models import Partner
from honeyguide.standing.explain import BY_BLOCK, BY_REDUCTION
from honeyguide.standing.models import Standing
from honeyguide.standing.page import StandingPage
from honeyguide.standing.queries import rank_on, rank_today, standing_on

router = Router(tags=["Standing"])
FIRST_DAY = date(2000, 1, 1)
DAYS_AHEAD = 366
DiscountBy = Literal["status", "missing", "reduction", "block", "state"]


class DayQuery(Schema):
    """As of which day."""

    as_of: Day | None = Field(None, description="The program day at whose end it holds; today by default.")


class RulebookOut(Schema):
    """By which rules it was decided."""

    name: str
    version: str


class PointsOut(Schema):
    """Points, in whole numbers."""

    active: int
    available: int
    held: int = Field(
        description="Of repeat deals that wait for a decision: not in `available`. (Reserved for exchanges that wait "
        "is `reserved` of /points.)"
    )
    debt: int
    expired: int
    spent: int
    rank: int | None = Field(description="Among all active companies, by active points.")


class RequirementOut(Schema):
    """One requirement as it stands: what is there of what is asked."""

    purpose: str = Field(description="keep or reach.")
    status: str
    requirement: str
    clause: str = Field(description="Of the program's terms.")
    actual: bool | int | str = Field(description="An amount is text with two places; a count a number; a fact a truth.")
    required: bool | int | str
    met: bool
    decides: bool = Field(description="False: shown, but not looked at when it is decided.")
    window: list[date] | None = Field(description="First and last day, inclusive.")


class TransitionOut(Schema):
    """One change of the status, with what decided it."""

    on: date
    before: str | None
    after: str | None
    cause: str
    clause: str
    rulebook: str | None
    requirements: list[RequirementOut]


class RestatementOut(Schema):
    """A decision that today's knowledge would have made otherwise."""

    on: date
    decided: str
    would_be: str
    because: str


class DiscountOut(Schema):
    """The discount with what gave it."""

    percent: str = Field(description="Text with two places, as `discount_percent`.")
    usual: str = Field(description="What the status gives when nothing lowers it.")
    by: DiscountBy = Field(
        description="status: what it gives; missing: something that it waits for; reduction (T3.6) or block (T14): "
        "decided by the operator; state: the company is not active."
    )
    explanation: str = Field(description="In a sentence or two.")
    reason: str = Field(description="Of a reduction or block, as it was told to the company; else empty.")
    clause: str = Field(description="Of the program's terms.")
    since: date | None = Field(description="First day of a reduction or block; null otherwise.")
    until: date | None = Field(description="Last day of a block; null without one, or until it is lifted.")
    restores: str = Field(description="What ends a reduction, as it was told to the company; else empty.")


class MeasureOut(Schema):
    """A measure in force (T14)."""

    measure: str
    reason: str
    clause: str = Field(description="Of the program's terms.")
    since: date
    until: date | None = Field(description="The last day; null until it is lifted.")
    users: list[str] = Field(description="Whom it concerns; empty for all.")
    sites: list[str] = Field(description="Which sites it concerns; empty for all.")


class StandingOut(Schema):
    """Status, discount, entitlements and points at the end of a day, with every requirement."""

    partner: str
    as_of: date
    rulebook: RulebookOut
    state: str
    status: str | None
    since: date | None
    confirmed_on: date | None
    review_on: date | None
    due_on: date | None = Field(description="The day on which keeping the status is decided.")
    outlook: str | None = Field(description="Whether it will be kept: met, on_pace, at_risk or lost.")
    discount_percent: str
    discount: DiscountOut
    measures: list[MeasureOut]
    entitlements: list[str]
    points: PointsOut
    requirements: list[RequirementOut]
    transitions: list[TransitionOut]
    restatements: list[RestatementOut]
    warnings: list[str]


class RequirementsOut(Schema):
    """All requirements of a company."""

    data: list[RequirementOut]


class TransitionsOut(Schema):
    """All changes of a company's status, the first one first."""

    data: list[TransitionOut]


def _found(request: HttpRequest, key: str, query: DayQuery) -> tuple[Partner, Standing]:
    partner = partner_seen(request, key)
    today: date = request.today  # type: ignore[attr-defined]
    day = query.as_of or today
    if not FIRST_DAY <= day <= today + timedelta(days=DAYS_AHEAD):
        message = f"Expected a day from {FIRST_DAY} to {today + timedelta(days=DAYS_AHEAD)}."
        raise Invalid(message, fields={"as_of": message})
    standing = standing_on(partner, day)
    if standing is None:
        raise NotFound(f"Nothing was known of this partner on {day}.")
    return partner, standing


def _transition(step: dict[str, Any]) -> dict[str, Any]:
    return {
        "before": step["from"],
        "after": step["to"],
        "requirements": step.get("requirements", []),
        **{name: step[name] for name in ("on", "cause", "clause")},
        "rulebook": step.get("rulebook"),
    }


@router.get(
    "/partners/{partner}/standing",
    auth=Gate("standing:read", DayQuery),
    response=answers(200, StandingOut),
    operation_id="get_standing",
    summary="Get what holds on a day, and why",
)
def get_standing(request: HttpRequest, partner: str, query: Query[DayQuery]) -> dict[str, Any]:
    """The standing at the end of a day, past or to come; each figure with window and clause. Scope: `standing:read`."""
    company, standing = _found(request, partner, query)
    answer = standing.answer
    is_today = standing.assessed_on == request.today  # type: ignore[attr-defined]
    rank = rank_today(standing) if is_today else rank_on(company, standing.assessed_on)
    return {
        "partner": company.key,
        "as_of": standing.assessed_on,
        "rulebook": {"name": standing.rulebook_name, "version": standing.rulebook_version},
        "state": standing.state,
        "status": standing.status or None,
        **{name: getattr(standing, name) for name in ("since", "confirmed_on", "review_on", "due_on")},
        "outlook": standing.verdict or None,
        "discount_percent": f"{standing.discount_percent:.2f}",
        "entitlements": standing.entitlements,
        "points": {**answer["points"], "rank": rank},
        "requirements": answer["requirements"],
        "transitions": [_transition(step) for step in answer["transitions"]],
        "restatements": answer["restatements"],
        "warnings": answer["warnings"],
        "discount": _discount(StandingPage(company, standing, request.today)),  # type: ignore[attr-defined]
        "measures": [_measure(record) for record in measures_in_force(standing.assessed_on, partner=company.key)],
    }


def _discount(page: StandingPage) -> DiscountOut:
    decision = page.discount
    reduction = adjustment_in_force(page.partner.key, page.day) if decision.by == BY_REDUCTION else None
    block = decision.block if decision.by == BY_BLOCK else None
    return DiscountOut(
        percent=f"{decision.percent:.2f}",
        usual=f"{decision.status_percent:.2f}",
        by=cast("DiscountBy", decision.by),
        explanation=page.discount_words,
        reason=reduction.reason if reduction else block.reason if block else "",
        clause=decision.clause,
        since=program_day(reduction.event.at) if reduction else block.since if block else None,
        until=block.until if block else None,
        restores=reduction.restores if reduction else "",
    )


def _measure(record: MeasureRecord) -> MeasureOut:
    same = ("measure", "reason", "clause", "until", "users", "sites")
    return MeasureOut(since=record.started_on, **{name: getattr(record, name) for name in same})


@router.get(
    "/partners/{partner}/requirements",
    auth=Gate("standing:read", DayQuery),
    response=answers(200, RequirementsOut),
    operation_id="list_requirements",
    summary="List requirements",
)
def list_requirements(request: HttpRequest, partner: str, query: Query[DayQuery]) -> dict[str, Any]:
    """What keeping the status and reaching the next one ask, and what is there. Scope: `standing:read`."""
    _company, standing = _found(request, partner, query)
    return {"data": standing.answer["requirements"]}


@router.get(
    "/partners/{partner}/transitions",
    auth=Gate("standing:read", DayQuery),
    response=answers(200, TransitionsOut),
    operation_id="list_transitions",
    summary="List changes of the status",
)
def list_transitions(request: HttpRequest, partner: str, query: Query[DayQuery]) -> dict[str, Any]:
    """Every change up to a day, with the requirements as they stood. Scope: `standing:read`."""
    _company, standing = _found(request, partner, query)
    return {"data": [_transition(step) for step in standing.answer["transitions"]]}
