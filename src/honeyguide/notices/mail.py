"""A notice as a mail: text and HTML, in the reader's language."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation

from honeyguide.notices.kinds import KINDS
from honeyguide.notices.models import Notice, NoticeRecipient
from honeyguide.notices.unsubscribing import NEWS, Stop, stop_url


def mail_of(recipient: NoticeRecipient) -> EmailMultiAlternatives:
    """The mail to one recipient, with the attachments; not sent."""
    notice = recipient.notice
    kind = KINDS.get(notice.kind)
    stop = Stop(recipient.user_id, NEWS) if kind is not None and kind.optional and recipient.user_id else None
    with translation.override(recipient.language):
        mail = compose(
            subject=notice.subject,
            address=recipient.address,
            given={
                "recipient": recipient,
                "notice": notice,
                "paragraphs": paragraphs_of(notice.body),
                "url": url_of(notice),
            },
            stop=stop,
        )
    mail.extra_headers["X-Notice"] = notice.uid
    for attachment in notice.attachments.all():
        mail.attach(attachment.name, bytes(attachment.content), attachment.content_type)
    return mail


def compose(
    *, subject: str, address: str, given: dict[str, Any], template: str = "mail", stop: Stop | None = None
) -> EmailMultiAlternatives:
    """A mail in the current language, of the templates `notices/<template>.txt` and `.html`.

    `stop`: how its reader ends such mails (RFC 8058); None for what the program must send.
    """
    given = {**given, "stop_url": stop_url(stop) if stop is not None else ""}
    text: Any = get_template(f"notices/{template}.txt")
    html = get_template(f"notices/{template}.html")
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text.template.render(Context(given, autoescape=False)).strip() + "\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[address],
        headers={"Auto-Submitted": "auto-generated"},
    )
    if stop is not None:
        mail.extra_headers["List-Unsubscribe"] = f"<{given['stop_url']}>"
        mail.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.attach_alternative(html.render({**given, "subject": subject}), "text/html")
    return mail


def paragraphs_of(body: str) -> list[str]:
    """The text by paragraphs."""
    return [paragraph.strip() for paragraph in body.replace("\r\n", "\n").split("\n\n") if paragraph.strip()]


def url_of(notice: Notice) -> str:
    """Where the notice is read on the site."""
    return settings.PUBLIC_URL + reverse("portal:notice", args=[notice.uid])
