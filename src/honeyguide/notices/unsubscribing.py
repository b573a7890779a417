"""Ending mails that may be ended, by a link that needs no login."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from honeyguide.notices.models import DigestRhythm, MailPreference

NEWS, DIGEST = "news", "digest"
_SALT = "honeyguide.notices.stop"


@dataclass(frozen=True, slots=True)
class Stop:
    """Whose mails of which sort end: NEWS or DIGEST."""

    user: int
    what: str


def stop_url(wanted: Stop) -> str:
    """The address of the link."""
    token = signing.dumps([wanted.user, wanted.what], salt=_SALT)
    return settings.PUBLIC_URL + reverse("portal:stop_mail", args=[token])


def read_stop_token(token: str) -> Stop | None:
    """What a link asks for; None for one that is not ours."""
    try:
        user, what = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return Stop(int(user), str(what))


def stop(wanted: Stop) -> None:
    """End these mails. Doing it again changes nothing."""
    change = {"digest": DigestRhythm.OFF} if wanted.what == DIGEST else {"optional_mail": False}
    MailPreference.objects.update_or_create(user_id=wanted.user, defaults=change)
