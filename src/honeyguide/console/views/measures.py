"""Lists over all partners: measures, and reduced discounts (T14, T3.6)."""

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from honeyguide.common import local
from honeyguide.common.clock import program_day
from honeyguide.common.lists import NOWRAP, NUMBER, ListPage
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.common.templatetags.honeyguide import chip
from honeyguide.common.words import actor_words
from honeyguide.conduct import queries, rules
from honeyguide.console import choices
from honeyguide.history.models import Event
from honeyguide.partners.models import Partner

IN_FORCE, PAST, ALL = "in_force", "past", "all"
STATES = [(IN_FORCE, gettext_lazy("In force")), (PAST, gettext_lazy("Past")), (ALL, gettext_lazy("In force and past"))]


def with_company(rows: QuerySet[Event]) -> QuerySet[Any]:
    """Events with their company's name, country and manager."""
    company = Partner.objects.filter(key=OuterRef("partner"))
    return rows.annotate(
        company=Subquery(company.values("name")[:1]),
        country=Subquery(company.values("country")[:1]),
        manager=Subquery(company.values("manager__name")[:1]),
    )


def company_link(record: Any) -> SafeString:
    """The company leads to its conduct."""
    return format_html(
        '<a href="{}">{}</a><span class="cell-sub">{}</span>',
        reverse("console:partner_conduct", args=[record.partner]),
        record.company or record.partner,
        local.country_text(str(record.country)) if record.country else "",
    )


class RecordTable(tables.Table):
    """A table over events, each with the record that conduct reads from it. `records`: by the event's number."""

    company = tables.Column(verbose_name=gettext_lazy("Company"))
    at = tables.Column(verbose_name=gettext_lazy("Since"), attrs=NOWRAP)

    def __init__(self, *args: Any, records: dict[int, Any], **kwargs: Any) -> None:
        self.records = records
        super().__init__(*args, **kwargs)

    def render_company(self, record: Any) -> SafeString:
        """The name, and the country under it."""
        return company_link(record)

    def value_company(self, record: Any) -> str:
        """The name alone, for the file."""
        return str(record.company or record.partner)

    def render_at(self, value: Any) -> str:
        """The day."""
        return local.day_text(program_day(value))

    def value_at(self, value: Any) -> str:
        """The day, for the file."""
        return program_day(value).isoformat()

    def render_actor_name(self, value: str) -> str:
        """Who decided."""
        return actor_words(value)


class MeasureTable(RecordTable):
    """Measures: who, what, since and until when, by which clause, why, by whom."""

    measure = tables.Column(verbose_name=gettext_lazy("Measure"), accessor="data__measure", order_by="data__measure")
    until = tables.Column(
        verbose_name=gettext_lazy("Last day"), accessor="data", order_by="data__until", empty_values=(), attrs=NOWRAP
    )
    clause = tables.Column(verbose_name=gettext_lazy("Clause"), accessor="data", order_by="data__clause")
    reason = tables.Column(verbose_name=gettext_lazy("Reason"), accessor="data", orderable=False)
    actor_name = tables.Column(verbose_name=gettext_lazy("By"))

    class Meta:
        sequence: ClassVar = ("company", "measure", "at", "until", "clause", "reason", "actor_name")

    def render_measure(self, record: Any) -> SafeString:
        """The kind; grey once it is over."""
        found = self.records[record.seq]
        return chip(found.title, "red" if found.in_force else "gray", found.icon)

    def value_measure(self, value: str) -> str:
        """The words, for the file."""
        return rules.measure_title(value)

    def render_until(self, record: Any) -> str:
        """The last day as it acts, or what ended it."""
        found = self.records[record.seq]
        if found.lift is not None:
            return _("Lifted on %(day)s") % {"day": local.day_text(found.ended_on)}
        return local.day_text(found.until) if found.until else _("Until lifted")

    def value_until(self, record: Any) -> str:
        """The day, for the file; empty: until lifted."""
        found = self.records[record.seq]
        last = found.ended_on or found.until
        return last.isoformat() if last else ""

    def render_clause(self, record: Any) -> SafeString:
        """The clause and what it is about."""
        found = self.records[record.seq]
        return format_html('{}<span class="cell-sub">{}</span>', found.clause, found.clause_title)

    def value_clause(self, record: Any) -> str:
        """The clause, for the file."""
        return str(self.records[record.seq].clause)

    def render_reason(self, record: Any) -> str:
        """Why."""
        return str(self.records[record.seq].reason)


