"""Reading cases, claims and licences: for pages, queues and the API."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Lower
from django.db.models.lookups import In

from honeyguide.common.clock import program_day
from honeyguide.common.errors import NotFound
from honeyguide.common.queues import Promise, Waiting, summarise
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.history.models import AccountBeside, Event
from honeyguide.history.queries import program_events
from honeyguide.partners.models import Partner
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.kinds import EVIDENCE, NFR_PRODUCTS
from honeyguide.program.rulebook.sections import NfrLicence
from honeyguide.requirements import limits, rules
from honeyguide.requirements.models import EvidenceCase, EvidenceState, NfrClaim, NfrState
from honeyguide.standing.models import Standing, State
from honeyguide.standing.queries import standing_on

GIVEN = (NfrState.GRANTED, NfrState.ENDED, NfrState.RETURNED)
PROMISE = Promise("submitted_at", limits.ANSWER_WITHIN_DAYS)
"""When evidence and claims are answered."""


def evidence_names() -> dict[str, str]:
    """The rulebook's requirements that are shown by evidence: the requirement's name -> the kind of evidence."""
    return {
        name: requirement.evidence
        for name, requirement in current_rulebook().requirements.items()
        if requirement.evidence is not None
    }


def offered(partner: Partner, standing: Standing | None) -> list[dict[str, Any]]:
    """The requirement rows of the standing (docs/schema/answer.json) for which the partner can hand in evidence now.

    Those that its status or the next one asks for, that are not met and have no case waiting; each kind once.
    `evidence` is added to a row: the kind of evidence.
    """
    if standing is None or standing.state != State.ACTIVE:
        return []
    waiting = set(
        EvidenceCase.objects.filter(partner=partner, state=EvidenceState.WAITING).values_list("requirement", flat=True)
    )
    names = evidence_names()
    found: dict[str, dict[str, Any]] = {}
    for row in standing.answer["requirements"]:
        evidence = names.get(row["requirement"])
        if evidence in EVIDENCE and not row["met"] and evidence not in waiting:
            found.setdefault(evidence, {**row, "evidence": evidence})
    return list(found.values())


def cases_of(partner: Partner) -> QuerySet[EvidenceCase]:
    """A partner's own cases, the newest first."""
    return EvidenceCase.objects.filter(partner=partner).select_related("file", "submitted_by", "decided_by")


def all_cases() -> QuerySet[EvidenceCase]:
    """Everybody's cases, with what a list shows."""
    return EvidenceCase.objects.select_related("partner", "file", "submitted_by", "decided_by", "held_by", "revoked_by")


def case_with(uid: str, partner: Partner | None = None) -> EvidenceCase:
    """A case by its public id, for its partner or (None) the team. Raises NotFound."""
    cases = all_cases() if partner is None else all_cases().filter(partner=partner)
    case = cases.filter(uid=uid).first() if uid.isprintable() else None
    if case is None:
        raise NotFound("There is no such evidence.")
    return case


def earlier_cases(case: EvidenceCase) -> QuerySet[EvidenceCase]:
    """The partner's other cases for the same requirement, the newest first."""
    return all_cases().filter(partner=case.partner, requirement=case.requirement).exclude(pk=case.pk)


def evidence_waiting(now: datetime) -> Waiting:
    """The queue of evidence."""
    return summarise(waiting_cases(), PROMISE, now=now)


def waiting_cases() -> QuerySet[EvidenceCase]:
    """Evidence that waits for a decision."""
    return EvidenceCase.objects.filter(state=EvidenceState.WAITING)


def nfr_waiting(now: datetime) -> Waiting:
    """The queue of claims."""
    return summarise(waiting_claims(), PROMISE, now=now)


def waiting_claims() -> QuerySet[NfrClaim]:
    """Claims that wait for a decision."""
    return NfrClaim.objects.filter(state=NfrState.WAITING)


def all_claims() -> QuerySet[NfrClaim]:
    """Everybody's claims, with what a list shows."""
    return NfrClaim.objects.select_related("partner", "submitted_by", "decided_by", "held_by")


def claims_of(partner: Partner) -> QuerySet[NfrClaim]:
    """A partner's own claims, the newest first."""
    return all_claims().filter(partner=partner)


def own_waiting_claims(partner: Partner) -> dict[str, NfrClaim]:
    """By product the partner's latest claim that waits for a decision."""
    claims = waiting_claims().filter(partner=partner).order_by("submitted_at")
    return {claim.product: claim for claim in claims}


def claim_with(uid: str, partner: Partner | None = None) -> NfrClaim:
    """A claim by its public id, for its partner or (None) the team. Raises NotFound."""
    claim = (
        (all_claims() if partner is None else claims_of(partner)).filter(uid=uid).first() if uid.isprintable() else None
    )
    if claim is None:
        raise NotFound("There is no such claim.")
    return claim


