"""The product's addresses, and some pages that only tests have."""

import django_filters
import django_tables2
from django.http import HttpResponse
from django.urls import path

from honeyguide.access.person import PersonRequest
from honeyguide.common.errors import Invalid, Stale
from honeyguide.common.lists import ListPage
from honeyguide.config.urls import handler403, handler404, handler500, urlpatterns  # noqa: F401 - taken from here
from honeyguide.partners.models import Kind, Partner


class PartnerTable(django_tables2.Table):
    name = django_tables2.TemplateColumn('<a href="#">{{ value }}</a>')
    country = django_tables2.Column(attrs={"td": {"class": "num"}})
    kind = django_tables2.Column()
    press = django_tables2.TemplateColumn(
        "<button>x</button>", exclude_from_export=True, orderable=False, verbose_name=""
    )

    class Meta:
        model = Partner
        fields = ("name", "country", "kind")
        order_by = "name"

    def render_kind(self, record: Partner) -> str:
        return record.kind_text


class PartnerFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=Kind, label="Business")

    class Meta:
        model = Partner
        fields = ("kind", "country")


class PartnerList(ListPage):
    queryset = Partner.objects.all()
    table_class = PartnerTable
    filterset_class = PartnerFilter
    search_fields = ("name", "key")
    export_name = "partners"
    title = "Partners"
    empty_title = "Nobody has applied yet"
    empty_text = "Applications arrive here."


class EmptyList(PartnerList):
    queryset = Partner.objects.none()


def stale(request: PersonRequest) -> HttpResponse:
    raise Stale("Mary Keeper decided this on 20 Nov 2026.")


def invalid(request: PersonRequest) -> HttpResponse:
    raise Invalid("The form was refused.", fields={"name": "A name is expected."})


def broken(request: PersonRequest) -> HttpResponse:
    raise ZeroDivisionError


TEST_PAGES = {"test_list": PartnerList.as_view(), "test_empty": EmptyList.as_view(), "test_stale": stale,
              "test_invalid": invalid, "test_broken": broken}  # fmt: skip
urlpatterns = [*urlpatterns, *(path(f"test/{name}/", view, name=name) for name, view in TEST_PAGES.items())]
