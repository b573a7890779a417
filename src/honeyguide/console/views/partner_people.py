"""The people of a partner, as the operator sees them: who has access, who is invited; inviting and ending an access."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.common.errors import NotFound, Refusal
from honeyguide.common.forms import show_refusal
from honeyguide.console.partner_tabs import file_context
from honeyguide.console.views.partners import language_of
from honeyguide.joining import queries
from honeyguide.joining.invitations import invite_member, resend_invitation, revoke_invitation
from honeyguide.joining.models import ChangeKind
from honeyguide.joining.services import partner_by_key
from honeyguide.partners.models import MemberRole
from honeyguide.partners.services import make_main_user, unlink_member


class InviteForm(forms.Form):
    """A person to be invited."""

    email = forms.CharField(label=gettext_lazy("E-mail"), widget=forms.EmailInput)
    name = forms.CharField(label=gettext_lazy("Name"), required=False)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=MemberRole.choices)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the invitation"), choices=[("en", "English"), ("ru", "Русский")]
    )


def partner_people(request: PersonRequest, key: str) -> HttpResponse:
    """Who has access, what waits, who is invited."""
    context = file_context(request, key)
    has_main = context["partner"].members.filter(role=MemberRole.MAIN).exists()
    role = MemberRole.EMPLOYEE if has_main else MemberRole.MAIN
    return _page(request, context, InviteForm(initial={"role": role, "language": settings.LANGUAGE_CODE}))


@require_POST
def partner_invite(request: PersonRequest, key: str) -> HttpResponse:
    """Invite a person."""
    context = file_context(request, key)
    given = request.POST
    role = given.get("role", "") if given.get("role", "") in MemberRole.values else MemberRole.EMPLOYEE
    try:
        invitation = invite_member(
            partner=context["partner"], email=given.get("email", ""), name=given.get("name", ""), role=role,
            language=language_of(given), actor=actor_of(request), now=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        form = InviteForm(given)
        show_refusal(form, refusal)
        return _page(request, context, form, status=refusal.status)
    messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": invitation.email})
    return redirect("console:partner_people", key)


@require_POST
def invitation_resend(request: PersonRequest, key: str, uid: str) -> HttpResponse:
    """Send an invitation once more."""
    invitation = resend_invitation(partner=partner_by_key(key), uid=uid, actor=actor_of(request), now=request.now)
    said = _("A new link is on its way to %(email)s; the earlier one does not work any more.")
    messages.success(request, said % {"email": invitation.email})
    return redirect("console:partner_people", key)


@require_POST
def invitation_revoke(request: PersonRequest, key: str, uid: str) -> HttpResponse:
    """Take an invitation back."""
    invitation = revoke_invitation(partner=partner_by_key(key), uid=uid, actor=actor_of(request), now=request.now)
    messages.success(request, _("The invitation of %(email)s is taken back.") % {"email": invitation.email})
    return redirect("console:partner_people", key)


@require_POST
def partner_unlink(request: PersonRequest, key: str, user_id: int) -> HttpResponse:
    """End a person's access, at once."""
    partner = partner_by_key(key)
    if not partner.members.filter(user_id=user_id).exists() and not queries.was_member(partner, user_id):
        raise NotFound(_("This person is not linked to the company."))
    unlink_member(partner=partner, user_id=user_id, actor=actor_of(request), now=request.now)
    messages.success(request, _("The access has ended."))
    return redirect("console:partner_people", key)


@require_POST
def partner_main_user(request: PersonRequest, key: str, user_id: int) -> HttpResponse:
    """Make a person the main user."""
    member = make_main_user(partner=partner_by_key(key), user_id=user_id, actor=actor_of(request), now=request.now)
    messages.success(request, _("%(name)s is the main user now.") % {"name": member.user})
    return redirect("console:partner_people", key)


def _page(request: PersonRequest, context: dict[str, Any], form: InviteForm, status: int = 200) -> HttpResponse:
    partner = context["partner"]
    context |= {
        "members": queries.team_of(partner),
        "asked": [change for change in queries.waiting_changes(partner) if change.kind != ChangeKind.PROFILE],
        "invitations": [(each, each.has_expired(request.now)) for each in queries.open_invitations(partner)],
        "form": form,
    }
    return render(request, "console/partner_people.html", context, status=status)
