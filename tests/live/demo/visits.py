"""Every page of the demonstration that can be opened without knowing a case by its id."""

from django.test import Client
from django.urls import reverse

from honeyguide.access.addresses import addresses
from honeyguide.access.table import ADMIN, MAIN, PAGES
from honeyguide.accounts.models import User

PARTNER, MAIN_USER, STAFF = "nectar", "anna@nectar.example", "admin@meadow.example"


def signed_in(email: str) -> Client:
    """Django's client, signed in."""
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def visits() -> list[tuple[str, str, Client]]:
    """Name and path of each page, and the browser that opens it: the partner's main user's, or an administrator's."""
    browsers = {MAIN: signed_in(MAIN_USER), ADMIN: signed_in(STAFF)}
    found = []
    for address in addresses():
        page = PAGES.get(address.name)
        if page is None or address.arguments not in ((), ("key",)):
            continue
        kind = ADMIN if address.name.startswith("console:") else MAIN
        if kind not in page.look or (page.act and not _shows(address.name)):
            continue
        path = reverse(address.name, kwargs={"key": PARTNER} if address.arguments else None)
        found.append((address.name, path, browsers[kind]))
    return found


def _shows(name: str) -> bool:
    """Whether an address that takes forms is a page too."""
    return not name.endswith(("_seen", "_stop", "_import", "view_as", "set_language", "set_theme"))
