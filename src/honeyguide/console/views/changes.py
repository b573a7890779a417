"""The queue of changes that companies ask for: profile, new employees, another main user (T1.4, T7.2)."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter

from honeyguide.accounts.actor import Actor
from honeyguide.console.queue_page import COMPANY, REASON, STATE, Column, QueueFilters, QueuePage, by_age
from honeyguide.joining import changes
from honeyguide.joining.models import ChangeKind, ChangeState, ProfileChange
from honeyguide.joining.queries import differences, team_of


class ChangeFilters(QueueFilters):
    """Filters of the queue."""

    searched = ("partner__name", "partner__key", "requested_by_name")
    state = ChoiceFilter(
        choices=ChangeState.choices,
        label=gettext_lazy("State"),
        initial=ChangeState.WAITING.value,
        empty_label=gettext_lazy("Any"),
    )
    kind = ChoiceFilter(choices=ChangeKind.choices, label=gettext_lazy("What"), empty_label=gettext_lazy("Anything"))

    class Meta:
        model = ProfileChange
        fields: ClassVar[list[str]] = []


class ChangesPage(QueuePage):
    """The queue."""

    name = "changes"
    desk = changes.DESK
    row_template = "console/parts/change_row.html"
    item_template = "console/parts/change_item.html"
    filterset_class = ChangeFilters
    sorts: ClassVar = by_age("requested_at")
    columns: ClassVar = (
        COMPANY,
        Column(gettext_lazy("What"), lambda row: row.get_kind_display()),
        Column(gettext_lazy("Asked for by"), lambda row: row.requested_by_name),
        Column(gettext_lazy("Asked for"), lambda row: row.requested_at),
        STATE,
        Column(gettext_lazy("Decided by"), lambda row: row.decided_by_name),
        REASON,
    )
    subheading = gettext_lazy("What companies want to change: their profile, their team.")
    empty_title = gettext_lazy("No change waits")
    empty_text = gettext_lazy("Changes of profile and team appear here when a company asks for them.")

    @staticmethod
    def rows() -> QuerySet[Any]:
        """All changes."""
        return ProfileChange.objects.select_related("partner", "held_by")

    def waits(self, item: Any) -> bool:
        """Whether it is undecided."""
        return bool(item.state == ChangeState.WAITING)

    def about(self, item: Any) -> dict[str, Any]:
        """What changes, who is there already, and what stands in the way."""
        return {
            "rows": differences(item) if item.kind == ChangeKind.PROFILE else [],
            "team": team_of(item.partner) if item.kind != ChangeKind.PROFILE else [],
            "obstacle": changes.obstacle_to(item) if self.waits(item) else "",
        }

    def act(self, action: str, uid: str, given: QueryDict, actor: Actor) -> str:
        """Approve, decline, or what every queue has."""
        now = self.request.now
        match action:
            case "approve":
                change = changes.approve(uid=uid, actor=actor, now=now)
                return _("Approved: %(what)s of %(company)s.") % _named(change)
            case "decline":
                change = changes.decline(uid=uid, reason=given.get("reason", ""), actor=actor, now=now)
                return _("Declined: %(what)s of %(company)s.") % _named(change)
        return super().act(action, uid, given, actor)


def _named(change: ProfileChange) -> dict[str, str]:
    return {"what": change.get_kind_display(), "company": change.partner.name}
