"""Menus: entries of the partner's and the operator's site, of which each person sees those that are open to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from honeyguide.access.person import Person, PersonRequest
from honeyguide.access.table import MEMBERS, PAGES, TEAM, Page


@dataclass(frozen=True, slots=True)
class NavEntry:
    """A line of a menu. `name`: of the address; `counter`: what waits there.

    `also`: other names that light it up; `*` in one stands for anything.
    """

    name: str
    icon: str
    label: "str | Promise"
    group: "str | Promise" = ""
    counter: Callable[[PersonRequest], int] | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NavLink:
    """An entry as one person sees it."""

    url: str
    icon: str
    label: str
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class NavGroup:
    """Links under one heading."""

    label: str
    links: list[NavLink]


def may_look(person: Person, page: Page) -> bool:
    """Whether an address is open to a person: what the access middleware would say, without its reasons."""
    as_partner = sees_as_partner(person, page) or (person.kind in MEMBERS and person.kind in page.look)
    return (page.limited or person.sees_dashboard) if as_partner else person.kind in page.look


def sees_as_partner(person: Person, page: Page) -> bool:
    """Whether one of the team looks at a page of the partner's site as the partner sees it."""
    return bool(person.viewing_as and page.look & MEMBERS and not page.look & TEAM)


def menu(entries: Sequence[NavEntry], request: PersonRequest) -> list[NavGroup]:
    """The entries open to the visitor, by group, in the order given. One that has no address yet is left out."""
    match = request.resolver_match
    here = match.view_name if match is not None else ""
    groups: dict[str, list[NavLink]] = {}
    for entry in entries:
        page = PAGES.get(entry.name)
        if page is None or not may_look(request.person, page):
            continue
        try:
            url = reverse(entry.name)
        except NoReverseMatch:
            continue
        count = entry.counter(request) if entry.counter is not None else 0
        current = here == entry.name or any(fnmatchcase(here, each) for each in entry.also)
        groups.setdefault(str(entry.group), []).append(NavLink(url, entry.icon, str(entry.label), count, current))
    return [NavGroup(label, links) for label, links in groups.items()]
