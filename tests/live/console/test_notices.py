"""The operator sees what was sent, helps mails that failed, and writes notices after a preview."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from honeyguide.accounts.models import User
from honeyguide.common.errors import Invalid
from honeyguide.notices.models import Delivery, DeliveryState, Notice
from honeyguide.notices.services import BATCH_PARTNERS, mark_seen, send, send_to_many
from tests.live.conftest import NOW, TODAY, World

SignIn = Callable[[User], Client]
WORDS = {"kind": "announcement", "states": ["active"], "subject": "New prices", "text": "From January on."}


def letter(world: World) -> Notice:
    context = {"subject": "Price list", "text": "From January on."}
    return send(partner=world.comb, kind="letter", context=context, actor=world.actor, now=NOW)


def hidden(text: str) -> dict[str, Any]:
    """The fields of the preview's form, as a browser sends them."""
    fields: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', text):
        fields.setdefault(name, []).append(value)
    return fields


@pytest.mark.clause("T1.7.1")
def test_all_that_was_sent_is_listed_with_who_has_read_it(world: World, sign_in: SignIn) -> None:
    notice = letter(world)
    mark_seen(notice=notice, user=world.charlie, now=NOW)
    finance = sign_in(world.staff["finance"])
    text = finance.get(reverse("console:notices")).text
    assert "Comb GmbH" in text
    assert "Price list" in text
    page = finance.get(reverse("console:notice", args=[notice.uid])).text
    assert world.charlie.email in page
    assert "Charlie" in page
    assert "Price list" in finance.get(reverse("console:partner_notices", args=["comb"])).text
    assert "Price list" not in finance.get(reverse("console:partner_notices", args=["nectar"])).text
    assert "Price list" not in finance.get(reverse("console:notices"), {"kind": "announcement"}).text
    assert "Price list" not in finance.get(reverse("console:notices"), {"q": "nectar"}).text
    assert "Price list" not in finance.get(reverse("console:notices"), {"until": "2026-11-19"}).text
    assert "Price list" in finance.get(reverse("console:notices"), {"since": "2026-11-20"}).text
    assert "Price list" in finance.get(reverse("console:notices"), {"export": "csv"}).getvalue().decode()


def test_a_failed_mail_is_seen_and_sent_again(
    world: World, sign_in: SignIn, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    notice = letter(world)
    Delivery.objects.update(state=DeliveryState.FAILED, error="SMTPServerDisconnected: closed", attempts=7)
    manager = sign_in(world.staff["manager"])
    assert "1 mail could not be delivered" in manager.get(reverse("console:notices")).text
    assert "Price list" in manager.get(reverse("console:notices"), {"mail": "failed"}).text
    delivery = Delivery.objects.get()
    again = reverse("console:notice_mail_again", args=[notice.uid, delivery.pk])
    assert sign_in(world.staff["finance"]).post(again).status_code == 403
    assert "closed" in manager.get(reverse("console:notice", args=[notice.uid])).text
    with django_capture_on_commit_callbacks(execute=True):
        manager.post(again)
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.SENT
    assert manager.post(again).status_code == 409


def test_a_notice_is_sent_after_a_preview_that_counts_and_only_once(world: World, sign_in: SignIn) -> None:
    manager = sign_in(world.staff["manager"])
    preview = manager.post(reverse("console:notice_new"), WORDS)
    assert "To 2 companies" in preview.text
    assert "Nectar Ltd" in preview.text
    assert Notice.objects.count() == 0
    fields = hidden(preview.text) | {"step": "send"}
    for _click in range(2):
        assert manager.post(reverse("console:notice_new"), fields).status_code == 302
    assert Notice.objects.filter(subject_en="New prices").count() == 2


def test_a_notice_can_have_a_deadline_that_is_to_come(world: World, sign_in: SignIn) -> None:
    manager = sign_in(world.staff["manager"])
    preview = manager.post(reverse("console:notice_new"), {**WORDS, "deadline": str(TODAY + timedelta(days=9))})
    assert "Deadline: 29 Nov 2026" in preview.text
    manager.post(reverse("console:notice_new"), hidden(preview.text) | {"step": "send"})
    assert set(Notice.objects.filter(subject_en="New prices").values_list("deadline", flat=True)) == {
        TODAY + timedelta(days=9)
    }
    late = manager.post(reverse("console:notice_new"), {**WORDS, "deadline": str(TODAY - timedelta(days=1))})
    assert late.status_code == 422
    assert "Expected today or a later day." in late.text


def test_a_choice_that_fits_others_meanwhile_is_shown_once_more(world: World, sign_in: SignIn) -> None:
    manager = sign_in(world.staff["manager"])
    fields = hidden(manager.post(reverse("console:notice_new"), WORDS).text) | {"step": "send"}
    world.tell({"type": "partner.terminated", "partner": "comb", "reason": "left"})
    text = manager.post(reverse("console:notice_new"), fields).text
    assert "Nothing was sent" in text
    assert "To 1 company" in text
    assert not Notice.objects.filter(kind="announcement").exists()


def test_a_notice_can_go_to_one_company_or_to_those_of_a_status(world: World, sign_in: SignIn) -> None:
    manager = sign_in(world.staff["manager"])
    one = {**WORDS, "partner": "comb"}
    assert "To 1 company" in manager.post(reverse("console:notice_new"), one).text
    assert "Comb GmbH" in manager.get(reverse("console:notice_new"), {"partner": "comb"}).text
    gold = manager.post(reverse("console:notice_new"), {**WORDS, "statuses": ["gold"]}).text
    assert "To 1 company" in gold
    assert "Nectar Ltd" in gold
    wrong = manager.post(reverse("console:notice_new"), {**WORDS, "statuses": ["silver"]})
    assert wrong.status_code == 422
    assert "No company fits" in wrong.text
    half = manager.post(reverse("console:notice_new"), {**WORDS, "subject_ru": "Цены"})
    assert half.status_code == 422


@pytest.mark.parametrize("role", ["finance", "support"])
def test_others_of_the_team_read_and_do_not_write(world: World, sign_in: SignIn, role: str) -> None:
    client = sign_in(world.staff[role])
    assert client.get(reverse("console:notices")).status_code == 200
    assert client.post(reverse("console:notice_new"), WORDS).status_code == 403
    assert sign_in(world.alice).get(reverse("console:notices")).status_code == 404
    assert Notice.objects.count() == 0


def test_too_many_at_once_are_refused(world: World) -> None:
    with pytest.raises(Invalid):
        send_to_many(
            batch="b", partners=[world.comb] * (BATCH_PARTNERS + 1), kind="letter", context=WORDS,
            actor=world.actor, now=NOW,
        )  # fmt: skip
    assert Notice.objects.count() == 0
