"""What the partner's first page shows: what is due and what it is worth, tasks, notices, what has happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet

from honeyguide.accounts.models import User
from honeyguide.history.models import Event
from honeyguide.history.words import sentences
from honeyguide.joining.profile import missing_of
from honeyguide.notices.models import Notice
from honeyguide.portal.views.points.cabinet import SOON_DAYS, Cabinet
from honeyguide.requirements.models import EvidenceCase, EvidenceState, NfrClaim
from honeyguide.requirements.queries import Room, cases_of, own_waiting_claims, rooms_of
from honeyguide.standing.page import StandingPage
from honeyguide.standing.steps_ahead import Ahead, ahead_of

NOTICES_SHOWN, EVENTS_SHOWN, STEPS_SHOWN = 4, 8, 7
AUDIT_SHOWN = ("standing.changed",)
"""What is shown of the installation's audit beside the program's events."""


@dataclass(frozen=True)
class HomePage(StandingPage):
    """A partner today, for one of its people."""

    reader: User

    @cached_property
    def ahead(self) -> Sequence[Ahead]:
        """What to do next, the most urgent first."""
        waiting = {case.requirement for case in self.waiting} | set(self.claims)
        return ahead_of(self.story, waiting)[:STEPS_SHOWN]

    @cached_property
    def cases(self) -> dict[str, EvidenceCase]:
        """By kind of evidence the latest case."""
        return {case.requirement: case for case in reversed(cases_of(self.partner))}

    @property
    def waiting(self) -> Sequence[EvidenceCase]:
        """What was handed in and waits for a decision."""
        return [case for case in self.cases.values() if case.state == EvidenceState.WAITING]

    @cached_property
    def claims(self) -> dict[str, NfrClaim]:
        """By product the claim of a licence that waits for a decision."""
        return own_waiting_claims(self.partner)

    @property
    def declined(self) -> Sequence[EvidenceCase]:
        """What was declined, is still asked for, and has not been handed in again."""
        goals = [goal for goal in (self.story.keep, self.story.reach) if goal]
        asked = {row.evidence for goal in goals for row in goal.facts if not row.met}
        return [
            case for case in self.cases.values() if case.state == EvidenceState.DECLINED and case.requirement in asked
        ]

    @cached_property
    def licences(self) -> Sequence[Room]:
        """Licences not for resale that can be claimed (T8) and are not among the steps ahead."""
        named = {one.nfr for one in self.ahead}
        rooms = rooms_of(self.partner, self.standing, self.today)
        return [room for room in rooms if room.free and room.product not in named]

    @cached_property
    def profile_gaps(self) -> Sequence[str]:
        """Fields that the directory asks for and that are empty (T1.4)."""
        return missing_of(self.partner)

    @cached_property
    def points(self) -> Cabinet:
        """The points: what of them expires soon."""
        return Cabinet(self.partner, self.standing, self.today)

    @property
    def soon_days(self) -> int:
        """How far ahead that looks."""
        return SOON_DAYS

    @property
    def has_tasks(self) -> bool:
        """Whether anything waits for the partner."""
        return bool(self.declined or self.licences or self.profile_gaps)

    @cached_property
    def notices(self) -> QuerySet[Notice]:
        """Notices that this reader has not seen."""
        return Notice.objects.filter(partner=self.partner).exclude(views__user=self.reader)[:NOTICES_SHOWN]

    @cached_property
    def recent(self) -> Sequence[tuple[Event, str]]:
        """What has happened, the latest first, in words."""
        own = Event.objects.filter(partner=self.partner.key).filter(Q(is_program=True) | Q(type__in=AUDIT_SHOWN))
        return sentences(own.order_by("-at", "-seq")[:EVENTS_SHOWN])