class AdjustmentTable(RecordTable):
    """Reduced discounts: how low, why, what restores them."""

    percent = tables.Column(
        verbose_name=gettext_lazy("Discount"),
        accessor="data",
        orderable=False,
        attrs=NUMBER,
    )
    reason = tables.Column(verbose_name=gettext_lazy("Reason"), accessor="data", orderable=False)
    restores = tables.Column(
        verbose_name=gettext_lazy("What restores it"), accessor="data", orderable=False, empty_values=()
    )
    end = tables.Column(verbose_name=gettext_lazy("Until"), accessor="data", orderable=False, empty_values=())
    actor_name = tables.Column(verbose_name=gettext_lazy("By"))

    class Meta:
        sequence: ClassVar = ("company", "percent", "at", "end", "reason", "restores", "actor_name")

    def render_percent(self, record: Any) -> str:
        """The reduced discount."""
        return local.percent_text(self.records[record.seq].percent)

    def value_percent(self, record: Any) -> str:
        """The figure, for the file."""
        return str(self.records[record.seq].percent)

    def render_reason(self, record: Any) -> str:
        """Why."""
        return str(self.records[record.seq].reason)

    def render_restores(self, record: Any) -> str:
        """What was told to restore it."""
        return str(self.records[record.seq].restores)

    def render_end(self, record: Any) -> str:
        """When it ended and how."""
        found = self.records[record.seq]
        if found.end is None:
            return _("In force")
        day = local.day_text(program_day(found.end.at))
        return (_("Replaced on %(day)s") if found.was_replaced else _("Restored on %(day)s")) % {"day": day}

    def value_end(self, record: Any) -> str:
        """The day, for the file; empty while in force."""
        end = self.records[record.seq].end
        return program_day(end.at).isoformat() if end is not None else ""


class RecordFilters(django_filters.FilterSet):
    """What both lists can be narrowed to. `ending`: numbers of events that are past."""

    def __init__(self, *args: Any, past: set[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.past = past

    state = django_filters.ChoiceFilter(
        choices=STATES, method="by_state", label=gettext_lazy("In force or past"), empty_label=None
    )
    country = django_filters.ChoiceFilter(
        choices=choices.countries, label=gettext_lazy("Country"), empty_label=gettext_lazy("Any country")
    )
    manager = django_filters.ChoiceFilter(
        choices=choices.managers,
        method="by_manager",
        label=gettext_lazy("Partner manager"),
        empty_label=gettext_lazy("Any manager"),
    )

    class Meta:
        model = Event
        fields: ClassVar[list[str]] = []

    def by_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those that act, those that are over, or both."""
        if value == ALL:
            return rows
        return rows.filter(seq__in=self.past) if value == PAST else rows.exclude(seq__in=self.past)

    def by_manager(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those of partners in somebody's care, or nobody's."""
        return rows.filter(partner__in=choices.in_care(Partner.objects.all(), value, "manager").values("key"))


class MeasureFilters(RecordFilters):
    """Measures: also by kind and clause."""

    measure = django_filters.ChoiceFilter(
        field_name="data__measure",
        choices=lambda: [(name, rules.measure_title(name)) for name in rules.MEASURE_WORDS],
        label=gettext_lazy("Measure"),
        empty_label=gettext_lazy("Any measure"),
    )
    clause = django_filters.ChoiceFilter(
        choices=lambda: [(clause, f"{clause} – {title}") for clause, title in rules.CLAUSE_WORDS.items()],
        method="by_clause",
        label=gettext_lazy("Clause"),
        empty_label=gettext_lazy("Any clause"),
    )

    def by_clause(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those that name the clause; without one they rest on the rulebook's own."""
        found = Q(data__clause=value)
        if value == current_rulebook().clauses.measure:
            found |= ~Q(data__has_key="clause")
        return rows.filter(found)


class RecordPage(ListPage):
    """A list of records of conduct: those in force, unless others are asked for."""

    search_fields = ("company", "partner", "data__reason")
    search_label = gettext_lazy("Company or reason")
    records: dict[int, Any]
    past: set[int]

    def load(self) -> None:
        """Read the records, by the event's number, and which are past."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        """Their events, the latest first."""
        self.load()
        return with_company(Event.objects.filter(seq__in=list(self.records)).order_by("-at", "-seq"))

    def get_table_kwargs(self) -> dict[str, Any]:
        """The table reads the records."""
        return {"records": self.records}

    def _filterset(self, everything: QuerySet[Any]) -> Any:
        data = self.request.GET.copy()
        data.setdefault("state", IN_FORCE)
        assert self.filterset_class is not None
        return self.filterset_class(data, queryset=everything, request=self.request, past=self.past)


class MeasuresPage(RecordPage):
    """All measures."""

    table_class = MeasureTable
    filterset_class = MeasureFilters
    export_name = "measures"
    template_name = "console/measures.html"
    title = gettext_lazy("Measures")
    empty_icon = "gavel"
    empty_title = gettext_lazy("No measure is in force")
    empty_text = gettext_lazy("Measures are taken in a partner's file, under Conduct.")

    def load(self) -> None:
        """Measures as of today."""
        found = queries.measures(self.request.today)  # type: ignore[attr-defined]
        self.records = {record.event.seq: record for record in found}
        self.past = {record.event.seq for record in found if not record.in_force}


class AdjustmentsPage(RecordPage):
    """All reduced discounts."""

    table_class = AdjustmentTable
    filterset_class = RecordFilters
    export_name = "reduced-discounts"
    template_name = "console/measures.html"
    title = gettext_lazy("Reduced discounts")
    empty_icon = "percentage"
    empty_title = gettext_lazy("No discount is reduced")
    empty_text = gettext_lazy("Discounts are reduced and restored in a partner's file, under Conduct.")

    def load(self) -> None:
        """Adjustments as of today."""
        found = queries.adjustments(self.request.today)  # type: ignore[attr-defined]
        self.records = {record.event.seq: record for record in found}
        self.past = {record.event.seq for record in found if record.end is not None}
