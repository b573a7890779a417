"""Tables of deals and projects: chosen, columns named, looked at, recorded, perhaps taken back (G1.5)."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.common.errors import Refusal
from honeyguide.common.forms import show_refusal
from honeyguide.common.local import whole_text
from honeyguide.common.words import PRODUCTS
from honeyguide.earning import limits
from honeyguide.earning.models import TableImport, TableKind, TableState
from honeyguide.earning.services import recording, undoing
from honeyguide.earning.services import tables as services
from honeyguide.earning.tables.mapping import DATE_EXAMPLES, SKIP, Field, Mapping, fields_of, one_line
from honeyguide.earning.tables.numbers import MARKS
from honeyguide.earning.tasks import go_on
from honeyguide.files.tables import ENCODINGS

TABLES_A_PAGE = 20
NO_COLUMN = ""
NOBODY_BEGINS = timedelta(seconds=30)
"""After so long the page says that no worker seems to be there."""
STEPS: dict[str, tuple[Promise, ...]] = {
    TableState.CHECKING: (
        gettext_lazy("The rows are read and compared with the history"),
        gettext_lazy("What would change is worked out"),
    ),
    TableState.RECORDING: (
        gettext_lazy("The rows are read and compared with the history"),
        gettext_lazy("They are recorded, and the points of everyone concerned settled"),
    ),
    TableState.PLANNING: (
        gettext_lazy("What the table has told is read"),
        gettext_lazy("What would change is worked out"),
    ),
    TableState.UNDOING: (
        gettext_lazy("What the table has told is read"),
        gettext_lazy("It is taken back, and the points of everyone concerned settled"),
    ),
}
"""What is done in each state, after somebody has begun."""


class TableForm(forms.Form):
    """A table, and what its rows are."""

    kind = forms.ChoiceField(
        label=gettext_lazy("The rows are"), choices=TableKind.choices, widget=forms.RadioSelect, initial=TableKind.DEALS
    )
    file = forms.FileField(label=gettext_lazy("Table"), widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "CSV or XLSX with a row of headings, up to %(rows)s rows. You name the columns and see what would change."
        ) % {"rows": whole_text(limits.TABLE_MAX_ROWS)}


class UndoForm(forms.Form):
    """Why an import is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It stands with each event in the history."),
    )  # fmt: skip


def tables(request: PersonRequest) -> HttpResponse:
    """The form, tables that wait, and those that were recorded."""
    if request.method != "POST":
        return _page(request, TableForm())
    form = TableForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        upload = services.receive(
            file=form.cleaned_data["file"], kind=form.cleaned_data["kind"], actor=actor_of(request), now=request.now
        )
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _page(request, form, status=refusal.status)
    if upload.uploaded_at != request.now:
        messages.info(request, _("This table waits here already: it was not brought in a second time."))
    return redirect("console:points_table", upload.uid)


def _page(request: PersonRequest, form: TableForm, status: int = 200) -> HttpResponse:
    rows = TableImport.objects.select_related("uploaded_by", "done_by", "undone_by").exclude(state=TableState.DISCARDED)
    context = {"form": form, "page": Paginator(rows, TABLES_A_PAGE).get_page(request.GET.get("page"))}
    return render(request, "console/points/tables.html", context, status=status)


def table(request: PersonRequest, uid: str) -> HttpResponse:
    """One table: its mapping, what is wrong, what would change or has changed."""
    upload = services.table_with(uid)
    if request.method != "POST":
        return _table_page(request, upload, Mapping.of(upload.mapping))
    mapping = _chosen(upload, request.POST)
    try:
        upload = recording.choose(uid=uid, mapping=mapping, actor=actor_of(request), now=request.now)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return _table_page(request, services.table_with(uid), mapping, refusal)
    go_on(upload, now=request.now)
    return redirect("console:points_table", uid)


def _chosen(upload: TableImport, given: QueryDict) -> Mapping:
    """The mapping that was chosen in the form; words by their place, so that any word can be one."""
    columns = {
        each.name: int(place)
        for each in fields_of(upload.kind)
        if (place := given.get(f"column_{each.name}", NO_COLUMN)).isdigit()
    }
    before = Mapping.of(upload.mapping)
    words = {
        name: {word: _meaning(given, name, place, meaning) for place, (word, meaning) in enumerate(table.items())}
        for name, table in before.words.items()
        if columns.get(name) == before.columns.get(name)
    }
    return Mapping(
        columns=columns,
        encoding=given.get("encoding", before.encoding),
        date_form=given.get("date_form", ""),
        decimal=given.get("decimal", ""),
        product=given.get("product", before.product),
        words=words,
    )


def _meaning(given: QueryDict, name: str, place: int, before: str) -> str:
    """What a word was said to mean; of a company's name, the id or name that was typed in."""
    if given.get(f"skip_{name}_{place}"):
        return SKIP
    return one_line(given.get(f"word_{name}_{place}", before))


