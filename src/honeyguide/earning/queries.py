"""Reading activities, claims, projects: for pages, queues and the API."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from honeyguide.common.clock import program_day
from honeyguide.common.errors import NotFound, Refusal
from honeyguide.common.local import in_language
from honeyguide.common.queues import Promise, Waiting, summarise
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.earning import limits, rules
from honeyguide.earning.models import Claim, ClaimState, Project, ProjectState
from honeyguide.earning.words import Line, activity_title, line_of, proofs_of
from honeyguide.history.models import Event
from honeyguide.history.queries import program_events
from honeyguide.partners.models import Partner
from honeyguide.program.rulebook.earning import EarningActivity, ProjectReport
from honeyguide.standing.models import Standing, State
from honeyguide.standing.queries import standing_on


@dataclass(frozen=True, slots=True)
class Offer:
    """An activity as a partner sees it. `room` is None where nobody asks for a partner."""

    name: str
    rule: EarningActivity
    room: rules.Room | None = None

    @property
    def title(self) -> str:
        """What it is called."""
        return activity_title(self.name)

    @property
    def text(self) -> str:
        """Its rules."""
        return in_language(self.rule.text, self.rule.text_ru)

    @property
    def least(self) -> int:
        """Points at least."""
        return rules.span(self.rule)[0]

    @property
    def most(self) -> int:
        """Points at most."""
        return rules.span(self.rule)[1]

    @property
    def is_range(self) -> bool:
        """Whether somebody chooses within a range."""
        return self.least != self.most

    @property
    def proofs(self) -> list[str]:
        """What is asked for as evidence, in words."""
        return proofs_of(self.rule)


def activities() -> dict[str, EarningActivity]:
    """The rulebook's activities by name, in its order."""
    earning = current_rulebook().earning
    return earning.activities if earning is not None else {}


def activity_named(name: str) -> EarningActivity:
    """One of them. Raises NotFound."""
    found = activities().get(name)
    if found is None:
        raise NotFound("There is no such activity.")
    return found


def project_report() -> ProjectReport | None:
    """How projects are reported; None where the program takes no reports."""
    earning = current_rulebook().earning
    return earning.project if earning is not None else None


def checklist() -> list[Line]:
    """The lines of the checklist in the reader's language."""
    report = project_report()
    return [line_of(name, item) for name, item in report.checklist.items()] if report is not None else []


def room_for(partner: Partner, name: str, activity: EarningActivity, day: date, *, but: str = "") -> rules.Room:
    """How many awards of an activity fit for a partner. `but`: a claim that is not counted as waiting."""
    claims = Claim.objects.filter(partner=partner, activity=name)
    granted = claims.filter(state=ClaimState.APPROVED).values_list("decided_at", flat=True)
    waiting = claims.filter(state=ClaimState.WAITING).exclude(uid=but).count()
    return rules.room_of(activity, [program_day(at) for at in granted if at is not None], waiting, day)


def offers(partner: Partner | None, day: date) -> list[Offer]:
    """All activities; for a partner with what fits on a day."""
    return [
        Offer(name, rule, room_for(partner, name, rule, day) if partner is not None else None)
        for name, rule in activities().items()
    ]


def may_earn(standing: Standing | None) -> bool:
    """Whether a partner can hand in anything for points: an active one."""
    return standing is not None and standing.state == State.ACTIVE


def check_may_earn(partner: Partner, now: datetime) -> None:
    """Raise Refusal where the team would give points to a partner that is not active (T1.5)."""
    if not may_earn(standing_on(partner, program_day(now))):
        raise Refusal(
            _("%(company)s is not an active partner, and points are given to active ones: refuse it, or let it wait.")
            % {"company": partner.name}
        )


def all_claims() -> QuerySet[Claim]:
    """Everybody's claims, with what a list shows."""
    return Claim.objects.select_related("partner", "submitted_by", "decided_by", "held_by").prefetch_related(
        "attachments__file"
    )


