"""The link of an invitation: signed with the server's key, so that nothing secret is stored."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.common.errors import NotFound
from honeyguide.joining.models import Invitation


def token_of(invitation: Invitation) -> str:
    """What stands in the link: the invitation and its round, signed."""
    return _signer().sign(f"{invitation.uid}-{invitation.round}")


def url_of(invitation: Invitation) -> str:
    """The whole address, for a mail."""
    return settings.PUBLIC_URL + reverse("join", args=[token_of(invitation)])


def opened(token: str) -> tuple[str, int]:
    """The invitation's uid and the round of a token. Raises NotFound for one that this server has not signed."""
    try:
        uid, _dash, sent_round = _signer().unsign(token).rpartition("-")
    except BadSignature:
        raise NotFound(_("There is no such invitation.")) from None
    return uid, int(sent_round)


def _signer() -> Signer:
    return Signer(salt="honeyguide.joining.invitation", sep=".")
