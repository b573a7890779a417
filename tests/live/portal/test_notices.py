"""The company's notices: who may read them, and that opening one is kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from honeyguide.accounts.models import User
from honeyguide.notices.models import MailPreference, Notice, NoticeView
from honeyguide.notices.services import Attachment, send
from tests.live.conftest import NOW, World

SignIn = Callable[[User], Client]


def letter(world: World, subject: str = "Price list", **more: Any) -> Notice:
    given: dict[str, Any] = {"partner": world.nectar, "kind": "letter", "actor": world.actor, "now": NOW, **more}
    return send(context={"subject": subject, "text": "From **January** on."}, **given)


@pytest.mark.clause("T1.7.1")
def test_opening_a_notice_is_kept_and_shown_to_colleagues(world: World, sign_in: SignIn) -> None:
    notice = letter(world)
    page = sign_in(world.bob).get(reverse("portal:notice", args=[notice.uid]))
    assert page.status_code == 200
    assert "Price list" in page.text
    assert NoticeView.objects.get(notice=notice).user == world.bob
    assert "Bob" in sign_in(world.alice).get(reverse("portal:notice", args=[notice.uid])).text


def test_the_list_shows_what_is_not_read_first_and_counts_it(world: World, sign_in: SignIn) -> None:
    older = letter(world, "Older")
    letter(world, "Newer", now=NOW + timedelta(hours=1))
    alice = sign_in(world.alice)
    alice.get(reverse("portal:notice", args=[Notice.objects.get(subject_en="Newer").uid]))
    text = alice.get(reverse("portal:notices")).text
    assert text.index("Older") < text.index("Newer")
    assert '<span class="nav-count">1</span>' in text
    assert "Newer" not in alice.get(reverse("portal:notices"), {"state": "unread"}).text
    assert "Older" not in alice.get(reverse("portal:notices"), {"q": "newer"}).text
    assert "Older" not in alice.get(reverse("portal:notices"), {"category": "status"}).text
    alice.post(reverse("portal:notices_seen"))
    assert NoticeView.objects.filter(notice=older, user=world.alice).exists()
    assert "nav-count" not in alice.get(reverse("portal:notices")).text


def test_the_list_can_be_taken_away(world: World, sign_in: SignIn) -> None:
    letter(world)
    response = sign_in(world.alice).get(reverse("portal:notices"), {"export": "csv"})
    lines = response.getvalue().decode().splitlines()
    assert "Price list,Agreements and documents,2026-11-20T12:00:00.123456+00:00," in lines[1]


def test_an_outsider_finds_nothing(world: World, sign_in: SignIn) -> None:
    notice = letter(world, attachments=[Attachment("a.pdf", b"%PDF")])
    charlie = sign_in(world.charlie)
    assert charlie.get(reverse("portal:notice", args=[notice.uid])).status_code == 404
    assert charlie.get(reverse("portal:notice_file", args=[notice.uid, "a.pdf"])).status_code == 404
    assert "Price list" not in charlie.get(reverse("portal:notices")).text
    assert not NoticeView.objects.exists()


def test_an_attachment_is_saved_and_never_run(world: World, sign_in: SignIn) -> None:
    notice = letter(world, attachments=[Attachment("terms.html", b"<script>alert(1)</script>", "text/html")])
    response = sign_in(world.alice).get(reverse("portal:notice_file", args=[notice.uid, "terms.html"]))
    assert response.content == b"<script>alert(1)</script>"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.clause("T1.5", "T7.1")
def test_a_terminated_company_reads_its_notices_still(world: World, sign_in: SignIn) -> None:
    world.tell({"type": "partner.terminated", "partner": "nectar", "reason": "left"})
    text = sign_in(world.alice).get(reverse("portal:notices")).text
    assert "Your participation in the program has ended" in text


def test_a_supporter_who_looks_as_the_partner_leaves_no_trace(world: World, sign_in: SignIn) -> None:
    notice = letter(world)
    support = sign_in(world.staff["support"])
    session = support.session
    session["viewing_as"] = "nectar"
    session.save()
    assert support.get(reverse("portal:notice", args=[notice.uid])).status_code == 200
    assert support.post(reverse("portal:notices_seen")).status_code == 403
    assert not NoticeView.objects.exists()


def test_a_person_chooses_what_comes_by_mail(world: World, sign_in: SignIn) -> None:
    alice = sign_in(world.alice)
    assert alice.get(reverse("portal:notice_settings")).status_code == 200
    alice.post(reverse("portal:notice_settings"), {"digest": "daily"})
    preference = MailPreference.objects.get(user=world.alice)
    assert (preference.digest, preference.optional_mail) == ("daily", False)
    assert alice.post(reverse("portal:notice_settings"), {"digest": "hourly"}).status_code == 422
