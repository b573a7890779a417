"""What was sent to partners: all of it, one notice with its mails, one company's, and writing a new one."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, cast

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.access.table import PAGES
from honeyguide.common import local
from honeyguide.common.columns import MomentColumn
from honeyguide.common.downloads import download
from honeyguide.common.ids import new_id
from honeyguide.common.lists import ListPage
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.common.words import STATUSES, words_of
from honeyguide.console.partner_list import PartnerList
from honeyguide.notices.kinds import KINDS, kind_named
from honeyguide.notices.mail import paragraphs_of
from honeyguide.notices.models import SUBJECT_CHARS, Delivery, DeliveryState, Notice, NoticeAttachment
from honeyguide.notices.queries import all_notices, mails_failed_count, recipients_of, seen_by
from honeyguide.notices.services import BATCH_PARTNERS, send_again, send_to_many
from honeyguide.notices.services import render as render_words
from honeyguide.partners.models import Partner
from honeyguide.standing.models import State

TEXT_CHARS = 10_000
NAMES_SHOWN = 8


def may_write(request: PersonRequest) -> bool:
    """Whether this person may send notices, and mails again."""
    return request.person.kind in PAGES["console:notice_new"].act


class SentTable(tables.Table):
    """The columns of everything that was sent."""

    partner = tables.Column(verbose_name=gettext_lazy("Company"), accessor="partner__name")
    subject = tables.Column(verbose_name=gettext_lazy("Notice"), accessor="subject", orderable=False)
    kind = tables.Column(verbose_name=gettext_lazy("Kind"), accessor="title", order_by=("kind",))
    sent_at = MomentColumn(verbose_name=gettext_lazy("Sent"))
    views_count = tables.Column(verbose_name=gettext_lazy("Read by"))
    mails = tables.Column(verbose_name=gettext_lazy("Mails"), accessor="recipients_count", orderable=False)

    def render_partner(self, value: str, record: Any) -> SafeString:
        """The company leads to its file."""
        return format_html('<a href="{}">{}</a>', reverse("console:partner", args=[record.partner.key]), value)

    def value_partner(self, value: str) -> str:
        """The name alone."""
        return value

    def render_subject(self, value: str, record: Any) -> SafeString:
        """The line leads to the notice."""
        return format_html('<a href="{}">{}</a>', reverse("console:notice", args=[record.uid]), value)

    def value_subject(self, value: str) -> str:
        """The line alone."""
        return value

    def render_mails(self, value: int, record: Any) -> SafeString | str:
        """How many, and whether any is on its way or has failed."""
        if record.mails_failed:
            text = ngettext("%(count)s failed", "%(count)s failed", record.mails_failed) % {
                "count": record.mails_failed
            }
            return format_html('<span class="chip chip-red">{}</span>', text)
        if record.mails_waiting:
            return format_html('<span class="chip chip-orange">{}</span>', _("On the way"))
        return local.whole_text(value)

    def value_mails(self, value: int, record: Any) -> str:
        """For a spreadsheet: how many, and how many failed."""
        return f"{value}, {record.mails_failed} failed" if record.mails_failed else str(value)


class SentFilter(django_filters.FilterSet):
    """What the list may be narrowed to."""

    kind = django_filters.ChoiceFilter(
        choices=[(name, kind.title) for name, kind in KINDS.items()], empty_label=gettext_lazy("Every kind")
    )
    mail = django_filters.ChoiceFilter(
        label=gettext_lazy("Mails"),
        choices=[("failed", gettext_lazy("A mail failed")), ("waiting", gettext_lazy("A mail is on the way"))],
        empty_label=gettext_lazy("Mails in any state"),
        method="by_mail",
    )
    since = django_filters.DateFilter(
        label=gettext_lazy("From day"),
        field_name="sent_at",
        lookup_expr="date__gte",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = django_filters.DateFilter(
        label=gettext_lazy("To day"),
        field_name="sent_at",
        lookup_expr="date__lte",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    class Meta:
        model = Notice
        fields: ClassVar = ["kind"]

    def by_mail(self, rows: QuerySet[Notice], _name: str, value: str) -> QuerySet[Notice]:
        """Those with a mail in this state."""
        return rows.filter(**{f"mails_{value}__gt": 0})


class SentList(ListPage):
    """All that was sent."""

    table_class = SentTable
    filterset_class = SentFilter
    search_fields: Sequence[str] = ("partner__name", "partner__key", "subject_en", "subject_ru")
    search_label = gettext_lazy("Search by company or words")
    export_name = "notices"
    template_name = "console/notices.html"
    empty_icon = "bell"
    empty_title = gettext_lazy("Nothing was sent yet")
    empty_text = gettext_lazy("Each notice to a company is kept here for good, with the day and who has read it.")

    def get_queryset(self) -> QuerySet[Notice]:
        """All of them."""
        return all_notices()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """How many mails were given up, and whether this person may write."""
        request = cast("PersonRequest", self.request)
        return {**context, "mails_failed": mails_failed_count(), "may_write": may_write(request)}


class PartnerSentList(PartnerList, SentList):
    """What was sent to one company, in its file."""

    template_name = "console/partner_notices.html"
    search_fields = ("subject_en", "subject_ru")
    export_name = "partner-notices"

    def get_queryset(self) -> QuerySet[Notice]:
        """The company's."""
        return all_notices().filter(partner=self.partner)

    def get_table_kwargs(self) -> dict[str, Any]:
        """The company is the page's."""
        return {"exclude": ("partner",)}


