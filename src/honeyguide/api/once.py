"""Writes that can be sent twice and are done once: Idempotency-Key."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from ninja import Schema
from ninja.responses import Status

from honeyguide.api.gate import ApiRequest, actor_of, now_of, own_partner
from honeyguide.api.models import DoneRequest
from honeyguide.api.problems import Refused

KEPT_DAYS = 7


def form_token(request: HttpRequest, key: str) -> str:
    """The token under which a room keeps a form that came by the API: one for each key of the API and request."""
    whole = f"{cast('ApiRequest', request).auth.uid} {key}"
    return f"api:{hashlib.sha256(whole.encode()).hexdigest()[:40]}"


def handed_in(request: HttpRequest, key: str) -> dict[str, Any]:
    """Who hands something in, and when: what the services of all rooms ask for beside the thing itself."""
    return {
        "partner": own_partner(request),
        "form_token": form_token(request, key),
        "actor": actor_of(request),
        "now": now_of(request),
    }


def once(
    request: HttpRequest, key: str, content: object, do: Callable[[], Schema], *, status: int = 201
) -> Status[Any]:
    """Do a write and keep its answer, in one transaction; or give the answer that it got before.

    `key`: the Idempotency-Key; `content`: what the request says, as JSON values; `status`: of the answer. Of two at the
    same time the second waits for the first and gets its answer. Raises Refused for a key that was used with other
    content; what `do` raises leaves nothing behind, so that the request can be sent again.
    """
    asked = cast("ApiRequest", request)
    operation = f"{request.method} {request.path}"
    body_hash = hashlib.sha256(json.dumps([operation, content], sort_keys=True, default=str).encode()).hexdigest()
    try:
        with transaction.atomic():
            before = DoneRequest.objects.filter(api_key=asked.auth, key=key).first()
            if before is not None:
                return _again(before, body_hash)
            row = DoneRequest.objects.create(
                api_key=asked.auth, key=key, operation=operation, body_hash=body_hash, request_id=asked.request_id,
                status=status, answer={}, done_at=asked.now,
            )  # fmt: skip
            answer = json.loads(json.dumps(do().model_dump(), cls=DjangoJSONEncoder))
            DoneRequest.objects.filter(pk=row.pk).update(answer=answer)
    except IntegrityError:
        before = DoneRequest.objects.filter(api_key=asked.auth, key=key).first()
        if before is None:
            raise
        return _again(before, body_hash)
    return Status(status, answer)


def _again(before: DoneRequest, body_hash: str) -> Status[Any]:
    if before.body_hash == body_hash:
        return Status(before.status, before.answer)
    raise Refused(
        "key_reused",
        "This Idempotency-Key was used for another request: expected a new one, or the same request.",
        first_id=before.answer.get("id"),
        first_request_id=before.request_id,
    )


def forget_done_requests(now: datetime) -> int:
    """The daily job: answers older than KEPT_DAYS are dropped. Gives how many."""
    dropped, _by_model = DoneRequest.objects.filter(done_at__lt=now - timedelta(days=KEPT_DAYS)).delete()
    return dropped
