"""The work queues: what waits for a decision, in the order in which the team looks at them.

A room offers a function that sums its queue up; here it gets its title, its page, and who may decide. To add a queue:
one `Queue` in QUEUES, its page (a subclass of console.queue_page.QueuePage), its address and row of access.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from honeyguide.access.table import COMPLIANCE_TEAM, DECIDERS, MANAGERS
from honeyguide.common.queues import Waiting
from honeyguide.conduct import restatements
from honeyguide.earning.queries import claims_waiting, projects_waiting
from honeyguide.earning.services.held import held_waiting
from honeyguide.joining.queries import changes_waiting
from honeyguide.requirements.queries import evidence_waiting, nfr_waiting
from honeyguide.rewards.queries import exchanges_waiting


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue.

    `url_name`: its page; `deciders`: operator roles that decide (access.table); `summary`: what waits at an instant;
    `decisions`: types of events (history) that are its decisions, for the list of recent ones.
    """

    name: str
    title: str | Promise
    icon: str
    url_name: str
    deciders: frozenset[str]
    summary: Callable[[datetime], Waiting]
    decisions: tuple[str, ...] = ()


QUEUES: tuple[Queue, ...] = (
    Queue(
        "evidence",
        _("Evidence"),
        "file-check",
        "console:evidence",
        DECIDERS,
        evidence_waiting,
        ("evidence.accepted", "evidence.declined", "evidence.revoked"),
    ),
    Queue(
        "nfr",
        _("Claims of own licences"),
        "key",
        "console:nfr",
        DECIDERS,
        nfr_waiting,
        ("nfr.granted", "nfr.declined", "nfr.returned"),
    ),
    Queue(
        "exchanges",
        _("Exchanges of points"),
        "gift",
        "console:points_exchanges",
        MANAGERS,
        exchanges_waiting,
        ("exchange.approved", "exchange.refused", "exchange.fulfilled", "exchange.cancelled"),
    ),
    Queue(
        "points_projects",
        _("Projects"),
        "briefcase",
        "console:points_projects",
        DECIDERS,
        projects_waiting,
        ("project.accepted", "project.refused"),
    ),
    Queue(
        "points_claims",
        _("Claims of points"),
        "award",
        "console:points_claims",
        DECIDERS,
        claims_waiting,
        ("claim.approved", "claim.refused"),
    ),
    Queue(
        "points_held",
        _("Held repeat deals"),
        "hand-stop",
        "console:points_held",
        DECIDERS,
        held_waiting,
        ("deal.accepted", "deal.refused"),
    ),
    Queue(
        "changes",
        _("Changes of profile and team"),
        "user-cog",
        "console:changes",
        DECIDERS,
        changes_waiting,
        ("change.approved", "change.declined"),
    ),
    Queue(
        "restatements",
        _("Restatements"),
        "history",
        "console:restatements",
        COMPLIANCE_TEAM,
        restatements.summary,
        ("restatement.settled",),
    ),
)


def queue(name: str) -> Queue:
    """The queue of that name."""
    return next(found for found in QUEUES if found.name == name)
