"""Reading reviews: what is due, who is at risk, and business reviews by partner and quarter."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, Prefetch, Q, QuerySet, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from honeyguide.accounts.models import User
from honeyguide.common.clock import program_day, start_of_day
from honeyguide.common.days import add_months
from honeyguide.common.errors import NotFound
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.history.models import Event
from honeyguide.history.queries import program_events
from honeyguide.partners.models import Partner
from honeyguide.reviews.models import Attendee, BusinessReview, ReviewState, Side
from honeyguide.standing.models import Standing, State
from honeyguide.standing.story import FACT, URGENT_VERDICTS, Goal, Row, Story

DUE_DAYS = 90
"""Reviews and deadlines so far ahead are in the list (T3.4a)."""
EVIDENCE = "qbr"
"""The kind of evidence that attended business reviews give."""
APPROVED, WITHDRAWN = "evidence.approved", "evidence.withdrawn"
QUARTER_MONTHS = 3
_BEFORE = (ReviewState.HELD, ReviewState.PLANNED, ReviewState.MISSED)
"""Which of several reviews stands for a quarter: the first of these."""
IN_THE_PROGRAM = (State.ACTIVE, State.SUSPENDED)
_LISTED = (
    *("assessed_on", "status", "status_rank", "due_on", "verdict", "inactive_since", "outlook"),
    *("partner__key", "partner__name", "partner__country", "partner__manager__name"),
)
"""What the lists of standings show."""


@dataclass(frozen=True, slots=True)
class Stake:
    """What hangs on keeping a status: how it falls, and what goes."""

    falls_to: str
    discount_percent: Decimal
    """Points of discount that would be lost."""
    sales: Decimal
    """Sales that counted in the window so far: what was sold at that discount."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of a partner's year: from the confirmation on, three months each.

    `review`: the one that was held in it, else the next that is planned, else one that was missed; None without one.
    `has_evidence`: attended by evidence that was approved in it without a review here (an imported history brings it).
    """

    first: date
    last: date
    review: BusinessReview | None
    has_evidence: bool = False

    @property
    def is_attended(self) -> bool:
        """Whether a business review was attended in it."""
        return self.has_evidence or (self.review is not None and self.review.state == ReviewState.HELD)


def due(today: date, days: int = DUE_DAYS) -> QuerySet[Standing]:
    """Standings whose status is decided from today on within so many days: reviews and Bronze's deadline."""
    return (
        Standing.objects.filter(state__in=IN_THE_PROGRAM, due_on__gte=today, due_on__lte=today + timedelta(days=days))
        .select_related("partner", "partner__manager")
        .only(*_LISTED)
        .order_by("due_on", "partner__name")
    )


def decided_between(first: date, last: date) -> QuerySet[Standing]:
    """Standings whose status is decided on one of these days."""
    rows = Standing.objects.filter(state__in=IN_THE_PROGRAM, due_on__gte=first, due_on__lte=last)
    return rows.select_related("partner").defer("answer", "outlook").order_by("due_on", "partner__name")


def at_risk(today: date) -> QuerySet[Standing]:
    """Standings at risk or lost, whenever they are decided, and those without any activity (T3.4b)."""
    urgent = Q(verdict__in=URGENT_VERDICTS, due_on__gte=today)
    return (
        Standing.objects.filter(state__in=IN_THE_PROGRAM)
        .filter(urgent | inactive())
        .select_related("partner", "partner__manager")
        .only(*_LISTED)
        .order_by("due_on", "partner__name")
    )


def with_stake(rows: QuerySet[Standing]) -> QuerySet[Any]:
    """The standings with `stake_percent` and `stake_sales` (as in Stake), to be sorted by."""
    ladder = [Decimal(0), *(Decimal(status.discount_percent) for status in current_rulebook().statuses)]
    steps = zip(current_rulebook().statuses, ladder, ladder[1:], strict=False)
    percent = Case(
        *(When(status=status.name, then=Value(upper - lower)) for status, lower, upper in steps),
        default=Value(Decimal(0)),
        output_field=DecimalField(max_digits=5, decimal_places=2),
    )
    figure = DecimalField(max_digits=16, decimal_places=2)
    sales = Case(
        When(
            outlook__keep__requirements__0__requirement="sales",
            then=Cast(KT("outlook__keep__requirements__0__actual"), figure),
        ),
        default=Value(Decimal(0)),
        output_field=figure,
    )
    return rows.annotate(stake_percent=percent, stake_sales=sales)


def inactive() -> Q:
    """Accepted, and nothing done since for the months of the rulebook (T3.4b)."""
    return Q(inactive_since__isnull=False)


def keeping(standing: Standing) -> Goal | None:
    """What keeping the status asks, as the outlook has it."""
    return Story(standing, current_rulebook()).keep


def missing(standing: Standing) -> tuple[Row, ...]:
    """What decides and will not be there by itself."""
    goal = keeping(standing)
    return goal.short if goal is not None else ()


def stake(standing: Standing) -> Stake:
    """What hangs on the decision."""
    goal = keeping(standing)
    if goal is None:
        return Stake("", Decimal(0), Decimal(0))
    sales = next((row.actual for row in goal.rows if row.name == "sales" and row.kind != FACT), Decimal(0))
    return Stake(goal.falls_to, goal.gain_percent, Decimal(sales))


def people_of(partner: Partner) -> list[User]:
    """The people of a partner who can be asked."""
    return list(User.objects.filter(member__partner=partner, is_active=True).order_by("name", "pk"))


