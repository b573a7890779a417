"""Keys of the API: made by a company's main user or an administrator, revoked by either, found by their secret."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.api_scopes import SCOPES, offered
from honeyguide.accounts.models import ApiKey, Role, User
from honeyguide.common.errors import Forbidden, Invalid, NotFound, Stale
from honeyguide.common.ids import is_id, new_id
from honeyguide.history.services import note
from honeyguide.partners.models import Member, MemberRole, Partner

SECRET_START = "hg_live_"  # noqa: S105 - the part that everybody knows
SECRET_BYTES = 32
PREFIX_CHARS = 12
KEYS_OF_A_COMPANY = 20
NAME_CHARS = 80
TOKEN_PREFIX = "key"  # noqa: S105 - of an id
LAST_USED_STEP = timedelta(minutes=1)
"""How fine the time of last use is: so a busy key does not write at every request."""


def create_key(
    *,
    name: str,
    scopes: Collection[str],
    partner: Partner | None,
    days: int | None,
    actor: Actor,
    now: datetime,
    token: str = "",
) -> tuple[ApiKey, str]:
    """Make a key; gives it and its secret, which cannot be had again.

    `partner`: the company that it acts for; None: the operator. `days`: after which it ends; None: never.
    `token`: an id that the form got when it was shown, so that one form makes one key. Raises Invalid with the bad
    fields, Stale for a form that has made its key, and Forbidden: the company's main user makes its keys, an
    administrator the operator's.
    """
    user = _check_may(actor, partner)
    name = name.strip()
    problems = {}
    if not 0 < len(name) <= NAME_CHARS:
        problems["name"] = _("Expected a name of 1 to %(most)s characters.") % {"most": NAME_CHARS}
    allowed = offered(for_company=partner is not None)
    if not scopes or set(scopes) - set(allowed):
        problems["scopes"] = _("Choose what the key may do.")
    if days is not None and days < 1:
        problems["days"] = _("Expected a day to come.")
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)
    secret = SECRET_START + secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        if partner is not None:
            Partner.objects.select_for_update().get(pk=partner.pk)
            _check_count(partner, now)
        uid = token if is_id(TOKEN_PREFIX, token) else new_id("key", now)
        if ApiKey.objects.filter(uid=uid).exists():
            raise Stale(
                _("This form was sent before and made a key, which was shown then. If you do not have it, revoke it.")
            )
        key = ApiKey.objects.create(
            uid=uid,
            name=name,
            prefix=secret[:PREFIX_CHARS],
            secret_hash=hash_of(secret),
            scopes=[scope for scope in SCOPES if scope in scopes],
            partner=partner.key if partner is not None else "",
            created_by=user,
            created_at=now,
            expires_at=None if days is None else now + timedelta(days=days),
        )
        about = {"key": key.uid, "name": name, "scopes": key.scopes}
        note("api_key.made", actor=actor, now=now, partner=key.partner, about=about)
    return key, secret


def revoke_key(*, uid: str, partner: Partner | None, actor: Actor, now: datetime) -> ApiKey:
    """End a key at once. Again: the same answer. Raises NotFound for another company's, Forbidden as create_key."""
    _check_may(actor, partner)
    with transaction.atomic():
        key = keys_of(partner).select_for_update(of=("self",)).filter(uid=uid).first()
        if key is None:
            raise NotFound(_("There is no such key."))
        if key.revoked_at is None:
            key.revoked_at, key.revoked_by = now, actor.user
            key.save(update_fields=["revoked_at", "revoked_by"])
            about = {"key": key.uid, "name": key.name}
            note("api_key.revoked", actor=actor, now=now, partner=key.partner, about=about)
    return key


def keys_of(partner: Partner | None) -> QuerySet[ApiKey]:
    """The keys of a company; None: all, for the operator."""
    keys = ApiKey.objects.select_related("created_by", "revoked_by")
    return keys if partner is None else keys.filter(partner=partner.key)


def key_with_secret(secret: str, now: datetime) -> ApiKey | None:
    """The key that a program shows, if it opens anything now; its use is written down to the minute."""
    key = ApiKey.objects.filter(secret_hash=hash_of(secret)).first()
    if key is None or not key.is_valid(now):
        return None
    if key.last_used_at is None or now - key.last_used_at >= LAST_USED_STEP:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def hash_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _check_may(actor: Actor, partner: Partner | None) -> User:
    user = actor.user
    if partner is None:
        if user is None or actor.role != Role.ADMIN:
            raise Forbidden(_("Only administrators make and revoke the operator's keys."))
        return user
    if user is None or not Member.objects.filter(partner=partner, user=user, role=MemberRole.MAIN).exists():
        raise Forbidden(_("Only the company's main user makes and revokes its keys."))
    return user


def _check_count(partner: Partner, now: datetime) -> None:
    open_keys = ApiKey.objects.filter(partner=partner.key, revoked_at=None)
    if open_keys.filter(Q(expires_at=None) | Q(expires_at__gt=now)).count() >= KEYS_OF_A_COMPANY:
        raise Invalid(
            _("A company has at most %(most)s keys: revoke one first.") % {"most": KEYS_OF_A_COMPANY},
            fields={"name": _("Revoke a key first.")},
        )
