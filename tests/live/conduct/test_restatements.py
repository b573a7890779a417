"""Decisions that today's knowledge would have made otherwise are settled by a person, never by themselves (T3.4a)."""

from datetime import date, timedelta
from queue import Queue
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from honeyguide.accounts.actor import Actor
from honeyguide.common.errors import Forbidden, Invalid, Refusal, Stale
from honeyguide.common.queues import take
from honeyguide.conduct import restatements
from honeyguide.conduct.models import Choice, RestatementDecision
from honeyguide.conduct.previews import Known
from honeyguide.conduct.tasks import find_restatements
from honeyguide.history.models import Event
from honeyguide.notices.models import Notice
from honeyguide.partners.models import Partner
from honeyguide.standing.models import Standing
from honeyguide.standing.queries import standing_on
from tests.live.conftest import NOW, TODAY, World, at

REASON = "The sale came back in full."


def compliance(world: World, role: str = "compliance") -> Actor:
    return Actor(name=world.staff[role].name, user=world.staff[role])


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def settle(world: World, case: RestatementDecision, choice: str, role: str = "compliance") -> RestatementDecision:
    return restatements.settle(uid=case.uid, choice=choice, reason=REASON, actor=compliance(world, role), now=NOW)


def only_case() -> RestatementDecision:
    restatements.bring_up(NOW)
    return restatements.waiting().get()


def silver_events(
    partner: str, start: int, seats: int = 10, clients: tuple[str, str] = ("a", "b")
) -> list[dict[str, Any]]:
    """Accepted so many days ago, Silver ten days later by two sales."""

    def event(kind: str, day: int, **fields: Any) -> dict[str, Any]:
        return {"at": at(days_ago(day)), "type": kind, "partner": partner, **fields}

    asked = ("website_endorsement", "social_endorsement", "phone_support", "email_support")
    first, second = clients
    sale = {"product": "cloud", "seats": seats, "term_months": 12}
    return [
        event("partner.accepted", start),
        event("nfr.claimed", start - 1, product="cloud"),
        *(event("course.completed", start - 1, course=course) for course in ("tutorial", "sales")),
        *(event("evidence.approved", start - 2, requirement=name) for name in asked),
        event("sale.paid", start - 5, sale=f"{partner}-1", client=f"{partner}-{first}", net="2000.00", **sale),
        event("sale.paid", start - 10, sale=f"{partner}-2", client=f"{partner}-{second}", net="4000.00", **sale),
    ]


@pytest.fixture
def birch(world: World) -> Partner:
    """Silver 100 days ago by two sales, of which one came back later."""
    partner = Partner.objects.create(key="birch", name="Birch BV", country="NL", added_at=NOW)
    world.tell(*silver_events("birch", 110))
    assert Standing.objects.get(partner=partner).status == "silver"
    world.tell({"type": "sale.refunded", "partner": "birch", "sale": "birch-2", "at": at(days_ago(3))})
    return partner


@pytest.mark.clause("T3.4a", "T14")
def test_an_upgrade_that_a_refund_undoes_waits_and_applying_brings_the_partner_down(
    world: World, birch: Partner
) -> None:
    case = only_case()
    assert (case.partner, case.decided, case.would_be, case.on) == (birch, "silver", "bronze", days_ago(100))
    assert Standing.objects.get(partner=birch).status == "silver"
    figures = restatements.changed_figures(case, standing_on(case.partner, TODAY))
    assert [(each.requirement, each.then, each.now, each.required) for each in figures] == [
        ("Sales", "$6,000", "$2,000", "$2,500"),
        ("Different clients", "2", "1", "2"),
    ]
    assert [event.ident for event in restatements.behind(case)] == ["birch-2"]
    remedy = restatements.remedy(case, Known(case.partner, TODAY), NOW)
    assert remedy.preview is not None
    assert (remedy.steps, remedy.preview.before.status, remedy.preview.after.status) == (1, "silver", "bronze")
    settle(world, case, "apply")
    after = Standing.objects.get(partner=birch)
    assert (after.status, after.discount_percent) == ("bronze", remedy.preview.after.discount_percent)
    [event] = Event.objects.filter(type="measure.applied", partner="birch")
    assert event.data["until"] == TODAY.isoformat()
    assert event.data["restatement"]["case"] == case.uid
    note = Event.objects.get(type="restatement.settled")
    assert (note.data["choice"], note.data["reason"], note.data["event"]) == ("apply", REASON, event.uid)
    notice = Notice.objects.get(kind="restatement_applied")
    assert REASON in notice.body_en
    tomorrow = standing_on(birch, TODAY + timedelta(days=1))
    assert tomorrow is not None
    assert not tomorrow.outlook["barred"]
    assert list(restatements.waiting()) == []


def test_leaving_it_as_decided_changes_nothing_but_is_recorded(world: World, birch: Partner) -> None:
    case = settle(world, only_case(), "leave")
    assert (case.choice, case.reason, case.event_uid) == (Choice.LEAVE, REASON, "")
    assert Standing.objects.get(partner=birch).status == "silver"
    assert Event.objects.get(type="restatement.settled").data["choice"] == "leave"
    assert not Event.objects.filter(type="measure.applied").exists()
    assert find_restatements(NOW) == {"restatements_found": 0}
    assert list(restatements.waiting()) == []


