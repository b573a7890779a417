"""The document of the API (OpenAPI): the errors of every address beside its answers, in one form."""

from typing import Any

from ninja import NinjaAPI, Schema
from ninja.openapi.schema import OpenAPISchema
from pydantic import ConfigDict

from honeyguide.api.problems import CONTENT_TYPE, Problem

READ_ERRORS = frozenset({400, 401, 403, 404, 422, 429, 500})
WRITE_ERRORS = READ_ERRORS | {409, 413, 415}
WORDS = {
    400: "The request cannot be read.",
    401: "No key, or one that is not valid (any more).",
    403: "The key lacks the scope, or its company has no access at present.",
    404: "There is no such thing, or this key does not reach it.",
    409: "Something else happened first, or the Idempotency-Key was used for another request.",
    413: "The request is too large.",
    415: "The content type is not taken.",
    422: "A parameter or a field is wrong; `errors` names each.",
    429: "Too many requests: wait as Retry-After says.",
    500: "A fault of ours.",
}
_HEADERS = {
    "X-Request-Id": ("The id of the request, as in our logs.", "string"),
    "RateLimit-Limit": ("Requests a minute.", "integer"),
    "RateLimit-Remaining": ("Requests left in this minute.", "integer"),
    "RateLimit-Reset": ("Seconds to the next minute.", "integer"),
}


def answers(status: int, schema: Any, *, writes: bool = False) -> dict[int, Any]:
    """What an address answers: its own, and the problems."""
    return {status: schema} | dict.fromkeys(sorted(WRITE_ERRORS if writes else READ_ERRORS), Problem)


class Api(NinjaAPI):
    """NinjaAPI whose document tells of problems and headers as they are."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> OpenAPISchema:
        """The document."""
        schema = super().get_openapi_schema(*args, **kwargs)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    _complete(int(status), response)
        return schema


def _complete(status: int, response: dict[str, Any]) -> None:
    response["headers"] = {
        name: {"description": words, "schema": {"type": kind}}
        for name, (words, kind) in _HEADERS.items()
        if status not in {401, 500} or name == "X-Request-Id"
    }
    if status == 429:
        response["headers"]["Retry-After"] = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
    if status == 401:
        response["headers"]["WWW-Authenticate"] = {"description": "Bearer.", "schema": {"type": "string"}}
    if status >= 400:
        response["description"] = WORDS[status]
        response["content"] = {CONTENT_TYPE: next(iter(response["content"].values()))}


class Closed(Schema):
    """A body or a list of parameters in which an unknown member is an error."""

    model_config = ConfigDict(extra="forbid")
