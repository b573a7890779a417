"""Which rows of a list a key reaches."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest


def only_own[Rows: QuerySet[Any]](
    request: HttpRequest, rows: Rows, partner: str | None, field: str = "partner__key"
) -> Rows:
    """The rows of the key's company, or of the one asked for; all for a key of the operator that names none."""
    own: str = request.auth.partner  # type: ignore[attr-defined]
    if own:
        rows = rows.filter(**{field: own})
    return rows.filter(**{field: partner}) if partner is not None else rows
