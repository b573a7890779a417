"""All addresses of the site that the table of access is about."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLResolver, get_resolver

from honeyguide.access.middleware import is_unlisted


@dataclass(frozen=True, slots=True)
class Address:
    """An address: its name (`app:name`), its path with the arguments in angle brackets, and what those are called."""

    name: str
    path: str
    arguments: tuple[str, ...]


def addresses() -> list[Address]:
    """Those that have no gate of their own, in the order in which they are matched."""
    return list(_walk(get_resolver(), (), "/"))


def _walk(resolver: URLResolver, namespaces: tuple[str, ...], before: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _walk(entry, inner, path)
        elif not is_unlisted(list(namespaces), entry.name or ""):
            yield Address(":".join((*namespaces, entry.name or path)), path, tuple(entry.pattern.converters))
