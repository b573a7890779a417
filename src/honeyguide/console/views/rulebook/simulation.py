"""What a draft would change, found on the live history: under way, as figures and charts, partner by partner."""

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Case, QuerySet, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.common import local, words
from honeyguide.common.downloads import download
from honeyguide.common.lists import NUMBER, ListPage
from honeyguide.common.templatetags.honeyguide import chip, state_chip, status_chip
from honeyguide.console import choices
from honeyguide.console import simulation_charts as charts
from honeyguide.console.views.rulebook.drafts import revision_of
from honeyguide.studio import asking, queries
from honeyguide.studio.models import NearMiss, SimulatedMove, SimulatedPoints, SimulationRun, SimulationState
from honeyguide.studio.simulating import STEPS_COUNT
from honeyguide.studio.wording import decision_text, miss_figure, miss_text, reason_lines

MOVES_ON_PAGE = 8
DIRECTIONS = (
    ("down", gettext_lazy("Lower")),
    ("up", gettext_lazy("Higher")),
    ("same", gettext_lazy("Elsewhere")),
    ("discount", gettext_lazy("Other discount")),
)
MISSES = (
    ("review", gettext_lazy("At risk in the coming review")),
    ("lost", gettext_lazy("Lost in a review")),
    ("reach", gettext_lazy("Not reached")),
)
STEPS = (
    gettext_lazy("The history is read"),
    gettext_lazy("The rules in force are replayed"),
    gettext_lazy("The draft is replayed"),
    gettext_lazy("Both are compared"),
    gettext_lazy("What was found is kept"),
)


@require_POST
def simulate(request: PersonRequest, uid: str) -> HttpResponse:
    """Have a draft simulated as it is."""
    run = asking.ask(uid=uid, revision=revision_of(request), actor=actor_of(request), now=request.now)
    return redirect("console:rulebook_simulation", run.uid)


def simulation(request: PersonRequest, uid: str) -> HttpResponse:
    """The simulation: how far it is, or all that it found."""
    run = queries.run_with(uid)
    context: dict[str, Any] = {"run": run, "draft": run.draft, "is_current": run.revision == run.draft.revision}
    if run.state == SimulationState.DONE:
        context |= _found(run)
    else:
        context |= {
            "steps": [
                {"text": text, "done": place < run.step, "now": place == run.step and run.is_under_way}
                for place, text in enumerate(STEPS)
            ],
            "steps_count": STEPS_COUNT,
            "is_lost": run.is_under_way and request.now - run.changed_at > asking.GIVEN_UP_AFTER,
        }
    return render(request, "console/rulebook/simulation.html", context)


def _found(run: SimulationRun) -> dict[str, Any]:
    result = run.result
    totals = result["totals"]
    relocated = totals["moved"] - totals["discount_only"]
    return {
        "totals": totals,
        "currency": result["currency"],
        "relocated": relocated,
        "elsewhere": relocated - totals["up"] - totals["down"],
        "cards": charts.cards(result),
        "against": charts.version_text(run.against),
        "flows": charts.flows(result, run.against),
        "matrix": charts.matrix(result),
        "thresholds": charts.thresholds(result),
        "months": charts.months(result, run.against),
        "costs": charts.costs(result),
        "points": run.points.all()[:MOVES_ON_PAGE],
        "points_count": run.points.count(),
        "moves": [_shown(move) for move in run.moves.order_by(*_FIRST)[:MOVES_ON_PAGE]],
        "moves_count": totals["moved"],
        "near_count": result["near_count"],
        "near_percent": result["near_percent"],
        "misses": [
            {"miss": miss, "text": miss_text(miss), "missing": miss_figure(miss, "missing")}
            for miss in run.misses.all()[:MOVES_ON_PAGE]
        ],
    }


_FIRST = (
    Case(
        *(When(direction=name, then=place) for place, (name, _words) in enumerate(DIRECTIONS)), default=len(DIRECTIONS)
    ),
    "name",
    "id",
)
"""Who goes lower first, then higher; those with another discount alone last."""


