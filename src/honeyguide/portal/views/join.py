"""The page behind the link of an invitation: name and password, and the person is in (T7.2)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from honeyguide.access.person import PersonRequest
from honeyguide.accounts.models import User
from honeyguide.common.errors import NotFound, Refusal, Stale
from honeyguide.common.forms import show_refusal
from honeyguide.joining.invitations import NAME_CHARS, accept_as, accept_as_new, read_token
from honeyguide.joining.models import Invitation

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
GONE = 410


class JoinForm(forms.Form):
    """Name and password of a new login."""

    name = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "name", "maxlength": NAME_CHARS}))
    password = forms.CharField(strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Your name")
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = _("At least 10 characters. A passkey can be added afterwards.")


@never_cache
@sensitive_post_parameters("password")
def join(request: PersonRequest, token: str) -> HttpResponse:
    """What the link is for; a form for a new login, a button for one that is signed in."""
    try:
        invitation = read_token(token, now=request.now)
    except NotFound:
        return _over(request, _("This link is not complete, or not one of ours. Copy it whole from the mail."), 404)
    except Stale as stale:
        return _over(request, stale.message, GONE)
    user = request.person.user
    if user is None:
        translation.activate(invitation.language)
    if request.method == "POST":
        return _accept(request, invitation, token)
    return _page(request, invitation, JoinForm(initial={"name": invitation.name}))


def _accept(request: PersonRequest, invitation: Invitation, token: str) -> HttpResponse:
    request_id = getattr(request, "request_id", "")
    form = JoinForm(request.POST)
    try:
        if request.person.user is not None:
            accept_as(token=token, user=request.person.user, now=request.now, request_id=request_id)
        else:
            name, password = request.POST.get("name", ""), request.POST.get("password", "")
            user = accept_as_new(token=token, name=name, password=password, now=request.now, request_id=request_id)
            login(request, user, backend=BACKEND)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _page(request, invitation, form, status=refusal.status)
    said = _("Welcome. You work for %(company)s now.") % {"company": invitation.partner.name}
    messages.success(request, said)
    return redirect("portal:home")


def _page(request: PersonRequest, invitation: Invitation, form: JoinForm, status: int = 200) -> HttpResponse:
    user = request.person.user
    mine = user is not None and user.email == invitation.email
    has_login = User.objects.filter(email=invitation.email).exists()
    context = {
        "invitation": invitation,
        "form": form,
        "mine": mine,
        "other": user is not None and not mine,
        "has_login": user is None and has_login,
        "login_url": f"{reverse('account_login')}?next={request.path}",
    }
    return render(request, "portal/join.html", context, status=status)


def _over(request: PersonRequest, words: str, status: int) -> HttpResponse:
    return render(request, "portal/join_over.html", {"words": words}, status=status)
