"""The list of what is due: to whoever wants it, when something is due, once a day."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import translation

from honeyguide.notices.models import Notice
from honeyguide.notices.services import choose_mail, send
from honeyguide.partners.models import Partner
from honeyguide.standing.digest import Due, MailsFailed, due_of_letters, notices_digest
from tests.live.conftest import NOW, TODAY, World

MONDAY = TODAY + timedelta(days=3)


@pytest.mark.clause("T3.1.1a")
def test_a_weekly_digest_names_the_day_what_is_missing_and_how_long_it_is(world: World) -> None:
    assert notices_digest(MONDAY, now=NOW) == 1
    assert mail.outbox[0].to == [world.charlie.email]
    assert "26 days left" in mail.outbox[0].body
    assert "Own cloud account (NFR) claimed: missing" in mail.outbox[0].body
    assert "tutorial" not in mail.outbox[0].body
    assert "List-Unsubscribe" in mail.outbox[0].extra_headers


def test_a_digest_is_sent_once_a_day(world: World) -> None:
    assert [notices_digest(MONDAY, now=NOW) for _run in range(2)] == [1, 0]
    assert notices_digest(MONDAY + timedelta(days=1), now=NOW) == 0  # not a Monday


def test_a_daily_digest_comes_daily_and_none_to_whom_wants_none(world: World) -> None:
    choose_mail(user=world.charlie, digest="daily", optional_mail=True)
    assert notices_digest(TODAY, now=NOW) == 1
    assert notices_digest(TODAY + timedelta(days=1), now=NOW) == 1
    choose_mail(user=world.charlie, digest="off", optional_mail=True)
    assert notices_digest(MONDAY, now=NOW) == 0


def test_a_digest_whose_mail_fails_is_sent_by_the_next_run_and_the_others_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def due(_partner: Partner, _day: object, _last: object) -> list[Due]:
        return [Due(TODAY + timedelta(days=5), "The licence ends")]

    whole = EmailMultiAlternatives.send
    broken = {world.alice.email}

    def send(message: EmailMultiAlternatives, *args: Any, **kwargs: Any) -> int:
        if set(message.to) & broken:
            raise OSError("the mail server is away")
        return whole(message, *args, **kwargs)

    monkeypatch.setattr(EmailMultiAlternatives, "send", send)
    with pytest.raises(MailsFailed, match="1 of 3 digests"):
        notices_digest(MONDAY, now=NOW, more=[due])
    assert {message.to[0] for message in mail.outbox} == {world.bob.email, world.charlie.email}
    broken.clear()
    assert notices_digest(MONDAY, now=NOW, more=[due]) == 1
    assert [message.to for message in mail.outbox[2:]] == [[world.alice.email]]


def test_letters_with_a_deadline_are_due_in_the_readers_language(world: World) -> None:
    words = {"subject": "Sign the agreement", "text": "Please.", "subject_ru": "Подпишите", "text_ru": "Просим."}
    for kind, days in (("letter", 5), ("announcement", 31), ("discount_changed", 6)):
        more = {"discount_percent": 1, "discount_percent_before": 2, "on": TODAY}
        deadline = TODAY + timedelta(days=days)
        send(partner=world.nectar, kind=kind, context=words | more, actor=world.actor, now=NOW, deadline=deadline)
    last = TODAY + timedelta(days=30)
    [letter] = due_of_letters(world.nectar, TODAY, last)
    assert (letter.on, letter.title) == (TODAY + timedelta(days=5), "Sign the agreement")
    with translation.override("ru"):
        assert [item.title for item in due_of_letters(world.nectar, TODAY, last)] == ["Подпишите"]
    assert due_of_letters(world.comb, TODAY, last) == []
    notice = Notice.objects.get(kind="letter")
    assert notice.body_en == "Please.\n\nDeadline: 25 Nov 2026"
    assert notice.body_ru == "Просим.\n\nСрок: 25 ноября 2026"


def test_other_rooms_add_what_they_know(world: World) -> None:
    def licences(partner: Partner, day: object, last: object) -> list[Due]:
        return [Due(TODAY + timedelta(days=5), "The licence ends")] if partner.key == "nectar" else []

    assert notices_digest(MONDAY, now=NOW, more=[licences]) == 3
    assert {message.to[0] for message in mail.outbox} >= {world.alice.email, world.bob.email}
