"""Measures act at once on discount, access, points, listing and leads, end by themselves, and can be lifted (T14)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from honeyguide.accounts.actor import Actor
from honeyguide.common.errors import Forbidden, Invalid, Refusal, Stale
from honeyguide.conduct import queries, rules, services
from honeyguide.conduct.services import Sheet
from honeyguide.history.models import Event
from honeyguide.notices.models import Notice
from honeyguide.partners.models import Partner
from honeyguide.program.history.events import MEASURES
from honeyguide.standing.models import Standing
from honeyguide.standing.queries import standing_on
from tests.live.conftest import NOW, TODAY, World


def staff(world: World, role: str) -> Actor:
    return Actor(name=world.staff[role].name, user=world.staff[role])


def apply(world: World, measure: str, role: str = "compliance", **more: Any) -> Event:
    given = {"clause": "T13", "reason": "Offered discounts outside campaigns.", **more}
    actor = given.pop("actor", None) or staff(world, role)
    return services.apply_measure(
        partner=world.nectar, measure=measure, actor=actor, now=given.pop("now", NOW), **given
    )


def lift(world: World, measure: str, role: str = "compliance", **more: Any) -> Event:
    return services.lift_measure(
        partner=world.nectar, measure=measure, reason="Settled.", actor=staff(world, role), now=NOW, **more
    )


def standing(world: World) -> Standing:
    return Standing.objects.get(partner=world.nectar)


def held(world: World) -> set[str]:
    return {name.partition(":")[0] for name in standing(world).entitlements}


@pytest.mark.clause("T14")
@pytest.mark.parametrize(
    ("measure", "taken"),
    [
        ("bar_leads", {"request_app", "leads_by_email"}),
        ("delist", {"featured_listing"}),
        ("blacklist", {"featured_listing"}),
        ("revoke", {"channels", "special_offers"}),
    ],
)
def test_a_measure_takes_its_entitlements_at_once_and_a_lift_gives_them_back(
    world: World, measure: str, taken: set[str]
) -> None:
    before = held(world)
    assert taken <= before
    apply(world, measure)
    assert held(world) == before - taken
    assert standing(world).discount_percent == 50
    lift(world, measure)
    assert held(world) == before


@pytest.mark.clause("T14")
def test_blocked_access_takes_the_discount_and_the_dashboard_for_twelve_months_at_most(world: World) -> None:
    latest = date(2027, 11, 19)
    assert rules.last_blocked_day(TODAY) == latest
    with pytest.raises(Invalid) as refused:
        apply(world, "block_access", until=latest + timedelta(days=1))
    assert "until" in refused.value.fields
    apply(world, "block_access")
    assert standing(world).discount_percent == 0
    assert held(world) == {"helpdesk"}
    [record] = queries.measures_in_force(TODAY, partner="nectar")
    assert (record.until, record.clause, record.event.actor_name) == (latest, "T13", "Compliance Person")
    for day, blocked in ((latest, True), (latest + timedelta(days=1), False)):
        then = standing_on(world.nectar, day)
        assert then is not None
        assert then.may("dashboard") is not blocked
        assert bool(queries.measures_in_force(day, partner="nectar")) is blocked


@pytest.mark.clause("T14")
def test_a_downgrade_takes_one_status_at_once_and_its_lift_gives_none_back(world: World) -> None:
    apply(world, "downgrade", until=TODAY + timedelta(days=30))
    after = standing(world)
    assert after.status == "silver"
    assert after.discount_percent == 40
    assert (after.answer["transitions"][-1]["cause"], after.answer["transitions"][-1]["clause"]) == ("measure", "T14")
    lift(world, "downgrade")
    assert standing(world).status == "silver"


@pytest.mark.clause("T14", "T1.5")
def test_termination_needs_the_companys_name_and_ends_everything(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        apply(world, "terminate", confirmed_name="Nectar")
    assert "confirmed_name" in refused.value.fields
    assert standing(world).state == "active"
    apply(world, "terminate", confirmed_name=" nectar  LTD ")
    after = standing(world)
    assert (after.state, after.entitlements) == ("terminated", [])
    assert after.discount_percent == 0


@pytest.mark.clause("T14")
def test_points_are_cancelled_up_to_those_that_are_active(world: World) -> None:
    active, available = standing(world).points_active, standing(world).points_available
    actor = staff(world, "compliance")
    for points in (0, active + 1):
        with pytest.raises(Invalid):
            services.cancel_points(
                partner=world.nectar, points=points, clause="T14", reason="Bought twice", actor=actor, now=NOW
            )
    services.cancel_points(partner=world.nectar, points=100, clause="T14", reason="Bought twice", actor=actor, now=NOW)
    assert (standing(world).points_active, standing(world).points_available) == (active - 100, available - 100)


@pytest.mark.clause("T14")
def test_a_measure_has_start_end_clause_reason_subset_and_a_notice(world: World) -> None:
    until = TODAY + timedelta(days=10)
    event = apply(world, "delist", until=until, sites=["example.com", "example.de"], users=["bob@example.com"])
    [record] = queries.measures(TODAY, partner="nectar")
    assert (record.started_on, record.until, record.clause) == (TODAY, until, "T13")
    assert (record.sites, record.users) == (["example.com", "example.de"], ["bob@example.com"])
    assert event.data["clause"] == "T13"
    notice = Notice.objects.get(kind="measure_applied")
    assert (notice.partner, notice.clause, notice.sent_at) == (world.nectar, "T13", NOW)
    assert "Offered discounts outside campaigns." in notice.body_en
    assert "example.com, example.de" in notice.body_en


@pytest.mark.clause("T14")
def test_measures_of_a_kind_add_up_and_one_lift_ends_them_all(world: World) -> None:
    apply(world, "bar_leads", until=TODAY + timedelta(days=5))
    apply(world, "bar_leads")
    apply(world, "delist")
    assert len(queries.measures_in_force(TODAY)) == 3
    lift(world, "bar_leads")
    assert [record.measure for record in queries.measures_in_force(TODAY)] == ["delist"]
    past = [record for record in queries.measures(TODAY) if not record.in_force]
    assert [record.ended_on for record in past] == [TODAY, TODAY]
    assert {record.lift.data["reason"] for record in past if record.lift} == {"Settled."}
    with pytest.raises(Refusal, match="No measure of this kind"):
        lift(world, "bar_leads")


def test_a_measure_that_ended_by_its_day_is_past_without_a_lift(world: World) -> None:
    apply(world, "delist", until=TODAY)
    tomorrow = TODAY + timedelta(days=1)
    assert len(queries.measures_in_force(TODAY)) == 1
    assert queries.measures_in_force(tomorrow) == []
    [record] = queries.measures(tomorrow)
    assert (record.ended_on, record.lift) == (TODAY, None)
    with pytest.raises(Invalid):
        apply(world, "delist", until=TODAY - timedelta(days=1))


def test_every_measure_of_the_history_has_words_and_an_effect() -> None:
    assert set(rules.MEASURE_WORDS) == set(MEASURES)
    assert all(rules.measure_title(name) and rules.MEASURE_WORDS[name].effect for name in MEASURES)


@pytest.mark.parametrize("role", ["manager", "finance", "support"])
def test_measures_are_for_compliance_and_administrators(world: World, role: str) -> None:
    before = Event.objects.count()
    with pytest.raises(Forbidden, match="compliance and administrators"):
        apply(world, "delist", role=role)
    for user, partner in ((world.alice, "nectar"), (world.charlie, "comb")):
        with pytest.raises(Forbidden):
            apply(world, "delist", actor=Actor(name=user.name, user=user, partner=partner))
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("given", "field"), [({"reason": " "}, "reason"), ({"clause": "T99"}, "clause"), ({"measure": "fine"}, "measure")]
)
def test_a_measure_without_reason_clause_or_kind_is_refused(world: World, given: dict[str, str], field: str) -> None:
    measure = given.pop("measure", "delist")
    before = Event.objects.count()
    with pytest.raises(Invalid) as refused:
        apply(world, measure, **given)
    assert list(refused.value.fields) == [field]
    assert Event.objects.count() == before


def test_the_same_form_sent_twice_decides_once(world: World) -> None:
    sheet = Sheet(token=services.new_token(NOW), seen=_seen(), note="Seen at the fair.")
    first = apply(world, "delist", sheet=sheet)
    again = apply(world, "delist", sheet=sheet, now=NOW + timedelta(seconds=3))
    assert first == again
    assert Event.objects.filter(type="measure.applied").count() == 1
    assert Notice.objects.filter(kind="measure_applied").count() == 1
    note = Event.objects.get(type="conduct.noted")
    assert (note.data["note"], note.ident, note.is_program) == ("Seen at the fair.", first.uid, False)


def test_a_form_shown_before_somebody_else_decided_is_stale(world: World) -> None:
    seen = _seen()
    apply(world, "delist", sheet=Sheet(token=services.new_token(NOW), seen=seen))
    with pytest.raises(Stale, match=r"Compliance Person has decided .* 20 Nov 2026"):
        apply(world, "delist", role="admin", sheet=Sheet(token=services.new_token(NOW), seen=seen))
    assert len(queries.measures(TODAY)) == 1


def test_somebody_elses_token_is_refused(world: World) -> None:
    token = services.new_token(NOW)
    apply(world, "delist", sheet=Sheet(token=token))
    for sheet, role in ((Sheet(token=token), "admin"), (Sheet(token="nonsense"), "admin")):
        with pytest.raises(Invalid, match="damaged"):
            apply(world, "delist", role=role, sheet=sheet)


def _seen() -> int:
    last = queries.last_conduct_event("nectar")
    return last.seq if last else 0


@pytest.mark.clause("T3.4b")
def test_an_inactive_partner_is_listed_and_can_be_suspended_and_reinstated(world: World) -> None:
    compliance = staff(world, "compliance")
    with pytest.raises(Invalid, match="activity"):
        services.suspend(partner=world.nectar, clause="T3.4b", reason="Idle", actor=compliance, now=NOW)
    assert queries.inactive_partners() == []
    idle = _idle_partner(world)
    [(partner, since)] = queries.inactive_partners()
    assert (partner, since) == (idle, TODAY - timedelta(days=184))
    services.suspend(partner=idle, clause="T3.4b", reason="Idle", sheet=Sheet(tell=False), actor=compliance, now=NOW)
    assert Standing.objects.get(partner=idle).state == "suspended"
    assert not Notice.objects.filter(kind="suspended").exists()
    with pytest.raises(Refusal, match="suspended"):
        services.suspend(partner=idle, clause="T13", reason="Idle", actor=compliance, now=NOW)
    services.reinstate(partner=idle, reason="Answered", actor=compliance, now=NOW)
    assert Standing.objects.get(partner=idle).state == "active"
    assert Notice.objects.filter(kind="reinstated", partner=idle).exists()
    with pytest.raises(Refusal, match="active"):
        services.reinstate(partner=idle, reason="Answered", actor=compliance, now=NOW)


def _idle_partner(world: World) -> Partner:
    partner = Partner.objects.create(key="idle", name="Idle SA", country="FR", added_at=NOW)
    since = TODAY - timedelta(days=184)
    world.tell(
        {"type": "partner.accepted", "partner": "idle", "at": f"{since}T10:00:00Z"},
        {"type": "nfr.claimed", "partner": "idle", "at": f"{since}T11:00:00Z", "product": "cloud"},
        {
            "type": "course.completed",
            "partner": "idle",
            "at": f"{since - timedelta(days=9)}T11:00:00Z",
            "course": "tutorial",
        },
    )
    return partner


@pytest.mark.clause("T1.5")
def test_the_end_of_the_agreement_ends_discount_and_dashboard_at_once(world: World) -> None:
    actor = staff(world, "admin")
    with pytest.raises(Invalid):
        services.terminate(partner=world.nectar, reason="Agreement ended", confirmed_name="", actor=actor, now=NOW)
    with pytest.raises(Forbidden):
        services.terminate(
            partner=world.nectar,
            reason="Agreement ended",
            confirmed_name="Nectar Ltd",
            actor=staff(world, "manager"),
            now=NOW,
        )
    services.terminate(
        partner=world.nectar, reason="Agreement ended", confirmed_name="Nectar Ltd", actor=actor, now=NOW
    )
    after = standing(world)
    assert (after.state, after.may("dashboard")) == ("terminated", False)
    assert after.discount_percent == 0
    assert Notice.objects.get(kind="terminated").clause == "T1.5"
    with pytest.raises(Refusal, match="already"):
        services.terminate(partner=world.nectar, reason="Again", confirmed_name="Nectar Ltd", actor=actor, now=NOW)


def adjust(world: World, percent: str, role: str = "manager") -> Event:
    return services.adjust_discount(
        partner=world.nectar,
        percent=Decimal(percent),
        reason="120 seats short",
        restores="120 seats of new clients",
        actor=staff(world, role),
        now=NOW,
    )


@pytest.mark.clause("T3.6")
def test_a_discount_is_reduced_with_what_restores_it_and_restored(world: World) -> None:
    adjust(world, "30")
    assert standing(world).discount_percent == 30
    told = Notice.objects.get(kind="discount_adjusted")
    assert ("30%" in told.body_en, "50%" in told.body_en, "120 seats of new clients" in told.body_en) == (True,) * 3
    adjust(world, "35.5", role="admin")
    assert standing(world).discount_percent == Decimal("35.5")
    present, replaced = queries.adjustments(TODAY, partner="nectar")
    assert (present.percent, present.end, replaced.was_replaced) == (Decimal("35.5"), None, True)
    services.restore_discount(partner=world.nectar, reason="Done", actor=staff(world, "manager"), now=NOW)
    assert standing(world).discount_percent == 50
    assert Notice.objects.filter(kind="discount_restored").exists()
    assert queries.adjustment_in_force("nectar", TODAY) is None
    with pytest.raises(Refusal, match="not reduced"):
        services.restore_discount(partner=world.nectar, reason="Done", actor=staff(world, "manager"), now=NOW)


@pytest.mark.clause("T3.6")
@pytest.mark.parametrize("percent", ["50", "60", "-1", "12.345"])
def test_an_adjustment_is_below_the_discount_of_the_status(world: World, percent: str) -> None:
    with pytest.raises(Invalid, match="below 50%"):
        adjust(world, percent)
    assert standing(world).discount_percent == 50


@pytest.mark.parametrize("role", ["compliance", "finance", "support"])
def test_discounts_are_for_managers_and_administrators(world: World, role: str) -> None:
    with pytest.raises(Forbidden, match="partner managers and administrators"):
        adjust(world, "30", role=role)
    assert standing(world).discount_percent == 50


@pytest.mark.clause("T3.2")
def test_a_sale_to_an_affiliate_leaves_the_targets_with_its_reason_and_keeps_its_points(world: World) -> None:
    actor, points = staff(world, "manager"), standing(world).points_active
    line = queries.countable_sales("nectar")[0]
    before = _sales(world)
    event = services.exclude_sale(
        partner=world.nectar, sale=line.ident, ground="affiliated", reason="Nectar Holding", actor=actor, now=NOW
    )
    assert (event.data["ground"], event.data["reason"]) == ("affiliated", "Nectar Holding")
    assert _sales(world) == before - Decimal(line.net)
    assert standing(world).points_active == points
    assert line.ident not in {left.ident for left in queries.countable_sales("nectar")}
    with pytest.raises(Refusal, match="Manager Person excluded this sale on 20 Nov 2026"):
        services.exclude_sale(partner=world.nectar, sale=line.ident, ground="own", reason="Again", actor=actor, now=NOW)
    with pytest.raises(Forbidden):
        services.exclude_sale(
            partner=world.nectar,
            sale="nectar-s3",
            ground="own",
            reason="Again",
            actor=staff(world, "compliance"),
            now=NOW,
        )


def _sales(world: World) -> Decimal:
    rows = standing(world).answer["requirements"]
    return Decimal(next(row["actual"] for row in rows if row["requirement"] == "sales" and row["purpose"] == "keep"))
