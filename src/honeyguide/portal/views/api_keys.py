"""The company's keys of the API."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from honeyguide.access.key_pages import key_page
from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.partners.keys import revoke_key
from honeyguide.portal.views.notices import company_of


def api_keys(request: PersonRequest) -> HttpResponse:
    """The keys, and a new one."""
    partner, _user = company_of(request.person)
    return key_page(request, "portal/api_keys.html", partner)


@require_POST
def api_key_revoke(request: PersonRequest, uid: str) -> HttpResponse:
    """End a key at once."""
    partner, _user = company_of(request.person)
    key = revoke_key(uid=uid, partner=partner, actor=actor_of(request), now=request.now)
    messages.success(request, _("%(name)s is revoked: it opens nothing any more.") % {"name": key.name})
    return redirect("portal:api_keys")
