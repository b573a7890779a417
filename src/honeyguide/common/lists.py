"""Lists: one page for all of them. Search, filters and order stand in the address; all rows can be had as CSV."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from html import unescape
from inspect import Signature, signature
from types import FunctionType, MethodType
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django_filters import DateFilter, FilterSet
from django_tables2 import RequestConfig, Table, TemplateColumn
from django_tables2.columns import BoundColumn
from django_tables2.rows import BoundRow

from honeyguide.common.clock import end_of_day, start_of_day
from honeyguide.common.downloads import csv_file

ROWS_A_PAGE = 25
SEARCH_CHARS_MAX = 100
EXPORT_PARAMETER = "export"
LIST_ID = "list"
NUMBER: dict[str, dict[str, str]] = {"td": {"class": "num"}, "th": {"class": "num"}}
"""Attributes of a column of numbers."""
NOWRAP: dict[str, dict[str, str]] = {"td": {"class": "text-nowrap"}}
"""Attributes of a column whose cells stay on one line."""
_TAG = re.compile(r"<[^>]*>")
type Text = str | Promise


def day_filter(**given: Any) -> DateFilter:
    """A filter by a day, which the browser's calendar helps to choose. `given`: as for a DateFilter."""
    return DateFilter(widget=forms.DateInput(attrs={"type": "date"}), **given)


def from_day(field: str) -> DateFilter:
    """Instants from the beginning of a program day on."""
    return day_filter(field_name=field, method=_from, label=gettext_lazy("From day"))


def to_day(field: str) -> DateFilter:
    """Instants up to the end of a program day."""
    return day_filter(field_name=field, method=_to, label=gettext_lazy("To day"))


def _from(rows: QuerySet[Any], field: str, day: date) -> QuerySet[Any]:
    return rows.filter(**{f"{field}__gte": start_of_day(day)})


def _to(rows: QuerySet[Any], field: str, day: date) -> QuerySet[Any]:
    return rows.filter(**{f"{field}__lte": end_of_day(day)})


class ListPage(View):
    """A page that shows a list; a subclass names what it lists.

    `queryset` (or `get_queryset()`), `table_class` (django-tables2). Optional: `filterset_class` (django-filter; its
    fields become the filters), `search_fields` (lookups that `?q=` goes through; a filterset that has a field `q`
    searches itself), `export_name` (of the CSV file, without ending; empty: no export), the `empty_*` texts.
    `template_name` may be a page of its own: it extends a layout and includes `components/list.html`; without one
    `layout`, `title` and `subheading` make the page.
    """

    queryset: QuerySet[Any] | None = None
    table_class: type[Table]
    filterset_class: type[FilterSet] | None = None
    search_fields: Sequence[str] = ()
    search_label: Text = ""
    rows_a_page: int = ROWS_A_PAGE
    export_name: str = ""
    file_table_class: type[Table] | None = None
    """Of the CSV file, where it has other columns than the page."""
    template_name: str = "components/list_page.html"
    layout: str = ""
    title: Text = ""
    subheading: Text = ""
    empty_icon: str = "inbox"
    empty_title: Text = ""
    empty_text: Text = ""
    empty_action_url: str = ""
    empty_action_text: Text = ""
    http_method_names = ["get", "head", "options"]  # noqa: RUF012 - as Django declares it

    def get_queryset(self) -> QuerySet[Any]:
        """All rows that this visitor may see, with what the columns need (`select_related`)."""
        if self.queryset is None:
            raise AssertionError(f"{type(self).__name__} lists nothing: expected queryset or get_queryset()")
        return self.queryset.all()

    def get_rows(self, found: QuerySet[Any]) -> QuerySet[Any] | list[Any]:
        """What the table lists of the rows that were found: they, or something that follows from each."""
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """More arguments of the table, as columns to leave out for this visitor (`exclude`)."""
        return {}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """More for the template."""
        return context

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """The page, the list alone for htmx, or the CSV file."""
        everything = self.get_queryset()
        search = request.GET.get("q", "").strip()[:SEARCH_CHARS_MAX]
        filterset = self._filterset(everything)
        found = filterset.qs if filterset is not None and filterset.is_valid() else everything
        if search and self.search_fields:
            found = found.filter(any_of(self.search_fields, search)).distinct()
        exported = bool(self.export_name) and request.GET.get(EXPORT_PARAMETER) == "csv"
        chosen = self.file_table_class if exported and self.file_table_class is not None else self.table_class
        table = chosen(self.get_rows(found), request=request, **self.get_table_kwargs())
        _look_at_once(table)
        if exported:
            RequestConfig(request, paginate=False).configure(table)
            return csv_file(f"{self.export_name}.csv", csv_rows(table))
        RequestConfig(request, paginate={"per_page": self.rows_a_page, "silent": True}).configure(table)
        context = self.get_context_data(
            page=self, list=self._list_context(request, table, filterset, search), table=table, filter=filterset
        )
        partial = getattr(request, "htmx", None) and request.htmx.target == LIST_ID  # type: ignore[attr-defined]
        return render(request, "components/list.html" if partial else self.template_name, context)

    def _filterset(self, everything: QuerySet[Any]) -> FilterSet | None:
        if self.filterset_class is None:
            return None
        return self.filterset_class(self.request.GET, queryset=everything, request=self.request)

    def _list_context(
        self, request: HttpRequest, table: Table, filterset: FilterSet | None, search: str
    ) -> dict[str, Any]:
        names = list(filterset.form.fields) if filterset is not None else []
        applied = [name for name in names if name != "q" and any(request.GET.getlist(name))]
        return {
            "id": LIST_ID,
            "path": request.path,
            "search": search,
            "searchable": bool(self.search_fields) or "q" in names,
            "search_label": self.search_label or _("Search"),
            "filters": [filterset.form[name] for name in names if name != "q"] if filterset is not None else [],
            "filters_applied": len(applied),
            "narrowed": bool(search or applied),
            "kept": [(key, value) for key, value in _kept(request.GET, {*names, "q"})],
            "export_query": _with(request.GET, {EXPORT_PARAMETER: "csv"}, without={table.prefixed_page_field})
            if self.export_name
            else "",
            "count": table.paginator.count,
        }