def team() -> list[User]:
    """The people of the program team who can be there."""
    return list(User.objects.filter(is_active=True).exclude(role="").order_by("name", "pk"))


def business_reviews() -> QuerySet[BusinessReview]:
    """All business reviews with what lists show."""
    asked = Prefetch("attendees", Attendee.objects.select_related("user"))
    return BusinessReview.objects.select_related("partner", "partner__manager", "organizer").prefetch_related(asked)


def reviews_of(partner: Partner) -> QuerySet[BusinessReview]:
    """A partner's business reviews, the latest first."""
    return business_reviews().filter(partner=partner).order_by("-starts_at", "uid")


def find(uid: str, partner: Partner | None = None) -> BusinessReview:
    """A business review by its public id, of a partner where one is named. Raises NotFound."""
    found = business_reviews().filter(uid=uid)
    if partner is not None:
        found = found.filter(partner=partner)
    review = found.first()
    if review is None:
        raise NotFound(_("There is no such business review."))
    return review


def latest_recorded(partner: Partner) -> BusinessReview | None:
    """The latest business review that was to be held: attended or missed."""
    recorded = BusinessReview.objects.filter(partner=partner, state__in=(ReviewState.HELD, ReviewState.MISSED))
    return recorded.order_by("-starts_at", "-pk").first()


def has_evidence(partner: Partner) -> bool:
    """Whether evidence of attended business reviews stands in the history."""
    last = _evidence().filter(partner=partner.key).order_by("-at", "-seq").first()
    return last is not None and last.type == APPROVED


def days_of_evidence(partner: Partner) -> list[date]:
    """The days on which attendance was approved as evidence, but for that of reviews recorded here.

    Evidence that was withdrawn afterwards is left out.
    """
    return _days(_evidence().filter(partner=partner.key)).get(partner.key, [])


def _days(evidence: QuerySet[Event]) -> dict[str, list[date]]:
    """The same, by partner."""
    found: dict[str, list[date]] = {}
    events = evidence.exclude(data__has_key="review").order_by("at", "seq")
    for partner, kind, at in events.values_list("partner", "type", "at"):
        days = found.setdefault(partner, [])
        if kind == APPROVED:
            days.append(program_day(at))
        elif days:
            days.pop()
    return found


def _evidence() -> QuerySet[Event]:
    return program_events().filter(type__in=(APPROVED, WITHDRAWN), data__requirement=EVIDENCE)


def asked_statuses() -> tuple[str, ...]:
    """Statuses for whose keeping the rulebook names business reviews (T3.1.3b)."""
    rulebook = current_rulebook()
    names = {name for name, asked in rulebook.requirements.items() if asked.evidence == EVIDENCE}
    return tuple(
        status.name
        for status in rulebook.statuses
        if names & {*status.keep.requirements, *status.keep.shown_requirements}
    )


def quarters(standing: Standing, reviews: Iterable[BusinessReview], evidence: Iterable[date]) -> list[Quarter]:
    """The quarters of the year of a status that asks for business reviews, each with its review; [] for others.

    `evidence`: days_of_evidence, of its present quarter at least.
    """
    if standing.confirmed_on is None or standing.status not in asked_statuses():
        return []
    known = [review for review in reviews if review.state != ReviewState.CANCELLED]
    known.sort(key=lambda review: (_BEFORE.index(review.state), review.starts_at))
    days, found = list(evidence), []
    for number in range(12 // QUARTER_MONTHS):
        first = add_months(standing.confirmed_on, number * QUARTER_MONTHS)
        last = add_months(standing.confirmed_on, (number + 1) * QUARTER_MONTHS) - timedelta(days=1)
        within = (review for review in known if first <= program_day(review.starts_at) <= last)
        found.append(Quarter(first, last, next(within, None), any(first <= day <= last for day in days)))
    return found


def without_review(today: date) -> list[tuple[Partner, Quarter]]:
    """Active partners of a status that asks for business reviews, with no review planned or held this quarter.

    The one whose quarter ends first comes first.
    """
    asked = Standing.objects.filter(state=State.ACTIVE, status__in=asked_statuses())
    standings = asked.select_related("partner").only("status", "confirmed_on", "partner__key", "partner__name")
    reviews: dict[int, list[BusinessReview]] = {}
    since = start_of_day(add_months(today, -13))
    for review in BusinessReview.objects.filter(partner__standing__in=asked, starts_at__gte=since):
        reviews.setdefault(review.partner_id, []).append(review)
    lately = start_of_day(add_months(today, -QUARTER_MONTHS - 1))  # more than a quarter, whatever its months' lengths
    evidence = _days(_evidence().filter(at__gte=lately))
    found = []
    for standing in standings.order_by("partner__name"):
        present = next(
            (quarter for quarter in quarters(
                standing, reviews.get(standing.partner_id, []), evidence.get(standing.partner.key, [])
            ) if quarter.first <= today <= quarter.last),
            None,
        )  # fmt: skip
        if present is None or present.has_evidence:
            continue
        if present.review is None or present.review.state == ReviewState.MISSED:
            found.append((standing.partner, present))
    return sorted(found, key=lambda one: one[1].last)


def to_record(now: datetime) -> QuerySet[BusinessReview]:
    """Reviews that are over and wait to be recorded."""
    return business_reviews().filter(state=ReviewState.PLANNED, starts_at__lt=now).order_by("starts_at")


def on_side(review: BusinessReview, side: Side) -> list[Attendee]:
    """Those of one side who are asked."""
    return [attendee for attendee in review.attendees.all() if attendee.side == side]
