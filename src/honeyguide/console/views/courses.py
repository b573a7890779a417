"""Completed courses: one by hand, or a table (T3.1.1a, T3.1.2a, T3.1.3a)."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.bonuses.tasks import look_at as look_at_bonuses
from honeyguide.common.errors import Invalid, Refusal, Stale
from honeyguide.common.forms import show_refusal
from honeyguide.common.lists import ListPage
from honeyguide.common.local import whole_text
from honeyguide.common.words import COURSES, words_of
from honeyguide.console.views.course_list import SEARCHED, CourseFilter, CourseTable
from honeyguide.history.models import Event
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


class CoursesPage(ListPage):
    """Both forms, and all courses that were recorded, the last first."""

    table_class = CourseTable
    filterset_class = CourseFilter
    search_fields = SEARCHED
    search_label = gettext_lazy("Company, course, person")
    export_name = "courses"
    template_name = "console/courses.html"
    empty_icon = "school"
    empty_title = gettext_lazy("No course was recorded yet.")
    http_method_names = ["get", "head", "options", "post"]  # noqa: RUF012 - as Django declares it
    form: CourseForm | None = None
    table_form: TableForm | None = None

    def get_queryset(self) -> QuerySet[Event]:
        """Everybody's."""
        return queries.completed_courses()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The forms, and what they offer. The list's own address is this page's, whichever form was sent."""
        request = cast("PersonRequest", self.request)
        context["list"]["path"] = reverse("console:courses")
        initial = {"day": request.today, "partner": request.GET.get("partner", "")}
        return {
            **context,
            "form": self.form or CourseForm(initial=initial),
            "table_form": self.table_form or TableForm(),
            "courses": known_courses(),
            "partners": Partner.objects.values_list("key", "name").order_by("name"),
        }

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Record one course by hand."""
        self.form = CourseForm(request.POST)
        if self.form.is_valid() and _record(cast("PersonRequest", request), self.form):
            return redirect("console:courses")
        return self.refused()

    def refused(self) -> HttpResponseBase:
        """The page again, with what was wrong at the form."""
        response = self.get(self.request)
        response.status_code = 422
        return response


courses = CoursesPage.as_view()


def _record(request: PersonRequest, form: CourseForm) -> bool:
    """Whether it was recorded; what is wrong stands at the form."""
    given = form.cleaned_data
    try:
        partner = _partner(given["partner"])
        completion = Completion(partner.key, given["course"].strip(), given["day"], given["user"].strip())
        new = record_course(completion=completion, actor=actor_of(request), now=request.now)
        look_at_bonuses([completion.partner], request.now)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    said = {"course": words_of(COURSES, completion.course), "company": partner.name}
    if remark := remark_on(completion.course):
        messages.warning(request, remark)
    if new:
        messages.success(request, _("Recorded: %(course)s, completed by %(company)s.") % said)
    else:
        messages.info(request, _("Known already: %(course)s, completed by %(company)s on that day.") % said)
    return True


def _partner(text: str) -> Partner:
    try:
        return partner_named(text.strip())
    except Refusal as unknown:
        raise Invalid(unknown.message, fields={"partner": unknown.message}) from unknown


@require_POST
def courses_preview(request: PersonRequest) -> HttpResponseBase:
    """What a table would record, row by row; nothing is recorded yet."""
    form = TableForm(request.POST, request.FILES)
    page = CoursesPage(table_form=form)
    page.setup(request)
    if not form.is_valid():
        return page.refused()
    table = form.cleaned_data["file"]
    try:
        rows = course_table.read_table(table, request.today)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return page.refused()
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
