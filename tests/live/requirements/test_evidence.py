"""Evidence: handed in, taken back, decided once, and what follows from it."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from honeyguide.common.errors import Forbidden, Invalid, NotFound, Refusal, Stale
from honeyguide.files.models import StoredFile
from honeyguide.history.models import Event
from honeyguide.notices.models import Notice
from honeyguide.requirements import queries
from honeyguide.requirements.models import EvidenceCase
from honeyguide.requirements.services import evidence
from honeyguide.requirements.verifying import problems
from honeyguide.standing.models import Standing
from tests.live.conftest import NOW, TODAY, World, at
from tests.live.requirements.conftest import as_partner, as_staff
from tests.live.requirements.samples import PDF, upload

HandIn = Callable[..., EvidenceCase]


def met(world: World, name: str) -> list[bool]:
    """Whether a requirement of Comb's is met."""
    rows = Standing.objects.get(partner=world.comb).answer["requirements"]
    return [row["met"] for row in rows if row["requirement"] == name]


def test_a_partner_is_offered_what_is_asked_of_it_and_missing(world: World, hand_in: HandIn) -> None:
    def names() -> list[str]:
        standing = Standing.objects.get(partner=world.comb)
        return [row["evidence"] for row in queries.offered(world.comb, standing)]

    assert names() == ["website_endorsement", "social_endorsement", "phone_support", "email_support"]
    hand_in("phone_support")
    assert names() == ["website_endorsement", "social_endorsement", "email_support"]
    assert queries.offered(world.comb, None) == []


@pytest.mark.clause("T3.1.2a")
def test_an_approval_is_an_event_and_meets_the_requirement_at_once(world: World, hand_in: HandIn) -> None:
    case = hand_in()
    assert met(world, "website_endorsement") == [False]
    evidence.approve(uid=case.uid, actor=as_staff(world), now=NOW, internal_note="Seen on the site")
    case.refresh_from_db()
    assert (case.state, case.decided_by, case.decided_at) == ("approved", world.staff["manager"], NOW)
    assert met(world, "website_endorsement") == [True]
    event = Event.objects.get(type="evidence.approved", uid=case.uid)
    assert (event.partner, event.data["requirement"]) == ("comb", "website_endorsement")
    assert Event.objects.filter(type="evidence.accepted", ident=case.uid).count() == 1
    notice = Notice.objects.get(kind="evidence_approved")
    assert notice.partner == world.comb
    assert "Endorsement on your website" in notice.subject_en
    assert list(problems()) == []


@pytest.mark.clause("T3.1.2a")
def test_the_last_missing_evidence_lifts_the_status_in_the_same_moment(world: World, hand_in: HandIn) -> None:
    world.tell(
        {"type": "course.completed", "partner": "comb", "course": "sales", "at": at(TODAY - timedelta(days=3))},
        *(
            {
                "type": "sale.paid", "partner": "comb", "sale": f"c-{number}", "client": f"new-{number}",
                "product": "cloud", "net": "1500.00", "seats": 5, "at": at(TODAY - timedelta(days=2)),
            }
            for number in (1, 2)
        ),
    )  # fmt: skip
    names = ["website_endorsement", "social_endorsement", "phone_support", "email_support"]
    for place, name in enumerate(names):
        assert Standing.objects.get(partner=world.comb).status == "bronze"
        now = NOW + timedelta(minutes=place)
        case = hand_in(name, now=now)
        evidence.approve(uid=case.uid, actor=as_staff(world), now=now)
    standing = Standing.objects.get(partner=world.comb)
    assert (standing.status, int(standing.discount_percent)) == ("silver", 40)


def test_a_decline_needs_a_reason_is_told_and_leaves_the_way_open(world: World, hand_in: HandIn) -> None:
    case = hand_in()
    with pytest.raises(Invalid, match="reason") as refused:
        evidence.decline(uid=case.uid, reason="  ", actor=as_staff(world), now=NOW)
    assert set(refused.value.fields) == {"reason"}
    evidence.decline(uid=case.uid, reason="The page is not public.", actor=as_staff(world, "compliance"), now=NOW)
    case.refresh_from_db()
    assert (case.state, case.reason) == ("declined", "The page is not public.")
    assert met(world, "website_endorsement") == [False]
    assert "The page is not public." in Notice.objects.get(kind="evidence_declined").body_en
    again = hand_in(form_token="second form")
    assert again.uid != case.uid
    assert again.is_waiting


