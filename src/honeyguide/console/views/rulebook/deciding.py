"""A draft put before a second person, published by them, or given back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.common.errors import Refusal
from honeyguide.common.forms import show_refusal
from honeyguide.common.local import day_text
from honeyguide.console.views.rulebook.drafts import ReasonForm
from honeyguide.rulebooks.queries import all_versions
from honeyguide.rulebooks.services import NOTE_CHARS_MOST, NotPublishable, check_fits, earliest_day
from honeyguide.rulebooks.words import changes
from honeyguide.studio import deciding as services
from honeyguide.studio import queries
from honeyguide.studio.drafts import base_of, rulebook_of
from honeyguide.studio.models import Draft, DraftState
from honeyguide.studio.rules import check_author, check_second
from honeyguide.studio.telling import told_partners


class ProposeForm(forms.Form):
    """From when it shall hold, and what it is for."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    effective_from = forms.DateField(
        label=gettext_lazy("In force from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(
        label=gettext_lazy("What it is for"),
        required=False,
        max_length=NOTE_CHARS_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever publishes it reads this."),
    )

    def __init__(self, *args: Any, earliest: Any, **kwargs: Any) -> None:
        """Say from when on it can be."""
        super().__init__(*args, **kwargs)
        self.fields["effective_from"].help_text = _("%(day)s or later, so that partners are told in time.") % {
            "day": day_text(earliest)
        }
        self.fields["effective_from"].widget.attrs["min"] = earliest.isoformat()


def propose(request: PersonRequest, uid: str) -> HttpResponse:
    """Put the draft before a second person."""
    draft = queries.draft_with(uid)
    if request.method == "POST":
        check_author(actor_of(request), draft.author_id)
    if draft.state != DraftState.DRAFT or request.person.user != draft.author:
        return redirect("console:rulebook_draft", uid)
    rulebook, earliest = rulebook_of(draft), earliest_day(request.today)
    if rulebook is None:
        raise NotPublishable(draft.problems)
    initial = {
        "revision": draft.revision,
        "effective_from": max(rulebook.effective_from, earliest),
        "note": draft.note,
    }
    form = ProposeForm(request.POST or None, initial=initial, earliest=earliest)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.propose(uid=uid, actor=actor_of(request), now=request.now, **form.cleaned_data)
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("Proposed. A second person publishes it or sends it back."))
                return redirect("console:rulebook_draft", uid)
    context = {"draft": draft, "form": form, "changes": changes(base_of(draft, request.today), rulebook)}
    return render(request, "console/rulebook/propose.html", context, status=status)


def publish(request: PersonRequest, uid: str) -> HttpResponse:
    """What will follow, then the deed."""
    draft = queries.draft_with(uid)
    if request.method == "POST":
        check_second(actor_of(request), draft.author_id)
        seal = request.POST.get("seal", "")
        published = services.publish(uid=uid, seal=seal, actor=actor_of(request), now=request.now)
        messages.success(request, _("Version %(version)s is published.") % {"version": published.version})
        return redirect("console:rulebook_version", published.version)
    if draft.state != DraftState.PROPOSED or request.person.user == draft.author:
        return redirect("console:rulebook_draft", uid)
    rulebook = rulebook_of(draft)
    context = {
        "draft": draft,
        "rulebook": rulebook,
        "changes": changes(base_of(draft, request.today), rulebook) if rulebook is not None else [],
        "problems": _problems(request, draft),
        "run": queries.latest_run(draft),
        "partners": told_partners().count(),
        "before": all_versions().last,
        "reason_form": ReasonForm(),
    }
    return render(request, "console/rulebook/publish.html", context)


def _problems(request: PersonRequest, draft: Draft) -> list[str]:
    try:
        check_fits(draft.text, today=request.today)
    except NotPublishable as refusal:
        return refusal.problems
    return []


@require_POST
def send_back(request: PersonRequest, uid: str) -> HttpResponse:
    """Give a proposal back to its author, or take it back."""
    services.send_back(uid=uid, reason=request.POST.get("reason", ""), actor=actor_of(request), now=request.now)
    messages.success(request, _("The draft is open for changes again."))
    return redirect("console:rulebook_draft", uid)
