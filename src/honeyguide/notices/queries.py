"""Reading notices: for the company, and for the operator."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from honeyguide.accounts.models import User
from honeyguide.common.errors import NotFound
from honeyguide.notices.models import DeliveryState, DigestRhythm, MailPreference, Notice, NoticeView
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
    """Everything that was sent, the latest first, with `mail_failed`: whether a mail could not be delivered."""
    failed = Notice.objects.filter(pk=OuterRef("pk"), recipients__delivery__state=DeliveryState.FAILED)
    return Notice.objects.select_related("partner").annotate(mail_failed=Exists(failed)).order_by("-sent_at", "-pk")


def seen_by(notice: Notice) -> QuerySet[NoticeView]:
    """Who has opened it, and when first."""
    return NoticeView.objects.filter(notice=notice).select_related("user").order_by("seen_at", "pk")


def preference_of(user: User) -> MailPreference:
    """What a person wants by mail; the defaults, not saved, where nothing was chosen."""
    return MailPreference.objects.filter(user=user).first() or MailPreference(user=user, digest=DigestRhythm.WEEKLY)
