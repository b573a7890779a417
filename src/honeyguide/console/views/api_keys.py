"""The operator's keys of the API, and those of all companies."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from honeyguide.access.key_pages import key_page
from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.partners.keys import revoke_key


def api_keys(request: PersonRequest) -> HttpResponse:
    """The keys, and a new one of the operator."""
    return key_page(request, "console/api_keys.html", None)


@require_POST
def api_key_revoke(request: PersonRequest, uid: str) -> HttpResponse:
    """End a key at once, also a company's."""
    key = revoke_key(uid=uid, partner=None, actor=actor_of(request), now=request.now)
    messages.success(request, _("%(name)s is revoked: it opens nothing any more.") % {"name": key.name})
    return redirect("console:api_keys")
