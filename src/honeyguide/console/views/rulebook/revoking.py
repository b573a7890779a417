"""A version taken back before its day: asked for by one, decided by another."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.common.errors import Refusal, Stale
from honeyguide.common.forms import show_refusal
from honeyguide.rulebooks.queries import VersionState, listed_version
from honeyguide.rulebooks.services import REASON_CHARS_MOST
from honeyguide.studio import deciding as services
from honeyguide.studio.models import RequestState
from honeyguide.studio.telling import told_partners


class RevokeForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_CHARS_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Partners read it in the notice."),
    )


def ask(request: PersonRequest, version: str) -> HttpResponse:
    """Ask for it. Nothing happens before a second person agrees."""
    found = listed_version(version, request.today)
    if found.row is None or found.state != VersionState.ANNOUNCED:
        raise Stale(_("Only a version that is announced and not yet in force can be revoked."))
    form = RevokeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.ask_to_revoke(
                    uid=found.row.uid, reason=form.cleaned_data["reason"], actor=actor_of(request), now=request.now
                )
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("Asked for. A second person decides."))
                return redirect("console:rulebook_version", version)
    context = {"found": found, "form": form, "partners": told_partners().count()}
    return render(request, "console/rulebook/revoke.html", context, status=status)


@require_POST
def decide(request: PersonRequest, uid: str) -> HttpResponse:
    """Revoke the version, or leave it."""
    asked = services.decide_on_revoking(
        uid=uid, revoke=request.POST.get("action") == "revoke", actor=actor_of(request), now=request.now
    )
    if asked.state == RequestState.DONE:
        messages.success(request, _("The version is revoked. Partners are told."))
    else:
        messages.success(request, _("The version stays announced."))
    return redirect("console:rulebook_version", asked.version.version)
