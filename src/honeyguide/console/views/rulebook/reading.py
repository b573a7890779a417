"""Versions of the rulebook: the one in force, all that there were and will be, each to read and to take away."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import slugify

from honeyguide.access.person import PersonRequest
from honeyguide.common.downloads import download
from honeyguide.common.lists import SEARCH_CHARS_MAX
from honeyguide.rulebooks.queries import Listed, VersionState, listed, listed_version, text_of
from honeyguide.rulebooks.words import changes, sections
from honeyguide.studio import queries
from honeyguide.studio.rules import is_editor


def reading_context(request: PersonRequest, found: Listed) -> dict[str, Any]:
    """What a page needs to show a version's figures, narrowed by the search."""
    search = request.GET.get("q", "").strip()[:SEARCH_CHARS_MAX]
    shown = sections(found.rulebook, search)
    return {
        "found": found,
        "version": found.rulebook,
        "sections": shown,
        "count": sum(section.count for section in shown),
        "search": search,
    }


def rulebook(request: PersonRequest) -> HttpResponse:
    """The version in force, and what is announced."""
    every = listed(request.today)
    found = next(each for each in every if each.state == VersionState.IN_FORCE)
    announced = [each for each in every if each.state == VersionState.ANNOUNCED]
    context = reading_context(request, found) | {"announced": announced, "open_drafts": queries.open_drafts()}
    return render(request, "console/rulebook/in_force.html", context)


def versions(request: PersonRequest) -> HttpResponse:
    """All versions, the latest first, each with what it changed."""
    every = [
        {"found": each, "changes": changes(each.before, each.rulebook) if each.before is not None else []}
        for each in reversed(listed(request.today))
    ]
    return render(request, "console/rulebook/versions.html", {"versions": every, "asked": queries.waiting_requests()})


def version(request: PersonRequest, version: str) -> HttpResponse:
    """One version: since when, by whom, what it changed, every figure."""
    found = listed_version(version, request.today)
    request_to_revoke = queries.request_to_revoke(found.row) if found.row is not None else None
    user = request.person.user
    context = reading_context(request, found) | {
        "changes": changes(found.before, found.rulebook) if found.before is not None else [],
        "asked": request_to_revoke,
        "may_ask": found.state == VersionState.ANNOUNCED and request_to_revoke is None and is_editor(user),
        "may_decide": request_to_revoke is not None and is_editor(user),
        "is_asker": request_to_revoke is not None and request_to_revoke.asked_by == user,
        "draft": queries.draft_of(found.row) if found.row is not None else None,
    }
    return render(request, "console/rulebook/version.html", context)


def version_file(request: PersonRequest, version: str) -> HttpResponse:
    """The file as it was published."""
    found = listed_version(version, request.today)
    return toml_file(text_of(found.row), f"rulebook-{slugify(found.version) or 'first'}")


def toml_file(text: str, name: str) -> HttpResponse:
    """A rulebook to take away."""
    return download(f"{name}.toml", text, "application/toml; charset=utf-8")
