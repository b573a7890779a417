"""The list of completed courses: its columns and filters."""

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from honeyguide.common.columns import ActorColumn, DayColumn, MomentColumn
from honeyguide.common.words import COURSES, words_of
from honeyguide.history.models import Event

SEARCHED = ("company", "partner", "data__user", "data__course", "actor_name")


class CourseTable(tables.Table):
    """The columns of the list."""

    company = tables.Column(verbose_name=gettext_lazy("Company"), order_by=("company", "-seq"))
    course = tables.Column(verbose_name=gettext_lazy("Course"), accessor="data__course", order_by=("data__course",))
    user = tables.Column(verbose_name=gettext_lazy("Who"), accessor="data__user", order_by=("data__user",))
    at = DayColumn(verbose_name=gettext_lazy("Day"), order_by=("at", "seq"))
    by = ActorColumn(verbose_name=gettext_lazy("By whom"), accessor="actor_name", order_by=("actor_name", "-seq"))
    recorded = MomentColumn(verbose_name=gettext_lazy("Recorded"), accessor="recorded_at", order_by=("seq",))

    class Meta:
        order_by = ("-recorded",)

    def render_company(self, record: Event, value: str) -> SafeString:
        """The company leads to its file."""
        return format_html('<a href="{}">{}</a>', reverse("console:partner", args=[record.partner]), value)

    def value_company(self, value: str) -> str:
        """The name alone, for the file."""
        return value

    def render_course(self, value: str) -> str:
        """In words."""
        return words_of(COURSES, value)

    def value_course(self, value: str) -> str:
        """The rulebook's name, for the file."""
        return value


class CourseFilter(django_filters.FilterSet):
    """What the list may be narrowed to."""

    course = django_filters.ChoiceFilter(
        choices=[], method="of_course", label=gettext_lazy("Course"), empty_label=gettext_lazy("All courses")
    )

    class Meta:
        model = Event
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted(self.queryset.order_by().values_list("data__course", flat=True).distinct())
        self.filters["course"].extra["choices"] = [(name, words_of(COURSES, name)) for name in names]

    def of_course(self, rows: QuerySet[Event], _name: str, value: str) -> QuerySet[Event]:
        """Completions of one course."""
        return rows.filter(data__course=value)
