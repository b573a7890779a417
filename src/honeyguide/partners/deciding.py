"""What partners hand in: taken back by them, taken up and decided by the team, once; who may, and who is told what."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import Role
from honeyguide.common import queues
from honeyguide.common.errors import Forbidden, Invalid, NotFound, Stale
from honeyguide.common.local import moment_text
from honeyguide.partners.models import Partner

REASON_MIN_CHARS, REASON_MAX_CHARS = 5, 2_000
NOTE_MAX_CHARS = 4_000
TOKEN_MAX_CHARS = 64
DECIDING_ROLES = frozenset({Role.MANAGER, Role.COMPLIANCE, Role.ADMIN})
WAITING, WITHDRAWN = "waiting", "withdrawn"
"""States that every case has."""


class Decided(Protocol):
    """Something with a state, and who has decided on it when."""

    state: Any
    decided_by: Any
    decided_at: datetime | None

    def get_state_display(self) -> Any:
        """The state in words."""


class Case(queues.Held):
    """Something that a partner hands in and the team decides on. Decided once; `state` is the model's own."""

    partner: Any
    state = models.CharField(gettext_lazy("state"), max_length=12)
    get_state_display: Any
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(gettext_lazy("decided"), null=True)
    reason = models.TextField(gettext_lazy("reason"), max_length=REASON_MAX_CHARS, blank=True)
    """Shown to the partner."""
    internal_note = models.TextField(gettext_lazy("internal note"), max_length=NOTE_MAX_CHARS, blank=True)
    """Shown to the team alone."""

    class Meta:
        abstract: ClassVar[bool] = True

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for a decision."""
        return bool(self.state == WAITING)


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


def take_back(case: Case) -> bool:
    """The partner takes back a (locked) case; False where it has already. Raises Stale for one that is decided."""
    if case.state == WITHDRAWN:
        return False
    if not case.is_waiting:
        raise decided_already(case)
    case.state, case.held_by, case.held_at = WITHDRAWN, None, None
    case.save(update_fields=["state", "held_by", "held_at"])
    return True


def is_done(case: Case, state: str, actor: Actor, *, among: Collection[str] = (WAITING,)) -> bool:
    """Whether the same person has put a (locked) case into that state already: the same form sent twice.

    `among`: the states in which it can be decided. Raises Stale for the second of two deciders, and while somebody
    else is on it.
    """
    if case.state == state and same_person(actor, case.decided_by_id):
        return True
    if case.state not in among:
        raise decided_already(case)
    queues.check_hold(case, actor.user)
    return False


def decide(
    case: Case, state: str, *, actor: Actor, now: datetime, reason: str = "", note: str = "", also: Collection[str] = ()
) -> None:
    """Store the decision on a (locked) case; nobody is on it any more. `also`: further fields that have changed.

    Raises Invalid for a note that is too long.
    """
    case.state, case.decided_by, case.decided_at = state, actor.user, now
    case.reason, case.internal_note = reason, note_in(note)
    case.held_by, case.held_at = None, None
    case.save(
        update_fields=["state", "decided_by", "decided_at", "reason", "internal_note", "held_by", "held_at", *also]
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """Where cases of a kind are taken up by one of the team, so that two do not work on the same one.

    `rows`: gives all; `waits`: which of them there is something to do with; `check`: raises Forbidden for who does not
    decide on them.
    """

    rows: Callable[[], QuerySet[Any]]
    waits: Q
    check: Callable[[Actor], None] = check_decider

    def take(self, *, uid: str, actor: Actor, now: datetime, over: bool = False) -> None:
        """Someone of the team is on a case now; `over`: also from another. Raises Stale, Forbidden, NotFound."""
        self.check(actor)
        queues.take(self._one(uid).filter(self.waits), user=actor.user, now=now, over=over)

    def release(self, *, uid: str, actor: Actor) -> None:
        """They are not on it any more. Raises Forbidden, NotFound."""
        self.check(actor)
        queues.release(self._one(uid), user=actor.user)

    def _one(self, uid: str) -> QuerySet[Any]:
        rows = self.rows().filter(uid=uid if uid.isprintable() else "")
        if not rows.exists():
            raise NotFound("There is no such case.")
        return rows


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
