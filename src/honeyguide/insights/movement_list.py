"""The list of movements of points: its columns and filters, for the partner's history and for its file (G4.1)."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from honeyguide.common import local
from honeyguide.common.columns import DayColumn
from honeyguide.common.explanation import Explanation
from honeyguide.common.lists import NOWRAP, NUMBER, day_filter
from honeyguide.insights.models import Movement, MovementKind
from honeyguide.insights.queries import items_of, line_of
from honeyguide.insights.wording import activity_words, ident_text, kind_words, what_words


class MovementTable(tables.Table):
    """The columns of the list."""

    day = DayColumn(verbose_name=gettext_lazy("Day"))
    kind = tables.Column(verbose_name=gettext_lazy("Kind of action"), order_by=("kind", "activity"))
    source = tables.Column(verbose_name=gettext_lazy("Source"), accessor="award", order_by=("award",))
    client = tables.Column(verbose_name=gettext_lazy("Client"))
    contract = tables.Column(verbose_name=gettext_lazy("Contract"))
    expires_on = tables.Column(verbose_name=gettext_lazy("Valid to"), attrs=NOWRAP)
    points = tables.Column(verbose_name=gettext_lazy("Points"), attrs=NUMBER)

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

    def render_kind(self, record: Movement) -> str:
        """Accrual, exchange, expiry … with what it was for."""
        return what_words(line_of(record, getattr(self, "items", {})))

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

    def render_contract(self, value: str) -> str:
        """Shortened where it is an id of ours."""
        return ident_text(value)

    def render_expires_on(self, record: Movement) -> str:
        """The last day of the points that move."""
        return local.day_text(record.last_day)

    def render_points(self, value: int) -> str:
        """With their sign."""
        return local.signed_text(value)


class MovementFile(tables.Table):
    """The columns of the file: those of a statement's, and the last day of the points that move."""

    day = DayColumn(verbose_name=gettext_lazy("Day"))
    kind = tables.Column(verbose_name=gettext_lazy("Kind of action"), order_by=("kind", "activity"))
    activity = tables.Column(verbose_name=gettext_lazy("Activity"))
    client = tables.Column(verbose_name=gettext_lazy("Client"))
    contract = tables.Column(verbose_name=gettext_lazy("Contract"))
    source = tables.Column(verbose_name=gettext_lazy("Source"), accessor="award", order_by=("award",))
    exchange = tables.Column(verbose_name=gettext_lazy("Exchange"), accessor="reference")
    reward = tables.Column(verbose_name=gettext_lazy("Reward"), accessor="reference", orderable=False)
    expires_on = tables.Column(verbose_name=gettext_lazy("Valid to"))
    points = tables.Column(verbose_name=gettext_lazy("Points"))

    class Meta:
        order_by = ("-day",)
        default = ""

    @cached_property
    def items(self) -> dict[str, str]:
        """What was exchanged for, by exchange."""
        return items_of(row.reference for row in self.data if row.kind in {"spent", "restored"})

    def value_kind(self, value: str) -> str:
        """In words."""
        return kind_words(value)

    def value_activity(self, value: str) -> str:
        """In words."""
        return activity_words(value)

    def value_exchange(self, record: Movement) -> str:
        """Of an exchange and of one that is undone."""
        return line_of(record, {}).exchange

    def value_reward(self, record: Movement) -> str:
        """What it was for."""
        return line_of(record, self.items).item

    def value_expires_on(self, record: Movement) -> str:
        """The last day of the points that move."""
        return record.last_day.isoformat()

    def value_points(self, value: int) -> int:
        """With the sign alone."""
        return value


class MovementFilter(django_filters.FilterSet):
    """What the list may be narrowed to."""

    kind = django_filters.ChoiceFilter(
        choices=MovementKind, label=gettext_lazy("Kind of action"), empty_label=gettext_lazy("All actions")
    )
    activity = django_filters.ChoiceFilter(
        choices=[], label=gettext_lazy("Activity"), empty_label=gettext_lazy("All activities")
    )
    first = day_filter(field_name="day", lookup_expr="gte", label=gettext_lazy("From day"))
    last = day_filter(field_name="day", lookup_expr="lte", label=gettext_lazy("To day"))

    class Meta:
        model = Movement
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = self.queryset.order_by().values_list("activity", flat=True).distinct()
        self.filters["activity"].extra["choices"] = [(name, activity_words(name)) for name in sorted(names)]
