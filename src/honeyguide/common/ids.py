"""Public ids: a prefix that says what it is, then 18 characters that sort by time."""

import re
import secrets
from datetime import datetime

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: nothing that looks like something else
_TIME_CHARS, _RANDOM_CHARS = 9, 9
_FORM = re.compile(rf"[{_DIGITS}]{{{_TIME_CHARS + _RANDOM_CHARS}}}")


def new_id(prefix: str, now: datetime) -> str:
    """An id as `evd_1k3f9x2aq7m4c8r2w5`: milliseconds since 1970, then 45 random bits."""
    milliseconds = int(now.timestamp() * 1000)
    return f"{prefix}_{_base32(milliseconds, _TIME_CHARS)}{_base32(secrets.randbits(45), _RANDOM_CHARS)}"


def is_id(prefix: str, text: str) -> bool:
    """Whether a text has the form of such an id: it came back from a form that had it."""
    return text.startswith(f"{prefix}_") and _FORM.fullmatch(text[len(prefix) + 1 :]) is not None


def _base32(number: int, length: int) -> str:
    return "".join(_DIGITS[number >> 5 * place & 31] for place in reversed(range(length)))
