"""The work queues: what waits for a decision, in the order in which the team looks at them.

A room offers a function that sums its queue up; here it gets its title, its page, and who may decide. To add a queue:
one `Queue` in QUEUES, its page (a subclass of console.queue_page.QueuePage), its address and row of access.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from honeyguide.access.table import COMPLIANCE_TEAM, DECIDERS, MANAGERS
from honeyguide.common.local import day_text
from honeyguide.common.queues import Waiting
from honeyguide.conduct import restatements
from honeyguide.earning import queries as earning
from honeyguide.earning.services import held
from honeyguide.joining import queries as joining
from honeyguide.requirements import queries as requirements
from honeyguide.rewards import queries as rewards


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue.

    `url_name`: its page; `deciders`: operator roles that decide (access.table); `summary`: what waits at an instant;
    `waiting`: the items that wait, each with its `partner`, and when one is due; `since`: the field that says from when
    it waits; `decisions`: types of events (history) that are its decisions, for the list of recent ones; `words`: what
    an item is called beside its company.
    """

    name: str
    title: str | Promise
    icon: str
    url_name: str
    deciders: frozenset[str]
    summary: Callable[[datetime], Waiting]
    waiting: Callable[[], QuerySet[Any]]
    due_at: Callable[[Any], datetime]
    since: str
    decisions: tuple[str, ...] = ()
    words: Callable[[Any], str] = str


QUEUES: tuple[Queue, ...] = (
    Queue(
        "evidence",
        _("Evidence"),
        "file-check",
        "console:evidence",
        DECIDERS,
        requirements.evidence_waiting,
        requirements.waiting_cases,
        requirements.PROMISE.due_at,
        "submitted_at",
        ("evidence.accepted", "evidence.declined", "evidence.revoked"),
    ),
    Queue(
        "nfr",
        _("Claims of own licences"),
        "key",
        "console:nfr",
        DECIDERS,
        requirements.nfr_waiting,
        requirements.waiting_claims,
        requirements.PROMISE.due_at,
        "submitted_at",
        ("nfr.granted", "nfr.declined", "nfr.returned"),
    ),
    Queue(
        "exchanges",
        _("Exchanges of points"),
        "gift",
        "console:points_exchanges",
        MANAGERS,
        rewards.exchanges_waiting,
        rewards.open_exchanges,
        rewards.due_at,
        "confirmed_at",
        ("exchange.approved", "exchange.refused", "exchange.fulfilled", "exchange.cancelled"),
    ),
    Queue(
        "points_projects",
        _("Projects"),
        "briefcase",
        "console:points_projects",
        DECIDERS,
        earning.projects_waiting,
        earning.waiting_projects,
        earning.PROMISE.due_at,
        "submitted_at",
        ("project.accepted", "project.refused"),
    ),
    Queue(
        "points_claims",
        _("Claims of points"),
        "award",
        "console:points_claims",
        DECIDERS,
        earning.claims_waiting,
        earning.waiting_claims,
        earning.PROMISE.due_at,
        "submitted_at",
        ("claim.approved", "claim.refused"),
    ),
    Queue(
        "points_held",
        _("Held repeat deals"),
        "hand-stop",
        "console:points_held",
        DECIDERS,
        held.held_waiting,
        held.waiting_deals,
        held.PROMISE.due_at,
        "found_at",
        ("deal.accepted", "deal.refused"),
    ),
    Queue(
        "changes",
        _("Changes of profile and team"),
        "user-cog",
        "console:changes",
        DECIDERS,
        joining.changes_waiting,
        joining.all_waiting_changes,
        joining.PROMISE.due_at,
        "requested_at",
        ("change.approved", "change.declined"),
        words=lambda change: str(change.get_kind_display()),
    ),
    Queue(
        "restatements",
        _("Restatements"),
        "history",
        "console:restatements",
        COMPLIANCE_TEAM,
        restatements.summary,
        restatements.waiting,
        restatements.PROMISE.due_at,
        "found_at",
        ("restatement.settled",),
        words=lambda case: gettext("Restatement of the decision of %(day)s") % {"day": day_text(case.on)},
    ),
)


def queue(name: str) -> Queue:
    """The queue of that name."""
    return next(found for found in QUEUES if found.name == name)
