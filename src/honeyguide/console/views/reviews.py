"""Whose status is decided soon: as a list, as a calendar, and those at risk (T3.4a, T3.4b)."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from honeyguide.access.person import PersonRequest
from honeyguide.common import local, words
from honeyguide.common.clock import day_over, program_day, start_of_day
from honeyguide.common.days import add_months
from honeyguide.common.explanation import figure_text
from honeyguide.common.lists import NUMBER, ListPage
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.common.templatetags.honeyguide import chip, status_chip, verdict_chip
from honeyguide.console import choices
from honeyguide.reviews import queries
from honeyguide.reviews.models import BusinessReview, ReviewState
from honeyguide.standing.models import Standing
from honeyguide.standing.story import FACT, Row

MONTHS_AHEAD_MAX = 24
SHOWN_A_DAY = 4
VERDICTS = ("met", "on_pace", "at_risk", "lost")


def missing_words(row: Row) -> str:
    """A requirement that is short, with how much of it."""
    name = words.requirement_words(row.name)
    if row.kind == FACT:
        return name
    return _("%(what)s: %(missing)s missing") % {"what": name, "missing": figure_text(row.name, row.missing)}


class StandingTable(tables.Table):
    """Columns that both lists have."""

    company = tables.Column(
        verbose_name=gettext_lazy("Company"), accessor="partner__name", order_by=("partner__name", "pk")
    )
    status = tables.Column(verbose_name=gettext_lazy("Status"), order_by=("status_rank", "partner__name"))
    due_on = tables.Column(verbose_name=gettext_lazy("Decided on"), order_by=("due_on", "partner__name"))
    verdict = tables.Column(verbose_name=gettext_lazy("Outlook"))
    missing = tables.Column(
        verbose_name=gettext_lazy("What is missing"),
        accessor="outlook",
        orderable=False,
        empty_values=(),
        attrs={"td": {"class": "cell-wide"}},
    )
    manager = tables.Column(
        verbose_name=gettext_lazy("Partner manager"),
        accessor="partner__manager__name",
        order_by="partner__manager__name",
    )

    def render_company(self, value: str, record: Standing) -> SafeString:
        """The company leads to its reviews; the country under it."""
        return format_html(
            '<a href="{}">{}</a><span class="cell-sub">{}</span>',
            reverse("console:partner_reviews", args=[record.partner.key]),
            value,
            local.country_text(record.partner.country.code),
        )

    def value_company(self, value: str) -> str:
        """The name alone, for the file."""
        return value

    def render_status(self, value: str) -> SafeString:
        """The status."""
        return status_chip(value)

    def value_status(self, value: str) -> str:
        """The word alone, for the file."""
        return words.words_of(words.STATUSES, value)

    def render_due_on(self, value: date, record: Standing) -> SafeString:
        """The day, how far it is, and whether it is a review or the end of the first 90 days."""
        kind = (record.outlook.get("keep") or {}).get("date_is")
        told = _("Deadline") if kind == "deadline" else _("Review")
        count = (value - self.request.today).days
        left = ngettext("%(count)s day left", "%(count)s days left", count) % {"count": local.whole_text(count)}
        return format_html('{}<span class="cell-sub">{}, {}</span>', local.day_text(value), told, left)

    def value_due_on(self, value: date) -> str:
        """The day, for the file."""
        return value.isoformat()

    def render_verdict(self, value: str, record: Standing) -> SafeString:
        """The outlook's word, and inactivity (T3.4b)."""
        mark = chip(_("Inactive"), "orange", "player-pause") if record.inactive_since else ""
        return format_html("{} {}", verdict_chip(value), mark)

    def value_verdict(self, value: str) -> str:
        """The words alone, for the file."""
        return words.words_of(words.VERDICTS, value)

    def render_missing(self, record: Standing) -> SafeString | str:
        """What decides and will not come by itself, one a line."""
        rows = queries.missing(record)
        if not rows:
            return _("Nothing")
        return format_html_join("", "<div>{}</div>", ((missing_words(row),) for row in rows))

    def value_missing(self, record: Standing) -> str:
        """The same in one line, for the file."""
        return "; ".join(missing_words(row) for row in queries.missing(record))


