"""Pure decisions of the studio: what the next version is called, and who may do what with a draft."""

import re

from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import Role, User
from honeyguide.common.errors import Forbidden

EDITORS = frozenset({Role.MANAGER, Role.ADMIN})
"""Who drafts, and who publishes what another has drafted."""
_LAST_NUMBER = re.compile(r"(\d+)(?=\D*$)")


def next_version(version: str, taken: set[str]) -> str:
    """A name for the version after this one: its last number one higher, until it is free. "1.0" -> "1.1"."""
    name = version
    for _each in range(len(taken) + 1):
        name = (
            _LAST_NUMBER.sub(lambda found: str(int(found[1]) + 1), name) if _LAST_NUMBER.search(name) else f"{name}.1"
        )
        if name not in taken:
            break
    return name


def check_editor(actor: Actor) -> None:
    """Partner managers and administrators write and publish the rules. Raises Forbidden."""
    if actor.user is None or actor.partner or actor.role not in EDITORS:
        raise Forbidden(_("Partner managers and administrators write the rules."))


def check_author(actor: Actor, author_id: int) -> None:
    """A draft is changed by who began it, so that somebody else can publish it. Raises Forbidden."""
    check_editor(actor)
    if actor.user is None or actor.user.pk != author_id:
        raise Forbidden(_("Only its author changes a draft. Begin one of your own, or ask for a change."))


def check_second(actor: Actor, author_id: int) -> None:
    """What one has written another decides on. Raises Forbidden."""
    check_editor(actor)
    if actor.user is None or actor.user.pk == author_id:
        raise Forbidden(_("A second person decides on this, not its author."))


def is_editor(user: User | None) -> bool:
    """Whether somebody of the team writes and publishes rules."""
    return user is not None and user.role in EDITORS
