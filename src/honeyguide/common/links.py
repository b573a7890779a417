"""Addresses of pages that people type in."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

_valid_link = URLValidator(schemes=["http", "https"])


def link_problem(link: str, most_chars: int) -> str:
    """What is wrong with the address of a public page; "" for a good one."""
    expected = _("Give the whole address of a public page, as https://example.com/page.")
    if not link or len(link) > most_chars:
        return expected
    try:
        _valid_link(link)
    except ValidationError:
        return expected
    return expected if urlsplit(link).username is not None else ""
