"""Settings from the environment: read once, with an error that names the variable and what is expected."""

import os
import secrets
from collections.abc import Collection
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

PREFIX = "HONEYGUIDE_"
_YES, _NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    """The variable's text, without spaces around it; the default where it is unset or empty."""
    return os.environ.get(PREFIX + name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """A yes or no."""
    given = text(name).lower()
    if not given:
        return default
    if given in _YES | _NO:
        return given in _YES
    raise ImproperlyConfigured(f"{PREFIX}{name} = {given!r}: expected 1 or 0")


def choice(name: str, default: str, allowed: Collection[str]) -> str:
    """One of some words, in small letters; words for yes and no stand for 1 and 0 where those are allowed."""
    given = text(name, default).lower()
    if given in _YES | _NO and given not in allowed:
        given = "1" if given in _YES else "0"
    if given not in allowed:
        raise ImproperlyConfigured(f"{PREFIX}{name} = {text(name)!r}: expected one of {', '.join(allowed)}")
    return given


def whole(name: str, default: int, *, least: int = 0) -> int:
    """A whole number, not below `least`."""
    given = text(name)
    if not given:
        return default
    if not given.isascii() or not given.isdigit() or int(given) < least:
        raise ImproperlyConfigured(f"{PREFIX}{name} = {given!r}: expected a whole number from {least}")
    return int(given)


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret_key(data_dir: Path, *, required: bool) -> str:
    """The key that signs sessions and links: from the environment, else one made once and kept beside the data.

    `required`: a production server must be given one, so that several processes on several machines share it.
    """
    given = text("SECRET_KEY")
    if given:
        if len(given) < 32:
            raise ImproperlyConfigured(f"{PREFIX}SECRET_KEY is too short: expected 32 characters or more")
        return given
    if required:
        raise ImproperlyConfigured(f"{PREFIX}SECRET_KEY is missing: expected 32 random characters or more")
    kept = data_dir / "secret_key"
    if not kept.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return kept.read_text(encoding="ascii").strip()
