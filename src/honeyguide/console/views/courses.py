"""Completed courses: one by hand, or a table (T3.1.1a, T3.1.2a, T3.1.3a)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.bonuses.tasks import look_at as look_at_bonuses
from honeyguide.common.errors import Invalid, Refusal, Stale
from honeyguide.common.forms import show_refusal
from honeyguide.common.local import whole_text
from honeyguide.common.words import COURSES, words_of
from honeyguide.partners.models import Partner
from honeyguide.requirements import course_table, limits, queries
from honeyguide.requirements.services.courses import (
    Completion,
    known_courses,
    partner_named,
    record_course,
    record_courses,
    remark_on,
)

SALT = "honeyguide.courses"
PREVIEW_S = 60 * 60
RECENT_SHOWN = 10


class CourseForm(forms.Form):
    """One completed course."""

    partner = forms.CharField(
        label=gettext_lazy("Company"), widget=forms.TextInput(attrs={"list": "partner-names", "autocomplete": "off"})
    )
    course = forms.CharField(label=gettext_lazy("Course"), widget=forms.TextInput(attrs={"list": "course-names"}))
    user = forms.CharField(label=gettext_lazy("Who has completed it"), required=False)
    day = forms.DateField(
        label=gettext_lazy("On which day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class TableForm(forms.Form):
    """A table of completed courses."""

    file = forms.FileField(label=gettext_lazy("Table"), widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "CSV or XLSX with the columns partner (id or name), course, user and day (2026-01-31), up to %(rows)s rows."
        ) % {"rows": whole_text(limits.COURSES_IMPORT_MAX_ROWS)}


def courses(request: PersonRequest) -> HttpResponse:
    """Both forms, and what was recorded last."""
    if request.method != "POST":
        form = CourseForm(initial={"day": request.today, "partner": request.GET.get("partner", "")})
        return _page(request, form)
    form = CourseForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    given = form.cleaned_data
    try:
        partner = _partner(given["partner"])
        completion = Completion(partner.key, given["course"].strip(), given["day"], given["user"].strip())
        new = record_course(completion=completion, actor=actor_of(request), now=request.now)
        look_at_bonuses([completion.partner], request.now)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _page(request, form, status=422)
    said = {"course": words_of(COURSES, completion.course), "company": partner.name}
    if remark := remark_on(completion.course):
        messages.warning(request, remark)
    if new:
        messages.success(request, _("Recorded: %(course)s, completed by %(company)s.") % said)
    else:
        messages.info(request, _("Known already: %(course)s, completed by %(company)s on that day.") % said)
    return redirect("console:courses")


def _partner(text: str) -> Partner:
    try:
        return partner_named(text.strip())
    except Refusal as unknown:
        raise Invalid(unknown.message, fields={"partner": unknown.message}) from unknown


@require_POST
def courses_preview(request: PersonRequest) -> HttpResponse:
    """What a table would record, row by row; nothing is recorded yet."""
    form = TableForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, CourseForm(initial={"day": request.today}), form, status=422)
    table = form.cleaned_data["file"]
    try:
        rows = course_table.read_table(table, request.today)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _page(request, CourseForm(initial={"day": request.today}), form, status=422)
    wrong = [row for row in rows if row.problems]
    kept = [(one.partner, one.course, one.day.isoformat(), one.user) for row in rows if (one := row.completion)]
    signed = "" if wrong else signing.dumps([table.name, kept], salt=SALT, compress=True)
    context = {
        "rows": wrong or rows,
        "wrong": len(wrong),
        "remarks": sum(bool(row.remark) for row in rows),
        "count": len(rows),
        "signed": signed,
        "name": table.name,
    }
    return render(request, "console/courses_preview.html", context, status=422 if wrong else 200)


@require_POST
def courses_import(request: PersonRequest) -> HttpResponse:
    """Record a previewed table, all of it or nothing; again: nothing new."""
    try:
        name, kept = signing.loads(request.POST.get("signed", ""), salt=SALT, max_age=PREVIEW_S)
    except signing.BadSignature as bad:
        raise Stale(_("The preview is too old. Choose the table again.")) from bad
    completions = [course_table.completion_of(row) for row in kept]
    new = record_courses(completions=completions, actor=actor_of(request), now=request.now, imported_from=name)
    look_at_bonuses({completion.partner for completion in completions}, request.now)
    messages.success(
        request,
        ngettext("%(count)s completed course recorded.", "%(count)s completed courses recorded.", new) % {"count": new},
    )
    return redirect("console:courses")


def _page(request: PersonRequest, form: CourseForm, table: TableForm | None = None, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "table": table or TableForm(),
        "courses": known_courses(),
        "partners": Partner.objects.values_list("key", "name").order_by("name"),
        "recent": queries.recent_courses(RECENT_SHOWN),
    }
    return render(request, "console/courses.html", context, status=status)