def _shown(move: SimulatedMove) -> dict[str, Any]:
    return {"move": move, "reasons": reason_lines(move)}


def report(request: PersonRequest, uid: str) -> HttpResponse:  # noqa: ARG001 - as Django calls views
    """The page to take away: one file that can be mailed and printed."""
    return download(f"simulation-{uid}.html", queries.report_of(uid), "text/html; charset=utf-8")


def place_chip(state: str, status: str) -> SafeString:
    """Where a partner stands: the status, and the state where it says more."""
    if not status:
        return state_chip(state)
    return format_html("{} {}", status_chip(status), state_chip(state)) if state == "suspended" else status_chip(status)


class RunTable(tables.Table):
    """A list of what one simulation found."""

    def __init__(self, *args: Any, against: str, **kwargs: Any) -> None:
        """`against`: the version with which the draft is compared; the column `before` is named after it."""
        super().__init__(*args, **kwargs)
        if "before" in self.columns.names():
            self.columns["before"].column.verbose_name = charts.version_text(against)


class MovesTable(RunTable):
    """Who would stand elsewhere, and why."""

    company = tables.Column(verbose_name=gettext_lazy("Company"), accessor="name", order_by=("name", "pk"))
    before = tables.Column(accessor="status_before", empty_values=())
    after = tables.Column(verbose_name=gettext_lazy("Under the draft"), accessor="status_after", empty_values=())
    discount = tables.Column(verbose_name=gettext_lazy("Discount"), accessor="discount_after", attrs=NUMBER)
    given = tables.Column(verbose_name=gettext_lazy("Discount on its sales"), accessor="given_after", attrs=NUMBER)
    on = tables.Column(verbose_name=gettext_lazy("First difference"), empty_values=())
    why = tables.Column(verbose_name=gettext_lazy("Why"), orderable=False, empty_values=())

    class Meta:
        order_by = ("company",)

    def render_company(self, value: str, record: SimulatedMove) -> SafeString:
        """The company leads to its file."""
        return format_html(
            '<a href="{}">{}</a><span class="cell-sub">{}</span>',
            reverse("console:partner", args=[record.partner]),
            value,
            local.country_text(record.country) if record.country else "",
        )

    def value_company(self, value: str) -> str:
        """The name alone, for the file."""
        return value

    def render_before(self, record: SimulatedMove) -> SafeString:
        """Where it stands."""
        return place_chip(record.state_before, record.status_before)

    def value_before(self, record: SimulatedMove) -> str:
        """The words alone, for the file."""
        return _place_words(record.state_before, record.status_before)

    def render_after(self, record: SimulatedMove) -> SafeString:
        """Where it would stand, and which way that is."""
        return format_html(
            "{} {}", direction_mark(record.direction), place_chip(record.state_after, record.status_after)
        )

    def value_after(self, record: SimulatedMove) -> str:
        """The words alone, for the file."""
        return _place_words(record.state_after, record.status_after)

    def render_discount(self, record: SimulatedMove) -> str:
        """Both, where they differ."""
        before, after = (local.percent_text(each) for each in (record.discount_before, record.discount_after))
        return after if before == after else f"{before} → {after}"

    def render_given(self, record: SimulatedMove) -> SafeString:
        """What its sales would have got, and how much more or less that is."""
        change = record.given_after - record.given_before
        sign = "+" if change > 0 else ""
        told = f"{sign}{local.money_text(change, short=True)}" if change else local.NOTHING
        after = local.money_text(record.given_after, short=True)
        return format_html('{}<span class="cell-sub">{}</span>', after, told)

    def value_given(self, record: SimulatedMove) -> str:
        """The difference, for the file."""
        return f"{record.given_after - record.given_before:.2f}"

    def render_on(self, record: SimulatedMove) -> SafeString | str:
        """The day, and what was decided on it under both."""
        if record.on is None:
            return local.NOTHING
        both = f"{decision_text(record.decided_before)} → {decision_text(record.decided_after)}"
        return format_html('{}<span class="cell-sub">{}</span>', local.day_text(record.on), both)

    def value_on(self, record: SimulatedMove) -> str:
        """The day, for the file."""
        return record.on.isoformat() if record.on else ""

    def render_why(self, record: SimulatedMove) -> SafeString:
        """The requirements that make the difference, and the clause."""
        lines = format_html_join("", "<div>{}</div>", ((line,) for line in reason_lines(record)))
        clause = format_html(' <span class="clause">{}</span>', record.clause) if record.clause else ""
        return format_html("{}{}", lines, clause)

    def value_why(self, record: SimulatedMove) -> str:
        """The same on one line, for the file."""
        return "; ".join(reason_lines(record)) + (f" ({record.clause})" if record.clause else "")


