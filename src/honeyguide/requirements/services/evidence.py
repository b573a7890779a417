"""Evidence: handed in by a partner, decided by the team; an approval is an event of the program and acts at once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Invalid, Stale
from honeyguide.common.ids import new_id
from honeyguide.common.links import link_problem
from honeyguide.common.queues import check_hold, release, take
from honeyguide.files import checking, storing
from honeyguide.history.services import note
from honeyguide.notices.services import send
from honeyguide.partners.deciding import (
    check_decider,
    check_own,
    decided_already,
    note_in,
    plain,
    reason_in,
    same_person,
    token_in,
)
from honeyguide.partners.models import Partner
from honeyguide.requirements import limits, queries
from honeyguide.requirements.models import EvidenceCase, EvidenceKind, EvidenceState
from honeyguide.standing.queries import standing_on
from honeyguide.standing.services import lock, tell

_DECISION = ["state", "decided_by", "decided_at", "reason", "internal_note", "held_by", "held_at"]


def submit(
    *,
    partner: Partner,
    requirement: str,
    kind: str,
    link: str = "",
    text: str = "",
    file: "UploadedFile[bytes] | None" = None,
    form_token: str,
    actor: Actor,
    now: datetime,
) -> EvidenceCase:
    """Hand in evidence for one requirement (T3.1.2a, T3.1.3a). The same form again gives the same case.

    `requirement`: the kind of evidence; one of queries.offered. Raises Invalid with the bad fields, Forbidden for
    anybody but the partner's own people, Refusal when the requirement is met, not asked for, or has a case waiting.
    """
    check_own(actor, partner)
    form_token, requirement = token_in(form_token), plain(requirement)
    upload = checking.check(file) if kind == EvidenceKind.FILE and file is not None else None
    content = _content(kind, link, text, upload)
    with transaction.atomic():
        lock({partner.key})
        before = EvidenceCase.objects.filter(partner=partner, form_token=form_token).first()
        if before is not None:
            return before
        _check_offered(partner, requirement, now)
        stored = storing.store(upload, partner=partner, user=actor.user, now=now) if upload is not None else None
        case = EvidenceCase.objects.create(
            uid=new_id("evd", now),
            partner=partner,
            requirement=requirement,
            kind=kind,
            file=stored,
            form_token=form_token,
            submitted_by=actor.user,
            submitted_at=now,
            **content,
        )
        note("evidence.submitted", actor=actor, now=now, partner=partner.key, about=_about(case), ident=case.uid)
    return case


def _content(kind: str, link: str, text: str, upload: checking.Upload | None) -> dict[str, str]:
    """What was handed in, cleaned. Raises Invalid with the bad fields."""
    link, text = plain(link), plain(text)
    problems: dict[str, str] = {}
    if kind not in EvidenceKind.values:
        problems["kind"] = _("Choose in what form you hand it in.")
    if kind == EvidenceKind.LINK and (problem := link_problem(link, limits.LINK_MAX_CHARS)):
        problems["link"] = problem
    if kind == EvidenceKind.FILE and upload is None:
        problems["file"] = _("Choose a file: %(taken)s.") % {"taken": checking.what_is_taken()}
    if kind == EvidenceKind.TEXT and not text:
        problems["text"] = _("Describe what you have done, and where it can be seen.")
    if len(text) > limits.TEXT_MAX_CHARS:
        problems["text"] = _("The text is too long: expected at most %(high)s characters.") % {
            "high": limits.TEXT_MAX_CHARS
        }
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)
    return {"link": link if kind == EvidenceKind.LINK else "", "text": text}


def _check_offered(partner: Partner, requirement: str, now: datetime) -> None:
    if EvidenceCase.objects.filter(partner=partner, requirement=requirement, state=EvidenceState.WAITING).exists():
        raise Stale(_("You have handed this in already, and it waits for a decision."))
    standing = standing_on(partner, program_day(now))
    if requirement not in {row["evidence"] for row in queries.offered(partner, standing)}:
        message = _("This is not asked of you now, or it is met already.")
        raise Invalid(message, fields={"requirement": message})


def withdraw(*, uid: str, partner: Partner, actor: Actor, now: datetime) -> EvidenceCase:
    """The partner takes back what waits. Again: the same answer. Raises NotFound, Forbidden, Stale."""
    check_own(actor, partner)
    with transaction.atomic():
        case = _locked(uid, partner)
        if case.state == EvidenceState.WITHDRAWN:
            return case
        if not case.is_waiting:
            raise decided_already(case)
        case.state, case.held_by, case.held_at = EvidenceState.WITHDRAWN, None, None
        case.save(update_fields=["state", "held_by", "held_at"])
        note("evidence.taken_back", actor=actor, now=now, partner=partner.key, about=_about(case), ident=uid)
    return case


def approve(*, uid: str, actor: Actor, now: datetime, internal_note: str = "") -> EvidenceCase:
    """Accept evidence: `evidence.approved` is recorded, and the status follows at once (T3.1.2a, T3.1.3a).

    Raises NotFound, Forbidden, and Stale for the second of two deciders.
    """

    def decide(case: EvidenceCase) -> None:
        event = {"type": "evidence.approved", "id": case.uid, "partner": case.partner.key, "at": now}
        tell([{**event, "requirement": case.requirement}], actor=actor, now=now)

    return _decide(
        uid, EvidenceState.APPROVED, "evidence.accepted", decide, actor=actor, now=now, internal_note=internal_note
    )


def decline(*, uid: str, reason: str, actor: Actor, now: datetime, internal_note: str = "") -> EvidenceCase:
    """Refuse evidence, with a reason for the partner, who can hand in anew. Raises as approve, and Invalid."""
    reason = reason_in(reason)
    return _decide(
        uid,
        EvidenceState.DECLINED,
        "evidence.declined",
        lambda _case: None,
        actor=actor,
        now=now,
        reason=reason,
        internal_note=internal_note,
    )


def _decide(
    uid: str,
    state: EvidenceState,
    kind: str,
    follow: Callable[[EvidenceCase], None],
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    internal_note: str = "",
) -> EvidenceCase:
    check_decider(actor)
    with transaction.atomic():
        case = _locked(uid)
        if case.state == state and same_person(actor, case.decided_by_id):
            return case
        if not case.is_waiting:
            raise decided_already(case)
        check_hold(case, actor.user)
        case.state, case.decided_by, case.decided_at = state, actor.user, now
        case.reason, case.internal_note = reason, note_in(internal_note)
        case.held_by, case.held_at = None, None
        case.save(update_fields=_DECISION)
        note(kind, actor=actor, now=now, partner=case.partner.key, about=_about(case, reason), ident=uid)
        follow(case)
        _send(f"evidence_{state.value}", case, reason, actor, now)
    return case


def revoke(*, uid: str, reason: str, actor: Actor, now: datetime) -> EvidenceCase:
    """Withdraw an approval: `evidence.withdrawn` is recorded, and the standing follows. Raises as decline."""
    check_decider(actor)
    reason = reason_in(reason)
    with transaction.atomic():
        case = _locked(uid)
        if case.state == EvidenceState.REVOKED and same_person(actor, case.revoked_by_id):
            return case
        if case.state != EvidenceState.APPROVED:
            raise Stale(
                _("There is no approval to withdraw. It is now: %(state)s.") % {"state": case.get_state_display()}
            )
        case.state, case.reason = EvidenceState.REVOKED, reason
        case.revoked_by, case.revoked_at = actor.user, now
        case.save(update_fields=["state", "reason", "revoked_by", "revoked_at"])
        note("evidence.revoked", actor=actor, now=now, partner=case.partner.key, about=_about(case, reason), ident=uid)
        event = {"type": "evidence.withdrawn", "id": revocation_id(uid), "partner": case.partner.key, "at": now}
        tell([{**event, "requirement": case.requirement}], actor=actor, now=now)
        _send("evidence_withdrawn", case, reason, actor, now)
    return case


def revocation_id(uid: str) -> str:
    """The id of the event that withdraws a case's approval."""
    return f"{uid}.revoked"


