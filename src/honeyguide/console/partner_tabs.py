"""A partner's file in the console: its sections, each an address of its own, and what is open about the partner.

A room's pages join the file with one line in PARTNER_TABS (an address that takes the partner's key alone); what is
open comes from the queues. A section that is not open to the reader is not shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from django.db.models import Value
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from honeyguide.access.nav import may_look
from honeyguide.access.person import Person, PersonRequest
from honeyguide.access.table import MANAGERS, PAGES, SUPPORTERS
from honeyguide.common.queues import Due, due_of
from honeyguide.console.as_of import AsOf, as_of
from honeyguide.console.queues import QUEUES, Queue
from honeyguide.joining.services import partner_by_key
from honeyguide.partners.models import Partner
from honeyguide.standing.models import Standing
from honeyguide.standing.queries import rank_today, standing_on


class Past(StrEnum):
    """What a section can say about an earlier day."""

    NONE = "none"
    """Nothing: it shows what is there today."""
    HELD = "held"
    """What held at its end, by all that is known today."""
    KNOWN = "known"
    """What was known at its end."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A section. `name`: of its address, which takes the partner's key; `also`: names of pages below it, `*`: any."""

    name: str
    label: "str | Promise"
    past: Past = Past.NONE
    also: tuple[str, ...] = ()

    def has(self, name: str) -> bool:
        """Whether an address is the section's own or that of a page below it."""
        return name == self.name or any(fnmatchcase(name, each) for each in self.also)


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
    Tab("console:partner", _("Overview"), Past.HELD),
    Tab("console:partner_evidence", _("Evidence")),
    Tab("console:partner_licences", _("Own licences"), Past.HELD),
    Tab("console:partner_sales", _("Sales"), Past.HELD),
    Tab("console:partner_earned", _("Points"), Past.HELD, also=("console:partner_issue",)),
    Tab("console:partner_movements", _("Movements"), Past.HELD),
    Tab("console:partner_conduct", _("Conduct"), also=("console:conduct_*",)),
    Tab("console:partner_reviews", _("Reviews"), also=("console:business_review_plan",)),
    Tab("console:partner_people", _("People"), also=("console:partner_invite",)),
    Tab("console:partner_company", _("Company"), also=("console:partner_edit",)),
    Tab("console:partner_notices", _("Notices")),
    Tab("console:partner_history", _("History"), Past.KNOWN),
]


def section(request: PersonRequest) -> Tab:
    """The section to which the page belongs."""
    match = request.resolver_match
    here = match.view_name if match is not None else ""
    return next((tab for tab in PARTNER_TABS if tab.has(here)), PARTNER_TABS[0])


def section_day(request: PersonRequest) -> AsOf:
    """The day that the page shows: today in a section that has no past, and on the pages below a section."""
    tab, match = section(request), request.resolver_match
    own = match is not None and match.view_name == tab.name
    return as_of(request, has_past=own and tab.past != Past.NONE)


def tabs_of(request: PersonRequest, partner: Partner) -> list[TabLink]:
    """The sections that are open to the reader, as of the day of the page."""
    here, kept = section(request), section_day(request).query
    return [
        TabLink(reverse(tab.name, args=[partner.key]) + kept, str(tab.label), tab is here)
        for tab in PARTNER_TABS
        if may_look(request.person, PAGES[tab.name])
    ]


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
    for item in queue.waiting().filter(partner=partner):
        item.partner = partner
        since, due = getattr(item, queue.since), due_of(queue.due_at(item), now)
        yield OpenCase(queue.title, queue.words(item), since, due, f"{page}?item={item.uid}")


def file_context(request: PersonRequest, key: str, *, partner: Partner | None = None) -> dict[str, Any]:
    """What every section of a partner's file shows above. Raises NotFound.

    `as_of`: the day of the page; `head`: the standing of that day; `rank`: of today, None for another day.
    """
    partner = partner or partner_by_key(key)
    shown = section_day(request)
    standing = standing_on(partner, shown.day)
    return {
        "partner": partner,
        "as_of": shown,
        "past": section(request).past,
        "head": standing,
        "rank": _rank(standing) if not shown.is_past else None,
        "tabs": tabs_of(request, partner),
        "may_manage": kind_in(request.person, MANAGERS),
        "may_view_as": kind_in(request.person, SUPPORTERS),
    }


def kind_in(person: Person, kinds: frozenset[str]) -> bool:
    """Whether a reader is one of some kinds of people."""
    return person.kind in kinds


def _rank(standing: Standing | None) -> int | None:
    return rank_today(standing) if standing is not None else None
