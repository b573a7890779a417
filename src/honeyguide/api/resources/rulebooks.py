"""The rules of the program: versions, and every figure of each with its clause."""

import json
from datetime import date
from typing import Any, cast

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from honeyguide.api.documenting import answers
from honeyguide.api.gate import ApiRequest, Gate
from honeyguide.program.rulebook import Rulebook, diff
from honeyguide.program.rulebook.figures import figures
from honeyguide.rulebooks.queries import Listed, in_force, listed, listed_version
from honeyguide.rulebooks.words import UNTOLD

router = Router(tags=["Rules"])


class VersionOut(Schema):
    """One version of the rules."""

    name: str
    version: str
    effective_from: date
    effective_to: date | None = Field(description="The last day on which it decides; null while no later one is known.")
    state: str = Field(description="past, in_force, announced, or revoked: taken back before its day.")


class VersionList(Schema):
    """All versions."""

    data: list[VersionOut]


class FigureOut(Schema):
    """One figure of the rules."""

    key: str = Field(description="Its place in the rulebook, for example `statuses.silver.keep.sales_amount`.")
    words: str = Field(description="What it is.")
    value: Any = Field(description="Amounts and percentages are text, counts numbers, days ISO 8601, lists lists.")
    text: str = Field(description="The value in words.")
    clause: str | None = Field(description="Of the program's terms.")


class ChangeOut(Schema):
    """One difference from the version before."""

    key: str
    words: str


class RulebookVersionOut(VersionOut):
    """A version with everything in it."""

    changes: list[ChangeOut] = Field(description="What it changed of the version before it.")
    figures: list[FigureOut]


def _today(request: HttpRequest) -> date:
    return cast("ApiRequest", request).today


def version_out(found: Listed) -> dict[str, Any]:
    """A version as the API shows it."""
    return {
        "name": found.rulebook.name,
        "version": found.version,
        "effective_from": found.rulebook.effective_from,
        "effective_to": found.until,
        "state": found.state,
    }


def whole(found: Listed) -> dict[str, Any]:
    """A version with its figures and what it changed."""
    before = found.before
    return version_out(found) | {
        "changes": [
            {"key": change.key, "words": change.words}
            for change in (diff(before, found.rulebook) if before is not None else [])
            if change.key not in UNTOLD
        ],
        "figures": list(_figures(found.rulebook)),
    }


def _figures(rulebook: Rulebook) -> list[dict[str, Any]]:
    plain = json.loads(rulebook.model_dump_json())
    return [
        {
            "key": ".".join(figure.key),
            "words": f"{figure.subject}: {figure.noun}",
            "value": _value(plain, rulebook, figure.key),
            "text": figure.text,
            "clause": figure.clause,
        }
        for figure in figures(rulebook)
    ]


def _value(plain: Any, rulebook: Rulebook, key: tuple[str, ...]) -> Any:
    """A value as JSON, by its key: a status is found by its name; of the list of statuses, the names."""
    if key == ("statuses",):
        return [status.name for status in rulebook.statuses]
    place = plain
    for number, part in enumerate(key):
        if number == 1 and key[0] == "statuses":
            place = next(status for status in place if status["name"] == part)
        else:
            place = place[part]
    return place


@router.get(
    "/rulebooks",
    auth=Gate("rules:read"),
    response=answers(200, VersionList),
    operation_id="list_rulebooks",
    summary="List the versions of the rules",
)
def list_rulebooks(request: HttpRequest) -> dict[str, Any]:
    """By their days, announced ones too. Scope: `rules:read`."""
    return {"data": [version_out(found) for found in listed(_today(request))]}


@router.get(
    "/rulebooks/current",
    auth=Gate("rules:read"),
    response=answers(200, RulebookVersionOut),
    operation_id="get_current_rulebook",
    summary="Get the rules in force",
)
def get_current_rulebook(request: HttpRequest) -> dict[str, Any]:
    """The version by which is decided today. Scope: `rules:read`."""
    today = _today(request)
    return whole(listed_version(in_force(today).version, today))


@router.get(
    "/rulebooks/{version}",
    auth=Gate("rules:read"),
    response=answers(200, RulebookVersionOut),
    operation_id="get_rulebook",
    summary="Get a version of the rules",
)
def get_rulebook(request: HttpRequest, version: str) -> dict[str, Any]:
    """Every figure with its clause, and what it changed. Scope: `rules:read`."""
    return whole(listed_version(version, _today(request)))