@pytest.mark.parametrize(("first", "second"), [("apply", "leave"), ("leave", "apply"), ("apply", "apply")])
def test_the_second_of_two_operators_is_told_who_settled_it(
    world: World, birch: Partner, first: str, second: str
) -> None:
    case = only_case()
    settle(world, case, first)
    before = Event.objects.count()
    with pytest.raises(Stale, match=r"Compliance Person settled this on 20 Nov 2026"):
        settle(world, case, second, role="admin")
    assert settle(world, case, first).choice == first
    assert Event.objects.count() == before


def test_somebody_who_is_on_it_keeps_others_off(world: World, birch: Partner) -> None:
    case = only_case()
    take(RestatementDecision.objects.filter(pk=case.pk), user=world.staff["admin"], now=NOW)
    with pytest.raises(Stale, match="Admin Person is on it"):
        settle(world, case, "apply")
    assert settle(world, case, "apply", role="admin").settled_by == world.staff["admin"]


@pytest.mark.parametrize("role", ["manager", "finance", "support"])
def test_restatements_are_settled_by_compliance_and_administrators(world: World, birch: Partner, role: str) -> None:
    case = only_case()
    with pytest.raises(Forbidden):
        settle(world, case, "apply", role=role)
    with pytest.raises(Invalid):
        restatements.settle(uid=case.uid, choice="apply", reason=" ", actor=compliance(world), now=NOW)
    with pytest.raises(Invalid):
        restatements.settle(uid=case.uid, choice="", reason="x", actor=compliance(world), now=NOW)
    assert Standing.objects.get(partner=birch).status == "silver"


def test_a_partner_that_has_come_where_it_would_be_has_nothing_to_correct(world: World) -> None:
    world.tell({"type": "sale.refunded", "partner": "nectar", "sale": "nectar-s3", "amount": "5000.00"})
    case = only_case()
    assert (case.decided, case.would_be) == ("gold", "silver")
    remedy = restatements.remedy(case, Known(case.partner, TODAY), NOW)
    assert (remedy.hindsight.status, remedy.steps, remedy.preview) == ("gold", 0, None)
    with pytest.raises(Refusal, match="nothing is left"):
        settle(world, case, "apply")
    assert RestatementDecision.objects.get(pk=case.pk).choice == ""
    assert settle(world, case, "leave").choice == "leave"


def test_several_statuses_are_taken_at_once_and_a_further_case_finds_nothing_left(world: World) -> None:
    world.tell(
        {"type": "sale.refunded", "partner": "nectar", "sale": "nectar-s3"},
        {"type": "sale.refunded", "partner": "nectar", "sale": "nectar-s4"},
        {"type": "sale.excluded", "partner": "nectar", "sale": "nectar-s2", "reason": "own"},
    )
    restatements.bring_up(NOW)
    first, second = restatements.waiting().order_by("-on")
    assert restatements.remedy(first, Known(first.partner, TODAY), NOW).steps == 2
    settle(world, first, "apply")
    assert Standing.objects.get(partner=world.nectar).status == "bronze"
    assert Event.objects.filter(type="measure.applied").count() == 2
    with pytest.raises(Refusal, match="nothing is left"):
        settle(world, second, "apply")
    assert settle(world, second, "leave").choice == "leave"


@pytest.mark.clause("T3.4a")
def test_a_review_that_was_too_hard_cannot_be_undone_by_an_event_and_says_so(world: World) -> None:
    partner = Partner.objects.create(key="elm", name="Elm SA", country="FR", added_at=NOW)
    start = 385  # Silver 375 days ago, reviewed ten days ago
    earlier = {"product": "cloud", "seats": 10, "term_months": 24, "net": "10.00", "at": at(days_ago(start + 20))}
    world.tell(
        {"type": "sale.paid", "partner": "comb", "sale": "comb-1", "client": "elm-b", **earlier},
        {"type": "sale.paid", "partner": "comb", "sale": "comb-2", "client": "elm-a", **earlier},
    )
    world.tell(*silver_events("elm", start, seats=500), *_more_sales("elm"))
    assert Standing.objects.get(partner=partner).status == "bronze"
    world.tell({"type": "sale.refunded", "partner": "comb", "sale": "comb-1", "at": at(days_ago(1))})
    case = only_case()
    assert (case.decided, case.would_be) == ("bronze", "silver")
    remedy = restatements.remedy(case, Known(case.partner, TODAY), NOW)
    assert (remedy.hindsight.status, remedy.steps) == ("silver", 0)
    assert "No event of the program raises a status" in remedy.why_not
    with pytest.raises(Refusal, match="No event of the program"):
        settle(world, case, "apply")


def _more_sales(partner: str) -> list[dict[str, Any]]:
    sale = {"product": "cloud", "net": "3000.00", "term_months": 12, "client": f"{partner}-b"}
    return [
        {"type": "sale.paid", "partner": partner, "sale": f"{partner}-3", "at": at(days_ago(200)), **sale},
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_operators_on_two_connections_one_settles_and_the_other_is_told(world: World, birch: Partner) -> None:
    case = only_case()
    start, told = Barrier(2), Queue[object]()

    def decide(role: str, choice: str) -> None:
        start.wait(timeout=30)
        try:
            told.put(settle(world, case, choice, role=role))
        except Stale as stale:
            told.put(stale)
        finally:
            connection.close()

    threads = [Thread(target=decide, args=pair) for pair in (("compliance", "apply"), ("admin", "leave"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    outcomes = [told.get_nowait() for _each in threads]
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["RestatementDecision", "Stale"]
    assert Event.objects.filter(type="restatement.settled").count() == 1
    settled = RestatementDecision.objects.get(pk=case.pk)
    assert Event.objects.filter(type="measure.applied").count() == (settled.choice == Choice.APPLY)