def take_case(*, uid: str, actor: Actor, now: datetime, over: bool = False) -> None:
    """Someone of the team is on a case now; `over`: also from another. Raises Stale, Forbidden, NotFound."""
    check_decider(actor)
    queries.case_with(uid)
    take(EvidenceCase.objects.filter(uid=uid, state=EvidenceState.WAITING), user=actor.user, now=now, over=over)


def release_case(*, uid: str, actor: Actor) -> None:
    """They are not on it any more."""
    check_decider(actor)
    release(EvidenceCase.objects.filter(uid=uid), user=actor.user)


def _locked(uid: str, partner: Partner | None = None) -> EvidenceCase:
    """A case, locked after its partner: in the order in which everybody locks. Raises NotFound."""
    found = queries.case_with(uid, partner)
    lock({found.partner.key})
    case = EvidenceCase.objects.select_for_update(of=("self",)).select_related("decided_by", "held_by").get(pk=found.pk)
    case.partner = found.partner
    return case


def _about(case: EvidenceCase, reason: str = "") -> dict[str, Any]:
    about = {"case": case.uid, "requirement": case.requirement, "kind": case.kind}
    return {**about, "reason": reason} if reason else about


def _send(kind: str, case: EvidenceCase, reason: str, actor: Actor, now: datetime) -> None:
    send(
        partner=case.partner,
        kind=kind,
        context={"requirement": case.requirement, "reason": reason},
        actor=actor,
        now=now,
        link=reverse("portal:evidence"),
    )
