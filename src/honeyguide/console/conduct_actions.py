"""Decisions on conduct as pages have them: words, form, the plan that a preview asks, and the service that decides."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from honeyguide.conduct import plans, services
from honeyguide.console import conduct_forms as given
from honeyguide.history.models import Event


@dataclass(frozen=True, slots=True)
class Action:
    """A decision: its words, its form, the plan that the preview asks, and the service that decides."""

    title: str | Promise
    lead: str | Promise
    submit: str | Promise
    done: str | Promise
    form: type[given.DecisionForm]
    plan: Callable[..., plans.Plan]
    act: Callable[..., Event]
    tone: str = "primary"


def _plan_termination(*, measure: str = "", **fields: Any) -> plans.Plan:
    return plans.measure(measure=measure, **fields) if measure else plans.termination(**fields)


def _terminate(*, measure: str = "", **fields: Any) -> Event:
    return services.apply_measure(measure=measure, **fields) if measure else services.terminate(**fields)


ACTIONS: dict[str, Action] = {
    "conduct_measure": Action(
        gettext_lazy("Take a measure"),
        gettext_lazy("It acts at once, and the partner is told."),
        gettext_lazy("Take the measure"),
        gettext_lazy("The measure is in force."),
        given.MeasureForm, plans.measure, services.apply_measure, "danger",
    ),
    "conduct_lift": Action(
        gettext_lazy("Lift measures"),
        gettext_lazy("All measures of a kind end together, and the partner is told."),
        gettext_lazy("Lift all of this kind"),
        gettext_lazy("All measures of this kind are lifted."),
        given.LiftForm, plans.lift, services.lift_measure,
    ),
    "conduct_points": Action(
        gettext_lazy("Cancel points"),
        gettext_lazy("A measure that takes points for good; the partner is told."),
        gettext_lazy("Cancel the points"),
        gettext_lazy("The points are cancelled."),
        given.PointsForm, plans.cancel_points, services.cancel_points, "danger",
    ),
    "conduct_suspend": Action(
        gettext_lazy("Suspend"),
        gettext_lazy("No discount and no upgrade until it is reinstated; status and reviews stay."),
        gettext_lazy("Suspend"),
        gettext_lazy("The partner is suspended."),
        given.SuspendForm, plans.suspension, services.suspend, "danger",
    ),
    "conduct_reinstate": Action(
        gettext_lazy("Reinstate"),
        gettext_lazy("The suspension ends, and the partner is told."),
        gettext_lazy("Reinstate"),
        gettext_lazy("The partner is reinstated."),
        given.ReasonForm, plans.reinstatement, services.reinstate,
    ),
    "conduct_terminate": Action(
        gettext_lazy("End participation"),
        gettext_lazy(
            "All benefits and access to the dashboard end at once. "
            "Only a new acceptance brings the partner back, at the lowest status."
        ),
        gettext_lazy("End participation"),
        gettext_lazy("Participation has ended."),
        given.TerminateForm, _plan_termination, _terminate, "danger",
    ),
    "conduct_adjust": Action(
        gettext_lazy("Reduce the discount"),
        gettext_lazy(
            "For a while, when requirements are not fully met. "
            "The partner is told the reduction and what restores it."
        ),
        gettext_lazy("Reduce the discount"),
        gettext_lazy("The discount is reduced."),
        given.AdjustForm, plans.adjustment, services.adjust_discount, "danger",
    ),
    "conduct_restore": Action(
        gettext_lazy("Restore the discount"),
        gettext_lazy("The discount of the status holds again, and the partner is told."),
        gettext_lazy("Restore the discount"),
        gettext_lazy("The discount is restored."),
        given.ReasonForm, plans.restoration, services.restore_discount,
    ),
    "conduct_exclude": Action(
        gettext_lazy("Exclude a sale"),
        gettext_lazy(
            "A sale to the partner itself or an affiliated entity leaves the targets of sales and seats. "
            "Its points stay."
        ),
        gettext_lazy("Exclude the sale"),
        gettext_lazy("The sale no longer counts for the targets."),
        given.ExcludeForm, plans.exclusion, services.exclude_sale, "danger",
    ),
}  # fmt: skip
"""By the name of the address."""
