"""The edge of time: the clock is read once a request."""

from collections.abc import Callable
from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from structlog.contextvars import get_contextvars

from honeyguide.common import clock
from honeyguide.common.errors import Refusal


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
        response = self.get_response(request)
        response.headers["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response


class RefusalMiddleware:
    """Turns an expected refusal that no view caught into a page that says what to do; nothing was changed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

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
    """The page of ours from which the visitor came; "" where there is none."""
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return came_from if ours and came_from != request.build_absolute_uri() else ""
