"""Notices to companies (T1.7.1)."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from honeyguide.api.documenting import answers
from honeyguide.api.gate import Gate
from honeyguide.api.paging import PageOut, PageQuery, page
from honeyguide.api.seen import only_own
from honeyguide.api.values import Instant
from honeyguide.common.errors import NotFound
from honeyguide.notices.kinds import Category
from honeyguide.notices.models import Notice

router = Router(tags=["Notices"])


class NoticeOut(Schema):
    """A notice; it counts as received at `sent_at`. Reading it here does not mark it as read by a person."""

    id: str
    partner: str
    kind: str
    category: str
    clause: str = Field(description="Of the program's terms; empty without one.")
    subject: dict[str, str] = Field(description="By language: en, ru.")
    body: dict[str, str]
    deadline: date | None
    sent_at: Instant


class NoticesPage(PageOut):
    """A page of notices."""

    data: list[NoticeOut]


class NoticeQuery(PageQuery):
    """Which notices."""

    partner: str | None = Field(None, max_length=64, description="Only to this company.")
    category: Category | None = None


def notice_out(notice: Notice) -> dict[str, Any]:
    """A notice as the API shows it."""
    return {
        "id": notice.uid,
        "partner": notice.partner.key,
        **{name: getattr(notice, name) for name in ("kind", "category", "clause", "deadline", "sent_at")},
        "subject": {"en": notice.subject_en, "ru": notice.subject_ru},
        "body": {"en": notice.body_en, "ru": notice.body_ru},
    }


@router.get(
    "/notices",
    auth=Gate("notices:read", NoticeQuery),
    response=answers(200, NoticesPage),
    operation_id="list_notices",
    summary="List notices",
)
def list_notices(request: HttpRequest, query: Query[NoticeQuery]) -> dict[str, Any]:
    """The newest first. Scope: `notices:read`."""
    rows = only_own(request, Notice.objects.select_related("partner"), query.partner)
    return page(rows.filter(category=query.category) if query.category else rows, query, notice_out)


@router.get(
    "/notices/{id}",
    auth=Gate("notices:read"),
    response=answers(200, NoticeOut),
    operation_id="get_notice",
    summary="Get a notice",
)
def get_notice(request: HttpRequest, id: str) -> dict[str, Any]:  # noqa: A002 - its name in the address
    """One of them. Scope: `notices:read`."""
    found = only_own(request, Notice.objects.select_related("partner"), None).filter(uid=id).first()
    if found is None:
        raise NotFound("There is no such notice.")
    return notice_out(found)
