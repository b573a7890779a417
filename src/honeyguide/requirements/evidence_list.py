"""The list of what a partner has handed in: its columns and filters, for the partner itself and for its file."""

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from honeyguide.common.columns import DayColumn
from honeyguide.common.words import requirement_words
from honeyguide.requirements.models import EvidenceCase, EvidenceState

SEARCHED = ("link", "text", "file__name", "reason", "submitted_by__name")


class EvidenceTable(tables.Table):
    """The columns of the list. `file_url`, `case_url`: names of the addresses of a file, and of the case's queue."""

    file_url: ClassVar[str]
    case_url: ClassVar[str] = ""

    requirement = tables.Column(verbose_name=gettext_lazy("Requirement"), order_by=("requirement", "-submitted_at"))
    what = tables.Column(verbose_name=gettext_lazy("What was handed in"), accessor="kind", orderable=False)
    submitted_at = DayColumn(verbose_name=gettext_lazy("Handed in"))
    by = tables.Column(verbose_name=gettext_lazy("By whom"), accessor="submitted_by__name")
    state = tables.Column(verbose_name=gettext_lazy("State"), order_by=("state", "-submitted_at"))

    class Meta:
        order_by = ("-submitted_at",)

    def render_requirement(self, record: EvidenceCase) -> SafeString:
        """In words; in the console it leads to the case."""
        return render_to_string("requirements/evidence_name.html", {"case": record, "case_url": self.case_url})

    def value_requirement(self, record: EvidenceCase) -> str:
        """The words alone."""
        return requirement_words(record.requirement)

    def render_what(self, record: EvidenceCase) -> SafeString:
        """The link, the file or the text."""
        return render_to_string("requirements/evidence_what.html", {"case": record, "file_url": self.file_url})

    def value_what(self, record: EvidenceCase) -> str:
        """The address, the file's name, the text."""
        file = record.file.name if record.file is not None else ""
        return " ".join(part for part in (record.link, file, record.text) if part)

    def render_state(self, record: EvidenceCase) -> SafeString:
        """In words, with the reason and what can be done."""
        return render_to_string("requirements/evidence_decided.html", {"case": record, **self.beside(record)})

    def value_state(self, record: EvidenceCase) -> str:
        """In words."""
        return str(record.get_state_display())

    def beside(self, _record: EvidenceCase) -> dict[str, Any]:
        """What else the column of the state shows: `withdraw_url`, where a case can be taken back."""
        return {}


class EvidenceFilter(django_filters.FilterSet):
    """What the list may be narrowed to."""

    state = django_filters.ChoiceFilter(
        choices=EvidenceState.choices, label=gettext_lazy("State"), empty_label=gettext_lazy("All states")
    )
    requirement = django_filters.ChoiceFilter(
        choices=[], label=gettext_lazy("Requirement"), empty_label=gettext_lazy("All requirements")
    )

    class Meta:
        model = EvidenceCase
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = self.queryset.order_by().values_list("requirement", flat=True).distinct()
        self.filters["requirement"].extra["choices"] = [(name, requirement_words(name)) for name in sorted(names)]