class Given(NamedTuple):
    """A licence as it was given: by a claim (`number`: the claim's), or by an imported history. `uid`: its event's too.

    `claim` is there where it was read whole.
    """

    product: str
    grant: rules.Grant
    uid: str
    account: str
    number: int = 0
    claim: NfrClaim | None = None


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence not for resale as of a day. `claim` is None for one that an imported history brought.

    `uid`: of the claim, and of its event.
    """

    uid: str
    product: str
    account: str
    granted_on: date
    term: rules.Term
    figures: NfrLicence
    claim: NfrClaim | None = None

    @property
    def state(self) -> NfrState:
        """Whether it runs, is over, or was given back."""
        if self.term.runs:
            return NfrState.GRANTED
        return NfrState.RETURNED if self.term.closed_because == rules.RETURNED else NfrState.ENDED


def licences_of(partner: Partner, standing: Standing | None, day: date) -> list[Licence]:
    """A partner's licences as they are at the end of a day, those that are over too; by product and day of granting.

    `standing`: the partner's standing of that day or later.
    """
    path, rulebook = rules.path_of(standing.path if standing is not None else ()), current_rulebook()
    given = [_claimed(claim) for claim in claims_of(partner).filter(state__in=GIVEN, granted_on__lte=day)]
    own = NfrClaim.objects.filter(partner=partner)
    given += [brought for _key, brought in imports_of(program_events().filter(partner=partner.key), own, day)]
    return [
        licence
        for product in NFR_PRODUCTS
        for licence in licences_in(rulebook, product, [one for one in given if one.product == product], path, day)
    ]


def licences_in(rulebook: Rulebook, product: str, given: list[Given], path: rules.Path, day: date) -> list[Licence]:
    """The licences that are what was given of one product to one partner."""
    figures = rules.licence_of(rulebook, product) if given else None
    if figures is None:
        return []
    given = sorted(given, key=lambda one: (one.grant.granted_on, one.number))
    terms = rules.terms_on([one.grant for one in given], product=product, rulebook=rulebook, path=path, day=day)
    return [
        Licence(one.uid, product, one.account, one.grant.granted_on, term, figures, one.claim)
        for one, term in zip(given, terms, strict=True)
    ]


def _claimed(claim: NfrClaim) -> Given:
    return Given(claim.product, grant_of(claim), claim.uid, claim.account, claim.pk, claim)


def grant_of(claim: NfrClaim) -> rules.Grant:
    """A granted claim as the rules take it."""
    assert claim.granted_on is not None, claim.uid
    return rules.Grant(claim.granted_on, claim.extensions, claim.closed_on, claim.closed_because)


def imports_of(events: QuerySet[Event], own: QuerySet[NfrClaim], day: date) -> Iterator[tuple[str, Given]]:
    """Claims that came with a history, not through a form here, up to a day: each with its partner's key."""
    found = events.filter(type="nfr.claimed").exclude(uid__in=own.values("uid"))
    for key, uid, at, said in found.order_by().values_list("partner", "uid", "at", "data"):
        if (on := program_day(at)) <= day:
            yield key, Given(said["product"], rules.Grant(on), uid, said.get("account") or "")


@dataclass(frozen=True, slots=True)
class Room:
    """How many licences of a product a partner may have, has, and has asked for."""

    product: str
    figures: NfrLicence
    allowed: int
    running: int
    waiting: int
    extended_for: list[str]
    """Statuses whose licences are extended."""

    @property
    def free(self) -> int:
        """How many more can be claimed."""
        return max(0, self.allowed - self.running - self.waiting)


def rooms_of(partner: Partner, standing: Standing | None, day: date) -> list[Room]:
    """By product that the rulebook has licences for, what a partner may still claim on a day."""
    licences = licences_of(partner, standing, day)
    waiting = list(claims_of(partner).filter(state=NfrState.WAITING).values_list("product", flat=True))
    entitlements = standing.entitlements if standing is not None and standing.state == State.ACTIVE else []
    return [
        Room(
            product=product,
            figures=figures,
            allowed=rules.count_in(entitlements, product),
            running=sum(licence.product == product and licence.term.runs for licence in licences),
            waiting=waiting.count(product),
            extended_for=rules.extended_for(current_rulebook(), product),
        )
        for product in NFR_PRODUCTS
        if (figures := rules.licence_of(current_rulebook(), product)) is not None
    ]


def is_brought(account: str, day: date) -> bool:
    """Whether a cloud licence that an imported history brought for the account runs on a day, whoever has it (T8.1)."""
    names = _written(account)
    events = program_events().filter(In(Lower(AccountBeside("data")), names), type="nfr.claimed")
    keys = {key for key, given in imports_of(events, NfrClaim.objects.all(), day) if given.product == "cloud"}
    return any(
        licence.claim is None and licence.product == "cloud" and licence.account.lower() in names and licence.term.runs
        for partner in Partner.objects.filter(key__in=keys)
        for licence in licences_of(partner, standing_on(partner, day), day)
    )


def purchase_of(account: str) -> Event | None:
    """A sale to the account, as far as the history shows it: by the client's id, or an `account` beside it."""
    names = _written(account)
    sales = program_events().filter(type="sale.paid").order_by()
    ways = (
        sales.filter(In(Lower("client"), names)),
        sales.filter(In(AccountBeside("data"), names)),
    )
    return next((event for way in ways for event in way[:1]), None)


def _written(account: str) -> list[str]:
    """The ways in which a history may write the address of an account. `account`: in the form in which it is kept."""
    return [f"{before}{account}{after}" for before in ("", "https://", "http://") for after in ("", "/")]


def completed_courses() -> QuerySet[Event]:
    """All completed courses, with their companies' names (`company`)."""
    name = Partner.objects.filter(key=OuterRef("partner")).values("name")[:1]
    return program_events().filter(type="course.completed").order_by().annotate(company=Subquery(name))
