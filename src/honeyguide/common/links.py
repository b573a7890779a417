"""Addresses of pages that people type in."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

_valid_link = URLValidator(schemes=["http", "https"])
_INNER_NAMES = ("localhost", "local", "internal", "home.arpa")
"""Ends of names that mean something on a machine or in a network of one's own alone (RFC 6761, 6762, 8375)."""


def link_problem(link: str, most_chars: int) -> str:
    """What is wrong with the address of a public page; "" for a good one."""
    expected = _("Give the whole address of a public page, as https://example.com/page.")
    if not link or len(link) > most_chars:
        return expected
    try:
        _valid_link(link)
    except ValidationError:
        return expected
    parts = urlsplit(link)
    return "" if parts.username is None and _is_public(parts.hostname or "") else expected


def _is_public(host: str) -> bool:
    """Whether a host can be one that everybody reaches, by its name alone: nothing is looked up."""
    host = host.rstrip(".")
    try:
        address = ip_address(host)
    except ValueError:
        return not f".{host}".endswith(tuple(f".{name}" for name in _INNER_NAMES))
    return address.is_global and not address.is_multicast
