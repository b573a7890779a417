"""The queue of project reports, and of projects that a client did not confirm (G1.3)."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter

from honeyguide.accounts.actor import Actor
from honeyguide.console.queue_page import COMPANY, DECIDED_BY, REASON, STATE, Column, QueueFilters, QueuePage, by_age
from honeyguide.earning import queries
from honeyguide.earning.awards import points_by_award
from honeyguide.earning.calculator import ProjectCase, project_worth
from honeyguide.earning.models import Project, ProjectState
from honeyguide.earning.services import confirming
from honeyguide.earning.services import projects as services
from honeyguide.history.models import Event
from honeyguide.partners.own_addresses import is_own_address

OPEN = "open"
ALIKE_SHOWN = 20


class ProjectFilters(QueueFilters):
    """Filters of the queue."""

    searched = ("partner__name", "partner__key", "title", "client", "report")
    state = ChoiceFilter(
        choices=[(OPEN, gettext_lazy("For the team")), *ProjectState.choices],
        label=gettext_lazy("State"),
        initial=OPEN,
        method="by_state",
    )

    class Meta:
        model = Project
        fields: ClassVar[list[str]] = []

    def by_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Projects in a state; `open`: those that wait for the team."""
        return rows.filter(state__in=queries.PROJECTS_FOR_THE_TEAM if value == OPEN else [value])


class ProjectsPage(QueuePage):
    """The queue."""

    name = "points_projects"
    desk = services.DESK
    rows = staticmethod(queries.all_projects)
    row_template = "console/points/project_row.html"
    item_template = "console/points/project_item.html"
    filterset_class = ProjectFilters
    sorts: ClassVar = by_age("submitted_at")
    columns: ClassVar = (
        COMPANY,
        Column(gettext_lazy("Project"), lambda row: row.title),
        Column(gettext_lazy("Client"), lambda row: row.client),
        Column(gettext_lazy("In use since"), lambda row: row.launched_on),
        Column(gettext_lazy("Modules"), lambda row: ", ".join(row.modules)),
        Column(gettext_lazy("Reported"), lambda row: row.submitted_at),
        STATE,
        DECIDED_BY,
        REASON,
    )
    subheading = gettext_lazy("Reports to be checked; when one is accepted, the client is asked to confirm the launch.")
    empty_title = gettext_lazy("No project waits")
    empty_text = gettext_lazy("Reports appear here when a partner has finished a project.")

    def waits(self, item: Project) -> bool:
        """Whether the team has something to do."""
        return item.state in queries.PROJECTS_FOR_THE_TEAM

    def about(self, item: Project) -> dict[str, Any]:
        """What it would earn or has earned, where the partner stands, what has happened, and what is like it."""
        worth, trail = project_worth(ProjectCase.of(item)), confirming.trail(item)
        return {
            **super().about(item),
            "worth": worth,
            "earned": points_by_award(item.partner, self.request.today).get(item.uid),
            "trail": trail,
            "moved": _moved(trail),
            "own_address": is_own_address(item.partner, item.contact_email),
            "alike": queries.alike_projects(item)[:ALIKE_SHOWN],
            "told": queries.projects_told(item)[:ALIKE_SHOWN],
            "may_ask": item.is_with_client,
        }

    def act(self, action: str, uid: str, given: QueryDict, actor: Actor) -> str:
        """Accept, refuse, have the client asked again, or what every queue has."""
        now, reason, note = self.request.now, given.get("reason", ""), given.get("note", "")
        match action:
            case "accept":
                project = services.accept(uid=uid, actor=actor, now=now, internal_note=note)
                return _("Accepted: %(what)s, %(company)s. The client is asked.") % _named(project)
            case "refuse":
                project = services.refuse(uid=uid, reason=reason, actor=actor, now=now, internal_note=note)
                return _("Refused: %(what)s, %(company)s") % _named(project)
            case "ask":
                project = confirming.ask_again(
                    uid=uid, partner=None, contact_name=given.get("contact_name", ""),
                    contact_email=given.get("contact_email", ""), actor=actor, now=now,
                )  # fmt: skip
                return _("Sent to %(email)s. Earlier links are over.") % {"email": project.contact_email}
        return super().act(action, uid, given, actor)


def _moved(trail: Sequence[Event]) -> list[Event]:
    """Where the client was to be asked at another address than before."""
    asked = [event for event in trail if event.type == "project.asked_again"]
    return [event for event in asked if event.data.get("to") != event.data.get("before")]


def _named(project: Project) -> dict[str, str]:
    return {"what": project.title, "company": project.partner.name}
