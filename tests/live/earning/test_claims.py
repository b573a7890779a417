"""Claims for activities: applied for, decided within the range, limited by period (T4.1)."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client

from honeyguide.accounts.models import User
from honeyguide.common.errors import Forbidden, Invalid, NotFound, Refusal, Stale
from honeyguide.earning import queries
from honeyguide.earning.models import Attachment, Claim, ClaimState
from honeyguide.earning.services import claims
from honeyguide.history.models import Event
from honeyguide.notices.models import Notice
from honeyguide.standing.models import Standing
from tests.live.conftest import NOW, TODAY, World
from tests.live.earning.conftest import as_partner, as_staff
from tests.live.requirements.samples import PDF, upload

Apply = Callable[..., Claim]


def available(world: World) -> int:
    """What Nectar can spend."""
    return Standing.objects.get(partner=world.nectar).points_available


@pytest.mark.clause("T4.1")
def test_every_kind_of_award_has_procedure_rules_and_value(world: World) -> None:
    offers = queries.offers(world.nectar, TODAY)
    assert {offer.rule.kind for offer in offers} == {"case_study", "application", "training", "support", "marketing"}
    for offer in offers:
        assert offer.text
        assert offer.proofs
        assert 0 < offer.least <= offer.most


@pytest.mark.clause("T4.1")
def test_an_approval_grants_the_points_chosen_and_the_partner_is_told(world: World, claim: Apply) -> None:
    before = available(world)
    found = claim()
    claims.approve(uid=found.uid, points=450, actor=as_staff(world), now=NOW)
    event = Event.objects.get(type="points.granted")
    assert (event.uid, event.ident, event.data["points"], event.data["activity"]) == (
        found.uid, found.uid, 450, "case_study",
    )  # fmt: skip
    assert available(world) == before + 450
    notice = Notice.objects.get(kind="claim_approved")
    assert notice.subject_en == "450 points for: Case study"
    assert notice.subject_ru.startswith("450 баллов")


@pytest.mark.clause("T1.5", "T4.1")
def test_a_claim_of_a_partner_that_is_not_active_can_only_be_refused(world: World, claim: Apply) -> None:
    found = claim()
    world.tell({"at": NOW, "type": "partner.terminated", "partner": "nectar"})
    with pytest.raises(Refusal, match="Nectar Ltd is not an active partner"):
        claims.approve(uid=found.uid, points=450, actor=as_staff(world), now=NOW)
    assert not Event.objects.filter(type="points.granted").exists()
    claims.refuse(uid=found.uid, reason="The agreement has ended.", actor=as_staff(world), now=NOW)


@pytest.mark.clause("T4.1")
def test_the_decider_sees_for_what_else_the_same_evidence_was_handed_in(
    world: World, claim: Apply, sign_in: Callable[[User], Client]
) -> None:
    first = claim("support", token="a", files=[upload("quarter.pdf", PDF)], link="", text="")
    manager = sign_in(world.staff["manager"])
    assert b"The same evidence" not in manager.get("/console/points/claims/").content
    claim("training", token="b", files=[upload("other.pdf", PDF)], link="", text="Orders in a day.")
    link = claim("case_study", token="c", link="https://nectar.example/Story")
    page = manager.get("/console/points/claims/", {"item": first.uid}).content.decode()
    assert "Training of clients" in page.partition("The same evidence was handed in for")[2]
    page = manager.get("/console/points/claims/", {"item": link.uid}).content.decode()
    assert "Training of clients" in page.partition("The same evidence was handed in for")[2]  # the same words
    assert list(queries.same_evidence(first)) == [Claim.objects.get(activity="training")]


@pytest.mark.parametrize("points", [299, 601, 0, None])
def test_points_outside_the_range_are_refused_and_nothing_changes(
    world: World, claim: Apply, points: int | None
) -> None:
    found = claim()
    with pytest.raises(Invalid, match="300 to 600"):
        claims.approve(uid=found.uid, points=points, actor=as_staff(world), now=NOW)
    assert Claim.objects.get().state == ClaimState.WAITING
    assert not Event.objects.filter(type__in=["points.granted", "claim.approved"]).exists()


def test_a_fixed_value_needs_no_number(world: World, claim: Apply) -> None:
    found = claim("support", files=[upload("quarter.pdf", PDF)], link="", text="")
    claims.approve(uid=found.uid, points=None, actor=as_staff(world), now=NOW)
    assert Event.objects.get(type="points.granted").data["points"] == 200
    assert Attachment.objects.get().claim == found


def test_the_same_form_is_one_claim_and_the_same_decider_decides_once(world: World, claim: Apply) -> None:
    first, second = claim(), claim()
    assert first == second
    for _time in range(2):
        claims.approve(uid=first.uid, points=300, actor=as_staff(world), now=NOW)
    assert Event.objects.filter(type="points.granted").count() == 1
    with pytest.raises(Stale, match="Manager Person has decided this already"):
        claims.refuse(uid=first.uid, reason="Not enough in it", actor=as_staff(world, "compliance"), now=NOW)


@pytest.mark.clause("T4.1")
def test_the_limit_of_a_period_holds_at_handing_in_and_at_deciding(world: World, claim: Apply) -> None:
    for number in range(4):
        claim(token=f"form-{number}", now=NOW - timedelta(days=300))
    with pytest.raises(Refusal, match="at most 4 awards in 12 months"):
        claim(token="fifth")
    waiting = list(Claim.objects.order_by("pk"))
    for each in waiting[:3]:
        claims.approve(uid=each.uid, points=300, actor=as_staff(world), now=NOW - timedelta(days=299))
    claims.refuse(uid=waiting[3].uid, reason="Not public", actor=as_staff(world), now=NOW)
    last = claim(token="fifth")
    Claim.objects.filter(pk=waiting[3].pk).update(  # as if somebody had approved it meanwhile
        state=ClaimState.APPROVED, points=300, decided_at=NOW
    )
    with pytest.raises(Refusal, match="The next one is possible on 25 Jan 2027"):
        claims.approve(uid=last.uid, points=300, actor=as_staff(world), now=NOW)


def test_a_limit_ends_with_its_period(world: World, claim: Apply) -> None:
    for number in range(4):
        found = claim(token=f"form-{number}", now=NOW - timedelta(days=364))
        claims.approve(uid=found.uid, points=300, actor=as_staff(world), now=NOW - timedelta(days=364))
    with pytest.raises(Refusal, match="limit"):
        claim(token="fifth")
    claim(token="fifth", now=NOW + timedelta(days=1))  # a year after the first four


@pytest.mark.parametrize(
    ("activity", "given", "field"),
    [
        ("case_study", {"link": ""}, "link"),
        ("case_study", {"link": "nectar.example"}, "link"),
        ("case_study", {"text": " "}, "text"),
        ("training", {"link": ""}, "file"),
        ("training", {"link": "", "files": [upload("x.html", b"<html>")]}, "file"),
        ("training", {"link": "", "files": [upload(f"{n}.pdf", PDF) for n in range(7)]}, "file"),
    ],
)
def test_all_the_evidence_that_is_asked_for_must_be_there(
    world: World, claim: Apply, activity: str, given: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        claim(activity, **given)
    assert set(refused.value.fields) == {field}
    assert not Claim.objects.exists()


def test_an_activity_that_the_rulebook_has_not_is_not_there(world: World, claim: Apply) -> None:
    with pytest.raises(NotFound):
        claim("juggling")


def test_others_cannot_apply_or_decide(world: World, claim: Apply) -> None:
    found = claim()
    for actor in (as_partner(world.alice, "nectar"), as_staff(world, "support"), as_staff(world, "finance")):
        with pytest.raises(Forbidden):
            claims.approve(uid=found.uid, points=300, actor=actor, now=NOW)
    with pytest.raises(Forbidden):
        claims.submit(
            partner=world.nectar, activity="case_study", link="https://x.example/", text="x", form_token="y",
            actor=as_partner(world.charlie, "comb"), now=NOW,
        )  # fmt: skip
    with pytest.raises(NotFound):
        claims.withdraw(uid=found.uid, partner=world.comb, actor=as_partner(world.charlie, "comb"), now=NOW)


def test_what_is_taken_back_cannot_be_decided(world: World, claim: Apply) -> None:
    found = claim()
    actor = as_partner(world.alice, "nectar")
    for _time in range(2):
        claims.withdraw(uid=found.uid, partner=world.nectar, actor=actor, now=NOW)
    with pytest.raises(Stale, match="Taken back"):
        claims.approve(uid=found.uid, points=300, actor=as_staff(world), now=NOW)
    assert Event.objects.filter(type="claim.taken_back").count() == 1


def test_an_inactive_partner_earns_nothing(world: World, claim: Apply) -> None:
    world.tell({"type": "partner.suspended", "partner": "nectar", "at": NOW})
    with pytest.raises(Refusal, match="active partners"):
        claim()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told(world: World, claim: Apply) -> None:
    found = claim()
    begin = threading.Barrier(2)
    outcome: list[str] = []

    def decide(role: str) -> None:
        actor = as_staff(world, role)
        begin.wait()
        try:
            if role == "manager":
                claims.approve(uid=found.uid, points=300, actor=actor, now=NOW)
            else:
                claims.refuse(uid=found.uid, reason="Not public yet", actor=actor, now=NOW)
            outcome.append("done")
        except Stale:
            outcome.append("stale")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=(role,)) for role in ("manager", "compliance")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome) == ["done", "stale"]
    granted = Event.objects.filter(type="points.granted").count()
    assert granted == (Claim.objects.get().state == ClaimState.APPROVED)
