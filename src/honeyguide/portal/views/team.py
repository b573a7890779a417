"""The company's people: who has access, who is asked for, who is invited (T7.2)."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of, own_partner
from honeyguide.common.errors import NotFound, Refusal
from honeyguide.common.forms import show_refusal
from honeyguide.joining import changes, queries
from honeyguide.joining.models import ChangeKind
from honeyguide.partners.models import MemberRole


class EmployeeForm(forms.Form):
    """A new employee."""

    email = forms.CharField(
        label=gettext_lazy("E-mail"),
        widget=forms.EmailInput,
        help_text=gettext_lazy("The login, if the person has one; else an invitation goes there."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), required=False)


def team(request: PersonRequest) -> HttpResponse:
    """Who has access, what waits for approval, and the form for a new employee."""
    return _page(request, EmployeeForm())


@require_POST
def team_add(request: PersonRequest) -> HttpResponse:
    """Ask for a new employee."""
    try:
        changes.request_member(
            partner=own_partner(request), email=request.POST.get("email", ""), name=request.POST.get("name", ""),
            actor=actor_of(request), now=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        form = EmployeeForm(request.POST)
        show_refusal(form, refusal)
        return _page(request, form, status=refusal.status)
    messages.success(request, _("Sent for approval. The person gets access when the program team has approved it."))
    return redirect("portal:team")


@require_POST
def team_remove(request: PersonRequest, user_id: int) -> HttpResponse:
    """End an employee's access, at once."""
    partner = own_partner(request)
    if not partner.members.filter(user_id=user_id).exists() and not queries.was_member(partner, user_id):
        raise NotFound(_("There is no such person in your company."))
    changes.remove_employee(partner=partner, user_id=user_id, actor=actor_of(request), now=request.now)
    messages.success(request, _("The access has ended."))
    return redirect("portal:team")


@require_POST
def team_main(request: PersonRequest, user_id: int) -> HttpResponse:
    """Ask that an employee becomes the main user."""
    partner = own_partner(request)
    member = partner.members.select_related("user").filter(user_id=user_id).first()
    if member is None:
        raise NotFound(_("There is no such person in your company."))
    changes.request_main_user(partner=partner, email=member.user.email, actor=actor_of(request), now=request.now)
    messages.success(request, _("Sent for approval. Until then you are the main user."))
    return redirect("portal:team")


def _page(request: PersonRequest, form: EmployeeForm, status: int = 200) -> HttpResponse:
    partner, person = own_partner(request), request.person
    asked = [change for change in queries.waiting_changes(partner) if change.kind != ChangeKind.PROFILE]
    context = {
        "partner": partner,
        "members": queries.team_of(partner),
        "asked": asked,
        "main_asked": any(change.kind == ChangeKind.MAIN_USER for change in asked),
        "invitations": [(each, each.has_expired(request.now)) for each in queries.open_invitations(partner)],
        "manages": person.member is not None and person.member.role == MemberRole.MAIN,
        "form": form,
    }
    return render(request, "portal/team.html", context, status=status)
