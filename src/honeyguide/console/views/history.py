"""The program's history: taken out as a file, brought in from one, and what was brought in before."""

import tempfile
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, cast

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.access.table import PAGES
from honeyguide.common.columns import ActorColumn, MomentColumn, WholeColumn
from honeyguide.common.errors import Invalid, NotFound
from honeyguide.common.forms import show_refusal
from honeyguide.common.lists import ListPage, from_day, to_day
from honeyguide.common.phrases import worded
from honeyguide.history.exporting import export
from honeyguide.history.models import Event
from honeyguide.history.queries import events_count
from honeyguide.partners.models import Partner
from honeyguide.program.history import FormError
from honeyguide.standing import uploads
from honeyguide.standing.importing import IMPORTED
from honeyguide.standing.models import HistoryUpload, UploadState
from honeyguide.standing.upload_tasks import check_upload, import_upload

FORM_WORDS = (
    ("jsonl", gettext_lazy("JSON Lines: an event a line")),
    ("csv", gettext_lazy("CSV: for spreadsheets")),
    ("parquet", gettext_lazy("Parquet: for large analyses")),
)
UNDER_WAY = (UploadState.CHECKING, UploadState.IMPORTING)


class UploadForm(forms.Form):
    """A file of events."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join(uploads.SUFFIXES)}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "JSON Lines, CSV or Parquet, up to %(most)s MB. You see what would change before anything does."
        ) % {"most": uploads.UPLOAD_MEGABYTES_MOST}


class ExportForm(forms.Form):
    """What to take out, and in which form."""

    form = forms.ChoiceField(label=gettext_lazy("Form"), choices=FORM_WORDS)
    partner = forms.CharField(
        label=gettext_lazy("Only of this company"),
        required=False,
        widget=forms.TextInput(attrs={"list": "partner-names", "autocomplete": "off"}),
    )

    def clean_partner(self) -> str:
        """The company's id, by its id or name."""
        text = str(self.cleaned_data["partner"]).strip()
        if not text:
            return ""
        found = Partner.objects.filter(key=text).first() or Partner.objects.filter(name__iexact=text).first()
        if found is None:
            raise forms.ValidationError(_("There is no such company: expected an id or name of one."))
        return found.key


class ImportTable(tables.Table):
    """The columns of the list of imports."""

    file = tables.Column(verbose_name=gettext_lazy("File"), accessor="data__file", order_by=("data__file", "-seq"))
    at = MomentColumn(verbose_name=gettext_lazy("When"), accessor="recorded_at", order_by=("seq",))
    by = ActorColumn(verbose_name=gettext_lazy("Who"), accessor="actor_name", order_by=("actor_name", "-seq"))
    events = WholeColumn(
        verbose_name=gettext_lazy("New events"), accessor="data__events", order_by=("data__events", "-seq")
    )
    partners = WholeColumn(
        verbose_name=gettext_lazy("New companies"), accessor="data__partners", order_by=("data__partners", "-seq")
    )
    changed = WholeColumn(
        verbose_name=gettext_lazy("Standings changed"), accessor="data__changed", order_by=("data__changed", "-seq")
    )

    class Meta:
        order_by = ("-at",)


class ImportFilter(django_filters.FilterSet):
    """What the list may be narrowed to."""

    first = from_day("recorded_at")
    last = to_day("recorded_at")

    class Meta:
        model = Event
        fields: ClassVar[list[str]] = []


