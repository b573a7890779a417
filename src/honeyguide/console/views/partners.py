"""The list of companies, and the form that adds one."""

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.access.table import MANAGERS
from honeyguide.common import local, words
from honeyguide.common.errors import Refusal
from honeyguide.common.forms import show_refusal
from honeyguide.common.ids import new_id
from honeyguide.common.lists import ListPage
from honeyguide.common.templatetags.honeyguide import state_chip, status_chip
from honeyguide.console import choices
from honeyguide.joining.invitations import add_with_main_user
from honeyguide.joining.services import TOKEN_PREFIX, add_partner
from honeyguide.partners.models import Kind, Partner
from honeyguide.standing.models import State

COMPANY_INPUTS = ("name", "country", "kind", "email", "phone", "website")


class PartnerTable(tables.Table):
    """The columns of the list."""

    name = tables.Column(verbose_name=gettext_lazy("Company"), order_by=("name", "key"))
    country = tables.Column(verbose_name=gettext_lazy("Country"), accessor="country__code", order_by="country")
    status = tables.Column(
        verbose_name=gettext_lazy("Status"),
        accessor="standing__status",
        order_by=("standing__status_rank", "name"),
        empty_values=(),
    )
    due = tables.Column(
        verbose_name=gettext_lazy("Decided on"), accessor="standing__due_on", order_by=("standing__due_on", "name")
    )
    points = tables.Column(
        verbose_name=gettext_lazy("Active points"),
        accessor="standing__points_active",
        order_by=("standing__points_active", "name"),
        attrs={"td": {"class": "text-end"}, "th": {"class": "text-end"}},
    )
    manager = tables.Column(verbose_name=gettext_lazy("Partner manager"), accessor="manager__name")
    kind = tables.Column(verbose_name=gettext_lazy("Business"), accessor="kind", visible=True)

    class Meta:
        empty_text = ""

    def render_name(self, value: str, record: Partner) -> SafeString:
        """The company leads to its file."""
        return format_html('<a href="{}">{}</a>', reverse("console:partner", args=[record.key]), value)

    def value_name(self, value: str) -> str:
        """The name alone, for the file."""
        return value

    def render_country(self, record: Partner) -> str:
        """The country's name."""
        return local.country_text(str(record.country))

    def value_country(self, record: Partner) -> str:
        """The country's code, for the file."""
        return str(record.country)

    def render_status(self, record: Partner) -> SafeString:
        """The status; the state too where it is not the usual one."""
        status, state = _standing_of(record)
        if not status:
            return state_chip(state)
        if state == State.ACTIVE:
            return status_chip(status)
        return format_html("{} {}", status_chip(status), state_chip(state))

    def value_status(self, record: Partner) -> str:
        """The word alone, for the file."""
        status, state = _standing_of(record)
        named, also = words.words_of(words.STATUSES, status), words.words_of(words.STATES, state)
        return f"{named}, {also}" if named and state != State.ACTIVE else named or also

    def render_due(self, value: Any) -> SafeString:
        """The day, and how far it is."""
        today = self.request.today
        return format_html(
            '<span class="text-nowrap">{}</span> <span class="d-block text-secondary">{}</span>',
            local.day_text(value),
            local.relative_text(value, today),
        )

    def value_due(self, value: Any) -> str:
        """The day, for the file."""
        return str(value.isoformat())

    def render_points(self, value: int) -> str:
        """With separators."""
        return local.whole_text(value)

    def value_points(self, value: int) -> str:
        """The plain number, for the file."""
        return str(value)

    def render_kind(self, record: Partner) -> str:
        """In words."""
        return record.kind_text


def _standing_of(partner: Partner) -> tuple[str, str]:
    """Status and state; a company of which nothing is known yet is an applicant."""
    standing = getattr(partner, "standing", None)
    return (standing.status, standing.state) if standing is not None else ("", str(State.APPLICANT))


def _kinds() -> list[tuple[str, str]]:
    known = dict(Kind.choices)
    found = Partner.objects.exclude(kind="").order_by("kind").values_list("kind", flat=True).distinct()
    return [(kind, str(known.get(kind, kind))) for kind in found]


