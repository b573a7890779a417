"""What is done after a transaction: the mail of an invitation."""

from django.tasks import task
from django.utils import translation
from django.utils.translation import gettext as _

from honeyguide.joining.links import url_of
from honeyguide.joining.models import Invitation, InvitationState
from honeyguide.notices.mail import compose


@task
def send_invitation(uid: str, sent_round: int) -> None:
    """Send the link to whom it invites; one that was taken back, used or sent anew meanwhile is left."""
    invitation = (
        Invitation.objects.select_related("partner")
        .filter(uid=uid, round=sent_round, state=InvitationState.OPEN)
        .first()
    )
    if invitation is None:
        return
    with translation.override(invitation.language):
        compose(
            subject=_("%(company)s: your login for the partner program") % {"company": invitation.partner.name},
            address=invitation.email,
            given={"invitation": invitation, "url": url_of(invitation)},
            template="invitation",
        ).send()