class HistoryPage(ListPage):
    """Both forms, files that wait for confirmation, and the list of all imports so far."""

    upload_form: UploadForm | None = None
    export_form: ExportForm | None = None
    table_class = ImportTable
    filterset_class = ImportFilter
    search_fields = ("data__file", "actor_name")
    search_label = gettext_lazy("File or person")
    export_name = "imports"
    template_name = "console/history.html"
    empty_icon = "history"
    empty_title = gettext_lazy("No file was imported yet")
    empty_text = gettext_lazy(
        "What happens here is recorded by itself. A file brings in what happened elsewhere, or before."
    )

    def get_queryset(self) -> QuerySet[Event]:
        """The events that imports left."""
        return Event.objects.filter(type=IMPORTED)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The forms, as they were sent where one was refused."""
        waiting = HistoryUpload.objects.filter(state__in=[*UNDER_WAY, UploadState.CHECKED])
        return {
            **context,
            "upload_form": self.upload_form or UploadForm(),
            "export_form": self.export_form or ExportForm(),
            "may_import": may_import(cast("PersonRequest", self.request)),
            "waiting": waiting.select_related("uploaded_by"),
            "events_count": events_count(),
            "partners": Partner.objects.values_list("key", "name").order_by("name"),
        }


history = HistoryPage.as_view()


@require_POST
def history_export(request: PersonRequest) -> HttpResponseBase:
    """The history as a file; that it was taken out is recorded."""
    form = ExportForm(request.POST)
    if not form.is_valid():
        return _refused(request, export_form=form)
    suffix, partner = form.cleaned_data["form"], form.cleaned_data["partner"]
    name = f"history-{partner + '-' if partner else ''}{request.today.isoformat()}.{suffix}"
    with tempfile.TemporaryDirectory(prefix="honeyguide-") as folder:
        path = Path(folder) / name
        try:
            export(path, actor=actor_of(request), now=request.now, partners=[partner] if partner else None)
        except FormError as wrong:
            form.add_error("form", "; ".join(worded(problem.text) for problem in wrong.problems))
            return _refused(request, export_form=form)
        return FileResponse(path.open("rb"), as_attachment=True, filename=name)


@require_POST
def history_upload(request: PersonRequest) -> HttpResponseBase:
    """Take a file in and look at it; nothing of the history changes."""
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refused(request, upload_form=form)
    given, user = form.cleaned_data["file"], request.person.user
    assert user is not None
    try:
        upload = uploads.receive(file=given, name=given.name, user=user, now=request.now)
    except Invalid as refusal:
        show_refusal(form, refusal)
        return _refused(request, upload_form=form)
    if uploads.is_large(upload):
        transaction.on_commit(partial(check_upload.enqueue, upload.uid))
    else:
        uploads.check(uid=upload.uid, now=request.now)
    return redirect("console:history_import", upload.uid)


def history_import(request: PersonRequest, uid: str) -> HttpResponse:
    """One file: what is wrong with it, what it would change or has changed, or that it is being worked on."""
    upload = HistoryUpload.objects.select_related("uploaded_by").filter(uid=uid).first()
    if upload is None:
        raise NotFound(_("There is no such file."))
    context = {
        "upload": upload,
        "preview": upload.preview,
        "types": [(name, count) for name, count in upload.preview.get("types", {}).items()],
        "under_way": upload.state in UNDER_WAY,
        "lost": upload.state == UploadState.IMPORTING and request.now - upload.changed_at > uploads.GIVEN_UP_AFTER,
        "may_import": may_import(request),
    }
    return render(request, "console/history_import.html", context)


@require_POST
def history_confirm(request: PersonRequest, uid: str) -> HttpResponse:
    """Import a file that was looked at. Sent twice, it is imported once."""
    upload = HistoryUpload.objects.filter(uid=uid).first()
    if upload is not None and upload.state in {UploadState.IMPORTING, UploadState.DONE}:
        lost = upload.state == UploadState.IMPORTING and request.now - upload.changed_at > uploads.GIVEN_UP_AFTER
        if not lost:
            return redirect("console:history_import", uid)
    upload = uploads.confirm(uid=uid, now=request.now)
    actor = actor_of(request)
    if uploads.is_large(upload):
        assert actor.user is not None
        transaction.on_commit(partial(import_upload.enqueue, uid, actor.user.pk, actor.request_id))
    else:
        uploads.carry_out(uid=uid, actor=actor, now=request.now)
    return redirect("console:history_import", uid)


@require_POST
def history_discard(request: PersonRequest, uid: str) -> HttpResponse:
    """Put a file away without importing it."""
    uploads.discard(uid=uid, now=request.now)
    messages.success(request, _("The file was put away. Nothing has changed."))
    return redirect("console:history")


def may_import(request: PersonRequest) -> bool:
    """Whether the visitor may bring events in."""
    return request.person.kind in PAGES["console:history_upload"].act


def _refused(request: PersonRequest, **form: forms.Form) -> HttpResponseBase:
    page = HistoryPage(**form)
    page.setup(request)
    response = page.get(request)
    response.status_code = 422
    return response
