"""Errors as application/problem+json (RFC 9457)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import Field

from honeyguide.common.errors import Refusal
from honeyguide.history.services import DoesNotFit

CONTENT_TYPE = "application/problem+json"
TYPES = {
    "malformed": (400, "The request cannot be read"),
    "unauthorized": (401, "No valid key"),
    "forbidden": (403, "Not allowed"),
    "scope_missing": (403, "The key lacks a scope"),
    "no_access": (403, "The company has no access at present"),
    "not_found": (404, "Not found"),
    "method_not_allowed": (405, "The address does not take this method"),
    "refused": (409, "Cannot be done as things are"),
    "stale": (409, "Something else happened first"),
    "stale_quote": (409, "The quote no longer holds"),
    "limit_reached": (409, "The exchange exceeds a limit"),
    "key_reused": (409, "The Idempotency-Key was used for another request"),
    "too_large": (413, "The request is too large"),
    "media_type": (415, "The content type is not taken"),
    "invalid": (422, "Something in the request is wrong"),
    "does_not_fit": (422, "The events do not fit the history"),
    "rate_limited": (429, "Too many requests"),
    "server_error": (500, "A fault of ours"),
}
"""By code: status and title. `type` of a problem is <public address>/api/v1/problems/<code>."""
BY_STATUS = {status: code for code, (status, _title) in reversed(TYPES.items())}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field."""

    field: str
    message: str


class FieldErrorOut(Schema):
    """What is wrong with one field."""

    field: str = Field(description="Where: a field of the body, a parameter, a header; empty for the whole.")
    message: str


class Problem(Schema):
    """An error (RFC 9457). `errors` names each field; some problems carry more members."""

    type: str = Field(description="An address that tells of this kind of problem.")
    title: str
    status: int
    detail: str
    instance: str = Field(description="The request: its id is in X-Request-Id and in our logs.")
    code: str = Field(description="The last part of `type`: a stable word for programs.")
    errors: list[FieldErrorOut]


class Refused(Refusal):
    """A refusal with one of the codes of TYPES."""

    def __init__(self, code: str, message: str, *, errors: Sequence[FieldError] = (), **data: Any) -> None:
        """Keep the code, and the status that belongs to it."""
        super().__init__(message, **data)
        self.code = code
        self.status = TYPES[code][0]
        self.errors = errors


def errors_of(refusal: Refusal) -> list[FieldError]:
    """The fields of a refusal."""
    if isinstance(refusal, Refused):
        return list(refusal.errors)
    if isinstance(refusal, DoesNotFit):
        return [
            FieldError("events" if place is None else f"events.{place}", problem)
            for problem, place in zip(refusal.problems, refusal.places, strict=True)
        ]
    return [FieldError(field, message) for field, message in refusal.fields.items()]


def problem_of(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The response of a refusal."""
    code = refusal.code if refusal.code in TYPES else BY_STATUS.get(refusal.status, "refused")
    more = {name: value for name, value in refusal.data.items() if name not in {"problems", "headers"}}
    response = problem(request, code, refusal.message, errors_of(refusal), status=refusal.status, more=more)
    for name, value in refusal.data.get("headers", {}).items():
        response.headers[name] = value
    return response


def problem(
    request: HttpRequest,
    code: str,
    detail: str,
    errors: Sequence[FieldError] = (),
    *,
    status: int | None = None,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The response with a problem of TYPES."""
    usual, title = TYPES[code]
    body = {
        **(more or {}),
        "type": f"{settings.PUBLIC_URL}/api/v1/problems/{code}",
        "title": title,
        "status": status or usual,
        "detail": detail,
        "instance": f"urn:uuid:{getattr(request, 'request_id', '')}",
        "code": code,
        "errors": [{"field": error.field, "message": error.message} for error in errors],
    }
    text = json.dumps(body, ensure_ascii=False, default=str)
    return HttpResponse(text, status=status or usual, content_type=CONTENT_TYPE)
