"""The client's page: what is to be confirmed, yes or no, without a login (G1.3)."""

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy

from honeyguide.access.person import PersonRequest
from honeyguide.common.errors import Invalid
from honeyguide.common.forms import show_refusal
from honeyguide.common.limits import limit
from honeyguide.earning import limits
from honeyguide.earning.links import opened
from honeyguide.earning.models import Project
from honeyguide.earning.services import confirming
from honeyguide.earning.services.confirming import LinkOver

CONFIRM, DECLINE = "confirm", "decline"


class AnswerForm(forms.Form):
    """The client's answer."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=limits.NAME_MAX_CHARS,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    words = forms.CharField(
        label=gettext_lazy("If it is not so: what is missing"),
        required=False,
        max_length=limits.TEXT_MAX_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def confirm_project(request: PersonRequest, token: str) -> HttpResponse:
    """The page of a link. Opening it changes nothing: mail programs open links by themselves."""
    uid, _round = opened(token)
    limit("client-page", uid, times=limits.CLIENT_OPENS_A_MINUTE, within_s=60)
    try:
        project = confirming.read_link(token, request.now)
    except LinkOver as over:
        _speak(request, over.project)
        return _over(request, token)
    _speak(request, project)
    if request.method != "POST":
        return _page(request, project, AnswerForm(initial={"name": project.contact_name}))
    limit("client-answer", uid, times=limits.CLIENT_ANSWERS_A_MINUTE, within_s=60)
    return _answered(request, token, project)


def _answered(request: PersonRequest, token: str, project: Project) -> HttpResponse:
    name, words = request.POST.get("name", ""), request.POST.get("words", "")
    now, request_id = request.now, request.request_id
    try:
        if request.POST.get("answer") == CONFIRM:
            done = confirming.confirm(token=token, name=name, now=now, request_id=request_id)
        else:
            done = confirming.decline(token=token, name=name, words=words, now=now, request_id=request_id)
    except LinkOver:
        return _over(request, token)
    except Invalid as refusal:
        form = AnswerForm(request.POST)
        show_refusal(form, refusal)
        return _page(request, project, form, status=refusal.status)
    return render(request, "portal/points/earn_confirmed.html", {"project": done})


def _over(request: PersonRequest, token: str) -> HttpResponse:
    """Why nothing can be answered, in the client's language; what was answered is shown."""
    try:
        confirming.read_link(token, request.now)
    except LinkOver as over:
        context = {"project": over.project, "why": over.why, "message": over.message}
        return render(request, "portal/points/earn_confirm_over.html", context, status=over.status)
    raise AssertionError("a link that was over is open again")


def _page(request: PersonRequest, project: Project, form: AnswerForm, status: int = 200) -> HttpResponse:
    context = {"project": project, "form": form}
    return render(request, "portal/points/earn_confirm.html", context, status=status)


def _speak(request: PersonRequest, project: Project) -> None:
    """The language of the mail, unless the visitor has chosen one on the page."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and request.person.user is None:
        translation.activate(project.contact_language)
        request.LANGUAGE_CODE = project.contact_language