def claims_of(partner: Partner) -> QuerySet[Claim]:
    """A partner's own, the newest first."""
    return all_claims().filter(partner=partner)


def claim_with(uid: str, partner: Partner | None = None) -> Claim:
    """A claim by its public id, for its partner or (None) the team. Raises NotFound."""
    rows = all_claims() if partner is None else claims_of(partner)
    claim = rows.filter(uid=uid).first() if uid.isprintable() else None
    if claim is None:
        raise NotFound("There is no such claim.")
    return claim


def same_evidence(claim: Claim) -> QuerySet[Claim]:
    """Other claims, anybody's, with the same link, the same words or the same file."""
    same = Q(attachments__file__sha256__in=claim.attachments.values("file__sha256"))
    if claim.link:
        same |= Q(link__iexact=claim.link)
    if claim.text:
        same |= Q(text=claim.text)
    return all_claims().filter(same).exclude(pk=claim.pk).distinct()


def all_projects() -> QuerySet[Project]:
    """Everybody's projects, with what a list shows."""
    return Project.objects.select_related("partner", "submitted_by", "decided_by", "held_by").prefetch_related(
        "attachments__file"
    )


def projects_of(partner: Partner) -> QuerySet[Project]:
    """A partner's own, the newest first."""
    return all_projects().filter(partner=partner)


def project_with(uid: str, partner: Partner | None = None) -> Project:
    """A project by its public id, for its partner or (None) the team. Raises NotFound."""
    rows = all_projects() if partner is None else projects_of(partner)
    project = rows.filter(uid=uid).first() if uid.isprintable() else None
    if project is None:
        raise NotFound("There is no such project.")
    return project


def alike_projects(project: Project) -> QuerySet[Project]:
    """Others for the same client, anybody's, and the partner's own of the same name."""
    own = Q(partner=project.partner, title__iexact=project.title)
    return all_projects().filter(own | Q(client__iexact=project.client)).exclude(pk=project.pk)


def projects_told(project: Project) -> QuerySet[Event]:
    """Deliveries to the same client that came with a table or from elsewhere."""
    rows = program_events().filter(type="project.delivered", client__iexact=project.client)
    return rows.exclude(uid__startswith="prj_").order_by("-at")


def clients_of_partner(partner: Partner) -> list[str]:
    """Whom a partner has sold to or worked for, by name."""
    events = program_events().filter(partner=partner.key).exclude(client="").order_by()
    return sorted(set(events.values_list("client", flat=True)))


PROMISE = Promise("submitted_at", limits.ANSWER_WITHIN_DAYS)
"""When claims and projects are answered."""


def claims_waiting(now: datetime) -> Waiting:
    """The queue of claims."""
    return summarise(waiting_claims(), PROMISE, now=now)


def waiting_claims() -> QuerySet[Claim]:
    """Claims that wait for a decision."""
    return Claim.objects.filter(state=ClaimState.WAITING)


PROJECTS_FOR_THE_TEAM = (ProjectState.WAITING, ProjectState.DISPUTED)
"""Reports to be checked, and projects to which a client said no."""


def projects_waiting(now: datetime) -> Waiting:
    """The queue of projects."""
    return summarise(waiting_projects(), PROMISE, now=now)


def waiting_projects() -> QuerySet[Project]:
    """Projects with which the team has something to do."""
    return Project.objects.filter(state__in=PROJECTS_FOR_THE_TEAM)


def awards_of(partner: Partner, before: datetime | None = None) -> Iterator[dict[str, Any]]:
    """Points granted to a partner by the team or for activities, the newest first; `before`: as of an instant."""
    events = program_events().filter(partner=partner.key)
    if before is not None:
        events = events.filter(at__lt=before)
    cancelled = set(events.filter(type="points.cancelled").exclude(ident="").values_list("ident", flat=True))
    for event in events.filter(type="points.granted").order_by("-at", "-seq"):
        yield {"event": event, "award": event.ident, "points": event.data["points"], "gone": event.ident in cancelled}
