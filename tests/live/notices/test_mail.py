"""Mails: sent once, tried again when the server refuses, and given up in sight of the operator."""

import smtplib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client, override_settings
from django.urls import reverse

from honeyguide.common.errors import Stale
from honeyguide.notices.models import Delivery, DeliveryState, MailPreference, Notice
from honeyguide.notices.services import choose_mail, send, send_again
from honeyguide.notices.tasks import PAUSES_MINUTES, deliver_due, deliver_one
from tests.live.conftest import NOW, World


class Refusing(BaseEmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, email_messages: Any) -> int:
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")


@pytest.fixture
def refusing() -> Iterator[None]:
    with override_settings(MAILERS={"default": {"BACKEND": f"{__name__}.Refusing"}}):
        yield


def announcement(world: World) -> Notice:
    context = {"subject": "New prices", "text": "The price list of 2027 is out.\n\nSee https://example.com/prices."}
    return send(partner=world.comb, kind="announcement", context=context, actor=world.actor, now=NOW)


def test_a_mail_is_sent_once_however_often_its_task_runs(world: World) -> None:
    announcement(world)
    delivery = Delivery.objects.get()
    assert deliver_one(delivery.pk, NOW)
    assert not deliver_one(delivery.pk, NOW)
    assert deliver_due(NOW + timedelta(days=1)) == 0
    assert len(mail.outbox) == 1


def test_a_mail_whose_task_was_lost_is_found_by_the_next_run(world: World) -> None:
    announcement(world)
    assert deliver_due(NOW) == 1
    assert mail.outbox[0].to == [world.charlie.email]


def test_a_mail_that_a_dead_worker_had_claimed_is_taken_over(world: World) -> None:
    announcement(world)
    Delivery.objects.update(state=DeliveryState.SENDING, next_try_at=NOW + timedelta(minutes=10))
    assert deliver_due(NOW + timedelta(minutes=9)) == 0
    assert deliver_due(NOW + timedelta(minutes=10)) == 1


def test_a_refused_mail_is_tried_again_with_growing_pauses_and_then_given_up(world: World, refusing: None) -> None:
    announcement(world)
    when = NOW
    for pause in PAUSES_MINUTES:
        assert deliver_due(when) == 0
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.next_try_at) == (DeliveryState.WAITING, when + timedelta(minutes=pause))
        assert "Connection unexpectedly closed" in delivery.error
        when += timedelta(minutes=pause)
    deliver_due(when)
    assert Delivery.objects.get().state == DeliveryState.FAILED
    assert deliver_due(when + timedelta(days=9)) == 0


def test_a_failed_mail_is_sent_again_on_request_and_no_other_one(world: World) -> None:
    announcement(world)
    delivery = Delivery.objects.get()
    with pytest.raises(Stale):
        send_again(delivery=delivery, actor=world.actor, now=NOW)
    Delivery.objects.update(state=DeliveryState.FAILED, error="full mailbox", attempts=7)
    send_again(delivery=delivery, actor=world.actor, now=NOW)
    assert deliver_due(NOW) == 1
    assert Delivery.objects.get().error == ""


def test_news_can_be_switched_off_by_one_click_and_mandatory_notices_cannot(world: World) -> None:
    announcement(world)
    deliver_due(NOW)
    message: Any = mail.outbox[0]
    link = message.extra_headers["List-Unsubscribe"].strip("<>")
    path = link.partition("://")[2].partition("/")[2]
    response = Client(enforce_csrf_checks=True).post(f"/{path}", {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert not MailPreference.objects.get(user=world.charlie).optional_mail
    announcement(world)
    assert deliver_due(NOW) == 0
    world.tell({"type": "partner.terminated", "partner": "comb", "reason": "left"})
    assert deliver_due(NOW) == 1
    assert "List-Unsubscribe" not in mail.outbox[-1].extra_headers
    assert Client().get(reverse("portal:stop_mail", args=["forged"])).status_code == 404


def test_the_mail_speaks_the_readers_language(world: World) -> None:
    world.charlie.language = "ru"
    world.charlie.save(update_fields=["language"])
    context = {"subject": "New prices", "text": "Out.", "subject_ru": "Новые цены", "text_ru": "Вышел прайс-лист."}
    send(partner=world.comb, kind="announcement", context=context, actor=world.actor, now=NOW)
    deliver_due(NOW)
    assert mail.outbox[0].subject == "Новые цены"
    assert "Вышел прайс-лист." in mail.outbox[0].body


def test_what_a_person_wants_by_mail_is_kept(world: World) -> None:
    choose_mail(user=world.alice, digest="daily", optional_mail=False)
    kept = choose_mail(user=world.alice, digest="off", optional_mail=True)
    assert (kept.digest, kept.optional_mail) == ("off", True)


def test_words_in_a_mail_cannot_become_markup(world: World) -> None:
    world.comb.name = "<b>Comb</b>"
    context = {"subject": "<i>x</i>", "text": "<script>alert(1)</script>"}
    send(partner=world.comb, kind="announcement", context=context, actor=world.actor, now=NOW)
    deliver_due(NOW)
    message: Any = mail.outbox[0]
    assert "<script>" in message.body
    assert "<script>" not in message.alternatives[0].content
    assert "<i>" not in message.alternatives[0].content
