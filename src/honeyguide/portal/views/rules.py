"""The rules of the program as partners read them: in force, announced, and of any day before."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from honeyguide.access.person import PersonRequest
from honeyguide.common.lists import SEARCH_CHARS_MAX
from honeyguide.rulebooks.queries import Listed, VersionState, listed, listed_version
from honeyguide.rulebooks.words import changes, sections

FOR_THE_TEAM = frozenset({"requirements", "clauses"})
"""Parts of the file that say how it is put together, not what is asked of partners."""


def rules(request: PersonRequest) -> HttpResponse:
    """The version in force, and what will change."""
    every = listed(request.today)
    found = next(each for each in every if each.state == VersionState.IN_FORCE)
    announced = [
        {"found": each, "changes": changes(each.before, each.rulebook)}
        for each in every
        if each.state == VersionState.ANNOUNCED and each.before is not None
    ]
    past = [each for each in reversed(every) if each.state == VersionState.PAST]
    return render(request, "portal/rules.html", _context(request, found) | {"announced": announced, "past": past})


def rules_version(request: PersonRequest, version: str) -> HttpResponse:
    """One version, with what it changed."""
    found = listed_version(version, request.today)
    changed = changes(found.before, found.rulebook) if found.before is not None else []
    return render(request, "portal/rules_version.html", _context(request, found) | {"changes": changed})


def rules_of(request: PersonRequest, version: str) -> HttpResponse:
    """From a decision to the version that made it, on the visitor's own site. The clause is in the address's end."""
    person = request.person
    if person.user is not None and person.user.is_operator and not person.viewing_as:
        return redirect("console:rulebook_version", version)
    return redirect("portal:rules_version", version)


def _context(request: PersonRequest, found: Listed) -> dict[str, Any]:
    search = request.GET.get("q", "").strip()[:SEARCH_CHARS_MAX]
    shown = [each for each in sections(found.rulebook, search) if each.name not in FOR_THE_TEAM]
    return {
        "found": found,
        "version": found.rulebook,
        "sections": shown,
        "count": sum(each.count for each in shown),
        "search": search,
    }