class ReviewTable(StandingTable):
    """What is decided in the next 90 days."""

    class Meta:
        sequence: ClassVar = ("company", "status", "due_on", "verdict", "missing", "manager")


class RiskTable(StandingTable):
    """Those at risk, with what they stand to lose."""

    stake = tables.Column(
        verbose_name=gettext_lazy("At stake"),
        accessor="stake_percent",
        order_by=("stake_percent", "stake_sales"),
        empty_values=(),
    )
    sales = tables.Column(
        verbose_name=gettext_lazy("Sales so far"),
        accessor="stake_sales",
        attrs=NUMBER,
    )

    class Meta:
        sequence: ClassVar = (
            "company", "status", "due_on", "verdict", "missing", "stake", "sales", "manager",
        )  # fmt: skip

    def render_stake(self, record: Standing) -> SafeString | str:
        """What would go with the status."""
        stake = queries.stake(record)
        if not stake.falls_to:
            return _("Participation ends")
        percent, status = local.percent_text(stake.discount_percent), words.words_of(words.STATUSES, stake.falls_to)
        return format_html(
            '{}<span class="cell-sub">{}</span>',
            _("%(percent)s of discount") % {"percent": percent},
            _("falls to %(status)s") % {"status": status},
        )

    def value_stake(self, record: Standing) -> str:
        """What would go, in words as on the page: percent of discount and the status below."""
        stake = queries.stake(record)
        if not stake.falls_to:
            return _("Participation ends")
        lost = _("%(percent)s of discount") % {"percent": local.percent_text(stake.discount_percent)}
        return f"{lost}, {_('falls to %(status)s') % {'status': words.words_of(words.STATUSES, stake.falls_to)}}"

    def render_sales(self, value: Decimal) -> str:
        """What was sold in the window."""
        return local.money_text(value, short=True)

    def value_sales(self, value: Decimal) -> str:
        """The figure, for the file."""
        return f"{value:.2f}"


class StandingFilters(django_filters.FilterSet):
    """What the lists can be narrowed to."""

    status = django_filters.ChoiceFilter(
        choices=choices.statuses, label=gettext_lazy("Status"), empty_label=gettext_lazy("Any status")
    )
    verdict = django_filters.ChoiceFilter(
        choices=lambda: [(verdict, words.words_of(words.VERDICTS, verdict)) for verdict in VERDICTS],
        label=gettext_lazy("Outlook"),
        empty_label=gettext_lazy("Any outlook"),
    )
    country = django_filters.ChoiceFilter(
        field_name="partner__country",
        choices=choices.countries,
        label=gettext_lazy("Country"),
        empty_label=gettext_lazy("Any country"),
    )
    manager = django_filters.ChoiceFilter(
        choices=choices.managers,
        label=gettext_lazy("Partner manager"),
        empty_label=gettext_lazy("Any manager"),
        method="by_manager",
    )

    class Meta:
        model = Standing
        fields: ClassVar[list[str]] = []

    def by_manager(self, rows: QuerySet[Standing], _name: str, value: str) -> QuerySet[Standing]:
        """Those in somebody's care, or in nobody's."""
        return choices.in_care(rows, value)


class RiskFilters(StandingFilters):
    """Also: the inactive ones alone (T3.4b)."""

    activity = django_filters.ChoiceFilter(
        choices=[("none", gettext_lazy("Without any activity"))],
        method="by_activity",
        label=gettext_lazy("Activity"),
        empty_label=gettext_lazy("Active or not"),
    )

    def by_activity(self, rows: QuerySet[Standing], _name: str, _value: str) -> QuerySet[Standing]:
        """Those that have done nothing since they were accepted."""
        return rows.filter(queries.inactive())


