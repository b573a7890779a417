"""The company's bonuses in money: what can be used, up to when, for what; and how the kickstart bonus is earned."""

from django.http import HttpResponse
from django.shortcuts import render

from honeyguide.access.person import PersonRequest
from honeyguide.bonuses.queries import account_of, explain_grant, has_kickstart, kickstart_of
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.portal.views.status import company_of


def bonuses(request: PersonRequest) -> HttpResponse:
    """The bonus account."""
    partner, standing = company_of(request)
    account = account_of(partner, request.today)
    context = {
        "account": account,
        "rows": [(bonus, explain_grant(bonus.grant)) for bonus in account.bonuses],
        "rules": current_rulebook().bonuses,
        "kickstart": None if has_kickstart(partner) else kickstart_of(standing, request.today),
    }
    return render(request, "portal/points/bonuses.html", context)