def _table_page(
    request: PersonRequest, upload: TableImport, mapping: Mapping, refusal: Refusal | None = None
) -> HttpResponse:
    is_open = upload.state in {TableState.MAPPING, TableState.CHECKED}
    errors = refusal.fields if refusal else {}
    context = {
        "upload": upload,
        "preview": upload.preview,
        "is_open": is_open,
        **_under_way(request, upload),
        "columns": [_column(each, mapping, errors) for each in fields_of(upload.kind)] if is_open else [],
        "header": list(enumerate(upload.header)),
        "mapping": mapping,
        "encodings": ENCODINGS,
        "date_forms": list(DATE_EXAMPLES.items()),
        "decimals": list(MARKS.items()),
        "products": [(name, words) for name, words in PRODUCTS.items()],
        "asks_product": upload.kind == TableKind.DEALS and "product" not in mapping.columns,
        "asks_encoding": upload.name.endswith(".csv"),
        "refusal": refusal,
        "errors": errors,
    }
    return render(request, "console/points/table.html", context, status=refusal.status if refusal else 200)


def _column(each: Field, mapping: Mapping, errors: Any) -> dict[str, Any]:
    """A field of the form: its column, and the meanings of its words."""
    found = mapping.words.get(each.name, {})
    meanings = list((each.meanings or {}).items())
    return {
        "name": each.name,
        "title": each.title,
        "needed": each.needed,
        "place": mapping.columns.get(each.name),
        "error": errors.get(f"column_{each.name}", ""),
        "words": [(place, word, meaning) for place, (word, meaning) in enumerate(found.items())],
        "meanings": meanings,
        "unknown": any(not meaning for meaning in found.values()),
    }


def table_progress(request: PersonRequest, uid: str) -> HttpResponse:
    """How far what is under way is, asked for by the page every other second; when it is done, the page anew."""
    upload = services.table_with(uid)
    if not request.htmx:
        return redirect("console:points_table", uid)
    if not upload.is_under_way:
        return HttpResponseClientRefresh()
    context = {"upload": upload, **_under_way(request, upload)}
    return render(request, "console/points/table_progress.html", context)


def _under_way(request: PersonRequest, upload: TableImport) -> dict[str, Any]:
    """The steps of what is under way, and what is amiss with it."""
    if not upload.is_under_way or upload.asked_at is None:
        return {}
    texts = (gettext_lazy("Waiting for its turn"), *STEPS[upload.state])
    waits = request.now - (upload.begun_at or upload.asked_at)
    return {
        "steps": [
            {"text": text, "done": place < upload.step, "now": place == upload.step} for place, text in enumerate(texts)
        ],
        "steps_count": len(texts),
        "is_waiting_long": upload.step == 0 and request.now - upload.asked_at > NOBODY_BEGINS,
        "is_slow": upload.step > 0 and waits > timedelta(seconds=limits.TABLE_TAKEN_UP_AFTER_S),
    }


@require_POST
def table_confirm(request: PersonRequest, uid: str) -> HttpResponse:
    """Record it, all or nothing. Sent twice, it is recorded once."""
    upload = recording.confirm(uid=uid, actor=actor_of(request), now=request.now)
    go_on(upload, now=request.now)
    return redirect("console:points_table", uid)


@require_POST
def table_discard(request: PersonRequest, uid: str) -> HttpResponse:
    """Put it away."""
    services.discard(uid=uid, actor=actor_of(request))
    messages.success(request, _("The table was put away. Nothing has changed."))
    return redirect("console:points_tables")


@require_POST
def table_plan(request: PersonRequest, uid: str) -> HttpResponse:
    """Have worked out what taking it back would do."""
    upload = undoing.ask_for_plan(uid=uid, actor=actor_of(request), now=request.now)
    go_on(upload, now=request.now)
    return redirect("console:points_table_undo", uid)


def table_undo(request: PersonRequest, uid: str) -> HttpResponse:
    """What taking it back would do; then, with a reason, the deed."""
    actor = actor_of(request)
    form = UndoForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        try:
            upload = undoing.undo(uid=uid, reason=request.POST.get("reason", ""), actor=actor, now=request.now)
        except Refusal as refusal:
            if refusal.status != 422:
                raise
            show_refusal(form, refusal)
            status = refusal.status
        else:
            go_on(upload, now=request.now)
            return redirect("console:points_table", uid)
    upload = services.table_with(uid)
    if upload.is_under_way:
        return render(request, "console/points/table_undo.html", {"upload": upload, **_under_way(request, upload)})
    if upload.is_large and upload.state == TableState.DONE:
        plan = upload.undo_preview
    else:
        plan = undoing.look(uid=uid, actor=actor, now=request.now)
    context = {"upload": upload, "plan": plan, "form": form}
    return render(request, "console/points/table_undo.html", context, status=status)
