"""Sending notices: the record in the transaction of the change, the mails right after it is committed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.common.errors import Invalid, Stale
from honeyguide.common.ids import new_id
from honeyguide.history.queries import loads
from honeyguide.history.services import note
from honeyguide.notices.kinds import NoticeKind, kind_named
from honeyguide.notices.models import (
    SUBJECT_CHARS,
    Batch,
    Delivery,
    DeliveryState,
    DigestRhythm,
    MailPreference,
    Notice,
    NoticeAttachment,
    NoticeRecipient,
    NoticeView,
)
from honeyguide.notices.tasks import deliver
from honeyguide.partners.models import Partner

ATTACHMENT_BYTES = 5_000_000
ATTACHMENTS_COUNT = 5
BATCH_PARTNERS = 2_000


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document that goes with a notice."""

    name: str
    content: bytes
    content_type: str = "application/pdf"


@dataclass(frozen=True, slots=True)
class Words:
    """A notice in one language."""

    subject: str
    body: str


def send(
    *,
    partner: Partner,
    kind: str,
    context: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    to: Collection[User] | None = None,
    attachments: Sequence[Attachment] = (),
    deadline: date | None = None,
    link: str = "",
) -> Notice:
    """Tell a company something: recorded now, which counts as received (T1.7.1), and mailed after the commit.

    `kind`: one of kinds.KINDS. `context`: what its templates use (days as dates, money as Decimal, words may be lazy).
    `to`: the people who get a mail; None for all of the company, or its own address where nobody is linked. Everybody
    of the company finds the notice in the list. `deadline`: by when the company must act. `link`: the path of the page
    where it does (`reverse(…)`). Call inside the transaction of the change.
    """
    chosen = kind_named(kind)
    _check_size(attachments)
    words = {code: render(chosen, partner, context, deadline, code) for code, _name in settings.LANGUAGES}
    with transaction.atomic():
        notice = Notice.objects.create(
            uid=new_id("ntc", now),
            partner=partner,
            kind=kind,
            category=chosen.category,
            clause=str(context.get("clause") or chosen.clause),
            subject_en=words["en"].subject,
            subject_ru=words["ru"].subject,
            body_en=words["en"].body,
            body_ru=words["ru"].body,
            context=loads(_JSON.encode(dict(context))),
            link=link,
            deadline=deadline,
            sent_at=now,
            sender=actor.user,
            sender_name=actor.name,
        )
        NoticeAttachment.objects.bulk_create(
            NoticeAttachment(
                notice=notice,
                name=given.name,
                content_type=given.content_type,
                content=given.content,
                size_bytes=len(given.content),
            )
            for given in attachments
        )
        recipients = _address(notice, chosen, _people(partner) if to is None else to, now)
        note(
            "notice.sent",
            actor=actor,
            now=now,
            partner=partner.key,
            about={
                "notice": notice.uid,
                "kind": kind,
                "subject": notice.subject_en,
                "subject_ru": notice.subject_ru,
                "to": [recipient.address for recipient in recipients],
            },
        )
    return notice


_JSON = DjangoJSONEncoder()


def send_to_many(
    *,
    batch: str,
    partners: Collection[Partner],
    kind: str,
    context: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    deadline: date | None = None,
    link: str = "",
) -> Batch:
    """Send the same words to some companies, all or none. `batch`: an id made when the form was shown (`new_id`).

    A batch that was sent already is given back and nothing is sent. Raises Invalid for none, or more than
    BATCH_PARTNERS.
    """
    if not 0 < len(partners) <= BATCH_PARTNERS:
        raise Invalid(
            _("Expected 1 to %(most)s companies: choose others, or fewer at a time.") % {"most": BATCH_PARTNERS},
            fields={"partners": _("Choose others, or fewer at a time.")},
        )
    with transaction.atomic():
        sent, is_new = Batch.objects.get_or_create(
            uid=batch, defaults={"partners_count": len(partners), "sent_at": now, "sender": actor.user}
        )
        if is_new:
            for partner in partners:
                send(partner=partner, kind=kind, context=context, actor=actor, now=now, deadline=deadline, link=link)
    return sent


