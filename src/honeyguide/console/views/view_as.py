"""Looking at the dashboard as a partner sees it: for support, read-only, with both ends on record."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from honeyguide.access.middleware import VIEWING_AS
from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.joining.services import begin_viewing, end_viewing, partner_by_key


@require_POST
def view_as(request: PersonRequest) -> HttpResponse:
    """Begin; whoever was looked at before is left first."""
    partner = partner_by_key(request.POST.get("partner", ""))
    before = request.person.partner
    if before != partner:
        actor = actor_of(request)
        with transaction.atomic():
            if before is not None:
                end_viewing(partner=before, actor=actor, now=request.now)
            begin_viewing(partner=partner, actor=actor, now=request.now)
        request.session[VIEWING_AS] = partner.key
    return redirect("portal:home")


@require_POST
def view_as_stop(request: PersonRequest) -> HttpResponse:
    """Go back to the partner's file in the console. Stopping twice is stopping once."""
    partner = request.person.partner
    request.session.pop(VIEWING_AS, None)
    if partner is None:
        return redirect("console:home")
    end_viewing(partner=partner, actor=actor_of(request), now=request.now)
    messages.info(request, _("You are back in the console."))
    return redirect("console:partner", partner.key)
