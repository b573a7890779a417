"""Price lists: in force, announced, the draft of the next one as a grid or a table; and stock (G2.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.access.table import MANAGERS
from honeyguide.common.downloads import csv_file
from honeyguide.common.errors import Invalid, NotFound, Refusal
from honeyguide.rewards import limits, queries
from honeyguide.rewards.catalogue import Day, Item, NoRewards, day_of, next_list, stocks_of
from honeyguide.rewards.models import PriceDraft, PriceList
from honeyguide.rewards.services import prices as services


@dataclass(frozen=True, slots=True)
class Cell:
    """One item of the grid. `given`: as typed."""

    item: Item
    now: int
    announced: int | None
    given: str
    error: str
    stock: int | None

    @property
    def is_fixed(self) -> bool:
        """Whether the rulebook leaves no choice."""
        return self.item.variant.min_points == self.item.variant.max_points


def prices(request: PersonRequest) -> HttpResponse:
    """The prices in force, those announced, earlier lists, the draft; stock of what is scarce."""
    return _prices_page(request)


def _prices_page(request: PersonRequest, refusal: Refusal | None = None) -> HttpResponse:
    try:
        found = day_of(request.today)
    except NoRewards:
        return render(request, "console/points/prices.html", {"found": None})
    draft = PriceDraft.objects.select_related("changed_by").first()
    ahead = next_list(request.today)
    first = services.first_possible(request.now)
    return render(
        request,
        "console/points/prices.html",
        {
            "found": found,
            "groups": _grid(found, found, ahead, {}, {}),
            "ahead": ahead,
            "draft": draft,
            "changes": services.changes_of(draft.effective_from, draft.prices)
            if draft is not None and _day_then(draft.effective_from) is not None
            else [],
            "lists": queries.price_lists(),
            "first_possible": first,
            "may_act": request.person.kind in MANAGERS,
            "is_early": draft is not None and draft.effective_from < first,
            "refusal": refusal,
        },
        status=refusal.status if refusal else 200,
    )


def _grid(
    found: Day, then: Day, ahead: PriceList | None, given: Mapping[str, str], errors: Mapping[str, str]
) -> list[tuple[str, list[Cell]]]:
    """The items of a day (`then`), by reward, with today's prices (`found`)."""
    coming = {price.item: price.points for price in ahead.prices.all()} if ahead is not None else {}
    stocks = stocks_of(then.rewards)
    cells = [
        Cell(
            item=item,
            now=found.list_price(item),
            announced=coming.get(item.key),
            given=given.get(item.key, ""),
            error=errors.get(item.key, ""),
            stock=stocks[item.key],
        )
        for item in then.items()
    ]
    return [(title, list(group)) for title, group in groupby(cells, key=lambda cell: cell.item.reward_title)]


def draft(request: PersonRequest) -> HttpResponse:
    """The grid of the next price list."""
    found = day_of(request.today)
    kept = PriceDraft.objects.first()
    if request.method == "POST":
        return _save(request, found)
    effective = kept.effective_from if kept is not None else services.next_quarter(services.first_possible(request.now))
    then = _day_then(effective) or found
    given = {key: str(points) for key, points in {**then.table.prices, **(kept.prices if kept else {})}.items()}
    form = {
        "effective_from": effective.isoformat(),
        "note": kept.note if kept else "",
        "version": kept.version if kept else 0,
    }
    return _grid_page(request, found, then, form, given)


def _day_then(effective: date) -> Day | None:
    """The day from which a list is to be in force; None, where the rulebook has no rewards then."""
    try:
        return day_of(effective)
    except NoRewards:
        return None


def _grid_page(
    request: PersonRequest,
    found: Day,
    then: Day,
    form: Mapping[str, Any],
    given: Mapping[str, str],
    refusal: Refusal | None = None,
) -> HttpResponse:
    errors = refusal.fields if refusal is not None else {}
    context = {
        "found": found,
        "form": form,
        "groups": _grid(found, then, next_list(request.today), given, errors),
        "errors": errors,
        "refusal": refusal,
        "first_possible": services.first_possible(request.now),
        "has_draft": PriceDraft.objects.exists(),
    }
    return render(request, "console/points/prices_draft.html", context, status=refusal.status if refusal else 200)


