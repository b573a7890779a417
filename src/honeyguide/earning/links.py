"""The client's link: signed with the server's key, so that nothing secret is stored."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.common.errors import NotFound
from honeyguide.earning.models import Project


def token_of(project: Project) -> str:
    """What stands in the link: the project and the round, signed."""
    return _signer().sign(f"{project.uid}-{project.round}")


def url_of(project: Project) -> str:
    """The whole address, for a mail."""
    return settings.PUBLIC_URL + reverse("confirm_project", args=[token_of(project)])


def opened(token: str) -> tuple[str, int]:
    """The project's uid and the round of a token. Raises NotFound for one that this server has not signed."""
    try:
        uid, _dash, sent_round = _signer().unsign(token).rpartition("-")
    except BadSignature:
        raise NotFound(_("There is no such link.")) from None
    return uid, int(sent_round)


def _signer() -> Signer:
    return Signer(salt="honeyguide.earning.project", sep=".")
