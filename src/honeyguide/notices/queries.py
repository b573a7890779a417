"""Reading notices: for the company, and for the operator."""

from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from honeyguide.accounts.models import User
from honeyguide.common.errors import NotFound
from honeyguide.notices.models import (
    Delivery,
    DeliveryState,
    DigestRhythm,
    MailPreference,
    Notice,
    NoticeRecipient,
    NoticeView,
)
from honeyguide.partners.models import Partner


def notices_for(partner: Partner, user: User) -> QuerySet[Notice]:
    """A company's notices with `seen` by this reader: those not seen first, then the latest."""
    seen = NoticeView.objects.filter(notice=OuterRef("pk"), user=user)
    return Notice.objects.filter(partner=partner).annotate(seen=Exists(seen)).order_by("seen", "-sent_at", "-pk")


def unread_count(partner: Partner, user: User) -> int:
    """How many notices of the company this reader has not opened."""
    return Notice.objects.filter(partner=partner).exclude(views__user=user).count()


def notice_of(partner: Partner, uid: str) -> Notice:
    """A company's notice. Raises NotFound, also for another company's."""
    found = Notice.objects.filter(partner=partner, uid=uid).select_related("partner").first()
    if found is None:
        raise NotFound(_("There is no such notice."))
    return found


def all_notices() -> QuerySet[Notice]:
    """Everything that was sent, the latest first.

    With `views_count` (people of the company who opened it), `recipients_count`, `mails_failed`, `mails_waiting`.
    """
    mails = Delivery.objects.filter(recipient__notice=OuterRef("pk"))
    return (
        Notice.objects.select_related("partner")
        .defer("body_en", "body_ru", "context")
        .annotate(
            views_count=_count(NoticeView.objects.filter(notice=OuterRef("pk")), "notice"),
            recipients_count=_count(NoticeRecipient.objects.filter(notice=OuterRef("pk")), "notice"),
            mails_failed=_count(mails.filter(state=DeliveryState.FAILED), "recipient__notice"),
            mails_waiting=_count(
                mails.filter(state__in=[DeliveryState.WAITING, DeliveryState.SENDING]), "recipient__notice"
            ),
        )
        .order_by("-sent_at", "-pk")
    )


def _count(rows: QuerySet[Any], by: str) -> Coalesce:
    """How many rows a subquery finds."""
    counted = rows.order_by().values(by).annotate(found=Count("pk")).values("found")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def mails_failed_count() -> int:
    """How many mails were given up."""
    return Delivery.objects.filter(state=DeliveryState.FAILED).count()


def recipients_of(notice: Notice) -> QuerySet[NoticeRecipient]:
    """To whom it went, with what became of each mail."""
    return NoticeRecipient.objects.filter(notice=notice).select_related("user", "delivery").order_by("address")


def seen_by(notice: Notice) -> QuerySet[NoticeView]:
    """Who has opened it, and when first."""
    return NoticeView.objects.filter(notice=notice).select_related("user").order_by("seen_at", "pk")


def preference_of(user: User) -> MailPreference:
    """What a person wants by mail; the defaults, not saved, where nothing was chosen."""
    return MailPreference.objects.filter(user=user).first() or MailPreference(user=user, digest=DigestRhythm.WEEKLY)
