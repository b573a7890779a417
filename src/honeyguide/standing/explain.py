"""Why each figure of a standing is what it is: inputs, rule, clause, version and day (T3, T14).

Pure. `discount_decision` finds which rule gave the discount; tests hold it to the engine's over random histories.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from honeyguide.common.explanation import Explanation, figure_text
from honeyguide.common.local import day_text, percent_text, whole_text
from honeyguide.common.words import PRODUCTS, requirement_words, words_of
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.sections import Status
from honeyguide.standing.happenings import (
    Happening,
    MeasureInForce,
    Reduction,
    facts_of,
    measures_of,
    reduction_of,
)
from honeyguide.standing.models import Standing, State
from honeyguide.standing.story import FACT, Row, Step, Story, status_named
from honeyguide.standing.wording import months_text, status_word, step_reason

BY_STATUS, BY_MISSING, BY_REDUCTION, BY_BLOCK, BY_STATE = "status", "missing", "reduction", "block", "state"


@dataclass(frozen=True, slots=True)
class DiscountDecision:
    """Where the discount comes from.

    `by`: status, missing (something that the discount waits for), reduction (T3.6), block (T14), state (not active).
    `missing`: names of those requirements; `reduction`, `block`: in force, whether or not they decide.
    """

    percent: Decimal
    by: str
    clause: str
    status_percent: Decimal
    missing: tuple[str, ...]
    reduction: Reduction | None
    block: MeasureInForce | None

    @property
    def is_reduced(self) -> bool:
        """Whether it is less than the status gives."""
        return self.percent < self.status_percent


def discount_decision(standing: Standing, happenings: Sequence[Happening], rulebook: Rulebook) -> DiscountDecision:
    """Which rule gave the discount at the end of the standing's day. `happenings`: the partner's, up to that day."""
    status = status_named(rulebook, standing.status)
    measures = measures_of(happenings, standing.assessed_on, rulebook)
    block = next((one for one in measures if one.measure == "block_access"), None)
    reduction = reduction_of(happenings)
    if status is None or standing.state != State.ACTIVE:
        clause = _state_clause(standing, rulebook)
        full = status.discount_percent if status else Decimal(0)
        return DiscountDecision(Decimal(0), BY_STATE, clause, full, (), reduction, block)
    facts = facts_of(happenings, rulebook)
    missing = tuple(name for name in status.discount_requires if name not in facts)
    percent = Decimal(0) if missing else status.discount_percent
    by, clause = (BY_MISSING if missing else BY_STATUS), status.benefits_clause
    if reduction is not None and reduction.percent < percent:
        percent, by, clause = reduction.percent, BY_REDUCTION, rulebook.clauses.discount_adjusted
    blocked = rulebook.measures.block_access_discount_percent
    if block is not None and blocked < percent:
        percent, by, clause = blocked, BY_BLOCK, rulebook.clauses.measure
    return DiscountDecision(percent, by, clause, status.discount_percent, missing, reduction, block)


def _state_clause(standing: Standing, rulebook: Rulebook) -> str:
    if standing.state == State.SUSPENDED:
        return rulebook.clauses.suspended
    return rulebook.clauses.terminated if standing.state == State.TERMINATED else rulebook.clauses.accepted


def discount_sentence(decision: DiscountDecision, standing: Standing) -> str:
    """Where the discount comes from, and what gives the rest back, in one or two sentences."""
    figures = {
        "status": status_word(standing.status),
        "full": percent_text(decision.status_percent),
        "percent": percent_text(decision.percent),
        "what": ", ".join(requirement_words(name) for name in decision.missing),
        "reason": decision.reduction.reason.rstrip(".") if decision.reduction else "",
        "restores": decision.reduction.restores.rstrip(".") if decision.reduction else "",
    }
    if decision.by == BY_MISSING:
        return _("%(full)s as %(status)s as soon as this is done: %(what)s.") % figures
    if decision.by == BY_REDUCTION and figures["restores"]:
        return _("Reduced from %(full)s: %(reason)s. What restores it: %(restores)s.") % figures
    if decision.by == BY_REDUCTION:
        return _("Reduced from %(full)s: %(reason)s. The operator restores it once that is settled.") % figures
    if decision.by == BY_BLOCK:
        if decision.block and decision.block.until:
            return _("Access is blocked until the end of %(day)s.") % {"day": day_text(decision.block.until)}
        return _("Access is blocked until the measure is lifted.")
    if decision.by == BY_STATUS:
        return _("What %(status)s gives.") % figures
    reasons = {
        State.APPLICANT: _("Discounts begin with the acceptance into the program."),
        State.SUSPENDED: _("No discount while the account is suspended; %(full)s again after it."),
    }
    return reasons.get(State(standing.state), _("No discount after the participation has ended.")) % figures


def explain_discount(story: Story, decision: DiscountDecision) -> Explanation:
    """Why the discount is what it is (T3.1.1b, T3.1.2c, T3.1.3c, T3.6, T14)."""
    standing, rulebook = story.standing, story.rulebook
    inputs = []
    if standing.status:
        inputs.append((_("Status"), status_word(standing.status)))
        inputs.append((_("Discount of the status"), percent_text(decision.status_percent)))
    inputs += [(requirement_words(name), _("missing")) for name in decision.missing]
    if decision.reduction is not None:
        since = {"percent": percent_text(decision.reduction.percent), "day": day_text(decision.reduction.since)}
        inputs.append((_("Reduced by the operator to"), _("%(percent)s since %(day)s") % since))
        inputs.append((_("Reason"), decision.reduction.reason))
        if decision.reduction.restores:
            inputs.append((_("What restores it"), decision.reduction.restores))
    if decision.block is not None:
        inputs.append((_("Access blocked since"), day_text(decision.block.since)))
        inputs.append((_("Discount while blocked"), percent_text(rulebook.measures.block_access_discount_percent)))
    if decision.by == BY_STATE:
        inputs.append((_("State"), str(State(standing.state).label)))
    return Explanation(
        title=_("Discount"),
        rule=_discount_rule(story),
        inputs=inputs,
        result=percent_text(standing.discount_percent),
        clause=decision.clause,
        rulebook=version_of(standing),
        day=standing.assessed_on,
    )


def _discount_rule(story: Story) -> str:
    parts = [_("The status held gives the discount. A reduction by the operator or a blocked access lowers it.")]
    status = story.status
    if status and status.discount_requires:
        what = ", ".join(requirement_words(name) for name in status.discount_requires)
        parts.append(_("%(status)s gives it from the day on which this is done: %(what)s.") % {
            "status": status_word(status.name), "what": what})  # fmt: skip
    return " ".join(parts)


def version_of(standing: Standing, step: Step | None = None) -> str:
    """The rulebook that decided, with its version: that of the standing's day, or of a step's."""
    return f"{standing.rulebook_name} {(step.rulebook if step else '') or standing.rulebook_version}"


def explain_status(story: Story) -> Explanation:
    """Why the status is what it is: the step that gave it, with the figures as they stood."""
    standing, step = story.standing, story.last_step
    inputs = []
    if step is not None:
        inputs = [
            (
                requirement_words(row.name),
                f"{figure_text(row.name, row.actual)} / {figure_text(row.name, row.required)}",
            )
            if row.kind != FACT
            else (requirement_words(row.name), figure_text(row.name, row.actual))
            for row in step.rows
            if row.decides
        ]
    return Explanation(
        title=_("Status"),
        rule=step_reason(step, story) if step else _("No application was approved yet."),
        inputs=inputs,
        result=status_word(standing.status) if standing.status else _("No status"),
        clause=step.clause if step else "",
        rulebook=version_of(standing, step),
        day=step.on if step else standing.assessed_on,
    )


def explain_row(story: Story, row: Row) -> Explanation:
    """Why a requirement is met or missing: what counts, in which window, how much is there."""
    inputs = []
    if row.kind == FACT:
        inputs.append((_("Shown"), _("yes") if row.met else _("not yet")))
    else:
        inputs += [
            (_("Counted"), figure_text(row.name, row.actual)),
            (_("Required"), figure_text(row.name, row.required)),
        ]
        if row.missing:
            inputs.append((_("Missing"), figure_text(row.name, row.missing)))
        if row.expected is not None and not row.met:
            inputs.append((_("Expected by then"), figure_text(row.name, row.expected)))
    if row.window:
        inputs.append((_("First day"), day_text(row.window[0])))
        inputs.append((_("Last day"), day_text(row.window[1])))
    if not row.decides:
        inputs.append((_("Decides"), _("no, it is only shown")))
    return Explanation(
        title=requirement_words(row.name),
        rule=rule_of(row, story.rulebook),
        inputs=inputs,
        result=_("Met") if row.met else _("Missing"),
        clause=row.clause,
        rulebook=version_of(story.standing),
        day=story.standing.assessed_on,
    )


def rule_of(row: Row, rulebook: Rulebook) -> str:
    """What counts for a requirement, in a sentence."""
    if row.name == "sales":
        products = ", ".join(words_of(PRODUCTS, name) for name in rulebook.sales.counting_products)
        return _(
            "What you paid for sales on the days of the window, after your discount and before tax, less refunds. "
            "What counts: %(products)s. What does not: sales while suspended, sales to own or affiliated companies."
        ) % {"products": products}
    if row.name == "clients":
        return _("Different clients of the sales that count on the days of the window.")
    if row.name == "seats":
        months = months_text(rulebook.seats.paid_months)
        return _(
            "Seats of clients who never held a paid subscription or licence before and then stay paid for %(months)s "
            "without a gap. They count once, on the day on which these months are over."
        ) % {"months": months}
    if row.course:
        return _("Counts from the day on which one of your people has completed the course.")
    if row.nfr:
        return _("Counts from the day on which your company has claimed it.")
    return _("Counts from the day on which the operator approves what was handed in.")


def explain_review(story: Story) -> Explanation | None:
    """Why the status is decided on that day (T3.1.1a, T3.4a); None when nothing is due."""
    goal, standing = story.keep, story.standing
    if goal is None or goal.on is None:
        return None
    status = story.status
    if goal.on_is == "deadline":
        rule = _deadline_rule(story.statuses[0])
        accepted = next((step.on for step in story.steps if step.cause == "accepted"), None)
        inputs = [(_("Accepted"), day_text(accepted))] if accepted else []
        clause = story.statuses[0].keep.clause
    else:
        months = status.keep.review_months if status and status.keep.review_months else 12
        rule = _(
            "A status above the first is looked at %(months)s after it was reached or last confirmed, at the start of "
            "that day. What counts are the days from the confirmation to the day before."
        ) % {"months": months_text(months)}
        inputs = [(_("Last confirmed"), day_text(standing.confirmed_on))] if standing.confirmed_on else []
        clause = story.rulebook.clauses.reviewed
    return Explanation(
        title=_("Deadline") if goal.on_is == "deadline" else _("Review day"),
        rule=rule,
        inputs=inputs,
        result=day_text(goal.on),
        clause=clause,
        rulebook=version_of(standing),
        day=standing.assessed_on,
    )


def _deadline_rule(lowest: Status) -> str:
    count = lowest.keep.deadline_days or 0
    what = ", ".join(requirement_words(name) for name in lowest.keep.requirements)
    return ngettext(
        "Within %(count)s day of the acceptance this has to be there: %(what)s. Else the participation is cancelled.",
        "Within %(count)s days of the acceptance this has to be there: %(what)s. Else the participation is cancelled.",
        count,
    ) % {"count": whole_text(count), "what": what}


def explain_rank(standing: Standing, rank: int | None) -> Explanation:
    """Why the rank is what it is: by active points among all active partners (reading 17)."""
    return Explanation(
        title=_("Rank"),
        rule=_(
            "The place among all active partners by active points: one more than the number of those who have more."
        ),
        inputs=[(_("Active points"), whole_text(standing.points_active))],
        result=whole_text(rank) if rank else _("No rank: only active partners are ranked"),
        clause="T4.2",
        rulebook=version_of(standing),
        day=standing.assessed_on,
    )


def explain_points(standing: Standing) -> Explanation:
    """What the active points are made of (T4.2)."""
    inputs = [
        (_("Available"), whole_text(standing.points_available)),
        (_("Held until a decision"), whole_text(standing.points_held)),
        (_("Spent so far"), whole_text(standing.points_spent)),
        (_("Expired so far"), whole_text(standing.points_expired)),
        (_("Debt"), whole_text(standing.points_debt)),
    ]
    return Explanation(
        title=_("Active points"),
        rule=_(
            "The awards that are valid on this day, less what was taken back of them. Spending points does not lower "
            "them."
        ),
        inputs=inputs,
        result=whole_text(standing.points_active),
        clause="T4.2",
        rulebook=version_of(standing),
        day=standing.assessed_on,
    )
