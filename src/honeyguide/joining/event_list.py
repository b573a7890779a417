"""The list of a company's events: its columns and filters, for its own history and for its file (T1.7.4)."""

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from honeyguide.common.columns import ActorColumn, DayColumn, MomentColumn
from honeyguide.common.lists import any_of, from_day, to_day
from honeyguide.history.models import Event
from honeyguide.history.queries import origins_of
from honeyguide.history.words import sentence, title
from honeyguide.joining.queries import changed_fields

PROGRAM, AUDIT = "program", "audit"
SEARCHED = ("client", "ident", "actor_name")


class EventTable(tables.Table):
    """The columns of the list."""

    at = MomentColumn(verbose_name=gettext_lazy("When"), order_by=("at", "seq"))
    said = tables.Column(verbose_name=gettext_lazy("What"), accessor="type", order_by=("type", "at"))
    by = ActorColumn(verbose_name=gettext_lazy("By whom"), accessor="actor_name", order_by=("actor_name", "at"))
    known = DayColumn(verbose_name=gettext_lazy("Known since"), accessor="recorded_at", order_by=("recorded_at", "seq"))

    class Meta:
        order_by = ("-at",)

    @cached_property
    def origins(self) -> dict[int, Event]:
        """What the events are about: those of the page, or of the whole file."""
        rows = self.page.object_list if hasattr(self, "page") else self.rows
        return origins_of(row.record for row in rows)

    def render_said(self, record: Event) -> SafeString:
        """In words, with the fields that it changed."""
        said, fields = sentence(record, self.origins.get(record.seq)), changed_fields(record.data)
        return render_to_string("joining/event.html", {"said": said, "fields": fields})

    def value_said(self, record: Event) -> str:
        """The same as a text."""
        said, fields = sentence(record, self.origins.get(record.seq)), changed_fields(record.data)
        return "; ".join([said, *(f"{label}: {before} → {after}" for label, before, after in fields)])


class EventFilter(django_filters.FilterSet):
    """What the list may be narrowed to."""

    q = django_filters.CharFilter(method="search", label=gettext_lazy("Client, sale, person, what was done"))
    kind = django_filters.ChoiceFilter(
        choices=[], method="of_kind", label=gettext_lazy("What"), empty_label=gettext_lazy("Everything")
    )
    first = from_day("at")
    last = to_day("at")

    class Meta:
        model = Event
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = self.queryset.order_by().values_list("type", flat=True).distinct()
        self.types = sorted(names, key=title)
        self.filters["kind"].extra["choices"] = [
            (PROGRAM, gettext_lazy("What the program counts")),
            (AUDIT, gettext_lazy("What was done here")),
            *((name, title(name)) for name in self.types),
        ]

    def search(self, rows: QuerySet[Event], _name: str, value: str) -> QuerySet[Event]:
        """Events whose client, id or actor has the words, or whose title has them."""
        titled = [name for name in self.types if value.strip().lower() in title(name).lower()]
        return rows.filter(any_of(SEARCHED, value) | Q(type__in=titled))

    def of_kind(self, rows: QuerySet[Event], _name: str, value: str) -> QuerySet[Event]:
        """Those of a type, those that the program counts, or the others."""
        return rows.filter(is_program=value == PROGRAM) if value in {PROGRAM, AUDIT} else rows.filter(type=value)
