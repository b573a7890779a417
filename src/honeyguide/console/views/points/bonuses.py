"""Bonuses of all partners: the list, giving award bonuses to winners, taking one back (T9, T10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, cast

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.access.table import PAGES
from honeyguide.bonuses import queries, services
from honeyguide.bonuses.models import REASON_MAX_CHARS, BonusGrant, BonusKind
from honeyguide.bonuses.rules import award_valid_to, major_of
from honeyguide.common import local, words
from honeyguide.common.columns import DayColumn
from honeyguide.common.errors import Refusal
from honeyguide.common.forms import show_refusal
from honeyguide.common.ids import new_id
from honeyguide.common.lists import NUMBER, SEARCH_CHARS_MAX, ListPage, any_of
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.partners.models import Partner
from honeyguide.program.rulebook.bonus_sections import AwardBonus
from honeyguide.standing.models import State

STATES = [
    (queries.VALID, gettext_lazy("Valid")),
    (queries.USED, gettext_lazy("Used up")),
    (queries.EXPIRED, gettext_lazy("Expired")),
    (queries.CANCELLED, gettext_lazy("Cancelled")),
]
WINNERS_SHOWN = 50
"""Of those found; the search finds the others."""
WINNERS_ID = "winner-boxes"


class GrantTable(tables.Table):
    """The columns of the list."""

    partner = tables.Column(verbose_name=gettext_lazy("Company"), accessor="partner__name")
    kind = tables.Column(verbose_name=gettext_lazy("Bonus"))
    granted_on = DayColumn(verbose_name=gettext_lazy("Given"))
    valid_to = DayColumn(verbose_name=gettext_lazy("Valid to"))
    state = tables.Column(verbose_name=gettext_lazy("State"), empty_values=(), orderable=False)
    amount = tables.Column(verbose_name=gettext_lazy("Amount"), accessor="amount_minor", attrs=NUMBER)
    used = tables.Column(verbose_name=gettext_lazy("Used"), accessor="used_minor", attrs=NUMBER)
    left = tables.Column(verbose_name=gettext_lazy("Left"), empty_values=(), orderable=False, attrs=NUMBER)
    reason = tables.Column(verbose_name=gettext_lazy("Reason"), orderable=False)

    class Meta:
        order_by = ("-granted_on",)

    def bonus(self, record: BonusGrant) -> queries.Bonus:
        """A row as it stands today."""
        return queries.bonus_of(record, self.request.today)

    def render_partner(self, value: str, record: BonusGrant) -> SafeString:
        """The company leads to the bonus."""
        return format_html('<a href="{}">{}</a>', reverse("console:points_bonus", args=[record.uid]), value)

    def value_partner(self, value: str) -> str:
        """The name alone."""
        return value

    def render_kind(self, record: BonusGrant) -> str:
        """In words."""
        return str(record.get_kind_display())

    def render_state(self, record: BonusGrant) -> SafeString:
        """How it stands today."""
        return render_to_string("portal/points/bonus_state.html", {"bonus": self.bonus(record)})

    def value_state(self, record: BonusGrant) -> str:
        """The word alone."""
        return str(dict(STATES)[self.bonus(record).state])

    def render_amount(self, value: int, record: BonusGrant) -> str:
        """With the currency."""
        return local.money_text(major_of(value), record.currency)

    def value_amount(self, value: int) -> str:
        """The plain number."""
        return str(major_of(value))

    def render_used(self, value: int, record: BonusGrant) -> str:
        """With the currency."""
        return local.money_text(major_of(value), record.currency)

    def value_used(self, value: int) -> str:
        """The plain number."""
        return str(major_of(value))

    def render_left(self, record: BonusGrant) -> str:
        """What can be used today."""
        return local.money_text(self.bonus(record).left, record.currency)

    def value_left(self, record: BonusGrant) -> str:
        """The plain number."""
        return str(self.bonus(record).left)


class GrantFilter(django_filters.FilterSet):
    """What the list may be narrowed to."""

    kind = django_filters.ChoiceFilter(choices=BonusKind, empty_label=gettext_lazy("Every bonus"))
    state = django_filters.ChoiceFilter(
        choices=STATES, label=gettext_lazy("State"), empty_label=gettext_lazy("In any state"), method="by_state"
    )

    class Meta:
        model = BonusGrant
        fields: ClassVar = ["kind"]

    def by_state(self, rows: "QuerySet[BonusGrant]", _name: str, value: str) -> "QuerySet[BonusGrant]":
        """Those that stand so today."""
        today = self.request.today
        in_time = Q(cancelled_at=None, valid_to__gte=today)
        over = Q(cancelled_at=None, valid_to__lt=today)
        used_whole = Q(used_minor=F("amount_minor") - F("cancelled_minor"))
        return rows.filter({
            queries.VALID: in_time & Q(remaining_minor__gt=0),
            queries.USED: (in_time & Q(remaining_minor=0)) | (over & used_whole),
            queries.EXPIRED: over & ~used_whole,
            queries.CANCELLED: Q(cancelled_at__isnull=False),
        }[value])  # fmt: skip


class GrantsPage(ListPage):
    """All bonuses that were given."""

    table_class = GrantTable
    filterset_class = GrantFilter
    search_fields = ("partner__name", "partner__key", "reason")
    search_label = gettext_lazy("Search by company or reason")
    export_name = "bonuses"
    template_name = "console/points/bonuses.html"
    empty_icon = "gift"
    empty_title = gettext_lazy("No bonus was given yet")
    empty_text = gettext_lazy("Kickstart bonuses come by themselves; award bonuses are given here to winners.")

    def get_queryset(self) -> "QuerySet[BonusGrant]":
        """All of them."""
        return queries.all_grants()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Whether this person may give one."""
        request = cast("PersonRequest", self.request)
        rules = current_rulebook().bonuses
        return {**context, "may_award": may_act(request, "console:points_award") and rules and rules.award}


