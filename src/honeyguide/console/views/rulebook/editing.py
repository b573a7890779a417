"""A draft changed: figure by figure on forms made from the rulebook itself, or as a file."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.common.errors import Refusal, Stale
from honeyguide.common.forms import show_refusal
from honeyguide.console.rulebook_form import FiguresForm, parts_of
from honeyguide.console.views.rulebook.drafts import revision_of
from honeyguide.console.views.rulebook.reading import toml_file
from honeyguide.program.rulebook.load import MAX_BYTES
from honeyguide.studio import drafts as services
from honeyguide.studio import queries
from honeyguide.studio.models import Draft, DraftState
from honeyguide.studio.rules import check_author


class FileForm(forms.Form):
    """The whole file: chosen, or written into the field."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    file = forms.FileField(
        label=gettext_lazy("Choose a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".toml"}),
        help_text=gettext_lazy("A rulebook in TOML. It takes the place of the text below."),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 32, "spellcheck": "false", "class": "rule-text", "wrap": "off"}),
    )

    def clean_file(self) -> Any:
        """A file of text, not too large."""
        given = self.cleaned_data["file"]
        if given is None:
            return None
        if given.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is too large: expected a rulebook in TOML."))
        try:
            return given.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(_("Expected a rulebook in TOML, as UTF-8.")) from None


def _is_open_for(request: PersonRequest, draft: Draft) -> bool:
    """Whether the visitor may change the draft; who only looks is led to its page. Raises Forbidden and Stale."""
    may = request.person.user == draft.author and draft.state == DraftState.DRAFT
    if not may and request.method == "POST":
        check_author(actor_of(request), draft.author_id)
        services.check_open(draft, DraftState.DRAFT)
    return may


def edit(request: PersonRequest, uid: str) -> HttpResponse:
    """The figures of one part of the rulebook, each with the present one beside it."""
    draft = queries.draft_with(uid)
    if not _is_open_for(request, draft):
        return redirect("console:rulebook_draft", uid)
    rulebook = services.rulebook_of(draft)
    if rulebook is None:
        messages.error(request, _("The text cannot be read as a rulebook: correct the file first."))
        return redirect("console:rulebook_draft_file", uid)
    base = services.base_of(draft, request.today)
    parts = parts_of(rulebook, base)
    part = next((each for each in parts if each.name == request.GET.get("part")), parts[0])
    form = FiguresForm(part, rulebook, base, request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                after = services.turn(
                    uid=uid, revision=revision_of(request), values=form.changed(), actor=actor_of(request),
                    now=request.now,
                )  # fmt: skip
            except Stale as refusal:
                form.add_error(None, refusal.message)
            else:
                _say_saved(request, draft, after)
                return redirect(f"{request.path}?part={part.name}")
    context = {"draft": draft, "base": base, "parts": parts, "part": part, "form": form, "rows": form.rows()}
    return render(request, "console/rulebook/edit.html", context, status=status)


def _say_saved(request: PersonRequest, before: Draft, after: Draft) -> None:
    if after.problems:
        messages.error(request, _("Saved. The draft has problems now: they are told on its page."))
    elif after.revision == before.revision:
        messages.info(request, _("Nothing was changed."))
    else:
        messages.success(request, _("Saved."))


def file(request: PersonRequest, uid: str) -> HttpResponse:
    """The whole file, to write or to choose. What is wrong with it is told a line each, and it is kept all the same."""
    draft = queries.draft_with(uid)
    if not _is_open_for(request, draft):
        return redirect("console:rulebook_draft", uid)
    form = FileForm(
        request.POST or None, request.FILES or None, initial={"revision": draft.revision, "text": draft.text}
    )
    status, problems = 200, services.problems_now(draft)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            text = form.cleaned_data["file"] or form.cleaned_data["text"]
            try:
                after = services.replace(
                    uid=uid, revision=form.cleaned_data["revision"], text=text, actor=actor_of(request), now=request.now
                )
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                _say_saved(request, draft, after)
                name = "console:rulebook_draft_file" if after.problems else "console:rulebook_draft"
                return redirect(name, uid)
    context = {"draft": draft, "form": form, "problems": problems}
    return render(request, "console/rulebook/file.html", context, status=status)


def download(request: PersonRequest, uid: str) -> HttpResponse:  # noqa: ARG001 - as Django calls views
    """The draft's file."""
    draft = queries.draft_with(uid)
    return toml_file(draft.text, f"rulebook-draft-{uid}")