def _place_words(state: str, status: str) -> str:
    return words.words_of(words.STATUSES, status) if status else words.words_of(words.STATES, state)


def direction_mark(direction: str) -> SafeString | str:
    """Which way a partner goes, as a mark beside the place."""
    told = {
        "up": (_("Higher"), "blue", "arrow-up"),
        "down": (_("Lower"), "orange", "arrow-down"),
        "same": (_("Elsewhere"), "gray", "arrow-narrow-right"),
    }
    return chip(*told[direction]) if direction in told else ""


class MovesFilters(django_filters.FilterSet):
    """What the list can be narrowed to."""

    direction = django_filters.ChoiceFilter(
        choices=DIRECTIONS, label=gettext_lazy("Which way"), empty_label=gettext_lazy("Any way")
    )
    status_before = django_filters.ChoiceFilter(
        choices=choices.statuses, label=gettext_lazy("Status before"), empty_label=gettext_lazy("Any status")
    )
    status_after = django_filters.ChoiceFilter(
        choices=choices.statuses, label=gettext_lazy("Status under the draft"), empty_label=gettext_lazy("Any status")
    )

    class Meta:
        model = SimulatedMove
        fields: ClassVar = ["direction", "status_before", "status_after"]


class RunPage(ListPage):
    """A list of what one simulation found."""

    template_name = "console/rulebook/simulation_list.html"
    empty_icon = "users"

    @cached_property
    def run(self) -> SimulationRun:
        """The simulation."""
        return queries.run_with(self.kwargs["uid"])

    def get_table_kwargs(self) -> dict[str, Any]:
        """The version beside the draft."""
        return {"against": self.run.against}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The simulation too."""
        run = self.run
        return context | {"run": run, "draft": run.draft}


class MovesPage(RunPage):
    """Who moves."""

    table_class = MovesTable
    filterset_class = MovesFilters
    search_fields = ("name", "partner")
    export_name = "simulated-moves"
    title = gettext_lazy("Who would stand elsewhere")
    empty_title = gettext_lazy("Nobody would stand elsewhere")
    empty_text = gettext_lazy("The draft changes no status and no discount of any partner.")

    def get_queryset(self) -> QuerySet[SimulatedMove]:
        """The moves of this simulation."""
        return self.run.moves.all()


class PointsColumn(tables.Column):
    """Points, or a place: in the reader's words on the page, a plain number in the file."""

    def __init__(self, name: Any) -> None:
        """`name`: the heading."""
        super().__init__(verbose_name=name, attrs=NUMBER)

    def render(self, value: int) -> str:
        """For the page."""
        return local.whole_text(value)

    def value(self, value: int) -> int:
        """For the file."""
        return value


