"""What every page's template has."""

from typing import Any

from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """The visitor and the program day, where the request came far enough to have them."""
    return {"person": getattr(request, "person", None), "today": getattr(request, "today", None)}
