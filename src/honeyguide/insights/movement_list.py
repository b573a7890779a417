"""The list of movements of points: its columns and filters, for the partner's history and for its file (G4.1)."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from honeyguide.common import local
from honeyguide.common.explanation import Explanation
from honeyguide.insights.models import Movement, MovementKind
from honeyguide.insights.queries import items_of, line_of
from honeyguide.insights.wording import activity_words, ident_text, kind_words, what_words


class MovementTable(tables.Table):
    """The columns of the list."""

    day = tables.Column(verbose_name=gettext_lazy("Day"), attrs={"td": {"class": "text-nowrap"}})
    kind = tables.Column(verbose_name=gettext_lazy("Kind of action"), order_by=("kind", "activity"))
    source = tables.Column(verbose_name=gettext_lazy("Source"), accessor="award", order_by=("award",))
    client = tables.Column(verbose_name=gettext_lazy("Client"))
    contract = tables.Column(verbose_name=gettext_lazy("Contract"))
    expires_on = tables.Column(verbose_name=gettext_lazy("Valid to"), attrs={"td": {"class": "text-nowrap"}})
    points = tables.Column(verbose_name=gettext_lazy("Points"), attrs={"td": {"class": "num"}, "th": {"class": "num"}})

    class Meta:
        order_by = ("-day",)

    def before_render(self, request: Any) -> None:  # noqa: ARG002 - django-tables2 calls it so
        """Everything that the rows of this page need beside themselves, in a few queries."""
        rows = [row.record for row in self.page.object_list] if hasattr(self, "page") else []
        self.items = items_of(row.reference for row in rows if row.kind in {"spent", "restored"})
        self.reasons = self.explain(rows)

    def explain(self, rows: Sequence[Movement]) -> Mapping[int, Explanation]:  # noqa: ARG002 - for who knows more
        """Why accruals have so many points, by movement: who shows the list may know."""
        return {}

    def render_day(self, value: Any) -> str:
        """The day on which it takes effect."""
        return local.day_text(value)

    def value_day(self, value: Any) -> str:
        """For a spreadsheet."""
        return str(value.isoformat())

    def render_kind(self, record: Movement) -> str:
        """Accrual, exchange, expiry … with what it was for."""
        return what_words(line_of(record, getattr(self, "items", {})))

    def value_kind(self, record: Movement) -> str:
        """The kind alone."""
        return kind_words(record.kind)

    def render_source(self, record: Movement) -> SafeString:
        """The award, and the parts of which its points are made."""
        line = line_of(record, getattr(self, "items", {}))
        return render_to_string(
            "insights/source.html",
            {
                "record": record,
                "note": ident_text(line.exchange) if line.exchange else record.reason,
                "reason": getattr(self, "reasons", {}).get(record.pk),
            },
        )

    def value_source(self, record: Movement) -> str:
        """The award and the activity; of an exchange, its id too."""
        about = [record.award, activity_words(record.activity)]
        return ", ".join([*about, record.reference] if record.reference not in {"", record.award} else about)

    def render_contract(self, value: str) -> str:
        """Shortened where it is an id of ours."""
        return ident_text(value)

    def value_contract(self, value: str) -> str:
        """Whole."""
        return value

    def render_expires_on(self, record: Movement) -> str:
        """The last day of the points that move."""
        return local.day_text(record.last_day)

    def value_expires_on(self, record: Movement) -> str:
        """For a spreadsheet."""
        return record.last_day.isoformat()

    def render_points(self, value: int) -> str:
        """With their sign."""
        return local.signed_text(value)

    def value_points(self, value: int) -> int:
        """For a spreadsheet."""
        return value


class MovementFilter(django_filters.FilterSet):
    """What the list may be narrowed to."""

    kind = django_filters.ChoiceFilter(
        choices=MovementKind, label=gettext_lazy("Kind of action"), empty_label=gettext_lazy("All actions")
    )
    activity = django_filters.ChoiceFilter(
        choices=[], label=gettext_lazy("Activity"), empty_label=gettext_lazy("All activities")
    )
    first = django_filters.DateFilter(field_name="day", lookup_expr="gte", label=gettext_lazy("From day"))
    last = django_filters.DateFilter(field_name="day", lookup_expr="lte", label=gettext_lazy("To day"))

    class Meta:
        model = Movement
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = self.queryset.order_by().values_list("activity", flat=True).distinct()
        self.filters["activity"].extra["choices"] = [(name, activity_words(name)) for name in sorted(names)]
        for name in ("first", "last"):
            self.filters[name].field.widget.input_type = "date"
