"""Business reviews on the operator's side: all of them, a partner's, and what is done with one (T3.1.3b)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.access.table import MANAGERS
from honeyguide.accounts.models import User
from honeyguide.common import local
from honeyguide.common.clock import program_zone
from honeyguide.common.errors import Refusal
from honeyguide.common.forms import show_refusal
from honeyguide.common.ids import new_id
from honeyguide.common.lists import ListPage
from honeyguide.console import choices
from honeyguide.console.partner_tabs import file_context
from honeyguide.reviews import queries, services
from honeyguide.reviews.calendar import calendar_response
from honeyguide.reviews.models import BusinessReview, ReviewState, Side
from honeyguide.reviews.review_list import TeamReviewTable, TimedReviewFilters, review_chip
from honeyguide.reviews.services import Appointment

DEFAULT_MINUTES = 60
WITHOUT_SHOWN = 10
"""Partners without a date that the page starts with, unless all are asked for."""


class BusinessReviewTable(TeamReviewTable):
    """The columns of the list of all."""

    company = tables.Column(
        verbose_name=gettext_lazy("Company"), accessor="partner__name", order_by=("partner__name", "starts_at")
    )

    class Meta:
        sequence = ("company", "...")

    def render_company(self, value: str, record: BusinessReview) -> SafeString:
        """The company leads to the review."""
        return format_html('<a href="{}">{}</a>', reverse("console:business_review", args=[record.uid]), value)

    def value_company(self, value: str) -> str:
        """The name alone, for the file."""
        return value


class BusinessReviewFilters(TimedReviewFilters):
    """By the partner's manager, too."""

    manager = django_filters.ChoiceFilter(
        choices=choices.managers,
        label=gettext_lazy("Partner manager"),
        empty_label=gettext_lazy("Any manager"),
        method="by_manager",
    )

    class Meta:
        model = BusinessReview
        fields: ClassVar[list[str]] = []

    def by_manager(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those of partners in somebody's care, or in nobody's."""
        return choices.in_care(rows, value)


class BusinessReviewsPage(ListPage):
    """All business reviews, and who has none this quarter."""

    table_class = BusinessReviewTable
    filterset_class = BusinessReviewFilters
    search_fields = ("partner__name", "partner__key", "place", "agenda", "attendees__user__name")
    search_label = gettext_lazy("Company, person or words")
    export_name = "business-reviews"
    template_name = "console/business_reviews.html"
    empty_icon = "presentation"
    empty_title = gettext_lazy("No business reviews yet")
    empty_text = gettext_lazy("They are planned in a partner's file, under Reviews.")

    def get_queryset(self) -> QuerySet[BusinessReview]:
        """The latest first."""
        return queries.business_reviews().order_by("-starts_at", "uid")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Partners that the program asks to meet and that have no date, and reviews that wait to be recorded."""
        request: Any = self.request
        without = queries.without_review(request.today)
        shown = len(without) if request.GET.get("without") == "all" else WITHOUT_SHOWN
        return {
            **context,
            "without": without[:shown],
            "without_all": len(without),
            "to_record": queries.to_record(request.now),
            "may_plan": request.person.kind in MANAGERS,
        }


class AppointmentForm(forms.Form):
    """When, how long, where, about what. Times are those of the program's zone."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(label=gettext_lazy("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes_long = forms.IntegerField(label=gettext_lazy("Minutes"), initial=DEFAULT_MINUTES)
    place = forms.CharField(label=gettext_lazy("Place or link"), required=False, max_length=services.PLACE_MAX_CHARS)
    agenda = forms.CharField(
        label=gettext_lazy("Agenda"),
        required=False,
        max_length=services.TEXT_MAX_CHARS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time"].help_text = _("In the program's time zone: %(zone)s.") % {"zone": str(program_zone())}

    def appointment(self) -> Appointment:
        """What was filled in."""
        data = self.cleaned_data
        starts = datetime.combine(data["day"], data["time"], program_zone())
        return Appointment(starts, data["minutes_long"], data["place"], data["agenda"])

    def refuse(self, refusal: Refusal) -> None:
        """Show what a service said; its `starts_at` are two fields here."""
        if "starts_at" in refusal.fields:
            fields = {("day" if name == "starts_at" else name): text for name, text in refusal.fields.items()}
            refusal = type(refusal)(refusal.message, fields=fields)
        show_refusal(self, refusal)


class PlanForm(AppointmentForm):
    """A new business review, with whom."""

    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who is asked"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple,
        required=False,
    )  # fmt: skip
    token = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people  # type: ignore[attr-defined]
        self.fields["people"].help_text = _("Nobody chosen: everybody of the partner is asked, and its manager.")


class ChangeForm(AppointmentForm):
    """Another time, place or agenda."""

    sequence = forms.IntegerField(widget=forms.HiddenInput)


class CancelForm(forms.Form):
    """Why it will not take place."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), help_text=gettext_lazy("The partner reads it."),
        max_length=services.REASON_MAX_CHARS, widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class RecordForm(forms.Form):
    """Who was there, and what was said."""

    there = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who was there"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple,
        required=False, help_text=gettext_lazy("Held when somebody of the partner and of the team was there."),
    )  # fmt: skip
    summary = forms.CharField(
        label=gettext_lazy("Minutes of the meeting"), required=False,
        help_text=gettext_lazy("The partner reads them."),
        max_length=services.SUMMARY_MAX_CHARS, widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip
    changed_at = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["there"].queryset = people  # type: ignore[attr-defined]


def business_review_plan(request: PersonRequest, key: str) -> HttpResponse:
    """Plan a business review."""
    context = file_context(request, key)
    partner = context["partner"]
    people = User.objects.filter(pk__in=[user.pk for user in queries.people_of(partner) + queries.team()])
    form = PlanForm(
        request.POST or None,
        people=people.order_by("role", "name"),
        initial={"token": new_id(services.TOKEN_PREFIX, request.now), "people": [], **_asked_day(request)},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                review = services.schedule(
                    partner=partner, appointment=form.appointment(), people=form.cleaned_data["people"],
                    token=form.cleaned_data["token"], actor=actor_of(request), now=request.now,
                )  # fmt: skip
                messages.success(request, _("The business review is planned, and the partner has the appointment."))
                return redirect("console:business_review", review.uid)
            except Refusal as refusal:
                form.refuse(refusal)
                status = refusal.status
    return render(request, "console/business_review_plan.html", {**context, "form": form}, status=status)


def _asked_day(request: PersonRequest) -> Mapping[str, str]:
    day = request.GET.get("day", "")
    return {"day": day} if local.day_of(day) else {}


def business_review(request: PersonRequest, uid: str) -> HttpResponse:
    """One business review: when, who comes, what was said."""
    review = queries.find(uid)
    return render(
        request,
        "console/business_review.html",
        {
            "review": review,
            "chip": review_chip(review),
            "partner": review.partner,
            "of_partner": queries.on_side(review, Side.PARTNER),
            "of_team": queries.on_side(review, Side.TEAM),
            "is_planned": review.state == ReviewState.PLANNED,
            "has_begun": review.starts_at <= request.now,
            "may_plan": request.person.kind in MANAGERS,
        },
    )


def business_review_change(request: PersonRequest, uid: str) -> HttpResponse:
    """Another time, place or agenda."""
    review = queries.find(uid)
    starts = review.starts_at.astimezone(program_zone())
    initial = {
        "day": starts.date(),
        "time": starts.time(),
        "minutes_long": review.minutes_long,
        "place": review.place,
        "agenda": review.agenda,
        "sequence": review.sequence,
    }
    form = ChangeForm(request.POST or None, initial=initial)
    context = {
        "review": review,
        "form": form,
        "title": _("Change the business review"),
        "lead": _("The partner gets the changed appointment. Another time asks everybody anew."),
        "submit": _("Change"),
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, "console/business_review_form.html", context, status=422 if form.is_bound else 200)
    try:
        services.reschedule(
            uid=uid, appointment=form.appointment(), sequence=form.cleaned_data["sequence"],
            actor=actor_of(request), now=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        form.refuse(refusal)
        return render(request, "console/business_review_form.html", context, status=refusal.status)
    messages.success(request, _("Changed, and the partner has the new appointment."))
    return redirect("console:business_review", uid)


def business_review_cancel(request: PersonRequest, uid: str) -> HttpResponse:
    """Call it off."""
    review = queries.find(uid)
    form = CancelForm(request.POST or None)
    context = {
        "review": review,
        "form": form,
        "title": _("Cancel the business review"),
        "lead": _("The partner is told, and calendars remove the appointment."),
        "submit": _("Cancel the business review"),
        "tone": "danger",
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, "console/business_review_form.html", context, status=422 if form.is_bound else 200)
    try:
        services.cancel(uid=uid, reason=form.cleaned_data["reason"], actor=actor_of(request), now=request.now)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return render(request, "console/business_review_form.html", context, status=refusal.status)
    messages.success(request, _("Cancelled, and the partner was told."))
    return redirect("console:business_review", uid)


def business_review_record(request: PersonRequest, uid: str) -> HttpResponse:
    """Who was there and what was said; or a correction of it."""
    review = queries.find(uid)
    if request.method != "POST":
        try:
            services.check_recordable(review, request.now)
        except Refusal as refusal:
            messages.error(request, refusal.message)
            return redirect("console:business_review", uid)
    asked = [attendee.user_id for attendee in review.attendees.all()]
    known = [*asked, *(user.pk for user in queries.people_of(review.partner) + queries.team())]
    people = User.objects.filter(pk__in=known).order_by("role", "name")
    initial = {
        "there": [attendee.user_id for attendee in review.attendees.all() if attendee.was_there],
        "summary": review.summary,
        "changed_at": review.changed_at.isoformat(),
    }
    form = RecordForm(request.POST or None, people=people, initial=initial)
    context = {
        "review": review,
        "form": form,
        "title": _("Record the business review"),
        "lead": _("An attended review is shown as evidence for Gold; a missed one withdraws it."),
        "submit": _("Record"),
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, "console/business_review_form.html", context, status=422 if form.is_bound else 200)
    try:
        services.record_attendance(
            uid=uid, there=form.cleaned_data["there"], summary=form.cleaned_data["summary"],
            changed_at=local.instant_of(form.cleaned_data["changed_at"]),
            actor=actor_of(request), now=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        show_refusal(form, refusal)
        return render(request, "console/business_review_form.html", context, status=refusal.status)
    messages.success(request, _("Recorded."))
    return redirect("console:business_review", uid)


def business_review_file(request: PersonRequest, uid: str) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The appointment for a calendar."""
    return calendar_response(queries.find(uid))