def test_a_withdrawn_approval_takes_the_requirement_back(world: World, hand_in: HandIn) -> None:
    case = hand_in()
    evidence.approve(uid=case.uid, actor=as_staff(world), now=NOW)
    later = NOW + timedelta(hours=1)
    evidence.revoke(uid=case.uid, reason="The page is gone.", actor=as_staff(world), now=later)
    case.refresh_from_db()
    assert (case.state, case.revoked_by, case.reason) == ("revoked", world.staff["manager"], "The page is gone.")
    assert met(world, "website_endorsement") == [False]
    assert Event.objects.filter(type="evidence.withdrawn", uid=f"{case.uid}.revoked").exists()
    assert Notice.objects.filter(kind="evidence_withdrawn").count() == 1
    evidence.revoke(uid=case.uid, reason="The page is gone.", actor=as_staff(world), now=later)
    with pytest.raises(Stale, match="no approval"):
        evidence.revoke(uid=case.uid, reason="The page is gone.", actor=as_staff(world, "admin"), now=later)
    assert list(problems()) == []


def test_the_second_decider_is_told_who_decided_and_nothing_happens_twice(world: World, hand_in: HandIn) -> None:
    case = hand_in()
    evidence.approve(uid=case.uid, actor=as_staff(world), now=NOW)
    events = Event.objects.count()
    with pytest.raises(Stale, match=r"Manager Person has decided this already, on 20 Nov 2026.*Approved"):
        evidence.decline(uid=case.uid, reason="Too late for that.", actor=as_staff(world, "compliance"), now=NOW)
    assert evidence.approve(uid=case.uid, actor=as_staff(world), now=NOW).state == "approved"  # the form sent twice
    assert Event.objects.count() == events


def test_the_same_form_again_is_the_same_case(world: World, hand_in: HandIn) -> None:
    assert hand_in().uid == hand_in().uid
    assert EvidenceCase.objects.count() == 1
    with pytest.raises(Stale, match="waits for a decision"):
        hand_in(form_token="another form")


def test_a_partner_takes_back_what_waits_and_nothing_else(world: World, hand_in: HandIn) -> None:
    actor = as_partner(world.charlie, "comb")
    case = hand_in()
    with pytest.raises(NotFound):
        evidence.withdraw(uid=case.uid, partner=world.nectar, actor=as_partner(world.alice, "nectar"), now=NOW)
    for _twice in range(2):
        assert evidence.withdraw(uid=case.uid, partner=world.comb, actor=actor, now=NOW).state == "withdrawn"
    with pytest.raises(Stale, match="no longer open"):
        evidence.approve(uid=case.uid, actor=as_staff(world), now=NOW)
    decided = hand_in("phone_support")
    evidence.approve(uid=decided.uid, actor=as_staff(world), now=NOW)
    with pytest.raises(Stale, match="has decided this already"):
        evidence.withdraw(uid=decided.uid, partner=world.comb, actor=actor, now=NOW)


@pytest.mark.parametrize("role", ["finance", "support"])
def test_only_those_who_decide_can_decide(world: World, hand_in: HandIn, role: str) -> None:
    case = hand_in()
    for actor in (as_staff(world, role), as_partner(world.charlie, "comb")):
        with pytest.raises(Forbidden):
            evidence.approve(uid=case.uid, actor=actor, now=NOW)
        with pytest.raises(Forbidden):
            evidence.decline(uid=case.uid, reason="No reason at all", actor=actor, now=NOW)
    with pytest.raises(Forbidden):
        evidence.submit(
            partner=world.comb, requirement="phone_support", kind="text", text="We answer", form_token="x",
            actor=as_partner(world.alice, "nectar"), now=NOW,
        )  # fmt: skip
    case.refresh_from_db()
    assert case.is_waiting


