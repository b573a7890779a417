"""Finding companies by what tables and people call them."""

from collections.abc import Iterable

from honeyguide.partners.models import Partner


def keys_by_name(named: Iterable[str]) -> dict[str, str]:
    """Keys of partners by what a table may call them, casefolded: their key, or a name that only one of them has."""
    given = list(named)
    wanted = {name.casefold() for name in given}
    found: dict[str, str] = {}
    taken: set[str] = set()
    for key, name in Partner.objects.values_list("key", "name"):
        if name.casefold() in wanted:
            if name.casefold() in found:
                taken.add(name.casefold())
            found[name.casefold()] = key
    for name in taken:
        del found[name]
    by_key = Partner.objects.filter(key__in=given).values_list("key", flat=True)
    return {**found, **{key.casefold(): key for key in by_key}}