def _look_at_once(table: Table) -> None:
    """Work out beforehand what the functions that draw cells take: django-tables2 asks it anew for every cell."""
    for column in table.columns.iterall():
        column.render, column.value = _with_signature(column.render), _with_signature(column.value)


def _with_signature(method: Callable[..., Any]) -> Callable[..., Any]:
    """The same as a plain function with its signature: a method's is put together whenever it is asked for."""

    def draw(**given: Any) -> Any:
        return method(**given)

    draw.__signature__ = _signature_of(method.__func__) if isinstance(method, MethodType) else signature(method)  # type: ignore[attr-defined]
    return draw


@cache
def _signature_of(function: FunctionType) -> Signature:
    """Of a method once it is bound."""
    whole = signature(function)
    return whole.replace(parameters=list(whole.parameters.values())[1:])


def any_of(fields: Sequence[str], search: str) -> Q:
    """Every word of the search is in one of the fields."""
    found = Q()
    for word in search.split():
        one = Q()
        for field in fields:
            one |= Q(**{field if "__i" in field else f"{field}__icontains": word})
        found &= one
    return found


def _kept(given: QueryDict, own: set[str]) -> Iterator[tuple[str, str]]:
    """Parameters that the form of search and filters must carry on: the order."""
    for key, values in given.lists():
        if key not in own | {"page", EXPORT_PARAMETER}:
            yield from ((key, str(value)) for value in values)


def _with(given: QueryDict, more: dict[str, str], without: set[str]) -> str:
    query = given.copy()
    for key in without:
        query.pop(key, None)
    for key, value in more.items():
        query[key] = value
    return query.urlencode()


def csv_rows(table: Table) -> Iterator[list[Any]]:
    """All rows of a table, in its order and columns, headings first.

    A column that is only there to be pressed says so: `exclude_from_export=True`.
    """
    columns = [column for column in table.columns if not column.column.exclude_from_export]
    yield [column.header for column in columns]
    for row in table.rows:
        yield [_cell(table, row, column) for column in columns]


def _cell(table: Table, row: BoundRow, column: BoundColumn) -> Any:
    """A cell as its words: of what is drawn with HTML, the text alone. A table's `value_<column>` goes first."""
    if isinstance(column.column, TemplateColumn) and not hasattr(table, f"value_{column.name}"):
        return plain(row.get_cell(column.name))
    value = row.get_cell_value(column.name)
    return plain(value) if hasattr(value, "__html__") else value


def plain(html: Any) -> str:
    """The text of a piece of a page, on one line."""
    return " ".join(unescape(_TAG.sub(" ", str(html))).split())