def test_who_is_on_a_case_decides_it_until_somebody_takes_it_over(world: World, hand_in: HandIn) -> None:
    case = hand_in()
    manager, other = as_staff(world), as_staff(world, "compliance")
    evidence.DESK.take(uid=case.uid, actor=manager, now=NOW)
    with pytest.raises(Stale, match="Manager Person is on it"):
        evidence.DESK.take(uid=case.uid, actor=other, now=NOW)
    with pytest.raises(Stale, match="Manager Person is on it"):
        evidence.approve(uid=case.uid, actor=other, now=NOW)
    assert queries.evidence_waiting(NOW).holders == ("Manager Person",)
    evidence.DESK.take(uid=case.uid, actor=other, now=NOW, over=True)
    evidence.DESK.release(uid=case.uid, actor=manager)  # not on it any more: changes nothing
    assert EvidenceCase.objects.get().held_by == world.staff["compliance"]
    evidence.approve(uid=case.uid, actor=other, now=NOW)
    assert EvidenceCase.objects.get().held_by is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "link", "link": "comb.example"}, "link"),
        ({"kind": "link", "link": "javascript:alert(1)"}, "link"),
        ({"kind": "link", "link": "https://user:secret@comb.example/"}, "link"),
        ({"kind": "link", "link": "https://comb.example/" + "x" * 500}, "link"),
        ({"kind": "text", "text": " "}, "text"),
        ({"kind": "text", "text": "x" * 5001}, "text"),
        ({"kind": "file"}, "file"),
        ({"kind": "file", "file": upload("x.html", b"<html>")}, "file"),
        ({"kind": "song"}, "kind"),
        ({"requirement": "webinar"}, "requirement"),
        ({"requirement": "nonsense"}, "requirement"),
    ],
)
def test_what_cannot_be_taken_is_told_at_its_field(
    world: World, hand_in: HandIn, given: dict[str, object], field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        hand_in(**given)
    assert set(refused.value.fields) == {field}
    assert not EvidenceCase.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_file_is_kept_as_it_came_and_its_loss_is_found(world: World, hand_in: HandIn, private_files: Path) -> None:
    case = hand_in(kind="file", file=upload("../Plan.pdf", PDF))
    assert case.file is not None
    assert (case.file.name, case.file.content_type, case.file.size_bytes) == ("Plan.pdf", "application/pdf", len(PDF))
    stored = private_files / case.file.path
    assert stored.read_bytes() == PDF
    assert list(problems()) == []
    stored.write_bytes(b"something else")
    assert [line for line in problems() if case.file.uid in line]


def test_a_decision_without_its_event_is_found(world: World, hand_in: HandIn) -> None:
    case = hand_in()
    EvidenceCase.objects.filter(pk=case.pk).update(state="approved")
    assert any(case.uid in line for line in problems())
    EvidenceCase.objects.filter(pk=case.pk).update(state="waiting")
    world.tell({"type": "evidence.approved", "partner": "comb", "requirement": "qbr", "id": "evd_lost"})
    assert any("evd_lost" in line for line in problems())


def test_a_form_without_a_token_is_refused_and_nul_is_dropped(world: World, hand_in: HandIn) -> None:
    for token in ("", " ", "x" * 65):
        with pytest.raises(Invalid, match="Open the page again"):
            hand_in(form_token=token)
    assert hand_in(kind="text", text="We\0 answer").text == "We answer"


def test_cases_that_wait_too_long_are_counted_as_late(world: World, hand_in: HandIn) -> None:
    hand_in("phone_support", now=NOW - timedelta(days=8))
    hand_in("email_support")
    waiting = queries.evidence_waiting(NOW)
    assert (waiting.count, waiting.overdue, waiting.free) == (2, 1, 2)
    assert waiting.oldest == NOW - timedelta(days=8)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_decides_and_one_is_told(world: World, hand_in: HandIn) -> None:
    case = hand_in()
    told: list[str] = []
    start = threading.Barrier(2)

    def decide(role: str) -> None:
        try:
            start.wait(10)
            if role == "manager":
                evidence.approve(uid=case.uid, actor=as_staff(world, role), now=NOW)
            else:
                evidence.decline(uid=case.uid, reason="Not public enough.", actor=as_staff(world, role), now=NOW)
            told.append("decided")
        except Stale as stale:
            told.append(stale.message)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=(role,)) for role in ("manager", "compliance")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(told) == 2
    assert sorted(word == "decided" for word in told) == [False, True]
    assert any("has decided this already" in word for word in told)
    decided = Event.objects.filter(type__in=["evidence.accepted", "evidence.declined"], ident=case.uid)
    assert decided.count() == 1
    assert Notice.objects.filter(kind__in=["evidence_approved", "evidence_declined"]).count() == 1
