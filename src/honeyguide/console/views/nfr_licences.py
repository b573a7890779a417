"""Licences not for resale: everybody's, granted here or brought by a history, with their ends (T8)."""

from datetime import date
from typing import Any, ClassVar

import django_tables2 as tables
from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter, FilterSet

from honeyguide.common import local
from honeyguide.common.columns import DayColumn
from honeyguide.common.lists import NOWRAP, ListPage
from honeyguide.history.models import Event
from honeyguide.history.queries import program_events
from honeyguide.partners.models import Partner
from honeyguide.requirements import queries
from honeyguide.requirements.all_licences import Listed, all_licences
from honeyguide.requirements.models import CLOSED_WORDS, NfrProduct, NfrState


class LicenceTable(tables.Table):
    """The columns of the list."""

    partner = tables.Column(verbose_name=gettext_lazy("Company"), accessor="company", order_by=("company",))
    product = tables.Column(verbose_name=gettext_lazy("Product"), accessor="licence__product", attrs=NOWRAP)
    account = tables.Column(verbose_name=gettext_lazy("Account"), accessor="licence__account")
    granted_on = DayColumn(verbose_name=gettext_lazy("Since"), accessor="licence__granted_on")
    ends_on = tables.Column(verbose_name=gettext_lazy("Until"), accessor="licence__term__ends_on")
    state = tables.Column(verbose_name=gettext_lazy("State"), accessor="licence__state")
    then = tables.Column(verbose_name=gettext_lazy("What comes then"), accessor="licence", orderable=False)

    class Meta:
        empty_text = ""

    def render_partner(self, record: Listed) -> SafeString:
        """The company leads to the licence's claim, where there was one here; else to its file."""
        url = reverse("console:partner", args=[record.partner])
        if record.claim:
            url = f"{reverse('console:nfr')}?state={record.claim}&item={record.licence.uid}"
        return format_html('<a href="{}">{}</a>', url, record.company)

    def value_partner(self, record: Listed) -> str:
        """The name alone, for the file."""
        return record.company

    def render_product(self, value: str) -> str:
        """In words."""
        return str(NfrProduct(value).label)

    def render_ends_on(self, value: date) -> SafeString:
        """The day, and how far it is."""
        near = local.relative_text(value, self.request.today)
        return format_html('{} <span class="text-secondary">{}</span>', local.day_text(value), near)

    def value_ends_on(self, value: date) -> str:
        """The day, for the file."""
        return value.isoformat()

    def render_state(self, value: NfrState) -> str:
        """In words."""
        return str(value.label)

    def render_then(self, value: queries.Licence) -> str:
        """What comes at the end, with the partner's present status; or why it is over."""
        if not value.term.runs:
            return str(CLOSED_WORDS[value.term.closed_because])
        if value.term.will_be_extended:
            return _("extended")
        return _("back to the free plan") if value.product == NfrProduct.CLOUD else _("over")


class LicenceFilters(FilterSet):
    """Filters of the list."""

    state = ChoiceFilter(
        choices=[(state.value, state.label) for state in queries.GIVEN], label=gettext_lazy("State"),
        empty_label=gettext_lazy("All states"), method="in_state",
    )  # fmt: skip
    product = ChoiceFilter(
        choices=NfrProduct.choices, label=gettext_lazy("Product"), empty_label=gettext_lazy("All products"),
        field_name="data__product",
    )  # fmt: skip

    class Meta:
        model = Event
        fields: ClassVar[list[str]] = []

    def in_state(self, rows: QuerySet[Event], _name: str, _value: str) -> QuerySet[Event]:
        """Left to the page: the state follows from the day."""
        return rows


class LicencesPage(ListPage):
    """All licences, those that end next first."""

    table_class = LicenceTable
    filterset_class = LicenceFilters
    search_fields = ("company", "partner", "data__account")
    search_label = gettext_lazy("Company or account")
    export_name = "licences"
    template_name = "console/nfr_licences.html"
    empty_icon = "key"
    empty_title = gettext_lazy("No licence was granted yet")
    empty_text = gettext_lazy("Licences appear here when a partner's claim is granted, or a history brings them.")

    def get_queryset(self) -> QuerySet[Any]:
        """The claims of the history, with their companies' names."""
        company = Partner.objects.filter(key=OuterRef("partner")).values("name")[:1]
        return program_events().filter(type="nfr.claimed").order_by().annotate(company=Subquery(company))

    def get_rows(self, found: QuerySet[Any]) -> list[Listed]:
        """The licences that came of the claims that were found."""
        narrowed = any(self.request.GET.get(name) for name in ("q", "product"))
        uids = set(found.values_list("uid", flat=True)) if narrowed else None
        asked = self.request.GET.get("state", "")
        states = [asked] if asked in queries.GIVEN else queries.GIVEN
        return [
            row
            for row in all_licences(self.request.today)  # type: ignore[attr-defined]
            if (uids is None or row.licence.uid in uids) and row.licence.state in states
        ]