def _save(request: PersonRequest, found: Day) -> HttpResponse:
    typed = request.POST
    form = {name: typed.get(name, "") for name in ("effective_from", "note", "version")}
    then = _typed_day(form["effective_from"]) or found
    given = {item.key: typed.get(f"price:{item.key}", "").strip()[:9] for item in then.items()}
    try:
        services.save_draft(
            effective_from=_day_in(form["effective_from"]),
            note=form["note"],
            prices={key: _points_in(text) for key, text in given.items()},
            version=_version_in(typed),
            actor=actor_of(request),
            now=request.now,
        )
    except Refusal as refusal:
        return _grid_page(request, found, then, form, given, refusal)
    messages.success(request, _("The draft is kept. Publish it when it is right."))
    return redirect("console:points_prices")


def _day_in(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = _("Choose a day.")
        raise Invalid(message, fields={"effective_from": message}) from None


def _typed_day(text: str) -> Day | None:
    try:
        return _day_then(_day_in(text))
    except Invalid:
        return None


def _points_in(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _version_in(given: QueryDict) -> int:
    return _points_in(given.get("version", "")[:9])


@require_POST
def upload(request: PersonRequest) -> HttpResponse:
    """Fill the grid from a table; nothing is kept until the grid is saved."""
    found = day_of(request.today)
    form = {name: request.POST.get(name, "") for name in ("effective_from", "note", "version")}
    then = _typed_day(form["effective_from"]) or found
    given = {key: str(points) for key, points in then.table.prices.items()}
    try:
        read = services.read_table(_text_of(request.FILES.get("file")), then.rewards)
    except Refusal as refusal:
        return _grid_page(request, found, then, form, given, refusal)
    messages.info(request, _("The table is in the grid. Look at it and save it."))
    return _grid_page(request, found, then, form, given | {key: str(points) for key, points in read.items()})


def _text_of(file: "UploadedFile[bytes] | None") -> str:
    if file is None or not file.size or file.size > limits.PRICE_TABLE_MAX_BYTES:
        message = _("Choose a CSV of at most %(most)s kB.") % {"most": limits.PRICE_TABLE_MAX_BYTES // 1000}
        raise Invalid(message, fields={"file": message})
    try:
        text: str = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        message = _("The table is not UTF-8.")
        raise Invalid(message, fields={"file": message}) from None
    return text


@require_POST
def publish(request: PersonRequest) -> HttpResponse:
    """Publish the draft as it was shown."""
    try:
        made = services.publish(version=_version_in(request.POST), actor=actor_of(request), now=request.now)
    except Refusal as refusal:
        return _prices_page(request, refusal)
    messages.success(request, _("Published. %(count)s companies have a notice.") % {"count": made.told_count})
    return redirect("console:points_prices")


@require_POST
def discard(request: PersonRequest) -> HttpResponse:
    """Drop the draft."""
    services.discard_draft(actor=actor_of(request))
    messages.success(request, _("The draft was dropped."))
    return redirect("console:points_prices")


@require_POST
def stock(request: PersonRequest) -> HttpResponse:
    """Say how many of something scarce are left; an empty field: no limit."""
    text = request.POST.get("left", "").strip()[:9]
    left = _points_in(text) if text.isdigit() else -1
    try:
        services.set_stock(
            item=request.POST.get("item", ""), left=left if text else None, actor=actor_of(request), now=request.now
        )
    except Refusal as refusal:
        return _prices_page(request, refusal)
    messages.success(request, _("The stock was changed."))
    return redirect("console:points_prices")


def prices_csv(request: PersonRequest, version: str) -> StreamingHttpResponse:
    """A price list as a table that can be changed and brought back: `now`, `draft` or a list's id."""
    found = day_of(request.today)
    if version == "now":
        points = dict(found.table.prices)
    elif version == "draft":
        kept = PriceDraft.objects.first()
        if kept is None:
            raise NotFound(_("There is no draft."))
        points = kept.prices
    else:
        chosen = queries.price_lists().filter(uid=version).first()
        if chosen is None:
            raise NotFound(_("There is no such price list."))
        points = {price.item: price.points for price in chosen.prices.all()}
    rows: list[list[Any]] = [["item", "points", "title", "min_points", "max_points"]]
    for item in found.items():
        if item.key in points:
            variant = item.variant
            rows.append([item.key, points[item.key], item.title, variant.min_points, variant.max_points])
    return csv_file(f"prices-{version}.csv", rows)
