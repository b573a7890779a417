"""Who may: the key of a request, what it may do, how often, and which parameters it may give."""

import time
from datetime import UTC, datetime
from typing import Any, cast

from django.core.cache import cache
from django.http import HttpRequest
from ninja import Schema
from ninja.security import HttpBearer

from honeyguide.accounts.actor import Actor, Via
from honeyguide.accounts.api_scopes import LIMITED
from honeyguide.accounts.models import ApiKey
from honeyguide.api.problems import FieldError, Refused
from honeyguide.common.errors import Forbidden, NotFound
from honeyguide.common.middleware import TimedRequest
from honeyguide.partners.keys import key_with_secret
from honeyguide.partners.models import Partner
from honeyguide.standing.queries import standing_on

WINDOW_S = 60
REQUESTS_A_WINDOW_COMPANY = 120
REQUESTS_A_WINDOW_OPERATOR = 600
SECRET_CHARS_MAX = 200


class ApiRequest(TimedRequest):
    """A request that has come through the gate: `auth` is its key."""

    auth: ApiKey
    rate: tuple[int, int, int]
    """Requests a window, those left, seconds to the next window."""


class Gate(HttpBearer):
    """Lets a request with a valid key through, if the key has the scope and has not asked too often.

    `query`: the schema of the parameters that the address takes; any other is refused, so that a mistyped filter never
    passes for none. Raises Refused.
    """

    openapi_name = "ApiKey"

    def __init__(self, scope: str, query: type[Schema] | None = None) -> None:
        """Keep what is asked for."""
        super().__init__()
        self.scope = scope
        self.known = frozenset(query.model_fields) if query is not None else frozenset()

    def __call__(self, request: HttpRequest) -> Any:
        """The key; never nothing: what is missing is said."""
        word, _space, secret = request.headers.get(self.header, "").partition(" ")
        if word.lower() != self.openapi_scheme:
            secret = ""
        return self.authenticate(request, secret.strip())

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey:
        """The key that the request shows."""
        asked = cast("ApiRequest", request)
        key = key_with_secret(token, asked.now) if 0 < len(token) <= SECRET_CHARS_MAX else None
        if key is None:
            raise Refused(
                "unauthorized",
                "Expected a valid key in the header, as `Authorization: Bearer hg_live_…`.",
                headers={"WWW-Authenticate": 'Bearer realm="Honeyguide"'},
            )
        asked.auth = key
        count(asked, key)
        if self.scope not in key.scopes:
            raise Refused("scope_missing", f"This key lacks the scope {self.scope}.", scope=self.scope)
        _check_access(asked, key, self.scope)
        _check_parameters(request, self.known)
        return key


def count(request: ApiRequest, key: ApiKey) -> None:
    """Count the request in this minute. Raises Refused when the key has asked too often.

    Counted in the cache: exactly where the processes share one (docs/api.md), else by each process for itself.
    """
    limit = REQUESTS_A_WINDOW_COMPANY if key.partner else REQUESTS_A_WINDOW_OPERATOR
    window, passed_s = divmod(int(time.time()), WINDOW_S)
    name = f"api_rate:{key.pk}:{window}"
    cache.add(name, 0, 2 * WINDOW_S)
    try:
        used = cache.incr(name)
    except ValueError:  # dropped between the two lines
        used = 1
    left_s = WINDOW_S - passed_s
    request.rate = (limit, max(limit - used, 0), left_s)
    if used > limit:
        raise Refused(
            "rate_limited",
            f"This key may ask {limit} times a minute: wait {left_s} s.",
            headers={"Retry-After": str(left_s)},
        )


def _check_access(request: ApiRequest, key: ApiKey, scope: str) -> None:
    """A company without the dashboard has none by its programs either (T1.5, T7.1)."""
    if not key.partner or scope in LIMITED:
        return
    partner = Partner.objects.filter(key=key.partner).first()
    standing = standing_on(partner, request.today) if partner is not None else None
    if standing is None or not standing.may("dashboard"):
        raise Refused("no_access", "The dashboard is not open to this company at present, and neither is this.")


def _check_parameters(request: HttpRequest, known: frozenset[str]) -> None:
    unknown = sorted(set(request.GET) - known)
    if unknown:
        expected = ", ".join(sorted(known)) or "none"
        raise Refused(
            "invalid",
            f"Unknown parameter {unknown[0][:80]!r}: expected {expected}.",
            errors=[FieldError(name[:80], f"Unknown parameter: expected {expected}.") for name in unknown[:20]],
        )


def partner_seen(request: HttpRequest, key: str) -> Partner:
    """The partner with this id, if the key reaches it. Raises NotFound, also for another company's."""
    own = cast("ApiRequest", request).auth.partner
    partner = Partner.objects.filter(key=key).first() if not own or own == key else None
    if partner is None:
        raise NotFound("There is no such partner.")
    return partner


def own_partner(request: HttpRequest) -> Partner:
    """The company of the key. Raises Forbidden for the operator's."""
    key = cast("ApiRequest", request).auth
    partner = Partner.objects.filter(key=key.partner).first() if key.partner else None
    if partner is None:
        raise Forbidden("Only a key of a company can do this: the operator does not act in its name.")
    return partner


def actor_of(request: HttpRequest) -> Actor:
    """Who acts: the key, for its company or the operator."""
    asked = cast("ApiRequest", request)
    return Actor(name=f"API: {asked.auth.name}", partner=asked.auth.partner, via=Via.API, request_id=asked.request_id)


def now_of(request: HttpRequest) -> datetime:
    """When the request came."""
    return cast("ApiRequest", request).now.astimezone(UTC)
