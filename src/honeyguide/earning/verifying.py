"""Whether what this room has decided and what the history says are the same."""

from collections.abc import Iterator

from honeyguide.earning.models import (
    RECORDED_TABLES,
    Claim,
    ClaimState,
    DealState,
    HeldDeal,
    Project,
    ProjectState,
    TableImport,
    TableState,
)
from honeyguide.history.models import Event
from honeyguide.history.queries import program_events, told_here

REPORTED = (ProjectState.ACCEPTED, ProjectState.DISPUTED, ProjectState.CONFIRMED)
_DECISIONS = {DealState.ACCEPTED: "accept", DealState.REFUSED: "refuse"}


def problems() -> Iterator[str]:
    """Everything that does not agree, a line each: decisions without their event, events without their decision."""
    yield from _claims()
    yield from _projects()
    yield from _deals()
    yield from _tables()


def _events(kind: str, prefix: str) -> dict[str, Event]:
    """Events of one type that this room has told, by id."""
    return {event.uid: event for event in told_here(kind, prefix).iterator()}


def _claims() -> Iterator[str]:
    granted = _events("points.granted", "acl_")
    for claim in Claim.objects.filter(state=ClaimState.APPROVED).select_related("partner").iterator():
        event = granted.pop(claim.uid, None)
        told = (claim.partner.key, claim.uid, claim.points)
        if event is None or (event.partner, event.ident, event.data["points"]) != told:
            yield f"claim {claim.uid}: approved, but the history has no such points.granted"
    for uid in granted:
        yield f"event {uid}: there is no approved claim that belongs to it"


def _projects() -> Iterator[str]:
    delivered, confirmed = _events("project.delivered", "prj_"), _events("project.confirmed", "prj_")
    for project in Project.objects.select_related("partner").iterator():
        event, word = delivered.pop(project.uid, None), confirmed.pop(f"{project.uid}.confirmed", None)
        if project.state in REPORTED and (event is None or event.partner != project.partner.key):
            yield f"project {project.uid}: its report is accepted, but the history has no such project.delivered"
        if (project.state == ProjectState.CONFIRMED) != (word is not None):
            yield f"project {project.uid}: {project.state}, and the history says otherwise of its confirmation"
    for uid in (*delivered, *confirmed):
        yield f"event {uid}: there is no project that belongs to it"


def _deals() -> Iterator[str]:
    decided = _events("points.decided", "hld_")
    for deal in HeldDeal.objects.filter(state__in=_DECISIONS).select_related("partner").iterator():
        event = decided.pop(f"{deal.uid}.decided", None)
        told = (deal.partner.key, deal.sale, _DECISIONS[DealState(deal.state)])
        if event is None or (event.partner, event.ident, event.data["decision"]) != told:
            yield f"held deal {deal.uid}: {deal.state}, but the history has no such points.decided"
    for uid in decided:
        yield f"event {uid}: there is no decided deal that belongs to it"


def _tables() -> Iterator[str]:
    """A recorded table has all its events; what is taken back has an event against each deal."""
    for upload in TableImport.objects.filter(state__in=[*RECORDED_TABLES, TableState.UNDONE]).iterator():
        told = program_events().filter(uid__startswith=f"{upload.uid}.")
        own = told.exclude(uid__endswith=".undone")
        if own.count() != upload.preview["events"]:
            yield f"table {upload.uid}: {upload.preview['events']} events recorded, {own.count()} in the history"
        taken_back = told.filter(uid__endswith=".undone")
        if upload.is_recorded and taken_back.exists():
            yield f"table {upload.uid}: the history has taken it back, but it stands as recorded"
