"""How often a person may ask for what costs the server much."""

from django.core.cache import cache
from django.utils.translation import gettext as _

from honeyguide.common.errors import Refusal


class TooOften(Refusal):
    """Asked for more often than is allowed; nothing was done."""

    code = "too_often"
    status = 429


def limit(name: str, who: str, *, times: int, within_s: int) -> None:
    """Count one more use. Raises TooOften after so many within so many seconds; each process counts its own."""
    key = f"limit:{name}:{who}"
    cache.add(key, 0, within_s)
    try:
        used = cache.incr(key)
    except ValueError:  # it expired between the two calls
        return
    if used > times:
        raise TooOften(_("That was very often in a short time. Wait a minute and try again."))
