"""Expected refusals: one base with a code, an HTTP status and data; pages and the API word them alike."""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """Something that cannot be done, told to whoever asked. Nothing was changed.

    `code`: a stable word for programs; `status`: the HTTP status; `fields`: messages by field name for forms.
    """

    code = "refused"
    status = 409

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None, **data: Any) -> None:
        """Keep the words, and what a program may want to know."""
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})
        self.data = data


class NotFound(Refusal):
    """No such thing, or nothing that this person may know of."""

    code = "not_found"
    status = 404


class Forbidden(Refusal):
    """The thing is theirs to see; the action is not theirs to do. The message says who may."""

    code = "forbidden"
    status = 403


class Invalid(Refusal):
    """Input that breaks a rule of form: `fields` names each."""

    code = "invalid"
    status = 422


class Stale(Refusal):
    """The thing has changed since it was shown: someone else decided, or a form was sent twice."""

    code = "stale"
    status = 409