class PointsTable(RunTable):
    """Whose points or rank would differ."""

    company = tables.Column(verbose_name=gettext_lazy("Company"), accessor="name", order_by=("name", "pk"))
    change = tables.Column(verbose_name=gettext_lazy("Difference"), attrs=NUMBER)
    active_before = PointsColumn(gettext_lazy("Active, before"))
    active_after = PointsColumn(gettext_lazy("Active, draft"))
    issued_before = PointsColumn(gettext_lazy("Given, before"))
    issued_after = PointsColumn(gettext_lazy("Given, draft"))
    available_before = PointsColumn(gettext_lazy("To spend, before"))
    available_after = PointsColumn(gettext_lazy("To spend, draft"))
    rank_before = PointsColumn(gettext_lazy("Place, before"))
    rank_after = PointsColumn(gettext_lazy("Place, draft"))

    class Meta:
        order_by = ("-change",)

    def render_company(self, value: str, record: SimulatedPoints) -> SafeString:
        """The company leads to its points."""
        return format_html('<a href="{}">{}</a>', reverse("console:partner", args=[record.partner]), value)

    def value_company(self, value: str) -> str:
        """The name alone, for the file."""
        return value

    def render_change(self, record: SimulatedPoints) -> str:
        """By how much active points differ, with the sign."""
        return local.signed_text(record.active_after - record.active_before)

    def value_change(self, record: SimulatedPoints) -> int:
        """The same as a number, for the file."""
        return record.active_after - record.active_before


class PointsPage(RunPage):
    """Whose points differ."""

    table_class = PointsTable
    search_fields = ("name", "partner")
    export_name = "simulated-points"
    title = gettext_lazy("Whose points would differ")
    empty_title = gettext_lazy("Nobody's points would differ")
    empty_text = gettext_lazy("The draft changes no points and no place of any partner.")

    def get_queryset(self) -> QuerySet[SimulatedPoints]:
        """The points of this simulation."""
        return self.run.points.all()


class NearTable(RunTable):
    """Who would just miss a figure."""

    company = tables.Column(verbose_name=gettext_lazy("Company"), accessor="name", order_by=("name", "pk"))
    miss = tables.Column(verbose_name=gettext_lazy("What is missed"), order_by=("miss", "share"))
    requirement = tables.Column(verbose_name=gettext_lazy("Requirement"))
    actual = tables.Column(verbose_name=gettext_lazy("Has"), attrs=NUMBER)
    required = tables.Column(verbose_name=gettext_lazy("Asked"), attrs=NUMBER)
    missing = tables.Column(verbose_name=gettext_lazy("Missing"), attrs=NUMBER, order_by=("share",))
    clause = tables.Column(verbose_name=gettext_lazy("Clause"))

    def render_company(self, value: str, record: NearMiss) -> SafeString:
        """The company leads to its file."""
        return format_html('<a href="{}">{}</a>', reverse("console:partner", args=[record.partner]), value)

    def value_company(self, value: str) -> str:
        """The name alone, for the file."""
        return value

    def render_miss(self, record: NearMiss) -> str:
        """In words."""
        return miss_text(record)

    def render_requirement(self, value: str) -> str:
        """In words."""
        return words.requirement_words(value)

    def render_actual(self, record: NearMiss) -> str:
        """With its unit."""
        return miss_figure(record, "actual")

    def render_required(self, record: NearMiss) -> str:
        """With its unit."""
        return miss_figure(record, "required")

    def render_missing(self, record: NearMiss) -> str:
        """With its unit."""
        return miss_figure(record, "missing")

    def render_clause(self, value: str) -> SafeString:
        """As a mark."""
        return format_html('<span class="clause">{}</span>', value)


class NearFilters(django_filters.FilterSet):
    """What the list can be narrowed to."""

    miss = django_filters.ChoiceFilter(
        choices=MISSES, label=gettext_lazy("What is missed"), empty_label=gettext_lazy("Anything missed")
    )

    class Meta:
        model = NearMiss
        fields: ClassVar = ["miss"]


class NearPage(RunPage):
    """Who just misses."""

    table_class = NearTable
    filterset_class = NearFilters
    search_fields = ("name", "partner")
    export_name = "near-misses"
    title = gettext_lazy("Who would just miss a figure")
    empty_title = gettext_lazy("Nobody would just miss a figure")

    def get_queryset(self) -> QuerySet[NearMiss]:
        """The near misses of this simulation."""
        return self.run.misses.all()
