"""A partner's file in the console: its sections, each an address of its own, and what is open about the partner.

A room's pages join the file with one line in PARTNER_TABS (an address that takes the partner's key alone); what is
open comes from the queues. A section that is not open to the reader is not shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Value
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from honeyguide.access.nav import may_look
from honeyguide.access.person import Person, PersonRequest
from honeyguide.access.table import MANAGERS, PAGES, SUPPORTERS
from honeyguide.common.queues import Due, due_of
from honeyguide.console.queues import QUEUES, Queue
from honeyguide.joining.services import partner_by_key
from honeyguide.partners.models import Partner
from honeyguide.standing.models import Standing
from honeyguide.standing.queries import rank_today, standing_on


@dataclass(frozen=True, slots=True)
class Tab:
    """A section. `name`: of its address, which takes the partner's key."""

    name: str
    label: "str | Promise"


@dataclass(frozen=True, slots=True)
class TabLink:
    """A section as one reader sees it."""

    url: str
    label: str
    current: bool


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Something about the partner that waits: in which queue, what, since when, until when, where it is decided."""

    queue: "str | Promise"
    words: str
    since: datetime
    due: Due
    url: str


PARTNER_TABS: list[Tab] = [
    Tab("console:partner", _("Overview")),
    Tab("console:partner_evidence", _("Evidence")),
    Tab("console:partner_earned", _("Points")),
    Tab("console:partner_movements", _("Movements")),
    Tab("console:partner_conduct", _("Conduct")),
    Tab("console:partner_reviews", _("Reviews")),
    Tab("console:partner_people", _("People")),
    Tab("console:partner_company", _("Company")),
    Tab("console:partner_notices", _("Notices")),
    Tab("console:partner_history", _("History")),
]


def tabs_of(request: PersonRequest, partner: Partner) -> list[TabLink]:
    """The sections that are there and open to the reader."""
    match = request.resolver_match
    here = match.view_name if match is not None else ""
    links = []
    for tab in PARTNER_TABS:
        page = PAGES.get(tab.name)
        if page is None or not may_look(request.person, page):
            continue
        try:
            url = reverse(tab.name, args=[partner.key])
        except NoReverseMatch:
            continue
        links.append(TabLink(url, str(tab.label), here == tab.name))
    return links


def open_cases(partner: Partner, now: datetime) -> list[OpenCase]:
    """What waits about the partner in any queue, the oldest first."""
    found = [case for queue in _queues_with(partner) for case in _cases_in(queue, partner, now)]
    return sorted(found, key=lambda case: case.since)


def _queues_with(partner: Partner) -> list[Queue]:
    """The queues in which something of the partner waits, by one query."""
    first, *others = (
        queue.waiting()
        .filter(partner=partner)
        .order_by()
        .annotate(queue_name=Value(queue.name))
        .values_list("queue_name")
        for queue in QUEUES
    )
    names = {name for (name,) in first.union(*others).order_by()}
    return [queue for queue in QUEUES if queue.name in names]


def _cases_in(queue: Queue, partner: Partner, now: datetime) -> Iterator[OpenCase]:
    page = reverse(queue.url_name)
    for item in queue.waiting().filter(partner=partner).select_related("partner"):
        since, due = getattr(item, queue.since), due_of(queue.due_at(item), now)
        yield OpenCase(queue.title, queue.words(item), since, due, f"{page}?item={item.uid}")


def file_context(request: PersonRequest, key: str, *, partner: Partner | None = None) -> dict[str, Any]:
    """What every section of a partner's file shows above: partner, standing today, rank, sections. Raises NotFound."""
    partner = partner or partner_by_key(key)
    standing = standing_on(partner, request.today)
    return {
        "partner": partner,
        "head": standing,
        "rank": _rank(standing),
        "tabs": tabs_of(request, partner),
        "may_manage": kind_in(request.person, MANAGERS),
        "may_view_as": kind_in(request.person, SUPPORTERS),
    }


def kind_in(person: Person, kinds: frozenset[str]) -> bool:
    """Whether a reader is one of some kinds of people."""
    return person.kind in kinds


def _rank(standing: Standing | None) -> int | None:
    return rank_today(standing) if standing is not None else None
