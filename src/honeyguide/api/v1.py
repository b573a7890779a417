"""The API, put together."""

from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja.errors import HttpError, ValidationError

from honeyguide.api.documenting import Api
from honeyguide.api.parsing import StrictParser
from honeyguide.api.problems import BY_STATUS, TYPES, FieldError, problem, problem_of
from honeyguide.api.resources import (
    earning,
    events,
    evidence,
    nfr,
    notices,
    partners,
    points,
    rewards,
    rulebooks,
    standing,
    tables,
)
from honeyguide.common.errors import Refusal

DESCRIPTION = """
Read companies, their standing with every reason, the rules, evidence, licences, notices and the history; hand in
evidence, claim licences, tell events.

**Keys.** `Authorization: Bearer hg_live_…`. A company's main user makes its keys in the portal, an administrator the
operator's in the console. A key may do what its scopes name, and a company's key sees that company alone.

**Writing** takes an `Idempotency-Key`: a request that is sent again with the same key is done once and answered alike.

**Lists** come in pages: ask again with `cursor` = `next`.

**Errors** are `application/problem+json` (RFC 9457), in English. **Times** are RFC 3339 in UTC, days ISO 8601, amounts
text.
"""

api = Api(
    title="Honeyguide",
    version="1.0",
    description=DESCRIPTION.strip(),
    urls_namespace="api",
    parser=StrictParser(),
    docs_url="/docs",
    openapi_url="/openapi.json",
)
for router in (
    partners.router,
    standing.router,
    evidence.router,
    nfr.router,
    earning.router,
    tables.router,
    points.router,
    rewards.router,
    notices.router,
    events.router,
    rulebooks.router,
):
    api.add_router("", router)


@api.exception_handler(Refusal)
def on_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """An expected refusal."""
    return problem_of(request, refusal)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, invalid: ValidationError) -> HttpResponse:
    """Parameters, headers or a body of a wrong form."""
    errors = [_field_error(error) for error in invalid.errors]
    return problem(request, "invalid", "; ".join(f"{e.field}: {e.message}" for e in errors[:5]), errors)


def _field_error(error: dict[str, Any]) -> FieldError:
    source, *where = error["loc"]
    named = where[1:] if source in {"body", "query", "form"} and len(where) > 1 else where
    return FieldError(".".join(map(str, named)), str(error["msg"]))


@api.exception_handler(Http404)
def on_missing(request: HttpRequest, _missing: Http404) -> HttpResponse:
    """Something that is not there."""
    return problem(request, "not_found", "There is no such thing.")


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What ninja itself refuses; or, of a body, what StrictParser does."""
    if isinstance(error.__cause__, Refusal):
        return problem_of(request, error.__cause__)
    code = BY_STATUS.get(error.status_code, "malformed")
    return problem(request, code, error.message, status=error.status_code)


@api.exception_handler(RequestDataTooBig)
def on_too_big(request: HttpRequest, _big: RequestDataTooBig) -> HttpResponse:
    """More than Django reads into memory."""
    return problem(request, "too_large", "The request is too large.")


@api.exception_handler(SuspiciousOperation)
def on_suspicious(request: HttpRequest, _odd: SuspiciousOperation) -> HttpResponse:
    """A request that no honest program sends, as one with thousands of fields."""
    return problem(request, "malformed", "The request cannot be read.")


def problem_type(request: HttpRequest, code: str) -> HttpResponse:
    """What a kind of problem is: the address in `type`."""
    if code not in TYPES:
        return problem(request, "not_found", "There is no such kind of problem.")
    status, title = TYPES[code]
    return JsonResponse({"code": code, "status": status, "title": title})
