"""The queue of restatements: decisions that today's knowledge would have made otherwise."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.words import STATUSES, words_of
from honeyguide.conduct import restatements
from honeyguide.conduct.models import Choice, RestatementDecision
from honeyguide.conduct.previews import Known
from honeyguide.console.queue_page import COMPANY, REASON, Column, QueueFilters, QueuePage

WAITING = "waiting"


class RestatementFilters(QueueFilters):
    """Filters of the queue."""

    searched = ("partner__name", "partner__key")
    choice = ChoiceFilter(
        method="by_choice",
        choices=[
            (WAITING, Choice.WAITING.label),
            (Choice.APPLY.value, Choice.APPLY.label),
            (Choice.LEAVE.value, Choice.LEAVE.label),
        ],
        label=gettext_lazy("Settled"),
        initial=WAITING,
    )

    class Meta:
        model = RestatementDecision
        fields: ClassVar[list[str]] = []

    def by_choice(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those that wait, or were settled in a way."""
        return rows.filter(choice=Choice.WAITING if value == WAITING else value)


class RestatementsPage(QueuePage):
    """The queue."""

    name = "restatements"
    desk = restatements.DESK
    row_template = "console/parts/restatement_row.html"
    item_template = "console/parts/restatement_item.html"
    filterset_class = RestatementFilters
    sorts: ClassVar = {
        "oldest": (gettext_lazy("Found first"), ("found_at", "pk")),
        "decided": (gettext_lazy("Latest decision first"), ("-on", "pk")),
        "partner": (gettext_lazy("By company"), ("partner__name", "on", "pk")),
    }
    columns: ClassVar = (
        COMPANY,
        Column(gettext_lazy("Decided on"), lambda row: row.on),
        Column(gettext_lazy("As decided"), lambda row: words_of(STATUSES, row.decided)),
        Column(gettext_lazy("By today's knowledge"), lambda row: words_of(STATUSES, row.would_be)),
        Column(gettext_lazy("Settled"), lambda row: row.get_choice_display()),
        Column(gettext_lazy("Settled by"), lambda row: row.settled_by or ""),
        REASON,
    )
    subheading = gettext_lazy("Decisions on a status that later refunds or exclusions put in another light.")
    empty_title = gettext_lazy("No restatement waits")
    empty_text = gettext_lazy("They appear when a refund or an excluded sale would have changed an earlier decision.")

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the queue, those found since the last look included."""
        restatements.bring_up(self.request.now)
        return super().get(request)

    @staticmethod
    def rows() -> QuerySet[Any]:
        """All restatements."""
        return RestatementDecision.objects.select_related("partner", "held_by", "settled_by")

    def waits(self, item: Any) -> bool:
        """Whether it is not settled."""
        return bool(item.choice == Choice.WAITING)

    def about(self, item: Any) -> dict[str, Any]:
        """The figures then and now, what brought the change, and what applying would do."""
        known = Known(item.partner, self.request.today)
        return {
            "figures": restatements.changed_figures(item, known.standing),
            "behind": [(event, program_day(event.at)) for event in restatements.behind(item)],
            "remedy": restatements.remedy(item, known, self.request.now) if self.waits(item) else None,
        }

    def act(self, action: str, uid: str, given: QueryDict, actor: Actor) -> str:
        """Apply, leave, or what every queue has."""
        now = self.request.now
        match action:
            case "apply" | "leave":
                case = restatements.settle(uid=uid, choice=action, reason=given.get("reason", ""), actor=actor, now=now)
                said = _("Applied: %(company)s.") if action == "apply" else _("Left as decided: %(company)s.")
                return said % {"company": case.partner.name}
        return super().act(action, uid, given, actor)
