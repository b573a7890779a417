"""What every page's template has."""

from typing import Any

from django.http import HttpRequest

THEME_COOKIE = "theme"
THEMES = frozenset({"system", "light", "dark"})


def page(request: HttpRequest) -> dict[str, Any]:
    """The visitor, the program day, the theme and the frame of pages that both sites share.

    A request that was refused early has no visitor: the page is then shown as to somebody signed out.
    """
    person = getattr(request, "person", None)
    return {
        "person": person,
        "today": getattr(request, "today", None),
        "theme": theme_of(request, person),
        "shell": shell_of(person),
    }


def theme_of(request: HttpRequest, person: Any) -> str:
    """The theme of the person, else of the browser."""
    user = getattr(person, "user", None)
    chosen = user.theme if user is not None else request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "system"


def shell_of(person: Any) -> str:
    """The layout in which a visitor finds their way on: the operator's, the partner's, or the one without a menu."""
    if person is None or person.user is None:
        return "layouts/bare.html"
    if person.user.is_operator and not person.viewing_as:
        return "layouts/console.html"
    return "layouts/portal.html" if person.partner is not None else "layouts/bare.html"
