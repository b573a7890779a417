"""The page of API keys, as the portal and the console show it: the list, a new key with its secret shown once."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.accounts.api_scopes import SCOPES, offered
from honeyguide.accounts.models import ApiKey
from honeyguide.common.errors import Refusal
from honeyguide.common.forms import show_refusal
from honeyguide.common.ids import new_id
from honeyguide.partners.keys import NAME_CHARS, TOKEN_PREFIX, create_key, keys_of
from honeyguide.partners.models import Partner

LIFETIMES = [("90", _("90 days")), ("365", _("1 year")), ("", _("Until it is revoked"))]


class KeyForm(forms.Form):
    """A new key."""

    token = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name"), max_length=NAME_CHARS, help_text=_("Which program will use it, for example: our CRM.")
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"), choices=LIFETIMES, coerce=int, empty_value=None, required=False, initial="365"
    )
    scopes = forms.MultipleChoiceField(label=_("It may"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, for_company: bool, **kwargs: Any) -> None:
        """Offer what such a key can have."""
        super().__init__(*args, **kwargs)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        scopes.choices = [(name, SCOPES[name]) for name in offered(for_company=for_company)]


def key_page(request: PersonRequest, template: str, partner: Partner | None) -> HttpResponse:
    """Show the keys; make one on POST. `partner`: whose; None: the operator's page, with every company's."""
    fresh = KeyForm(initial={"token": new_id(TOKEN_PREFIX, request.now)}, for_company=partner is not None)
    form = KeyForm(request.POST, for_company=partner is not None) if request.method == "POST" else fresh
    secret, made, status = "", None, 200
    if form.is_bound and not form.is_valid():
        status = 422
    elif form.is_bound:
        try:
            made, secret = create_key(partner=partner, actor=actor_of(request), now=request.now, **form.cleaned_data)
            form = fresh
        except Refusal as refusal:
            show_refusal(form, refusal)
            status = refusal.status
    context = {
        "form": form,
        "keys": [(key, words_of(key), state_of(key, request)) for key in keys_of(partner)],
        "made": made,
        "secret": secret,
    }
    response = render(request, template, context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def words_of(key: ApiKey) -> list[str]:
    """What a key may, in words."""
    return [str(SCOPES.get(scope, scope)) for scope in key.scopes]


def state_of(key: ApiKey, request: PersonRequest) -> str:
    """valid, revoked or over."""
    if key.revoked_at is not None:
        return "revoked"
    return "valid" if key.is_valid(request.now) else "over"
