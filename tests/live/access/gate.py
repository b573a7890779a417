"""Whether a request went through the gate: a middleware behind all others, in the tests alone."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

HEADER = "X-Through-The-Gate"


class GateMiddleware:
    """Marks responses to requests that reached their view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "went_through", False):
            response[HEADER] = "1"
        return response

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> None:
        request.went_through = True  # type: ignore[attr-defined]
