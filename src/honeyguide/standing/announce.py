"""Telling partners what has changed in their standing: by notices, in the transaction of the change."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse

from honeyguide.accounts.actor import Actor
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.notices.services import send
from honeyguide.standing.change import Change
from honeyguide.standing.models import State

NEWS_DAYS = 7
"""A transition further back than this is history that was only now loaded, not news."""
EXPLAINED_BY_WHO_TOLD = frozenset({"discount.adjusted", "discount.restored"})
"""Events whose own notice says what the discount is and why (T3.6)."""
EXPLAINED_CAUSES = frozenset({"measure", "suspended", "reinstated", "terminated"})
"""Causes of transitions that whoever decided on them tells the partner of, with the reason (T14, T3.4b, T1.5)."""


def announce(
    changes: Iterable[Change],
    *,
    actor: Actor,
    now: datetime,
    told: frozenset[str] = frozenset(),
    explained: bool = False,
) -> None:
    """Send a notice for each new transition of the last days, and for a discount that changed without one.

    `told`: types of the events that brought the changes. `explained`: whoever told them sends the partner a notice of
    its own that says what they do.
    """
    for change in changes:
        news = [step for step in change.transitions if _is_news(step, change.after.assessed_on)]
        if explained:
            news = [step for step in news if step["cause"] not in EXPLAINED_CAUSES]
        for step in news:
            _send_transition(change, step, is_last=step is change.transitions[-1], actor=actor, now=now)
        if not news and not explained and _discount_changed(change) and not told & EXPLAINED_BY_WHO_TOLD:
            _send_discount(change, actor=actor, now=now)


def _is_news(step: Mapping[str, Any], day: date) -> bool:
    return date.fromisoformat(step["on"]) >= day - timedelta(days=NEWS_DAYS)


def _discount_changed(change: Change) -> bool:
    """Whether an active partner's discount differs, with nothing in its path that would say why."""
    before, after = change.before, change.after
    return (
        before is not None
        and not change.transitions
        and before.state == after.state == State.ACTIVE
        and before.discount_percent != after.discount_percent
    )


def _send_transition(change: Change, step: Mapping[str, Any], *, is_last: bool, actor: Actor, now: datetime) -> None:
    after = change.after
    regained = step["cause"] == "upgraded" and step["clause"] == current_rulebook().clauses.regained
    due_on = after.due_on if is_last and after.state == State.ACTIVE else None
    send(
        partner=change.partner,
        kind="status_regained" if regained else f"status_{step['cause']}",
        context={
            "status": step["to"] or "",
            "before": step["from"] or "",
            "on": date.fromisoformat(step["on"]),
            "clause": step["clause"],
            "discount_percent": after.discount_percent if is_last else None,
            "due_on": due_on,
            "missing": [_row(row) for row in step.get("requirements", ()) if row["decides"] and not row["met"]],
        },
        actor=actor,
        now=now,
        deadline=due_on,
        link=reverse("portal:home"),
    )


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "requirement": row["requirement"],
        "actual": row["actual"],
        "required": row["required"],
        "is_money": isinstance(row["actual"], str),
        "is_figure": not isinstance(row["actual"], bool),
    }


def _send_discount(change: Change, *, actor: Actor, now: datetime) -> None:
    assert change.before is not None
    send(
        partner=change.partner,
        kind="discount_changed",
        context={
            "discount_percent": change.after.discount_percent,
            "discount_percent_before": change.before.discount_percent,
            "on": change.after.assessed_on,
        },
        actor=actor,
        now=now,
        link=reverse("portal:home"),
    )
