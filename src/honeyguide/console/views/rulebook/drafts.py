"""Drafts of the next version: all of them, one with what it changes and what can be done, begun and withdrawn."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.common.ids import new_id
from honeyguide.rulebooks.queries import all_versions
from honeyguide.rulebooks.services import NOTE_CHARS_MOST, REASON_CHARS_MOST
from honeyguide.rulebooks.words import changes
from honeyguide.studio import drafts as services
from honeyguide.studio import queries
from honeyguide.studio.models import Draft, DraftState
from honeyguide.studio.rules import is_editor

DRAFTS_A_PAGE = 20


class BeginForm(forms.Form):
    """What the next version is for."""

    token = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("What it is for"),
        required=False,
        max_length=NOTE_CHARS_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever publishes it reads this. It can be changed later."),
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=REASON_CHARS_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def drafts(request: PersonRequest) -> HttpResponse:
    """What is being written, what waits for a second person, and what became of the rest."""
    page = Paginator(queries.all_drafts(), DRAFTS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "form": BeginForm(initial={"token": new_id("frm", request.now)}),
        "may_begin": is_editor(request.person.user),
        "last": all_versions().last,
    }
    return render(request, "console/rulebook/drafts.html", context)


@require_POST
def begin(request: PersonRequest) -> HttpResponse:
    """Begin a draft from the last version."""
    form = BeginForm(request.POST)
    form.is_valid()
    given = form.cleaned_data
    found = services.begin(
        note=given.get("note", ""), form_token=given.get("token", ""), actor=actor_of(request), now=request.now
    )
    return redirect("console:rulebook_draft", found.uid)


def draft(request: PersonRequest, uid: str) -> HttpResponse:
    """One draft: what it changes, what stands in the way, what was found by simulating it, and what can be done."""
    found = queries.draft_with(uid)
    base, rulebook = services.base_of(found, request.today), services.rulebook_of(found)
    run = queries.latest_run(found)
    user, last = request.person.user, all_versions().last
    is_author, editor = user == found.author, is_editor(user)
    writing, proposed = found.state == DraftState.DRAFT, found.state == DraftState.PROPOSED
    context = {
        "draft": found,
        "base": base,
        "rulebook": rulebook,
        "changes": changes(base, rulebook) if rulebook is not None else [],
        "run": run,
        "run_is_current": run is not None and run.revision == found.revision,
        "is_behind": found.is_open and found.base != last.version,
        "last": last,
        "may_write": editor and is_author and writing,
        "may_publish": editor and not is_author and proposed,
        "may_take_back": is_author and proposed,
        "may_withdraw": editor and found.is_open and (is_author or (user is not None and user.role == "admin")),
        "problems": services.problems_now(found),
        "may_simulate": editor and found.is_open and not found.problems,
        "reason_form": ReasonForm(auto_id="id_%s"),
        "withdraw_form": ReasonForm(auto_id="withdraw_%s"),
    }
    return render(request, "console/rulebook/draft.html", context)


@require_POST
def compare(request: PersonRequest, uid: str) -> HttpResponse:
    """Lay the draft beside the version that was published since it was begun."""
    services.compare_with_last(uid=uid, revision=revision_of(request), actor=actor_of(request), now=request.now)
    messages.success(request, _("The draft is now compared with the last version. Look at what it changes."))
    return redirect("console:rulebook_draft", uid)


@require_POST
def withdraw(request: PersonRequest, uid: str) -> HttpResponse:
    """Give a draft up."""
    reason = request.POST.get("reason", "")
    found: Draft = services.withdraw(uid=uid, reason=reason, actor=actor_of(request), now=request.now)
    messages.success(request, _("The draft %(version)s is withdrawn.") % {"version": found.version})
    return redirect("console:rulebook_draft", uid)


def revision_of(request: PersonRequest) -> int:
    """Which text the page showed; 0, which is none, where that is not said."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
