"""What is sent is recorded for good, and mailed in the same breath."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from honeyguide.history.models import Event
from honeyguide.notices.kinds import KINDS
from honeyguide.notices.models import Delivery, Notice, NoticeView
from honeyguide.notices.services import Attachment, mark_all_seen, mark_seen, send
from tests.live.conftest import NOW, TODAY, World

Capture = Callable[..., Any]
REACHED = {
    "status": "gold", "before": "silver", "on": TODAY, "discount_percent": "50.00", "discount_percent_before": "40.00",
    "due_on": TODAY + timedelta(days=365), "clause": "T3.1.3a", "missing": [],
}  # fmt: skip


def reached(world: World, **more: Any) -> Notice:
    return send(
        **{
            "partner": world.nectar,
            "kind": "status_upgraded",
            "context": REACHED,
            "actor": world.actor,
            "now": NOW,
            **more,
        }
    )


@pytest.mark.clause("T1.7.1")
def test_a_notice_is_recorded_with_what_when_and_to_whom(world: World) -> None:
    notice = reached(world, deadline=date(2027, 1, 1))
    notice.refresh_from_db()
    assert notice.subject_en == "You have reached the Gold status"
    assert "Nectar Ltd is a Gold partner since 20 Nov 2026" in notice.body_en
    assert (notice.sent_at, notice.deadline, notice.clause) == (NOW, date(2027, 1, 1), "T3.1.3a")
    assert {recipient.address for recipient in notice.recipients.all()} == {world.alice.email, world.bob.email}
    event = Event.objects.filter(type="notice.sent", partner="nectar").latest("seq")
    assert event.data["notice"] == notice.uid
    assert set(event.data["to"]) == {world.alice.email, world.bob.email}


@pytest.mark.clause("T1.7.1")
def test_the_record_refuses_every_change(world: World) -> None:
    notice = reached(world, attachments=[Attachment("terms.pdf", b"%PDF-1.4")])
    mark_seen(notice=notice, user=world.alice, now=NOW)
    for rows in (notice.attachments, notice.views):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows.all().delete()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Notice.objects.update(subject_en="never sent")


def test_mail_goes_out_after_the_commit_in_text_and_html(
    world: World, django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        notice = reached(world, attachments=[Attachment("terms.pdf", b"%PDF-1.4")])
        assert mail.outbox == []
    assert {message.to[0] for message in mail.outbox} == {world.alice.email, world.bob.email}
    message: Any = mail.outbox[0]
    assert message.subject == notice.subject_en
    assert f"/partner/notices/{notice.uid}" in message.body
    html = message.alternatives[0].content
    assert "Nectar Ltd is a Gold partner" in html
    assert message.attachments[0].filename == "terms.pdf"
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_every_kind_has_its_templates_in_both_languages(world: World) -> None:
    context = {**REACHED, "subject": "News", "text": "A new price list."}
    for name, kind in KINDS.items():
        if kind.name.startswith(("status_", "partner_", "discount_changed", "announcement")):
            notice = reached(world, kind=name, context=context)
            assert all([notice.subject_en, notice.subject_ru, notice.body_en, notice.body_ru]), name


def test_an_unknown_kind_says_what_to_do(world: World) -> None:
    with pytest.raises(AssertionError, match=r"notices\.kinds"):
        reached(world, kind="no_such_kind")


def test_the_first_view_is_kept_and_later_ones_are_not(world: World) -> None:
    notice = reached(world)
    assert mark_seen(notice=notice, user=world.alice, now=NOW)
    assert not mark_seen(notice=notice, user=world.alice, now=NOW + timedelta(days=1))
    assert NoticeView.objects.get(notice=notice).seen_at == NOW
    reached(world)
    assert mark_all_seen(partner=world.nectar, user=world.alice, now=NOW) == Notice.objects.count() - 1
    assert mark_all_seen(partner=world.nectar, user=world.alice, now=NOW) == 0