bonuses = GrantsPage.as_view()


def may_act(request: PersonRequest, name: str) -> bool:
    """Whether this person may do what an address does."""
    return request.person.kind in PAGES[name].act


class Winners(forms.CheckboxSelectMultiple):
    """Boxes to tick, with a search: a program has more companies than anybody reads through."""

    template_name = "console/points/winners.html"
    found: "WinnersFound | None" = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Also what was searched for, and how many more there are."""
        return {**super().get_context(name, value, attrs), "found": self.found}


class AwardForm(forms.Form):
    """Winners, an amount and why. What is right is the service's to say."""

    token = forms.CharField(max_length=40, widget=forms.HiddenInput)
    partners = forms.MultipleChoiceField(label=gettext_lazy("Winners"), widget=Winners(attrs={"class": "winners"}))
    amount = forms.DecimalField(label=gettext_lazy("Amount for each"), max_digits=12, decimal_places=2)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_MAX_CHARS,
        help_text=gettext_lazy("The partner reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, winners: "WinnersFound", hint: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partners"].choices = winners.choices  # type: ignore[attr-defined]
        self.fields["partners"].widget.found = winners
        self.fields["amount"].help_text = hint


def award(request: PersonRequest) -> HttpResponse:
    """The form; then what it would do; then it is done."""
    rules = current_rulebook().bonuses
    rule = rules.award if rules is not None else None
    if rule is None:
        raise Refusal(_("The rulebook in force has no award bonus."))
    least, most = (local.money_text(each, short=True) for each in (rule.least_amount, rule.most_amount))
    valid_to = local.day_text(award_valid_to(request.today, rule))
    hint = _("From %(least)s to %(most)s, valid to %(day)s.") % {"least": least, "most": most, "day": valid_to}
    said = request.GET if request.method != "POST" else request.POST
    given: dict[str, Any] = {"winners": find_winners(said.get("find", ""), said.getlist("partners")), "hint": hint}
    if request.method != "POST" or said.get("step") == "find":
        initial = {"token": new_id(services.TOKEN_PREFIX, request.now), "partners": said.getlist("partners")}
        initial |= {name: said[name] for name in ("token", "amount", "reason") if name in said}
        form = AwardForm(initial=initial, **given)
        part = request.htmx and request.htmx.target == WINNERS_ID
        return HttpResponse(str(form["partners"])) if part else _form_page(request, form, rule)
    form = AwardForm(request.POST, **given)
    if request.POST.get("step") == "edit" or not form.is_valid():
        status = 200 if request.POST.get("step") == "edit" else 422
        return _form_page(request, form, rule, status=status)
    try:
        return _award(request, form)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _form_page(request, form, rule, status=refusal.status)


