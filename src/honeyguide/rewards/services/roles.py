"""Who runs the catalogue and decides on exchanges (G2.4)."""

from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import Role
from honeyguide.common.errors import Forbidden

MANAGING_ROLES = frozenset({Role.MANAGER, Role.ADMIN})


def check_manager(actor: Actor) -> None:
    """Partner managers and administrators, the program itself, and the operator's own programs. Raises Forbidden."""
    if actor.partner or (actor.user is not None and actor.role not in MANAGING_ROLES):
        raise Forbidden(_("This is done by partner managers and administrators."))