notices = SentList.as_view()
partner_notices = PartnerSentList.as_view()


def notice(request: PersonRequest, uid: str) -> HttpResponse:
    """One notice: its words in both languages, to whom it went, what became of the mails, who has read it."""
    found = get_object_or_404(Notice.objects.select_related("partner", "sender"), uid=uid)
    context = {
        "notice": found,
        "languages": [
            ("en", "English", found.subject_en, paragraphs_of(found.body_en)),
            ("ru", "Русский", found.subject_ru, paragraphs_of(found.body_ru)),
        ],
        "recipients": recipients_of(found),
        "attachments": found.attachments.defer("content"),
        "seen_by": seen_by(found),
        "failed": DeliveryState.FAILED,
        "may_write": may_write(request),
    }
    return render(request, "console/notice.html", context)


def notice_file(_request: PersonRequest, uid: str, name: str) -> HttpResponse:
    """A document that went with a notice, to be saved."""
    found = get_object_or_404(NoticeAttachment, notice__uid=uid, name=name)
    return download(found.name, bytes(found.content))


@require_POST
def notice_mail_again(request: PersonRequest, uid: str, delivery: int) -> HttpResponse:
    """Send a mail that has failed once more."""
    found = get_object_or_404(Delivery, pk=delivery, recipient__notice__uid=uid)
    send_again(delivery=found, actor=actor_of(request), now=request.now)
    messages.success(request, _("The mail is on its way again."))
    return redirect("console:notice", uid)