def _form_page(request: PersonRequest, form: AwardForm, rule: AwardBonus, status: int = 200) -> HttpResponse:
    return render(request, "console/points/award.html", {"form": form, "rule": rule}, status=status)


def _award(request: PersonRequest, form: AwardForm) -> HttpResponse:
    asked = {name: form.cleaned_data[name] for name in ("partners", "reason", "token")}
    amount: Decimal = form.cleaned_data["amount"]
    if request.POST.get("step") != "give":
        effects = services.effects(**asked, amount=amount, now=request.now)
        context = {"form": form, "effects": effects, "amount": amount, "total": amount * len(effects)}
        return render(request, "console/points/award_preview.html", context)
    grants = services.award(**asked, amount=amount, actor=actor_of(request), now=request.now)
    said = ngettext(
        "%(amount)s given to %(count)s company.", "%(amount)s given to each of %(count)s companies.", len(grants)
    )
    messages.success(request, said % {"amount": local.money_text(amount), "count": len(grants)})
    return redirect("console:points_bonuses")


@dataclass(frozen=True, slots=True)
class WinnersFound:
    """Whom to choose from: those chosen already, then the first by rank of those searched for.

    `choices`: keys with words; `more`: how many others there are.
    """

    search: str
    choices: list[tuple[str, str]]
    more: int


def find_winners(search: str, chosen: Sequence[str]) -> WinnersFound:
    """Active partners by rank whose name or id has each word of the search."""
    active = Partner.objects.filter(standing__state=State.ACTIVE).order_by("-standing__points_active", "name")
    search = search.strip()[:SEARCH_CHARS_MAX]
    found = active.exclude(key__in=chosen).filter(any_of(("name", "key"), search))
    ticked = _choices(active.filter(key__in=chosen)) if chosen else []
    return WinnersFound(search, ticked + _choices(found[:WINNERS_SHOWN]), max(0, found.count() - WINNERS_SHOWN))


def _choices(partners: "QuerySet[Partner]") -> list[tuple[str, str]]:
    fields = ("key", "name", "country", "standing__status", "standing__points_active")
    return [
        (
            key,
            _("%(company)s, %(country)s: %(status)s, %(points)s active points") % {
                "company": name,
                "country": local.country_text(str(country)),
                "status": words.words_of(words.STATUSES, status),
                "points": local.whole_text(points),
            },
        )
        for key, name, country, status, points in partners.values_list(*fields)
    ]  # fmt: skip


class CancelForm(forms.Form):
    """Why a bonus is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_MAX_CHARS,
        help_text=gettext_lazy("The partner reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def bonus(request: PersonRequest, uid: str) -> HttpResponse:
    """One bonus: what it is made of, how it stands, and taking it back."""
    return _bonus_page(request, uid, CancelForm())


def bonus_cancel(request: PersonRequest, uid: str) -> HttpResponse:
    """Take back what is left of it."""
    if request.method != "POST":
        return redirect("console:points_bonus", uid)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _bonus_page(request, uid, form, status=422)
    try:
        grant = services.cancel(
            uid=uid, reason=form.cleaned_data["reason"], actor=actor_of(request), now=request.now
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.status != 422:  # there is no form any more to say it at
            raise
        show_refusal(form, refusal)
        return _bonus_page(request, uid, form, status=refusal.status)
    said = _("%(amount)s taken back from %(company)s.")
    amount = local.money_text(major_of(grant.cancelled_minor), grant.currency)
    messages.success(request, said % {"amount": amount, "company": grant.partner.name})
    return redirect("console:points_bonus", uid)


def _bonus_page(request: PersonRequest, uid: str, form: CancelForm, status: int = 200) -> HttpResponse:
    grant = queries.grant_with(uid)
    found = queries.bonus_of(grant, request.today)
    context = {
        "bonus": found,
        "grant": grant,
        "why_given": queries.explain_grant(grant),
        "form": form,
        "may_cancel": may_act(request, "console:points_bonus_cancel") and found.left > 0,
    }
    return render(request, "console/points/bonus.html", context, status=status)
