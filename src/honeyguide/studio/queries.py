"""Drafts, simulations and requests to revoke, for pages and the API."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from honeyguide.common.errors import NotFound
from honeyguide.rulebooks.models import RulebookVersion
from honeyguide.studio.models import Draft, DraftState, RequestState, RevocationRequest, SimulationRun

OPEN = (DraftState.DRAFT, DraftState.PROPOSED)


def all_drafts() -> QuerySet[Draft]:
    """All drafts without their texts, those that were changed last first."""
    return Draft.objects.select_related("author", "decided_by").defer("text")


def open_drafts() -> list[Draft]:
    """What is being written, and what waits for a second person."""
    return list(all_drafts().filter(state__in=OPEN))


def draft_with(uid: str) -> Draft:
    """A draft. Raises NotFound."""
    draft = Draft.objects.select_related("author", "decided_by", "published").filter(uid=uid).first()
    if draft is None:
        raise NotFound(_("There is no such draft."))
    return draft


def draft_of(version: RulebookVersion) -> Draft | None:
    """The draft that became a version."""
    return Draft.objects.filter(published=version).defer("text").first()


def _runs() -> QuerySet[SimulationRun]:
    return SimulationRun.objects.select_related("draft__author", "asked_by").defer("report", "text", "draft__text")


def latest_run(draft: Draft) -> SimulationRun | None:
    """The newest simulation of a draft."""
    return _runs().filter(draft=draft).first()


def run_with(uid: str) -> SimulationRun:
    """A simulation. Raises NotFound."""
    run = _runs().filter(uid=uid).first()
    if run is None:
        raise NotFound(_("There is no such simulation."))
    return run


def report_of(uid: str) -> str:
    """The page of a simulation to take away; "" before it is done. Raises NotFound."""
    report = SimulationRun.objects.filter(uid=uid).values_list("report", flat=True).first()
    if report is None:
        raise NotFound(_("There is no such simulation."))
    return report


def request_to_revoke(version: RulebookVersion) -> RevocationRequest | None:
    """What somebody asked for and nobody has decided on."""
    return waiting_requests().filter(version=version).first()


def waiting_requests() -> QuerySet[RevocationRequest]:
    """All requests to revoke a version that wait."""
    waiting = RevocationRequest.objects.filter(state=RequestState.WAITING)
    return waiting.select_related("version", "asked_by")
