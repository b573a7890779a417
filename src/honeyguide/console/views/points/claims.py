"""The queue of claims for activities (T4.1), and the files of what is handed in for points."""

from typing import Any, ClassVar

from django.http import FileResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter

from honeyguide.access.files import file_response
from honeyguide.access.person import PersonRequest, actor_of
from honeyguide.accounts.actor import Actor
from honeyguide.console.queue_page import COMPANY, DECIDED_BY, REASON, STATE, Column, QueueFilters, QueuePage, by_age
from honeyguide.earning import queries
from honeyguide.earning.models import Claim, ClaimState
from honeyguide.earning.services import claims as services
from honeyguide.earning.words import KINDS, activity_title, points_text
from honeyguide.files.storing import file_with

EARLIER_SHOWN = 5


class ClaimFilters(QueueFilters):
    """Filters of the queue."""

    searched = ("partner__name", "partner__key", "link", "text", "activity")
    state = ChoiceFilter(choices=ClaimState.choices, label=gettext_lazy("State"), initial=ClaimState.WAITING.value)
    kind = ChoiceFilter(choices=list(KINDS.items()), label=gettext_lazy("Kind"))

    class Meta:
        model = Claim
        fields: ClassVar[list[str]] = []


class ClaimsPage(QueuePage):
    """The queue."""

    name = "points_claims"
    desk = services.DESK
    rows = staticmethod(queries.all_claims)
    row_template = "console/points/claim_row.html"
    item_template = "console/points/claim_item.html"
    filterset_class = ClaimFilters
    sorts: ClassVar = by_age("submitted_at")
    columns: ClassVar = (
        COMPANY,
        Column(gettext_lazy("Activity"), lambda row: activity_title(row.activity)),
        Column(gettext_lazy("Handed in"), lambda row: row.submitted_at),
        Column(gettext_lazy("Handed in by"), lambda row: row.submitted_by or ""),
        Column(gettext_lazy("Link"), lambda row: row.link),
        Column(gettext_lazy("Text"), lambda row: row.text),
        STATE,
        Column(gettext_lazy("Points"), lambda row: row.points),
        DECIDED_BY,
        REASON,
    )
    subheading = gettext_lazy("What partners have done for points besides sales and projects.")
    empty_title = gettext_lazy("No claim waits")
    empty_text = gettext_lazy("Case studies, applications, training and the like appear here when a partner applies.")

    def about(self, item: Claim) -> dict[str, Any]:
        """The rule, what fits in the period, where the partner stands, what it and others claimed before."""
        rule = queries.activities().get(item.activity)
        earlier = queries.claims_of(item.partner).filter(activity=item.activity).exclude(pk=item.pk)
        return {
            **super().about(item),
            "offer": queries.Offer(
                item.activity,
                rule,
                queries.room_for(item.partner, item.activity, rule, self.request.today, but=item.uid),
            )
            if rule is not None
            else None,
            "earlier": earlier[:EARLIER_SHOWN],
            "same": queries.same_evidence(item)[:EARLIER_SHOWN],
        }

    def act(self, action: str, uid: str, given: QueryDict, actor: Actor) -> str:
        """Approve with points, refuse, or what every queue has."""
        now, reason, note = self.request.now, given.get("reason", ""), given.get("note", "")
        match action:
            case "approve":
                claim = services.approve(
                    uid=uid, points=whole_in(given.get("points", "")), actor=actor, now=now, internal_note=note
                )
                said = {**_named(claim), "points": points_text(claim.points or 0)}
                return _("Approved: %(what)s, %(company)s, %(points)s") % said
            case "refuse":
                claim = services.refuse(uid=uid, reason=reason, actor=actor, now=now, internal_note=note)
                return _("Refused: %(what)s, %(company)s") % _named(claim)
        return super().act(action, uid, given, actor)


def whole_in(text: str) -> int | None:
    """A whole number that somebody typed in; None for none and for what is none (0 for what is there but no number)."""
    plain = "".join(text.split())
    if not plain:
        return None
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 9 else 0


def _named(claim: Claim) -> dict[str, str]:
    return {"what": activity_title(claim.activity), "company": claim.partner.name}


def file(request: PersonRequest, uid: str) -> FileResponse:
    """A file of any partner; that it was opened is recorded."""
    return file_response(file_with(uid), actor=actor_of(request), now=request.now)
