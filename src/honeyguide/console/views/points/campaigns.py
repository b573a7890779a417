"""Campaigns of all partners: what points brought, by channel and by campaign (G4.6)."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django_filters import CharFilter, ChoiceFilter, FilterSet

from honeyguide.access.person import PersonRequest
from honeyguide.common.downloads import csv_file
from honeyguide.console.choices import countries
from honeyguide.rewards import queries
from honeyguide.rewards.effect import by_channel, effects, points_chart, return_chart, table_of, total
from honeyguide.rewards.models import Campaign, Channel

SHOWN = 100
SEARCH_MAX_CHARS = 100


class CampaignFilters(FilterSet):
    """Which campaigns."""

    q = CharFilter(method="search", label=gettext_lazy("Search"))
    channel = ChoiceFilter(choices=Channel.choices, label=gettext_lazy("Channel"))
    country = ChoiceFilter(field_name="partner__country", choices=[], label=gettext_lazy("Country"))

    class Meta:
        model = Campaign
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["country"].extra["choices"] = countries()

    def search(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """The name of the company or of the campaign has the text."""
        text = value[:SEARCH_MAX_CHARS]
        return rows.filter(partner__name__icontains=text) | rows.filter(name__icontains=text)


def campaigns(request: PersonRequest) -> HttpResponseBase:
    """Sums by channel, and the campaigns; or all of them as CSV."""
    rows = queries.all_campaigns()
    filters = CampaignFilters(request.GET, queryset=rows, request=request)
    chosen = list(filters.qs if filters.is_valid() else rows.none())
    found = effects(chosen, request.today)
    if request.GET.get("export") == "csv":
        return csv_file("campaigns.csv", table_of(found, with_partner=True))
    channels = by_channel(found)
    query = request.GET.copy()
    query["export"] = "csv"
    context = {
        "filters": filters,
        "is_filtered": any(request.GET.get(name) for name in filters.form.fields),
        "found": found[:SHOWN],
        "more": max(len(found) - SHOWN, 0),
        "total": total(found),
        "points_chart": points_chart(channels),
        "return_chart": return_chart(channels),
        "export_query": query.urlencode(),
        "with_partner": True,
    }
    return render(request, "console/points/campaigns.html", context)
