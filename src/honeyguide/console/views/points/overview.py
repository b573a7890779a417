"""The points of the whole program: what is outstanding, how fast it comes and goes, what to expect (G4.2, G4.3)."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.access.table import PAGES
from honeyguide.common import local, words
from honeyguide.common.charts import Chart, Series
from honeyguide.common.days import add_months
from honeyguide.common.downloads import download
from honeyguide.common.explanation import Explanation
from honeyguide.console.choices import countries, statuses
from honeyguide.insights.exports import FORMS, TABLES, export
from honeyguide.insights.figures import AGES_MONTHS, Figures, Part, Scope, figures_of, value_of
from honeyguide.insights.wording import activity_words, kind_words
from honeyguide.partners.models import Kind

MONTHS_SHOWN = 12
PARTS = {"country": "country", "kind": "kind", "status": "standing__status"}
"""By the word in the address: the field by which a scope is broken down."""


class ScopeForm(forms.Form):
    """Whom and how long the figures are about; everything may be left open."""

    country = forms.MultipleChoiceField(
        label=gettext_lazy("Country"), required=False, widget=forms.CheckboxSelectMultiple
    )
    kind = forms.ChoiceField(label=gettext_lazy("Business"), required=False)
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    length = forms.ChoiceField(label=gettext_lazy("Period"), required=False)
    by = forms.ChoiceField(label=gettext_lazy("Broken down by"), required=False)

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        lengths = [("quarter", _("Last 3 months")), ("month", _("Last month")), ("year", _("Last 12 months"))]
        choices = {
            "country": countries(),
            "kind": [("", _("Every business")), *Kind.choices],
            "status": [("", _("Every status")), *statuses()],
            "length": lengths,
            "by": [("country", _("by country")), ("kind", _("by business")), ("status", _("by status"))],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    @property
    def scope(self) -> Scope:
        """Whom; what is not offered is left out."""
        given = self.cleaned_data
        return Scope(tuple(given.get("country", ())), given.get("kind", ""), given.get("status", ""))

    def chosen(self, name: str, default: str) -> str:
        """A choice, or what stands for none."""
        return self.cleaned_data.get(name) or default


def overview(request: PersonRequest) -> HttpResponse:
    """The figures with their charts; filters stand in the address."""
    form = ScopeForm(request.GET)
    form.is_valid()
    by = form.chosen("by", "country")
    figures = figures_of(form.scope, request.today, form.chosen("length", "quarter"), PARTS[by])
    query = request.GET.copy()
    context = {
        "form": form,
        "figures": figures,
        "whys": explanations(figures),
        "charts": charts(figures),
        "parts": [(part, named(part, by), value_of(part.outstanding, figures.rulebook)) for part in figures.parts],
        "by": by,
        "query": query.urlencode(),
        "tables": list(TABLES),
        "forms": list(FORMS),
        "may_export": request.person.kind in PAGES["console:points_export"].look,
    }  # fmt: skip
    return render(request, "console/points/overview.html", context)


def points_export(request: PersonRequest, table: str, form: str) -> HttpResponse:
    """One table of the scope as a file."""
    scope = ScopeForm(request.GET)
    scope.is_valid()
    made = export(table=table, form=form, scope=scope.scope, actor=actor_of(request), now=request.now)
    return download(made.name, made.content)


def named(part: Part, by: str) -> str:
    """A part of the breakdown in words."""
    if not part.name:
        return _("not given")
    if by == "country":
        return local.country_text(part.name)
    if by == "kind":
        return str(dict(Kind.choices).get(part.name, part.name))
    return words.words_of(words.STATUSES, part.name)


def explanations(figures: Figures) -> dict[str, Explanation]:
    """How each figure is worked out, with what went in."""
    now, then = figures.now, figures.previously
    by_active, earners = figures.accrued_by_active
    period, earlier = figures.period.text, figures.period_before.text
    accrued = [
        (_("Accrued, %(period)s") % {"period": period}, local.whole_text(now.accrued)),
        (_("Accrued, %(period)s") % {"period": earlier}, local.whole_text(then.accrued)),
    ]
    spent = [
        (_("Spent, %(period)s") % {"period": period}, local.whole_text(now.spent)),
        (_("Spent, %(period)s") % {"period": earlier}, local.whole_text(then.spent)),
    ]
    active = (_("Active partners"), local.whole_text(figures.active_partners))
    given: dict[str, Any] = {"clause": "G4.2", "day": figures.day}
    return {
        "outstanding": Explanation(
            title=_("Outstanding points"),
            rule=_("What all these partners have in lots that are still valid, reserved points too."),
            inputs=[(_("Reckoned on"), local.day_text(figures.day))],
            result=local.whole_text(figures.outstanding), clause="T4.2", day=figures.day,
        ),
        "average": Explanation(
            title=_("Average a partner a month"),
            rule=_("What active partners accrued, by their number, by months of the period."),
            inputs=[(_("Accrued by active partners"), local.whole_text(by_active)), active], **given,
        ),
        "share": Explanation(
            title=_("Partners with an accrual"),
            rule=_("Partners with at least one accrual in the period, among those that are active."),
            inputs=[(_("Active, with an accrual"), local.whole_text(earners)), active], **given,
        ),
        "velocity": Explanation(
            title=_("Velocity"), rule=_("This period to the one before it, equally long."), inputs=accrued, **given
        ),
        "forecast": Explanation(
            title=_("Forecast of exchange"),
            rule=_("As much as was spent in this period, changing once more as it did since the one before; never more "
                   "than is outstanding."),
            inputs=[*spent, (_("Outstanding points"), local.whole_text(figures.outstanding))],
            result=local.whole_text(figures.forecast), **given,
        ),
    }  # fmt: skip


def charts(figures: Figures) -> dict[str, Chart]:
    """What is outstanding, and what moved by month."""
    months = [add_months(figures.day.replace(day=1), -back) for back in reversed(range(MONTHS_SHOWN))]
    moved, activities = figures.by_month(months), figures.by_activity(months)
    expiry, earners = figures.by_expiry, figures.earners_by_month(months)
    ages = [
        ngettext("%(from)s–%(to)s month", "%(from)s–%(to)s months", to) % {"from": since, "to": to}
        for since, to in pairwise((0, *AGES_MONTHS))
    ]
    ages.append(_("older than %(count)s") % {"count": AGES_MONTHS[-1]})
    found = {
        "expiry": Chart(
            label=_("Outstanding points by the month in which they expire"), x=list(expiry), x_kind="month",
            kind="bar", series=[Series(_("Points"), list(expiry.values()))],
        ),
        "age": Chart(
            label=_("Outstanding points by age"), x=ages, kind="bar",
            series=[Series(_("Points"), figures.by_age)],
        ),
        "moved": Chart(
            label=_("Points in and out by month"), x=months, x_kind="month", kind="bar", stacked=True,
            series=[Series(kind_words(kind), sums) for kind, sums in sorted(moved.items())],
        ),
        "activities": Chart(
            label=_("Points accrued by month and activity"), x=months, x_kind="month", kind="bar", stacked=True,
            series=[
                Series(activity_words(name), sums)
                for name, sums in sorted(activities.items(), key=lambda item: -sum(item[1]))
            ],
        ),
        "earners": Chart(
            label=_("Partners with an accrual, by month"), x=months, x_kind="month", kind="line",
            series=[Series(_("Partners"), earners)],
        ),
    }  # fmt: skip
    return {name: chart for name, chart in found.items() if any(any(series.data) for series in chart.series)}
