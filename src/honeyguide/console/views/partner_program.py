"""What a partner has done for its status, in its file: evidence and courses, own licences, sales."""

from decimal import Decimal
from typing import Any, cast

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from honeyguide.access.nav import may_look
from honeyguide.access.person import PersonRequest
from honeyguide.access.table import PAGES
from honeyguide.common import local
from honeyguide.common.columns import DayColumn
from honeyguide.common.lists import NUMBER, from_day, to_day
from honeyguide.common.templatetags.honeyguide import chip
from honeyguide.common.words import PRODUCTS, words_of
from honeyguide.console.partner_list import PartnerList
from honeyguide.console.views.nfr_licences import LicenceFilters, LicenceTable
from honeyguide.history.models import Event
from honeyguide.history.queries import program_events
from honeyguide.requirements import queries
from honeyguide.requirements.all_licences import Listed
from honeyguide.requirements.evidence_list import SEARCHED, EvidenceFilter, EvidenceTable
from honeyguide.requirements.models import EvidenceCase, NfrState
from honeyguide.standing.happenings import Sale
from honeyguide.standing.page import StandingPage
from honeyguide.standing.queries import standing_on
from honeyguide.standing.wording import why_not_text


class EvidenceInFile(EvidenceTable):
    """With the ways of the console."""

    file_url = "console:evidence_file"
    case_url = "console:evidence"


class PartnerEvidence(PartnerList):
    """What was handed in; what is missing; the courses that were completed."""

    table_class = EvidenceInFile
    filterset_class = EvidenceFilter
    search_fields = SEARCHED
    search_label = gettext_lazy("Link, file, text, reason")
    export_name = "partner-evidence"
    template_name = "console/partner_evidence.html"
    empty_icon = "file-check"
    empty_title = gettext_lazy("Nothing was handed in yet")
    empty_text = gettext_lazy("Links, files and texts appear here when the partner hands them in.")

    def get_queryset(self) -> QuerySet[EvidenceCase]:
        """The partner's own."""
        return queries.cases_of(self.partner)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """What is asked for and missing, and the courses."""
        found = super().get_context_data(**context)
        courses = program_events().filter(partner=self.partner.key, type="course.completed").order_by("-at", "-seq")
        may_record = may_look(cast("PersonRequest", self.request).person, PAGES["console:courses"])
        return {
            **found,
            "missing": queries.offered(self.partner, found["head"]),
            "courses": courses,
            "may_record": may_record,
        }


class LicencesInFile(LicenceTable):
    """The company is the page's."""

    class Meta:
        exclude = ("partner",)


class PartnerLicences(PartnerList):
    """Licences as of the day, how many the status allows, and claims that wait."""

    table_class = LicencesInFile
    filterset_class = LicenceFilters
    search_fields = ("data__account",)
    search_label = gettext_lazy("Account")
    export_name = "partner-licences"
    template_name = "console/partner_licences.html"
    empty_icon = "key"
    empty_title = gettext_lazy("No licence was granted yet")
    empty_text = gettext_lazy("Licences appear here when a partner's claim is granted, or a history brings them.")

    def get_queryset(self) -> QuerySet[Event]:
        """The claims in the partner's history."""
        return program_events().filter(partner=self.partner.key, type="nfr.claimed")

    def get_rows(self, found: QuerySet[Any]) -> list[Listed]:
        """The licences that came of the claims that were found."""
        uids = set(found.values_list("uid", flat=True))
        asked = self.request.GET.get("state", "")
        states = [asked] if asked in queries.GIVEN else queries.GIVEN
        day = self.as_of.day
        return [
            Listed(self.partner.key, self.partner.name, licence, str(licence.claim.state) if licence.claim else "")
            for licence in queries.licences_of(self.partner, standing_on(self.partner, day), day)
            if licence.uid in uids and licence.state in states
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """What the status allows; what waits, today."""
        found = super().get_context_data(**context)
        rooms = queries.rooms_of(self.partner, found["head"], self.as_of.day)
        claims = queries.claims_of(self.partner).exclude(state__in=queries.GIVEN)
        waiting = [] if self.as_of.is_past else list(claims.filter(state=NfrState.WAITING))
        return {**found, "rooms": rooms, "waiting": waiting}


class SaleTable(tables.Table):
    """The columns of the list of sales."""

    on = DayColumn(verbose_name=gettext_lazy("Day"))
    client = tables.Column(verbose_name=gettext_lazy("Client"))
    product = tables.Column(verbose_name=gettext_lazy("Product"))
    net = tables.Column(verbose_name=gettext_lazy("Paid"), attrs=NUMBER)
    refunded = tables.Column(verbose_name=gettext_lazy("Refunded"), attrs=NUMBER)
    counts = tables.Column(verbose_name=gettext_lazy("Counts"), attrs=NUMBER)
    why_not = tables.Column(verbose_name=gettext_lazy("Why not"), empty_values=(None,))

    class Meta:
        order_by = ("-on",)

    def render_product(self, value: str) -> str:
        """In words."""
        return words_of(PRODUCTS, value)

    def render_net(self, value: Decimal) -> str:
        """With the currency."""
        return local.money_text(value)

    render_refunded = render_counts = render_net

    def value_net(self, value: Decimal) -> str:
        """For a spreadsheet."""
        return str(value)

    value_refunded = value_counts = value_net

    def render_why_not(self, record: Sale) -> str | SafeString:
        """Why it does not count, or not whole."""
        said = why_not_text(record)
        return chip(said, "gray") if said else ""

    def value_why_not(self, record: Sale) -> str:
        """The words alone."""
        return why_not_text(record)


class SaleFilter(django_filters.FilterSet):
    """What the list may be narrowed to."""

    first = from_day("at")
    last = to_day("at")

    class Meta:
        model = Event
        fields: tuple[str, ...] = ()


class PartnerSales(PartnerList):
    """All sales up to the day, as they count for the status by what is known today."""

    table_class = SaleTable
    filterset_class = SaleFilter
    search_fields = ("client", "ident")
    search_label = gettext_lazy("Client or sale")
    export_name = "partner-sales"
    template_name = "console/partner_sales.html"
    empty_icon = "receipt"
    empty_title = gettext_lazy("No sales yet")
    empty_text = gettext_lazy("Sales stand here as soon as the history has them.")

    def get_queryset(self) -> QuerySet[Event]:
        """The sales of the partner's history up to the day."""
        sales = program_events().filter(partner=self.partner.key, type="sale.paid")
        return sales.filter(at__lt=self.as_of.end)

    def get_rows(self, found: QuerySet[Any]) -> list[Sale]:
        """The sales that were found, as they count."""
        standing = standing_on(self.partner, self.as_of.day)
        if standing is None:
            return []
        names = set(found.order_by().values_list("ident", flat=True))
        page = StandingPage(self.partner, standing, self.as_of.today)
        return [sale for sale in page.sales if sale.sale in names]


partner_evidence = PartnerEvidence.as_view()
partner_licences = PartnerLicences.as_view()
partner_sales = PartnerSales.as_view()