class NoticeForm(forms.Form):
    """A free notice to one company or several."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[
            ("announcement", gettext_lazy("News: people may have switched its mail off")),
            ("letter", gettext_lazy("A letter under the terms: always mailed")),
        ],
        widget=forms.RadioSelect,
        initial="announcement",
    )
    partner = forms.CharField(label=gettext_lazy("One company"), required=False, widget=forms.HiddenInput)
    states = forms.MultipleChoiceField(
        label=gettext_lazy("Companies that are"),
        choices=State,
        required=False,
        initial=[State.ACTIVE],
        widget=forms.CheckboxSelectMultiple,
    )
    statuses = forms.MultipleChoiceField(
        label=gettext_lazy("With the status"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: with any status or none."),
    )
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=SUBJECT_CHARS)
    text = forms.CharField(label=gettext_lazy("Text"), max_length=TEXT_CHARS, widget=forms.Textarea(attrs={"rows": 8}))
    subject_ru = forms.CharField(label=gettext_lazy("Subject in Russian"), max_length=SUBJECT_CHARS, required=False)
    text_ru = forms.CharField(
        label=gettext_lazy("Text in Russian"),
        max_length=TEXT_CHARS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Without it, Russian readers get the text above."),
    )

    deadline = forms.DateField(
        label=gettext_lazy("Deadline"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("By when the company must act. It is told in the text and in the list of what is due."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Offer the statuses of the rulebook; none of the choices where the company is given."""
        super().__init__(*args, **kwargs)
        self.today = today
        cast("forms.MultipleChoiceField", self.fields["statuses"]).choices = [
            (status.name, words_of(STATUSES, status.name)) for status in current_rulebook().statuses
        ]
        if self["partner"].value():
            del self.fields["states"], self.fields["statuses"]

    def clean(self) -> dict[str, Any]:
        """Both Russian fields or neither; a deadline that is to come; and somebody to send it to."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("deadline") and given["deadline"] < self.today:
            self.add_error("deadline", _("Expected today or a later day."))
        if bool(given.get("subject_ru")) != bool(given.get("text_ru")):
            self.add_error("text_ru", _("Expected subject and text in Russian, or neither."))
        if not self.errors and not self.companies().exists():
            raise forms.ValidationError(_("No company fits: choose others."))
        return given

    def companies(self) -> QuerySet[Partner]:
        """To whom it goes."""
        given = self.cleaned_data
        if given.get("partner"):
            return Partner.objects.filter(key=given["partner"])
        found = Partner.objects.all()
        if given.get("states"):
            found = found.filter(standing__state__in=given["states"])
        if given.get("statuses"):
            found = found.filter(standing__status__in=given["statuses"])
        return found

    def words(self) -> dict[str, str]:
        """What the templates are given."""
        return {name: self.cleaned_data[name] for name in ("subject", "text", "subject_ru", "text_ru")}


def notice_new(request: PersonRequest) -> HttpResponse:
    """Write a notice: first a preview with the number of companies, then it is sent."""
    initial = {"partner": request.GET.get("partner", "")}
    form = NoticeForm(request.POST or None, today=request.today, initial=initial)
    context: dict[str, Any] = {"form": form, "one": Partner.objects.filter(key=form["partner"].value() or "").first()}
    if request.method == "POST" and form.is_valid():
        if request.POST.get("step") == "edit":
            return render(request, "console/notice_new.html", context)
        companies = list(form.companies()[: BATCH_PARTNERS + 1])
        seen = request.POST.get("seen_count")
        if request.POST.get("step") == "send" and seen == str(len(companies)):
            return _send_new(request, form, companies)
        context |= preview(form, companies) | {
            "batch": new_id("bat", request.now),
            "changed": request.POST.get("step") == "send",
        }
        return render(request, "console/notice_preview.html", context)
    return render(request, "console/notice_new.html", context, status=422 if form.errors else 200)


def preview(form: NoticeForm, companies: list[Partner]) -> dict[str, Any]:
    """What will follow: how many companies get it, which, and the words as the first one reads them."""
    kind = kind_named(form.cleaned_data["kind"])
    languages = [("en", "English"), ("ru", "Русский")] if form.cleaned_data["text_ru"] else [("en", "English")]
    return {
        "count": len(companies),
        "too_many": len(companies) > BATCH_PARTNERS,
        "most": BATCH_PARTNERS,
        "names": [company.name for company in companies[:NAMES_SHOWN]],
        "more": max(len(companies) - NAMES_SHOWN, 0),
        "kind": kind,
        "versions": [
            (code, name, words.subject, paragraphs_of(words.body))
            for code, name in languages
            for words in [render_words(kind, companies[0], form.words(), form.cleaned_data["deadline"], code)]
        ],
    }


def _send_new(request: PersonRequest, form: NoticeForm, companies: list[Partner]) -> HttpResponse:
    sent = send_to_many(
        batch=request.POST.get("batch", "")[:32] or new_id("bat", request.now),
        partners=companies,
        kind=form.cleaned_data["kind"],
        context=form.words(),
        deadline=form.cleaned_data["deadline"],
        actor=actor_of(request),
        now=request.now,
    )
    messages.success(
        request,
        ngettext("Sent to %(count)s company.", "Sent to %(count)s companies.", sent.partners_count)
        % {"count": sent.partners_count},
    )
    return redirect("console:notices")
