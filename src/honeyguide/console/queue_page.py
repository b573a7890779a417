"""The page of a work queue: its items, the selected one beside them, and after a decision the next one.

Everything is in the address (`q`, filters, `sort`, `page`, `item`), so that it can be kept, sent and gone back to. With
htmx the page is exchanged in place; without it the same links and forms load it whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, ClassVar

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from django_filters import CharFilter, ChoiceFilter, FilterSet

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.accounts.actor import Actor
from honeyguide.common.downloads import csv_file
from honeyguide.common.errors import NotFound, Refusal
from honeyguide.common.queues import Due, due_of
from honeyguide.console.queues import Queue, queue
from honeyguide.partners.deciding import Desk
from honeyguide.standing.queries import standing_on

ITEMS_PER_PAGE = 25
SEARCH_MAX_CHARS = 100


class QueueFilters(FilterSet):
    """Filters that every queue has; a queue adds its own. `searched`: the fields that the search looks into."""

    searched: ClassVar[Sequence[str]] = ("partner__name",)

    q = CharFilter(method="search", label=_("Search"))
    held = ChoiceFilter(
        method="by_holder", choices=[("me", _("Mine")), ("nobody", _("Nobody's"))], label=_("Who is on it")
    )

    def search(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Items that have the text in one of the fields."""
        found = Q()
        for field in self.searched:
            found |= Q(**{f"{field}__icontains": value[:SEARCH_MAX_CHARS]})
        return rows.filter(found)

    def by_holder(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Items that the visitor is on, or nobody."""
        return rows.filter(held_by=self.request.person.user if value == "me" else None)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the CSV: its heading, and how a cell is made of an item."""

    title: str | Promise
    cell: Callable[[Any], Any]


COMPANY = Column(_("Company"), lambda row: row.partner.name)
DECIDED_BY = Column(_("Decided by"), lambda row: row.decided_by or "")
REASON = Column(_("Reason"), lambda row: row.reason)
STATE = Column(_("State"), lambda row: row.get_state_display())

type Sorts = dict[str, tuple[str | Promise, Sequence[str]]]


def by_age(since: str, **more: tuple[str | Promise, Sequence[str]]) -> Sorts:
    """The orders that every queue has, and `more` before the last. `since`: the field that says from when."""
    return {
        "oldest": (_("Oldest first"), (since, "pk")),
        "newest": (_("Newest first"), (f"-{since}", "-pk")),
        **more,
        "partner": (_("By company"), ("partner__name", since, "pk")),
    }


class QueuePage(View):
    """A queue. A subclass says what is in it, how an item is shown, and what can be done with one."""

    name: ClassVar[str]
    """Of the Queue in console.queues."""
    desk: ClassVar[Desk]
    """Where items are taken up and let go."""
    row_template: ClassVar[str]
    """One line of the list: has `row`."""
    item_template: ClassVar[str]
    """The selected item with all that is needed to decide: has `item`, `may_decide`, `errors`, `given`, and `about`."""
    filterset_class: ClassVar[type[QueueFilters]]
    sorts: ClassVar[Sorts]
    """By the word in the address: words for people, and the order. The first is the usual one."""
    columns: ClassVar[Sequence[Column]]
    subheading: ClassVar[str | Promise] = ""
    more: ClassVar[tuple[str, str | Promise] | None] = None
    """A further page that belongs to the queue: the name of its address, and words."""
    empty_title: ClassVar[str | Promise] = _("Nothing waits here")
    empty_text: ClassVar[str | Promise] = _("New items appear here as they come in.")

    request: PersonRequest

    @staticmethod
    def rows() -> QuerySet[Any]:
        """All items, those decided too, with what a line needs."""
        raise NotImplementedError

    def find(self, uid: str) -> Any:
        """One item by its public id. Raises NotFound."""
        found = self.rows().filter(uid=uid).first() if uid.isprintable() else None
        if found is None:
            raise NotFound(gettext("There is no such item."))
        return found

    def waits(self, item: Any) -> bool:
        """Whether there is something to do with an item."""
        return bool(item.is_waiting)

    def due(self, item: Any) -> Due | None:
        """Until when it is to be decided; None for what waits no longer."""
        return due_of(self.queue.due_at(item), self.request.now) if self.waits(item) else None

    def about(self, item: Any) -> dict[str, Any]:
        """What the item's template shows beside the item itself: where the partner stands; more."""
        return {"standing": standing_on(item.partner, self.request.today)}

    def act(self, action: str, uid: str, given: QueryDict, actor: Actor) -> str:  # noqa: ARG002 - a subclass has more
        """Do what a button says; gives the words that confirm it. Raises Refusal; NotFound for an unknown action."""
        if action in {"take", "take_over"}:
            self.desk.take(uid=uid, actor=actor, now=self.request.now, over=action == "take_over")
            return gettext("You are on it.")
        if action == "release":
            self.desk.release(uid=uid, actor=actor)
            return gettext("Released.")
        raise NotFound(gettext("There is no such action."))

    @property
    def queue(self) -> Queue:
        """What the queue is called and who decides."""
        return queue(self.name)

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the queue, or give all its items as CSV."""
        if request.GET.get("format") == "csv":
            return self.as_csv()
        return self.show()

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Do something with an item and go on: to the next one if it is decided now, else back to it."""
        uid, action = request.POST.get("item", ""), request.POST.get("action", "")
        following = self.following(uid)
        try:
            said = self.act(action, uid, request.POST, actor_of(self.request))
        except NotFound:
            raise
        except Refusal as refusal:
            return self.show(selected=uid, refusal=refusal, given=request.POST)
        messages.success(request, said)
        return HttpResponseRedirect(self.address(item=uid if self.waits(self.find(uid)) else following))

    def chosen(self) -> QueueFilters:
        """The filters with what the address says."""
        data = self.request.GET.copy()
        for name, field in self.filterset_class.base_filters.items():
            initial = field.extra.get("initial")
            if initial is not None and name not in data:
                data[name] = initial
        return self.filterset_class(data, queryset=self.rows(), request=self.request)

    @property
    def sort(self) -> str:
        """The order asked for; the usual one if there is no such order."""
        asked = self.request.GET.get("sort", "")
        return asked if asked in self.sorts else next(iter(self.sorts))

    def ordered(self, filters: QueueFilters) -> QuerySet[Any]:
        """The items that the address asks for, in its order; nothing where a filter has an impossible value."""
        rows = filters.qs if filters.is_valid() else self.rows().none()
        return rows.order_by(*self.sorts[self.sort][1])

    def page_of(self, rows: QuerySet[Any]) -> "Page[Any]":
        """The page that the address asks for; the nearest there is."""
        return Paginator(rows, ITEMS_PER_PAGE).get_page(self.request.GET.get("page"))

    def following(self, uid: str) -> str:
        """The item that comes after one on its page, else the one before it; "" for none."""
        uids = [row.uid for row in self.page_of(self.ordered(self.chosen()))]
        if uid not in uids:
            return next(iter(uids), "")
        place = uids.index(uid)
        return next(iter(uids[place + 1 :]), uids[place - 1] if place else "")

    def address(self, **changes: str) -> str:
        """The queue's address as it is now, with some parameters changed; an empty one goes."""
        query = self.request.GET.copy()
        for name, value in changes.items():
            query.pop(name, None)
            if value:
                query[name] = value
        path = reverse(self.queue.url_name)
        return f"{path}?{query.urlencode()}" if query else path

    def show(
        self, *, selected: str = "", refusal: Refusal | None = None, given: QueryDict | None = None
    ) -> HttpResponse:
        """The page. `refusal`: what did not go through, told beside the item; `given`: what was typed, kept."""
        filters = self.chosen()
        page = self.page_of(self.ordered(filters))
        asked = selected or self.request.GET.get("item", "")
        item = self.find(asked) if asked else None
        if item is None and page.object_list:
            item = self.find(page.object_list[0].uid)
        person = self.request.person
        context = {
            "queue": self.queue,
            "subheading": self.subheading,
            "filters": filters,
            "is_filtered": any(self.request.GET.get(name) for name in filters.form.fields),
            "sorts": [(word, words) for word, (words, _order) in self.sorts.items()],
            "sort": self.sort,
            "page": page,
            "lines": [(row, self.address(item=row.uid), self.due(row)) for row in page],
            "links": self._links(page),
            "item": item,
            "item_asked": bool(asked),
            "due": self.due(item) if item is not None else None,
            "waits": item is not None and self.waits(item),
            "may_decide": person.user is not None and person.user.role in self.queue.deciders,
            "held_by_other": bool(
                item is not None and item.held_by_id and (person.user is None or item.held_by_id != person.user.pk)
            ),
            "action_url": self.address(item=item.uid if item is not None else ""),
            "about": self.about(item) if item is not None else {},
            "more_url": reverse(self.more[0]) if self.more else "",
            "more_text": self.more[1] if self.more else "",
            "refusal": refusal,
            "errors": refusal.fields if refusal else {},
            "given": given or {},
            "row_template": self.row_template,
            "item_template": self.item_template,
            "empty_title": self.empty_title,
            "empty_text": self.empty_text,
        }
        return render(self.request, "console/queue.html", context, status=refusal.status if refusal else 200)

    def _links(self, page: "Page[Any]") -> dict[str, str]:
        return {
            "here": reverse(self.queue.url_name),
            "csv": self.address(item="", page="", format="csv"),
            "list": self.address(item=""),
            "earlier": self.address(item="", page=str(page.number - 1)) if page.has_previous() else "",
            "later": self.address(item="", page=str(page.number + 1)) if page.has_next() else "",
        }

    def as_csv(self) -> StreamingHttpResponse:
        """All items that the address asks for, not only those of one page."""
        rows = self.ordered(self.chosen()).iterator(chunk_size=500)
        cells = ([column.cell(row) for column in self.columns] for row in rows)
        return csv_file(f"{self.name}.csv", chain([[column.title for column in self.columns]], cells))
