"""Deny by default: each request is matched with the table before its view runs."""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from honeyguide.access.nav import sees_as_partner
from honeyguide.access.person import Person, PersonRequest
from honeyguide.access.table import MEMBERS, PAGES, TEAM, Page
from honeyguide.accounts.models import User
from honeyguide.common.errors import Forbidden
from honeyguide.common.middleware import TimedRequest, came_from, refused
from honeyguide.partners.models import Member, Partner
from honeyguide.standing.queries import standing_on

VIEWING_AS = "viewing_as"
"""Session key: the partner whose pages a supporter looks at."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
UNLISTED_PREFIXES = ("account_", "mfa_")
"""allauth's own pages check who asks themselves."""
UNLISTED_NAMESPACES = frozenset({"admin", "api"})
"""Django's raw data pages and the API have their own gates."""


class PersonMiddleware:
    """Gives each request its `person`, and speaks the person's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Find out who is there."""
        person = find_person(cast("TimedRequest", request))
        cast("PersonRequest", request).person = person
        if person.user is not None and person.user.language:
            translation.activate(person.user.language)
            request.LANGUAGE_CODE = person.user.language
        return self.get_response(request)


def find_person(request: TimedRequest) -> Person:
    """The visitor: nobody, a partner's user, one of the team, or one of the team looking as a partner."""
    user = request.user
    if not isinstance(user, User):
        return Person()
    member, partner = None, None
    if user.is_operator:
        key = request.session.get(VIEWING_AS)
        partner = Partner.objects.filter(key=key).first() if key else None
    else:
        member = Member.objects.select_related("partner").filter(user=user).first()
        partner = member.partner if member is not None else None
    standing = standing_on(partner, request.today) if partner is not None else None
    return Person(user, member, partner, standing, viewing_as=member is None and partner is not None)


class AccessMiddleware:
    """Opens an address to those whom the table names: the rest are sent to log in, told why not, or told nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the check is made when the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        """Check the visitor against the table."""
        match = request.resolver_match
        if match is None or is_unlisted(match.namespaces, match.url_name or ""):
            return None
        page = PAGES.get(match.view_name)
        if page is None:
            raise Http404(f"{match.view_name} is not in the table of access")
        try:
            return check(cast("PersonRequest", request), page)
        except Forbidden as refusal:  # Django asks process_exception only about what views raise
            return refused(request, refusal)


def is_unlisted(namespaces: list[str], name: str) -> bool:
    """Whether an address has a gate of its own."""
    return bool(UNLISTED_NAMESPACES & set(namespaces)) or name.startswith(UNLISTED_PREFIXES)


def check(request: PersonRequest, page: Page) -> HttpResponseBase | None:
    """None where the person may go on; else the way to the login. Raises Http404 and Forbidden."""
    person = request.person
    looking = request.method in SAFE
    if sees_as_partner(person, page):
        if looking:
            _check_dashboard(person, page)
            return None
        raise Forbidden(_("You are looking as the partner sees it: nothing can be changed from here."))
    allowed = page.look if looking else page.act
    if person.kind in allowed:
        if person.kind in MEMBERS:
            _check_dashboard(person, page)
        return None
    if person.kind == "anonymous":
        return to_login(request)
    if not page.look & (TEAM if person.user and person.user.is_operator else MEMBERS):
        raise Http404
    raise Forbidden(_("This is not yours to do. It is done by: %(who)s.") % {"who": who_may(page, looking=looking)})


def to_login(request: PersonRequest) -> HttpResponseBase:
    """The way to the login and back; a part of a page that is asked for takes the whole page there.

    Who sent a form is told that nothing was done with it, and comes back to the page with the form.
    """
    if request.method in SAFE and not request.htmx:
        return redirect_to_login(request.get_full_path())
    messages.warning(request, _("Your session has ended, so nothing was done. Sign in to go on where you were."))
    if request.htmx:
        way = redirect_to_login(request.htmx.current_url_abs_path or reverse("home"))
        return HttpResponse(headers={"HX-Redirect": way["Location"]})
    page = urlsplit(came_from(request))
    return redirect_to_login(page._replace(scheme="", netloc="").geturl() or reverse("home"))


def _check_dashboard(person: Person, page: Page) -> None:
    if not page.limited and not person.sees_dashboard:
        raise Forbidden(_("This part of the dashboard is not open to your company at present."))


def who_may(page: Page, *, looking: bool) -> str:
    """The kinds of people who may, in words."""
    words = {
        "main": _("the main user"),
        "employee": _("employees"),
        "manager": _("partner managers"),
        "compliance": _("compliance"),
        "finance": _("finance"),
        "support": _("support"),
        "admin": _("administrators"),
    }
    allowed = page.look if looking else page.act
    return ", ".join(str(word) for kind, word in words.items() if kind in allowed)
