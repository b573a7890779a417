"""Tables of deals and projects: chosen, columns named, looked at, recorded, perhaps taken back (G1.5)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.common.errors import Refusal
from honeyguide.common.forms import show_refusal
from honeyguide.common.local import whole_text
from honeyguide.common.words import PRODUCTS
from honeyguide.earning import limits
from honeyguide.earning.models import TableImport, TableKind, TableState
from honeyguide.earning.services import tables as services
from honeyguide.earning.services import undoing
from honeyguide.earning.tables.mapping import DATE_EXAMPLES, Field, Mapping, fields_of
from honeyguide.files.tables import ENCODINGS

TABLES_A_PAGE = 20
NO_COLUMN = ""


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
        services.choose(uid=uid, mapping=mapping, actor=actor_of(request), now=request.now)
    except Refusal as refusal:
        if refusal.status in {403, 404}:
            raise
        return _table_page(request, services.table_with(uid), mapping, refusal)
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
        name: {word: given.get(f"word_{name}_{place}", meaning) for place, (word, meaning) in enumerate(table.items())}
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


def _table_page(
    request: PersonRequest, upload: TableImport, mapping: Mapping, refusal: Refusal | None = None
) -> HttpResponse:
    is_open = upload.state in {TableState.MAPPING, TableState.CHECKED}
    errors = refusal.fields if refusal else {}
    context = {
        "upload": upload,
        "preview": upload.preview,
        "is_open": is_open,
        "sample": services.sample_of(upload) if is_open else [],
        "columns": [_column(each, mapping, errors) for each in fields_of(upload.kind)] if is_open else [],
        "header": list(enumerate(upload.header)),
        "mapping": mapping,
        "encodings": ENCODINGS,
        "date_forms": list(DATE_EXAMPLES.items()),
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


@require_POST
def table_confirm(request: PersonRequest, uid: str) -> HttpResponse:
    """Record it, all or nothing. Sent twice, it is recorded once."""
    services.confirm(uid=uid, actor=actor_of(request), now=request.now)
    messages.success(request, _("Recorded. Everyone concerned has the points and the standing that follow."))
    return redirect("console:points_table", uid)


@require_POST
def table_discard(request: PersonRequest, uid: str) -> HttpResponse:
    """Put it away."""
    services.discard(uid=uid, actor=actor_of(request))
    messages.success(request, _("The table was put away. Nothing has changed."))
    return redirect("console:points_tables")


def table_undo(request: PersonRequest, uid: str) -> HttpResponse:
    """What taking it back would do; then, with a reason, the deed."""
    actor = actor_of(request)
    form = UndoForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        try:
            undoing.undo(uid=uid, reason=request.POST.get("reason", ""), actor=actor, now=request.now)
        except Refusal as refusal:
            if refusal.status != 422:
                raise
            show_refusal(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("Taken back. What followed from it is undone."))
            return redirect("console:points_table", uid)
    plan = undoing.look(uid=uid, actor=actor, now=request.now)
    effects = sorted((effect.told() for effect in plan.effects), key=lambda told: not told["differs"])
    context = {
        "upload": services.table_with(uid),
        "plan": plan,
        "effects": effects[: limits.EFFECTS_SHOWN],
        "form": form,
    }
    return render(request, "console/points/table_undo.html", context, status=status)
