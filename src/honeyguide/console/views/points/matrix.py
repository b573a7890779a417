"""What goes together, with days; and promotions (G2.8)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.access.table import MANAGERS
from honeyguide.common.errors import Invalid, Refusal
from honeyguide.common.forms import show_refusal
from honeyguide.common.ids import new_id
from honeyguide.program.rulebook.rewards import DISCOUNT_KINDS
from honeyguide.rewards import limits, queries
from honeyguide.rewards.catalogue import Day, NoRewards, day_of
from honeyguide.rewards.models import MatrixChange
from honeyguide.rewards.services import matrix as services
from honeyguide.rewards.words import discount_words

CHANGES_SHOWN = 20
CELL = "cell:"
DAY = {"type": "date"}


@dataclass(frozen=True, slots=True)
class Box:
    """A cell of the grid: `name` in the form; "" where a discount meets itself or stands below already."""

    name: str
    label: str = ""
    is_on: bool = False
    later: tuple[tuple[date, bool], ...] = ()
    """What is planned for it: from which day, and whether it is allowed then."""


@dataclass(frozen=True, slots=True)
class Given:
    """The form as it was sent. `cells`: those that were changed against what the form had shown."""

    cells: Mapping[services.Cell, bool] = field(default_factory=dict)
    starts_on: str = ""
    ends_on: str = ""


def matrix(request: PersonRequest) -> HttpResponse:
    """The grid as of a day, its changes; and a change of it for some days."""
    try:
        day_of(request.today)
    except NoRewards:
        return render(request, "console/points/matrix.html", {"found": None})
    if request.method != "POST":
        return _page(request, _day_asked(request, request.GET))
    typed = request.POST
    given = Given(_changed(typed), typed.get("starts_on", ""), typed.get("ends_on", ""))
    try:
        changed = services.set_cells(
            cells=given.cells,
            starts_on=_day_in(given.starts_on, "starts_on"),
            ends_on=_day_in(given.ends_on, "ends_on") if given.ends_on else None,
            seen=_number(typed.get("seen", "")),
            actor=actor_of(request),
            now=request.now,
        )
    except Refusal as refusal:
        return _page(request, _day_asked(request, typed), given, refusal)
    said = ngettext("%(count)s cell is different now.", "%(count)s cells are different now.", changed)
    messages.success(request, said % {"count": changed} if changed else _("Nothing was different."))
    return redirect(f"{reverse('console:points_matrix')}?{urlencode({'day': given.starts_on})}")


def _changed(typed: QueryDict) -> dict[services.Cell, bool]:
    """The cells that are ticked and were shown without, and the other way round."""
    ticked = {name for name in typed if name.startswith(CELL)}
    shown = {f"{CELL}{name}" for name in typed.get("shown", "").split()}
    found = {}
    for name in sorted(ticked ^ shown):
        row, _colon, column = name.removeprefix(CELL).partition(":")
        found[row, column] = name in ticked
    return found


def _day_asked(request: PersonRequest, given: QueryDict) -> date:
    """The day that is shown; today, where it is none, or one without rewards."""
    try:
        return day_of(_day_in(given.get("day", ""), "day")).day
    except (Invalid, NoRewards):
        return request.today


def _day_in(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = _("Choose a day.")
        raise Invalid(message, fields={field: message}) from None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _cells(found: Day) -> list[services.Cell]:
    rewards = [(name, kind) for name in found.rewards.catalogue for kind in DISCOUNT_KINDS]
    return [*rewards, *combinations(DISCOUNT_KINDS, 2)]


def _page(
    request: PersonRequest, day: date, given: Given | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    given = given or Given()
    found = day_of(day)
    titles = {item.reward_name: item.reward_title for item in found.items()}
    known, later = set(_cells(found)), services.planned(day)

    def boxes(row: str, label: str) -> list[Box]:
        return [
            Box(
                f"{CELL}{row}:{kind}",
                f"{label}, {discount_words(kind)}",
                given.cells.get((row, kind), (row, kind) in found.matrix.cells),
                tuple(later.get((row, kind), ())),
            )
            if (row, kind) in known
            else Box("")
            for kind in DISCOUNT_KINDS
        ]

    return render(
        request,
        "console/points/matrix.html",
        {
            "found": found,
            "day": day,
            "discounts": DISCOUNT_KINDS,
            "reward_rows": [(titles[name], boxes(name, titles[name])) for name in found.rewards.catalogue],
            "discount_rows": [
                (discount_words(kind), boxes(kind, discount_words(kind))) for kind in DISCOUNT_KINDS[:-1]
            ],
            "seen": services.latest_change(),
            "shown": " ".join(f"{row}:{column}" for row, column in sorted(found.matrix.cells & known)),
            "starts_on": given.starts_on or max(day, request.today).isoformat(),
            "ends_on": given.ends_on,
            "changes": [
                (change, [(titles.get(rule.row) or discount_words(rule.row), rule) for rule in change.rules.all()])
                for change in MatrixChange.objects.prefetch_related("rules").order_by("-number")[:CHANGES_SHOWN]
            ],
            "may_act": request.person.kind in MANAGERS,
            "refusal": refusal,
            "errors": refusal.fields if refusal else {},
        },
        status=refusal.status if refusal else 200,
    )


class PromotionForm(forms.Form):
    """A promotion. What is right is the service's to say."""

    uid = forms.CharField(max_length=32, widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name in English"), max_length=limits.NAME_MAX_CHARS)
    name_ru = forms.CharField(label=gettext_lazy("Name in Russian"), max_length=limits.NAME_MAX_CHARS)
    starts_on = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    ends_on = forms.DateField(label=gettext_lazy("Through"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    points_percent = forms.DecimalField(
        label=gettext_lazy("Off the price in points, %"),
        required=False,
        min_value=0,
        max_value=90,
        decimal_places=2,
        help_text=gettext_lazy("The rulebook’s range is for price lists: a promotion may go below it."),
    )
    sale_percent = forms.DecimalField(
        label=gettext_lazy("Off the purchase, %"), required=False, min_value=0, max_value=90, decimal_places=2
    )
    rewards = forms.MultipleChoiceField(
        label=gettext_lazy("For which rewards"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None: for all."),
    )

    def __init__(self, *args: Any, found: Day, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = {item.reward_name: item.reward_title for item in found.items()}
        self.fields["rewards"].choices = list(titles.items())  # type: ignore[attr-defined]


def promotions(request: PersonRequest) -> HttpResponse:
    """Promotions that run or are to come, and the form for another."""
    try:
        found = day_of(request.today)
    except NoRewards:
        return render(request, "console/points/promotions.html", {"found": None})
    if request.method != "POST":
        initial = {"uid": new_id("prm", request.now), "starts_on": request.today}
        return _promotions_page(request, found, PromotionForm(initial=initial, found=found))
    form = PromotionForm(request.POST, found=found)
    if not form.is_valid():
        return _promotions_page(request, found, form, 422)
    given = form.cleaned_data
    try:
        services.add_promotion(
            uid=given["uid"],
            form=services.PromotionForm(
                name=given["name"],
                name_ru=given["name_ru"],
                starts_on=given["starts_on"],
                ends_on=given["ends_on"],
                points_percent=given["points_percent"] or Decimal(0),
                sale_percent=given["sale_percent"] or Decimal(0),
                rewards=given["rewards"],
            ),
            actor=actor_of(request),
            now=request.now,
        )
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _promotions_page(request, found, form, refusal.status)
    messages.success(request, _("The promotion was added."))
    return redirect("console:points_promotions")


def _promotions_page(request: PersonRequest, found: Day, form: PromotionForm, status: int = 200) -> HttpResponse:
    titles = {item.reward_name: item.reward_title for item in found.items()}
    rows = [(one, [titles[name] for name in one.rewards if name in titles]) for one in queries.promotions(request.now)]
    context = {"found": found, "form": form, "rows": rows, "may_act": request.person.kind in MANAGERS}
    return render(request, "console/points/promotions.html", context, status=status)


@require_POST
def promotion_end(request: PersonRequest, uid: str) -> HttpResponse:
    """End a promotion with today; drop one that has not begun."""
    services.end_promotion(uid=uid, actor=actor_of(request), now=request.now)
    messages.success(request, _("The promotion ends today, or was dropped if it had not begun."))
    return redirect("console:points_promotions")
