"""What decisions on what partners hand in share: who may decide, and what the second of two deciders is told."""

from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import Role
from honeyguide.common.errors import Forbidden, Invalid, Stale
from honeyguide.common.local import moment_text
from honeyguide.partners.models import Partner

REASON_MIN_CHARS, REASON_MAX_CHARS = 5, 2_000
NOTE_MAX_CHARS = 4_000
TOKEN_MAX_CHARS = 64
DECIDING_ROLES = frozenset({Role.MANAGER, Role.COMPLIANCE, Role.ADMIN})


class Decided(Protocol):
    """Something with a state, and who has decided on it when."""

    state: Any
    decided_by: Any
    decided_at: datetime | None

    def get_state_display(self) -> Any:
        """The state in words."""


def check_decider(actor: Actor) -> None:
    """Partner managers, compliance and administrators decide, and the program itself. Raises Forbidden."""
    if actor.partner or (actor.user is not None and actor.role not in DECIDING_ROLES):
        raise Forbidden(_("Partner managers, compliance and administrators decide on this."))


def check_own(actor: Actor, partner: Partner) -> None:
    """A partner's own people act for it. Raises Forbidden."""
    if actor.partner != partner.key:
        raise Forbidden(_("Only the company itself can do this."))


def same_person(actor: Actor, decided_by_id: int | None) -> bool:
    """Whether who acts is who decided: the same form sent twice."""
    return actor.user is not None and actor.user.pk == decided_by_id


def decided_already(item: Decided) -> Stale:
    """What the second of two is told: who has decided, what, and when."""
    state = str(item.get_state_display())
    at = item.decided_at
    if item.decided_by is None or at is None:
        return Stale(_("This is no longer open. It is now: %(state)s.") % {"state": state}, state=item.state)
    return Stale(
        _("%(name)s has decided this already, on %(when)s: %(state)s. Nothing was changed now.")
        % {"name": item.decided_by, "when": moment_text(at), "state": state},
        state=item.state,
        decided_by=str(item.decided_by),
        decided_at=at.isoformat(),
    )


def plain(text: str) -> str:
    """A text as it can be kept: without spaces around it and without NUL, which no database takes."""
    return text.replace("\0", "").strip()


def token_in(form_token: str) -> str:
    """The token of a form. Raises Invalid for none, or one that is too long."""
    token = plain(form_token)
    if not 1 <= len(token) <= TOKEN_MAX_CHARS:
        raise Invalid(_("This form cannot be sent. Open the page again and send it from there."))
    return token


def reason_in(text: str) -> str:
    """A reason for the partner. Raises Invalid when it is missing or too long."""
    reason = plain(text)
    if len(reason) < REASON_MIN_CHARS:
        message = _("Give a reason. The partner reads it and should know what to do next.")
        raise Invalid(message, fields={"reason": message})
    return _within(reason, REASON_MAX_CHARS, "reason")


def note_in(text: str) -> str:
    """A note for the team. Raises Invalid when it is too long."""
    return _within(plain(text), NOTE_MAX_CHARS, "note")


def _within(text: str, high: int, field: str) -> str:
    if len(text) > high:
        message = _("The text is too long: expected at most %(high)s characters.") % {"high": high}
        raise Invalid(message, fields={field: message})
    return text
