"""A person's own profile, and the language and theme of the pages."""

from typing import cast

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from honeyguide.accounts.forms import ProfileForm
from honeyguide.accounts.models import User
from honeyguide.common.context import THEME_COOKIE, THEMES
from honeyguide.common.errors import Invalid

A_YEAR_S = 365 * 24 * 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, language, theme; the way to password, passkeys and codes."""
    user = cast("User", request.user)
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        saved = form.save(commit=False)
        saved.save(update_fields=form._meta.fields)
        translation.activate(saved.language)
        messages.success(request, _("Your profile is saved."))
        return redirect("profile")
    kinds = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    context = {
        "form": form,
        "keys": kinds.count(Authenticator.Type.WEBAUTHN),
        "totp": Authenticator.Type.TOTP in kinds,
    }
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on: kept with the person, for others in a cookie. Raises Invalid."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise Invalid(_("This language is not spoken here."))
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(language=language)
    response = redirect(_way_back(request))
    _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device: kept with the person, for others in a cookie. Raises Invalid."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        raise Invalid(_("There is no such theme: expected light, dark or as the device."))
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(theme=theme)
    response = redirect(_way_back(request))
    _keep(response, THEME_COOKIE, theme)
    return response


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=A_YEAR_S, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def _way_back(request: HttpRequest) -> str:
    """The page from which the form was sent, if it is one of ours."""
    given = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(given, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return given if ours else "/"