def render(
    kind: NoticeKind, partner: Partner, context: Mapping[str, Any], deadline: date | None, language: str
) -> Words:
    """A notice's words in one language: plain text, nothing escaped."""
    given = {"partner": partner, "deadline": deadline, "language": language, **context}
    with translation.override(language):
        subject, body = (_text(name, given) for name in (kind.subject_template, kind.body_template))
    return Words(" ".join(subject.split())[:SUBJECT_CHARS], body.strip())


def _text(name: str, given: dict[str, Any]) -> str:
    template: Any = get_template(name)
    return str(template.template.render(Context(given, autoescape=False)))


def _check_size(attachments: Sequence[Attachment]) -> None:
    if len(attachments) > ATTACHMENTS_COUNT or sum(len(given.content) for given in attachments) > ATTACHMENT_BYTES:
        raise AssertionError(f"at most {ATTACHMENTS_COUNT} attachments of {ATTACHMENT_BYTES} bytes together")


def _people(partner: Partner) -> list[User]:
    return list(User.objects.filter(member__partner=partner, is_active=True).order_by("pk"))


def _address(notice: Notice, kind: NoticeKind, people: Collection[User], now: datetime) -> list[NoticeRecipient]:
    """Write down who gets it, and have the mails sent when all this is committed."""
    silent = set()
    if kind.optional:
        silent = set(
            MailPreference.objects.filter(user__in=people, optional_mail=False).values_list("user_id", flat=True)
        )
    recipients = [
        NoticeRecipient(
            notice=notice, user=user, address=user.email, language=user.language, by_mail=user.pk not in silent
        )
        for user in {user.pk: user for user in people}.values()
    ]
    if not recipients and notice.partner.email:
        recipients = [NoticeRecipient(notice=notice, address=notice.partner.email, language=settings.LANGUAGE_CODE)]
    recipients = NoticeRecipient.objects.bulk_create(recipients)
    deliveries = Delivery.objects.bulk_create(
        Delivery(recipient=recipient, next_try_at=now) for recipient in recipients if recipient.by_mail
    )
    for delivery in deliveries:
        transaction.on_commit(partial(deliver.enqueue, delivery.pk), robust=True)  # deliver_due finds what is lost
    return recipients


def mark_seen(*, notice: Notice, user: User, now: datetime) -> bool:
    """A person has opened a notice. Gives whether it was the first time; later ones are not kept."""
    _row, first = NoticeView.objects.get_or_create(notice=notice, user=user, defaults={"seen_at": now})
    return first


def mark_all_seen(*, partner: Partner, user: User, now: datetime) -> int:
    """A person has seen everything that was sent to the company. Gives how many were new."""
    unseen = Notice.objects.filter(partner=partner).exclude(views__user=user)
    rows = [NoticeView(notice=notice, user=user, seen_at=now) for notice in unseen]
    NoticeView.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def choose_mail(*, user: User, digest: str, optional_mail: bool) -> MailPreference:
    """Keep what a person wants by mail. Raises Invalid for a rhythm that is none of DigestRhythm."""
    if digest not in DigestRhythm.values:
        raise Invalid(_("Expected never, every day or every Monday."), fields={"digest": _("Choose one.")})
    chosen, _new = MailPreference.objects.update_or_create(
        user=user, defaults={"digest": digest, "optional_mail": optional_mail}
    )
    return chosen


def send_again(*, delivery: Delivery, actor: Actor, now: datetime) -> None:
    """Try a mail that has failed once more, from the first pause on. Raises Stale when it is on its way or there."""
    with transaction.atomic():
        moved = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.FAILED).update(
            state=DeliveryState.WAITING, attempts=0, next_try_at=now
        )
        if not moved:
            raise Stale(_("This mail is being sent already, or has arrived."))
        recipient = NoticeRecipient.objects.select_related("notice__partner").get(delivery=delivery)
        about = {"notice": recipient.notice.uid, "to": recipient.address}
        note("notice.mail_again", actor=actor, now=now, partner=recipient.notice.partner.key, about=about)
        transaction.on_commit(partial(deliver.enqueue, delivery.pk), robust=True)  # deliver_due finds what is lost
