"""The list of what is due: to whoever wants it, when something is due, once a day."""

from datetime import timedelta

import pytest
from django.core import mail

from honeyguide.notices.services import choose_mail
from honeyguide.partners.models import Partner
from honeyguide.standing.digest import Due, notices_digest
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


def test_other_rooms_add_what_they_know(world: World) -> None:
    def licences(partner: Partner, day: object, last: object) -> list[Due]:
        return [Due(TODAY + timedelta(days=5), "The licence ends")] if partner.key == "nectar" else []

    assert notices_digest(MONDAY, now=NOW, more=[licences]) == 3
    assert {message.to[0] for message in mail.outbox} >= {world.alice.email, world.bob.email}