class PartnerFilters(django_filters.FilterSet):
    """What the list can be narrowed to."""

    state = django_filters.ChoiceFilter(
        field_name="standing__state",
        choices=State.choices,
        empty_label=gettext_lazy("Any state"),
        label=gettext_lazy("State"),
    )
    status = django_filters.ChoiceFilter(
        field_name="standing__status",
        choices=choices.statuses,
        empty_label=gettext_lazy("Any status"),
        label=gettext_lazy("Status"),
    )
    country = django_filters.ChoiceFilter(
        choices=choices.countries, empty_label=gettext_lazy("Any country"), label=gettext_lazy("Country")
    )
    kind = django_filters.ChoiceFilter(
        choices=_kinds, empty_label=gettext_lazy("Any business"), label=gettext_lazy("Business")
    )
    manager = django_filters.ChoiceFilter(
        choices=choices.managers,
        empty_label=gettext_lazy("Any manager"),
        label=gettext_lazy("Partner manager"),
        method="by_manager",
    )

    class Meta:
        model = Partner
        fields: ClassVar[list[str]] = []

    def by_manager(self, rows: QuerySet[Partner], _name: str, value: str) -> QuerySet[Partner]:
        """Those in somebody's care, or in nobody's."""
        return choices.in_care(rows, value, "manager")


class PartnersPage(ListPage):
    """All companies."""

    table_class = PartnerTable
    filterset_class = PartnerFilters
    search_fields = ("name", "key", "email", "website", "members__user__email", "members__user__name")
    search_label = gettext_lazy("Company, person or e-mail")
    export_name = "partners"
    template_name = "console/partners.html"
    empty_icon = "building-community"
    empty_title = gettext_lazy("No companies yet")
    empty_text = gettext_lazy("Add the first company that applies; its people are invited next.")

    def get_queryset(self) -> QuerySet[Partner]:
        """With standing and manager, without the large answers."""
        rows = Partner.objects.select_related("standing", "manager")
        return rows.defer("standing__answer", "standing__outlook").order_by("name", "key")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Whether the reader may add one."""
        return {**context, "may_add": self.request.person.kind in MANAGERS}  # type: ignore[attr-defined]


class CompanyForm(forms.Form):
    """Who the company is. What a value must look like is the service's to say."""

    name = forms.CharField(label=gettext_lazy("Company"))
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    kind = forms.ChoiceField(label=gettext_lazy("Business"))

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", local.NOTHING), *countries]  # type: ignore[attr-defined]
        unknown = [(kind, kind)] if kind and kind not in Kind.values else []
        self.fields["kind"].choices = [("", local.NOTHING), *Kind.choices, *unknown]  # type: ignore[attr-defined]


class AddForm(CompanyForm):
    """A company with a contact; its main user is invited at once where that is wished."""

    token = forms.CharField(required=False, widget=forms.HiddenInput)
    email = forms.CharField(label=gettext_lazy("E-mail"), required=False, widget=forms.EmailInput)
    phone = forms.CharField(label=gettext_lazy("Telephone"), required=False)
    website = forms.CharField(label=gettext_lazy("Website"), required=False)
    contact = forms.CharField(label=gettext_lazy("Contact person"), required=False)
    invite = forms.BooleanField(
        label=gettext_lazy("Invite the contact person as the main user, by this e-mail"), required=False
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the invitation"), choices=[("en", "English"), ("ru", "Русский")]
    )


def partner_add(request: PersonRequest) -> HttpResponse:
    """Put a company that applies into the program."""
    if request.method != "POST":
        blank = AddForm(initial={"invite": True, "token": new_id(TOKEN_PREFIX, request.now)})
        return render(request, "console/partner_add.html", {"form": blank})
    form = AddForm(request.POST)
    form.is_valid()
    company = {name: request.POST.get(name, "") for name in (*COMPANY_INPUTS, "token")}
    actor = actor_of(request)
    try:
        if request.POST.get("invite"):
            partner = add_with_main_user(
                company=company, contact=request.POST.get("contact", ""),
                language=language_of(request.POST), actor=actor, now=request.now,
            )  # fmt: skip
            said = _("%(company)s was added as an applicant, and the main user is invited.")
        else:
            partner = add_partner(**company, actor=actor, now=request.now)
            said = _("%(company)s was added as an applicant.")
    except Refusal as refusal:
        show_refusal(form, refusal)
        return render(request, "console/partner_add.html", {"form": form}, status=refusal.status)
    messages.success(request, said % {"company": partner.name})
    return redirect("console:partner", partner.key)


def language_of(given: QueryDict) -> str:
    """The language that a form gives, one of ours."""
    language = given.get("language", "")
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
