"""Whether what this room has decided and what the history says are the same."""

from collections.abc import Iterator

from honeyguide.files.models import StoredFile
from honeyguide.files.storing import is_whole
from honeyguide.history.queries import told_here
from honeyguide.requirements.models import EvidenceCase, EvidenceState, NfrClaim
from honeyguide.requirements.queries import GIVEN
from honeyguide.requirements.services.evidence import revocation_id

APPROVED_ONCE = (EvidenceState.APPROVED, EvidenceState.REVOKED)


def problems() -> Iterator[str]:
    """Everything that does not agree, a line each: decisions without their event, events without their decision.

    An event of a case or claim has its public id (services.evidence, services.nfr); others came with an import.
    """
    yield from _evidence_problems()
    yield from _nfr_problems()
    for file in StoredFile.objects.order_by("pk").iterator():
        if not is_whole(file):
            yield f"file {file.uid} ({file.name}): the storage does not have it as it was handed in"


def _events(kind: str, prefix: str) -> dict[str, tuple[str, str]]:
    """Events of one type that this room has recorded: id -> partner and what it is about."""
    return {
        event.uid: (event.partner, event.data.get("requirement") or event.data.get("product", ""))
        for event in told_here(kind, prefix).iterator()
    }


def _evidence_problems() -> Iterator[str]:
    approvals, withdrawals = _events("evidence.approved", "evd_"), _events("evidence.withdrawn", "evd_")
    for case in EvidenceCase.objects.filter(state__in=APPROVED_ONCE).select_related("partner").iterator():
        told = (case.partner.key, case.requirement)
        if approvals.pop(case.uid, None) != told:
            yield f"evidence {case.uid}: approved, but the history has no such evidence.approved"
        withdrawn = withdrawals.pop(revocation_id(case.uid), None)
        if case.state == EvidenceState.REVOKED and withdrawn != told:
            yield f"evidence {case.uid}: approval withdrawn, but the history has no such evidence.withdrawn"
        if case.state == EvidenceState.APPROVED and withdrawn is not None:
            yield f"evidence {case.uid}: the history has withdrawn it, but it stands as approved"
    for uid in (*approvals, *withdrawals):
        yield f"event {uid}: there is no approved evidence that belongs to it"


def _nfr_problems() -> Iterator[str]:
    claimed = _events("nfr.claimed", "nfr_")
    for claim in NfrClaim.objects.filter(state__in=GIVEN).select_related("partner").iterator():
        if claimed.pop(claim.uid, None) != (claim.partner.key, claim.product):
            yield f"licence {claim.uid}: granted, but the history has no such nfr.claimed"
    for uid in claimed:
        yield f"event {uid}: there is no granted licence that belongs to it"
