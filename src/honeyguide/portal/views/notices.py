"""The company's notices: the list, one of them, and what comes by mail."""

from typing import Any, ClassVar, cast

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt

from honeyguide.access.person import Person, PersonRequest
from honeyguide.accounts.models import User
from honeyguide.common.columns import DayColumn, MomentColumn
from honeyguide.common.downloads import download
from honeyguide.common.errors import NotFound
from honeyguide.common.lists import ListPage
from honeyguide.notices.kinds import Category
from honeyguide.notices.mail import paragraphs_of
from honeyguide.notices.models import DigestRhythm, Notice, NoticeView
from honeyguide.notices.queries import notice_of, notices_for, preference_of, seen_by, unread_count
from honeyguide.notices.services import choose_mail, mark_all_seen, mark_seen
from honeyguide.notices.unsubscribing import read_stop_token, stop
from honeyguide.partners.models import Partner


def company_of(person: Person) -> tuple[Partner, User]:
    """The company of a page that is open to its people alone, and the reader."""
    if person.partner is None or person.user is None:
        raise AssertionError("a page of a company without one")
    return person.partner, person.user


def unread_of(request: PersonRequest) -> int:
    """The counter in the menu."""
    person = request.person
    return unread_count(person.partner, person.user) if person.partner is not None and person.user is not None else 0


class NoticeTable(tables.Table):
    """The columns of the list."""

    subject = tables.Column(verbose_name=gettext_lazy("Notice"), accessor="subject", orderable=False)
    category = tables.Column(verbose_name=gettext_lazy("About"))
    sent_at = MomentColumn(verbose_name=gettext_lazy("Sent"))
    deadline = DayColumn(verbose_name=gettext_lazy("Deadline"))

    class Meta:
        row_attrs: ClassVar = {"class": lambda record: "" if record.seen else "row-unread"}

    def render_subject(self, value: str, record: Any) -> SafeString:
        """The line leads to the notice; one that was not opened is marked in words too."""
        mark = "" if record.seen else format_html('<span class="chip chip-blue">{}</span> ', _("New"))
        return format_html('{}<a href="{}">{}</a>', mark, reverse("portal:notice", args=[record.uid]), value)

    def value_subject(self, value: str) -> str:
        """The line alone."""
        return value

    def render_category(self, record: Any) -> str:
        """What it is about."""
        return str(record.get_category_display())


class NoticeFilter(django_filters.FilterSet):
    """What the list may be narrowed to."""

    category = django_filters.ChoiceFilter(choices=Category, empty_label=gettext_lazy("About everything"))
    state = django_filters.ChoiceFilter(
        choices=[("unread", gettext_lazy("Not read")), ("read", gettext_lazy("Read"))],
        method="narrow",
        label=gettext_lazy("Read or not"),
        empty_label=gettext_lazy("Read and not read"),
    )

    class Meta:
        model = Notice
        fields: ClassVar = ["category"]

    def narrow(self, rows: QuerySet[Notice], _name: str, value: str) -> QuerySet[Notice]:
        """Those that this reader has opened, or not."""
        return rows.filter(Q(seen=value == "read"))


class NoticeList(ListPage):
    """All that was sent to the company: not read ones first."""

    table_class = NoticeTable
    filterset_class = NoticeFilter
    search_fields = ("subject_en", "subject_ru", "body_en", "body_ru")
    search_label = gettext_lazy("Search in notices")
    export_name = "notices"
    template_name = "portal/notices.html"
    empty_icon = "bell"
    empty_title = gettext_lazy("No notices yet")
    empty_text = gettext_lazy("What the program tells your company is kept here, with the day on which it was sent.")

    def get_queryset(self) -> QuerySet[Notice]:
        """The company's own."""
        return notices_for(*company_of(cast("PersonRequest", self.request).person))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """How many are not read."""
        request = cast("PersonRequest", self.request)
        return {**context, "unread": unread_of(request), "may_mark": not request.person.viewing_as}


notices = NoticeList.as_view()


def notice(request: PersonRequest, uid: str) -> HttpResponse:
    """One notice; opening it is written down, but not when the team looks as the partner sees it."""
    partner, user = company_of(request.person)
    found = notice_of(partner, uid)
    if request.method == "GET" and not request.person.viewing_as:
        mark_seen(notice=found, user=user, now=request.now)
    return render(
        request,
        "portal/notice.html",
        {
            "notice": found,
            "paragraphs": paragraphs_of(found.body),
            "attachments": found.attachments.defer("content"),
            "seen_by": seen_by(found),
            "next_unread": next_unread(partner, user),
        },
    )


def next_unread(partner: Partner, user: User) -> Notice | None:
    """The latest one not read yet."""
    seen = NoticeView.objects.filter(notice=OuterRef("pk"), user=user)
    return Notice.objects.filter(partner=partner).exclude(Exists(seen)).first()


def notice_file(request: PersonRequest, uid: str, name: str) -> HttpResponse:
    """A document that came with a notice, to be saved. Raises NotFound."""
    partner, _user = company_of(request.person)
    found = notice_of(partner, uid).attachments.filter(name=name).first()
    if found is None:
        raise NotFound(_("There is no such document."))
    return download(found.name, bytes(found.content))


def notices_seen(request: PersonRequest) -> HttpResponse:
    """Mark all as read."""
    if request.method != "POST":
        return redirect("portal:notices")
    partner, user = company_of(request.person)
    count = mark_all_seen(partner=partner, user=user, now=request.now)
    messages.success(
        request,
        ngettext("%(count)s notice is marked as read.", "%(count)s notices are marked as read.", count)
        % {"count": count},
    )
    return redirect("portal:notices")


class MailForm(forms.Form):
    """What a person wants by mail."""

    digest = forms.ChoiceField(
        label=gettext_lazy("What is due within 30 days"),
        choices=DigestRhythm,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Sent only when something is due."),
    )
    optional_mail = forms.BooleanField(label=gettext_lazy("News of the program by e-mail"), required=False)


def notice_settings(request: PersonRequest) -> HttpResponse:
    """What comes by mail."""
    _partner, user = company_of(request.person)
    preference = preference_of(user)
    initial = {"digest": preference.digest, "optional_mail": preference.optional_mail}
    form = MailForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        choose_mail(user=user, **form.cleaned_data)
        messages.success(request, _("Saved: this is what you get by mail from now on."))
        return redirect("portal:notice_settings")
    return render(request, "portal/notice_settings.html", {"form": form}, status=422 if form.errors else 200)


@csrf_exempt
def stop_mail(request: PersonRequest, token: str) -> HttpResponse:
    """The link at the end of a mail that may be switched off; mail programs follow it by POST (RFC 8058).

    Raises NotFound for a token that is not ours.
    """
    wanted = read_stop_token(token)
    if wanted is None:
        raise NotFound(_("This link does not lead anywhere any more."))
    if request.method == "POST":
        stop(wanted)
    return render(request, "portal/stop_mail.html", {"wanted": wanted, "done": request.method == "POST"})
