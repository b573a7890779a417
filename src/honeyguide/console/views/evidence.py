"""The queue of evidence, and the files of all partners (T3.1.2a, T3.1.3a)."""

from typing import Any, ClassVar

from django.http import FileResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter

from honeyguide.access.files import file_response
from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.accounts.actor import Actor
from honeyguide.bonuses.tasks import look_at as look_at_bonuses
from honeyguide.common.words import requirement_words
from honeyguide.conduct.previews import Known, Preview, preview
from honeyguide.console.queue_page import COMPANY, DECIDED_BY, REASON, STATE, Column, QueueFilters, QueuePage, by_age
from honeyguide.files.storing import file_with
from honeyguide.program.rulebook.kinds import EVIDENCE
from honeyguide.requirements import queries
from honeyguide.requirements.models import EvidenceCase, EvidenceState
from honeyguide.requirements.services import evidence as services
from honeyguide.standing.models import Standing, State

EARLIER_SHOWN = 5


class EvidenceFilters(QueueFilters):
    """Filters of the queue."""

    searched = ("partner__name", "partner__key", "link", "text", "file__name")
    state = ChoiceFilter(
        choices=EvidenceState.choices, label=gettext_lazy("State"), initial=EvidenceState.WAITING.value
    )
    requirement = ChoiceFilter(label=gettext_lazy("Requirement"), choices=[(name, name) for name in EVIDENCE])

    class Meta:
        model = EvidenceCase
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = [(name, requirement_words(name)) for name in EVIDENCE]
        self.filters["requirement"].extra["choices"] = words


class EvidencePage(QueuePage):
    """The queue."""

    name = "evidence"
    desk = services.DESK
    rows = staticmethod(queries.all_cases)
    row_template = "console/parts/evidence_row.html"
    item_template = "console/parts/evidence_item.html"
    filterset_class = EvidenceFilters
    sorts: ClassVar = by_age("submitted_at")
    columns: ClassVar = (
        COMPANY,
        Column(gettext_lazy("Requirement"), lambda row: requirement_words(row.requirement)),
        Column(gettext_lazy("Handed in"), lambda row: row.submitted_at),
        Column(gettext_lazy("Handed in by"), lambda row: row.submitted_by or ""),
        Column(gettext_lazy("Link"), lambda row: row.link),
        Column(gettext_lazy("File"), lambda row: row.file.name if row.file else ""),
        Column(gettext_lazy("Text"), lambda row: row.text),
        STATE,
        DECIDED_BY,
        REASON,
    )
    subheading = gettext_lazy("What partners hand in for their status.")
    empty_title = gettext_lazy("No evidence waits")
    empty_text = gettext_lazy("Links, files and texts appear here when a partner hands them in.")

    def about(self, item: EvidenceCase) -> dict[str, Any]:
        """Where the partner stands, what the requirement is for, and what was handed in for it before."""
        about = super().about(item)
        standing = about["standing"]
        names = {evidence: name for name, evidence in queries.evidence_names().items()}
        row = None
        if standing is not None:
            wanted = names.get(item.requirement)
            row = next((row for row in standing.answer["requirements"] if row["requirement"] == wanted), None)
        return {
            **about,
            "row": row,
            "preview": self._preview(item, standing),
            "earlier": queries.earlier_cases(item)[:EARLIER_SHOWN],
        }

    def _preview(self, item: EvidenceCase, standing: Standing | None) -> Preview | None:
        """What would follow from the approval, for those who decide."""
        user = self.request.person.user
        may_decide = user is not None and user.role in self.queue.deciders
        if standing is None or standing.state != State.ACTIVE or not (may_decide and self.waits(item)):
            return None
        approved = {"type": "evidence.approved", "partner": item.partner.key, "requirement": item.requirement}
        return preview(Known(item.partner, self.request.today), [approved], self.request.now)

    def act(self, action: str, uid: str, given: QueryDict, actor: Actor) -> str:
        """Approve, decline, withdraw an approval, or what every queue has."""
        now, reason, note = self.request.now, given.get("reason", ""), given.get("note", "")
        match action:
            case "approve":
                case = services.approve(uid=uid, actor=actor, now=now, internal_note=note)
                look_at_bonuses([case.partner.key], now)
                return _("Approved: %(what)s, %(company)s") % _named(case)
            case "decline":
                case = services.decline(uid=uid, reason=reason, actor=actor, now=now, internal_note=note)
                return _("Declined: %(what)s, %(company)s") % _named(case)
            case "revoke":
                case = services.revoke(uid=uid, reason=reason, actor=actor, now=now)
                return _("Approval withdrawn: %(what)s, %(company)s") % _named(case)
        return super().act(action, uid, given, actor)


def _named(case: EvidenceCase) -> dict[str, str]:
    return {"what": requirement_words(case.requirement), "company": case.partner.name}


def file(request: PersonRequest, uid: str) -> FileResponse:
    """A file of any partner; that it was opened is recorded."""
    return file_response(file_with(uid), actor=actor_of(request), now=request.now)
