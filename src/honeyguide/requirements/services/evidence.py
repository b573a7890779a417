"""Evidence: handed in by a partner, decided by the team; an approval is an event of the program and acts at once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Invalid, Stale
from honeyguide.common.ids import new_id
from honeyguide.common.links import link_problem
from honeyguide.files import checking, storing
from honeyguide.history.services import note
from honeyguide.notices.services import send
from honeyguide.partners.deciding import (
    Desk,
    check_decider,
    check_own,
    decide,
    is_done,
    plain,
    reason_in,
    same_person,
    take_back,
    token_in,
)
from honeyguide.partners.models import Partner
from honeyguide.requirements import limits, queries
from honeyguide.requirements.models import EvidenceCase, EvidenceKind, EvidenceState
from honeyguide.standing.queries import standing_on
from honeyguide.standing.services import lock, locked, tell

_RECORDED: dict[str, str] = {
    EvidenceState.APPROVED: "evidence.accepted",
    EvidenceState.DECLINED: "evidence.declined",
}
DESK = Desk(EvidenceCase.objects.all, Q(state=EvidenceState.WAITING))


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
        case = locked(queries.case_with(uid, partner))
        if take_back(case):
            note("evidence.taken_back", actor=actor, now=now, partner=partner.key, about=_about(case), ident=uid)
    return case


def approve(*, uid: str, actor: Actor, now: datetime, internal_note: str = "") -> EvidenceCase:
    """Accept evidence: `evidence.approved` is recorded, and the status follows at once (T3.1.2a, T3.1.3a).

    Raises NotFound, Forbidden, and Stale for the second of two deciders.
    """

    def follow(case: EvidenceCase) -> None:
        event = {"type": "evidence.approved", "id": case.uid, "partner": case.partner.key, "at": now}
        tell([{**event, "requirement": case.requirement}], actor=actor, now=now)

    return _decide(uid, EvidenceState.APPROVED, follow, actor, now, note=internal_note)


def decline(*, uid: str, reason: str, actor: Actor, now: datetime, internal_note: str = "") -> EvidenceCase:
    """Refuse evidence, with a reason for the partner, who can hand in anew. Raises as approve, and Invalid."""
    said = {"reason": reason_in(reason), "note": internal_note}
    return _decide(uid, EvidenceState.DECLINED, lambda _case: None, actor, now, **said)


def _decide(
    uid: str, state: EvidenceState, follow: Callable[[EvidenceCase], None], actor: Actor, now: datetime, **said: str
) -> EvidenceCase:
    check_decider(actor)
    with transaction.atomic():
        case = locked(queries.case_with(uid))
        if is_done(case, state, actor):
            return case
        decide(case, state, actor=actor, now=now, **said)
        kind, about = _RECORDED[state], _about(case, case.reason)
        note(kind, actor=actor, now=now, partner=case.partner.key, about=about, ident=uid)
        follow(case)
        _send(f"evidence_{state.value}", case, case.reason, actor, now)
    return case


def revoke(*, uid: str, reason: str, actor: Actor, now: datetime) -> EvidenceCase:
    """Withdraw an approval: `evidence.withdrawn` is recorded, and the standing follows. Raises as decline."""
    check_decider(actor)
    reason = reason_in(reason)
    with transaction.atomic():
        case = locked(queries.case_with(uid))
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