class ReviewsPage(ListPage):
    """Statuses that are decided in the next 90 days."""

    table_class = ReviewTable
    filterset_class = StandingFilters
    search_fields = ("partner__name", "partner__key")
    search_label = gettext_lazy("Company")
    export_name = "reviews"
    template_name = "console/reviews.html"
    title = gettext_lazy("Reviews")
    subheading = gettext_lazy("Statuses that are decided in the next 90 days.")
    empty_icon = "calendar-due"
    empty_title = gettext_lazy("Nothing is decided in the next 90 days")
    empty_text = gettext_lazy("Reviews appear here 90 days before the day on which they are decided.")

    def get_queryset(self) -> QuerySet[Standing]:
        """The nearest first."""
        return queries.due(self.request.today)  # type: ignore[attr-defined]


class RiskPage(ReviewsPage):
    """Partners that will lose their status unless something is done, and those without any activity."""

    table_class = RiskTable
    filterset_class = RiskFilters
    export_name = "at-risk"
    title = gettext_lazy("Partners at risk")
    subheading = gettext_lazy("They lose their status unless something is done; and partners without any activity.")
    empty_icon = "shield-check"
    empty_title = gettext_lazy("No partner is at risk")
    empty_text = gettext_lazy("All statuses will be kept by what is there and what comes at the present pace.")

    def get_queryset(self) -> QuerySet[Standing]:
        """The nearest first; on the same day those who lose more."""
        rows = queries.with_stake(queries.at_risk(self.request.today))  # type: ignore[attr-defined]
        return rows.order_by(F("due_on").asc(nulls_last=True), "-stake_percent", "-stake_sales", "partner__name")


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar with what is decided and met on it."""

    day: date
    in_month: bool
    is_today: bool
    standings: tuple[Standing, ...]
    meetings: tuple[BusinessReview, ...]

    @property
    def more(self) -> int:
        """How many are not shown in a cell of the grid."""
        return max(len(self.standings) + len(self.meetings) - SHOWN_A_DAY, 0)


def reviews_calendar(request: PersonRequest) -> HttpResponse:
    """A month: whose status is decided on which day, and business reviews."""
    first = _month(request)
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    start, end = weeks[0][0], weeks[-1][-1]
    standings: dict[date, list[Standing]] = {}
    for row in queries.decided_between(start, end):
        if row.due_on is not None:
            standings.setdefault(row.due_on, []).append(row)
    meetings: dict[date, list[BusinessReview]] = {}
    planned = queries.business_reviews().exclude(state=ReviewState.CANCELLED)
    for review in planned.filter(starts_at__gte=start_of_day(start), starts_at__lt=day_over(end)).order_by("starts_at"):
        meetings.setdefault(program_day(review.starts_at), []).append(review)
    grid = [
        [
            Day(day, day.month == first.month, day == request.today,
                tuple(standings.get(day, ())), tuple(meetings.get(day, ())))
            for day in week
        ]
        for week in weeks
    ]  # fmt: skip
    context = {
        "first": first,
        "weeks": grid,
        "weekdays": weeks[0],
        "busy": [day for week in grid for day in week if day.in_month and (day.standings or day.meetings)],
        "earlier": add_months(first, -1),
        "later": add_months(first, 1),
        "shown_a_day": SHOWN_A_DAY,
        "rulebook": current_rulebook(),
    }
    return render(request, "console/reviews_calendar.html", context)


def _month(request: PersonRequest) -> date:
    """The month asked for (`?month=2026-12`), else this one; at most two years from today."""
    today = request.today
    try:
        asked = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return today.replace(day=1)
    nearest, furthest = add_months(today, -MONTHS_AHEAD_MAX), add_months(today, MONTHS_AHEAD_MAX)
    return min(max(asked, nearest.replace(day=1)), furthest.replace(day=1))
