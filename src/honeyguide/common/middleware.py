"""The edge of every request: the clock, read once; what no database can look for; refusals as pages."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from structlog.contextvars import get_contextvars

from honeyguide.common import clock
from honeyguide.common.errors import Refusal
from honeyguide.common.rulebooks import within


class TimedRequest(HttpRequest):
    """A request that knows when it came (for annotations)."""

    now: datetime
    today: date
    request_id: str


class ClockMiddleware:
    """Gives each request `now` (an instant), `today` (the program day), and its id, which the logs and events have."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Read the clock, once."""
        request.now = clock.read()  # type: ignore[attr-defined]
        request.today = clock.program_day(request.now)  # type: ignore[attr-defined]
        request.request_id = str(get_contextvars().get("request_id", ""))  # type: ignore[attr-defined]
        with within(request.today):  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response


class NulMiddleware:
    """Refuses the character NUL in addresses and forms: no text has it, and PostgreSQL fails where it is looked for.

    Innermost: what it raises becomes a page, or a problem of the API, as any other refusal does.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on. Raises Http404 for a path with NUL, BadRequest for a query."""
        if "\0" in request.path:
            raise Http404("No address has the character NUL.")
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query or "\0" in query:
            raise BadRequest("A parameter has the character NUL.")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any) -> None:
        """Check a form; what has no token to be checked, as the API, reads by itself. Raises BadRequest."""
        if request.method == "POST" and not getattr(view, "csrf_exempt", False):
            given = (text for name, values in request.POST.lists() for text in (name, *values))
            if any("\0" in text for text in given):
                raise BadRequest("A field has the character NUL.")


class RefusalMiddleware:
    """Turns an expected refusal that no view caught into a page that says what to do; nothing was changed.

    An address that takes forms alone, opened by itself (a page loaded anew), gets words too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        response = self.get_response(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            page = render(request, "errors/405.html", {"back": page_before(request)}, status=405)
            response.content = page.content
            response.headers["Content-Type"] = page.headers["Content-Type"]
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of a refusal."""
        return refused(request, exception) if isinstance(exception, Refusal) else None


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page, or for htmx the message, that says why not. Raises Http404 for what is not there."""
    if refusal.status == 404:
        raise Http404(refusal.message)
    if getattr(request, "htmx", False):
        response = render(request, "errors/refused_part.html", {"refusal": refusal}, status=refusal.status)
        response["HX-Retarget"], response["HX-Reswap"] = "#toasts", "beforeend"
        return response
    context = {"refusal": refusal, "back": page_before(request)}
    return render(request, "errors/refused.html", context, status=refusal.status)


def page_before(request: HttpRequest) -> str:
    """Another page of ours from which the visitor came; "" where there is none."""
    before = came_from(request)
    return before if before != request.build_absolute_uri() else ""


def came_from(request: HttpRequest) -> str:
    """The page of ours from which the visitor came, this same one too; "" where there is none."""
    address = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if ours else ""
