"""The edge of the API: limits of size, headers of every response, and problems in one form, whoever refused."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from honeyguide.api.problems import BY_STATUS, CONTENT_TYPE, problem

ROOT = "/api/"
LANGUAGE = "en"
BODY_BYTES = 2_000_000
UPLOAD_BYTES = 21_000_000
"""With a file; the requirements room has its own limit for the file itself."""
DETAILS = {
    404: "There is no such address.",
    405: "This address does not take this method.",
    413: "The request is too large.",
    500: "A fault of ours: it is in the logs under the id of this request.",
}


class ApiMiddleware:
    """For addresses under /api/ alone. Programs read one language, whatever a person's is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check the size, pass on, and put the answer into form."""
        if not request.path.startswith(ROOT):
            return self.get_response(request)
        with translation.override(LANGUAGE):
            response = _too_large(request) or _in_form(request, self._answered(request))
        response.headers["Content-Language"] = LANGUAGE
        rate = getattr(request, "rate", None)
        if rate is not None:
            names = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
            for name, value in zip(names, rate, strict=True):
                response.headers[name] = str(value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _answered(self, request: HttpRequest) -> HttpResponse:
        """The answer; to HEAD, that of GET without its body."""
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        response = self.get_response(request)
        request.method = "HEAD"
        return response


def _too_large(request: HttpRequest) -> HttpResponse | None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    most = UPLOAD_BYTES if (request.content_type or "") == "multipart/form-data" else BODY_BYTES
    if length.isascii() and length.isdigit() and int(length) > most:
        return problem(request, "too_large", f"The request is too large: expected at most {most} bytes.")
    return None


def _in_form(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A problem where somebody else answered with a page."""
    status = response.status_code
    if status < 400 or response.headers.get("Content-Type", "").startswith(CONTENT_TYPE):
        return response
    code = BY_STATUS.get(status, "server_error" if status >= 500 else "malformed")
    made = problem(request, code, DETAILS.get(status, "The request cannot be read."), status=status)
    if "Allow" in response.headers:
        made.headers["Allow"] = response.headers["Allow"]
    return made
