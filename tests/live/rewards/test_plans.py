"""Plans, kept and carried out; campaigns and what they brought; no way to money (G2.6, G4.6, G4.7)."""

import inspect
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from honeyguide.common.errors import Forbidden, Invalid, NotFound, Refusal, Stale
from honeyguide.history.kinds import AUDIT_TYPES
from honeyguide.history.models import Event
from honeyguide.ledger.models import Account, Entry
from honeyguide.partners.models import Partner
from honeyguide.program.rulebook import load_rulebook
from honeyguide.program.rulebook.rewards import REWARD_KINDS
from honeyguide.rewards import models, queries
from honeyguide.rewards.effect import Effect, by_channel, effects, table_of, total
from honeyguide.rewards.models import Exchange
from honeyguide.rewards.proposing import Wish
from honeyguide.rewards.savings import year_of_savings
from honeyguide.rewards.services import campaigns, deciding, exchanges, plans, quotes
from honeyguide.rewards.services.campaigns import CampaignForm, change_campaign
from honeyguide.rewards.services.matrix import PromotionForm, add_promotion, set_cells
from honeyguide.rewards.services.prices import publish, save_draft
from honeyguide.rewards.services.quotes import Purpose
from honeyguide.rewards.words import reason_words
from tests.live.conftest import NOW, TODAY, at
from tests.live.rewards.conftest import CLIENT, Shop
from tests.live.rewards.test_prices import AHEAD, todays

COURSE = Wish("course.course", 1, "first")


def propose(shop: Shop, *wishes: Wish, months: int = 6) -> Any:
    return plans.proposal(partner=shop.world.nectar, wishes=wishes, months=months, now=NOW)


def keep(shop: Shop, *wishes: Wish, **more: Any) -> models.Plan:
    given: dict[str, Any] = {"partner": shop.world.nectar, "name": "Winter", "months": 6, "form_token": "plan",
                             "actor": shop.alice, "now": NOW} | more  # fmt: skip
    return plans.keep(wishes=wishes, **given)


def words(one: Any) -> list[str]:
    return [reason_words(said) for said in one.because]


def steps(proposal: Any) -> list[tuple[date, str, int, int]]:
    return [(one.step.day, one.step.key, one.step.quantity, one.step.points) for one in proposal.steps]


# --- Plans


@pytest.mark.clause("G4.7")
def test_a_plan_says_what_it_saves_of_what_things_cost(shop: Shop) -> None:
    found = propose(shop, COURSE, Wish("employee_licence.year", 1, "then"))
    assert steps(found) == [(TODAY, "employee_licence.year", 1, 1000), (TODAY, "course.course", 1, 800)]
    assert (found.worth, found.cost, found.share_percent) == (Decimal(165), Decimal(165), Decimal("100.0"))
    assert found.unmet == ()


@pytest.mark.clause("G4.7")
def test_it_says_which_expiring_points_a_step_saves(shop: Shop) -> None:
    (step,) = propose(shop, COURSE, months=3).steps
    assert words(step) == ["uses 800 points whose last day is 24 Dec 2026"]


@pytest.mark.clause("G4.7")
def test_it_waits_for_an_announced_lower_price(shop: Shop) -> None:
    made = save_draft(
        effective_from=AHEAD, note="", prices=todays() | {"course.course": 500}, version=0, actor=shop.manager, now=NOW
    )
    publish(version=made.version, actor=shop.manager, now=NOW)
    (step,) = propose(shop, COURSE, months=3).steps
    assert (step.step.day, step.step.points) == (AHEAD, 500)
    assert "costs 500 then instead of 800" in words(step)


@pytest.mark.clause("G4.7")
def test_it_reckons_with_promotions_to_come(shop: Shop) -> None:
    add_promotion(
        uid="prm_1k3f9x2aq7m4c8r2w5",
        form=PromotionForm("Learn", "Учиться", TODAY + timedelta(days=3), TODAY + timedelta(days=9),
                           points_percent=Decimal(25)),
        actor=shop.manager, now=NOW,
    )  # fmt: skip
    (step,) = propose(shop, COURSE, months=3).steps
    assert (step.step.day, step.step.points) == (TODAY + timedelta(days=3), 600)
    assert "promotion: Learn" in words(step)


@pytest.mark.clause("G2.8")
@pytest.mark.clause("G4.7")
def test_a_discount_is_worth_what_it_adds_to_the_partners_own(shop: Shop) -> None:
    wish = Wish("renewal_discount.basic", 1, "first")
    assert propose(shop, wish).worth == Decimal("36.00"), "20 % of what the 50 % of Gold leave of 360"
    cells = {("renewal_discount", "partner_discount"): False}
    set_cells(cells=cells, starts_on=TODAY, ends_on=None, seen=0, actor=shop.manager, now=NOW)
    found = propose(shop, wish)
    assert (found.steps, found.unmet[0].quantity) == ((), 1)
    assert "saves nothing" in words(found.unmet[0])[0]


@pytest.mark.clause("G4.7")
def test_savings_are_a_share_of_what_licences_cost(shop: Shop) -> None:
    def sale(number: int, days: int, **more: Any) -> dict[str, Any]:
        return {
            "type": "sale.paid", "partner": "nectar", "sale": f"own-{number}", "client": f"own-{number}",
            "product": "cloud", "net": "1000.00", "at": at(TODAY - timedelta(days=days)),
        } | more  # fmt: skip

    before, _quarters = year_of_savings(shop.world.nectar, TODAY)
    shop.world.tell(sale(1, 5), sale(2, 100), sale(3, 5, product="service"), sale(4, 366))
    shop.world.tell({"type": "sale.refunded", "partner": "nectar", "sale": "own-1", "amount": "400.00"})
    waits, made = shop.exchange("course.webinar"), shop.exchange("course.certification", 2)
    deciding.fulfil(uid=made.uid, fulfilment="CODE", actor=shop.manager, now=NOW)
    year, quarters = year_of_savings(shop.world.nectar, TODAY)
    assert waits.state == "approved"
    assert (year.first, year.last, year.exchanges) == (date(2025, 11, 21), TODAY, 1)
    assert (year.saved, year.purchases - before.purchases) == (Decimal(290), Decimal(1600))
    assert year.share_percent == (year.saved * 100 / year.purchases).quantize(Decimal("0.1"))
    assert [one.saved for one in quarters] == [Decimal(290), 0, 0, 0]
    assert sum(one.purchases for one in quarters) == year.purchases
    found = propose(shop, COURSE, months=3)
    assert found.purchases == quarters[0].purchases
    assert found.purchases_percent == (found.worth * 100 / found.purchases).quantize(Decimal("0.1"))
    assert keep(shop, COURSE, months=3).found["purchases"] == str(found.purchases)


@pytest.mark.clause("G2.8")
@pytest.mark.clause("G4.7")
def test_points_that_pay_all_are_worth_what_they_add_to_the_discount_too(shop: Shop) -> None:
    found = propose(shop, Wish("course.certification", 2, "first"))
    offer = shop.quote("course.certification", 2)
    saved = {tuple(one["names"]): Decimal(one["saving"]) for one in offer.combination["all"]}
    assert saved == {("points",): Decimal(580), ("partner_discount",): Decimal(290)}
    assert (found.worth, found.cost) == (Decimal(290), Decimal(290)), "580 without the discount that they stand for"
    assert shop.confirm(offer).worth_amount == found.worth


@pytest.mark.clause("G4.7")
def test_the_highest_value_is_chosen_on_one_basis(shop: Shop) -> None:
    """A licence of 180 stands for the discount of 90; a renewal's 20 % go with the discount, and add 144."""
    shop.exchange("course.course", 4)
    wishes = [Wish("renewal_discount.professional", 1, "then"), Wish("employee_licence.year", 3, "then")]
    found = propose(shop, *wishes, months=3)
    assert [(one.step.key, one.worth) for one in found.steps] == [
        ("renewal_discount.professional", Decimal(144)),
        ("employee_licence.year", Decimal(90)),
        ("employee_licence.year", Decimal(90)),
    ], "not three licences, which look like more where only renewals are reckoned beside the discount"


@pytest.mark.clause("G4.7")
def test_what_does_not_fit_is_named_with_the_limit(shop: Shop) -> None:
    found = propose(shop, Wish("employee_licence.year", 9, "first"), months=3)
    assert sum(quantity for _day, _key, quantity, _points in steps(found)) == 6
    assert [(one.item.key, one.quantity) for one in found.unmet] == [("employee_licence.year", 3)]
    assert found.plan.bound == {"exchange_share": 9_000, "points": 3 * 9_000}


@pytest.mark.clause("G2.5")
@pytest.mark.clause("G4.7")
def test_what_is_not_open_is_left_out_with_the_reason(shop: Shop) -> None:
    found = plans.proposal(
        partner=shop.world.comb, wishes=[Wish("crm_module.telephony", 1, "first")], months=3, now=NOW
    )
    assert found.steps == ()
    assert words(found.unmet[0]) == ["It is for partners from Silver on."]


@pytest.mark.parametrize(
    ("wishes", "months"),
    [
        ([], 6),
        ([COURSE, COURSE], 6),
        ([Wish("course.course", 0, "first")], 6),
        ([Wish("course.course", 1, "now")], 6),
        ([Wish("cash.cash", 1, "first")], 6),
        ([COURSE], 7),
    ],
)
def test_wishes_that_make_no_sense_are_refused(shop: Shop, wishes: list[Wish], months: int) -> None:
    with pytest.raises(Invalid):
        propose(shop, *wishes, months=months)


@pytest.mark.clause("G4.5")
@pytest.mark.clause("G4.7")
def test_a_kept_plan_stands_in_the_calendar_until_it_is_carried_out(shop: Shop) -> None:
    made = keep(shop, COURSE, Wish("employee_licence.year", 1, "then"))
    assert keep(shop, COURSE).uid == made.uid, "the same form again"
    assert [(one.day, one.points) for one in queries.planned(shop.world.nectar, TODAY)] == [(TODAY, 1000), (TODAY, 800)]
    first, second = made.steps.all()
    for step in (first, second):
        offer = shop.quote(step.item, step.quantity)
        shop.confirm(offer, step=str(step.pk))
    assert queries.planned(shop.world.nectar, TODAY) == []
    assert [step.exchange.points for step in made.steps.all() if step.exchange] == [1000, 800]


@pytest.mark.clause("G4.7")
def test_what_is_left_of_a_kept_plan_can_be_planned_anew(shop: Shop) -> None:
    made = keep(shop, Wish("course.course", 2, "first"), Wish("employee_licence.year", 1, "then"))
    assert plans.wishes_left(made) == [Wish("course.course", 2, "first"), Wish("employee_licence.year", 1, "then")]
    for step in made.steps.filter(reward="employee_licence"):
        shop.confirm(shop.quote(step.item, step.quantity), step=str(step.pk))
    made = queries.plan_with(made.uid, shop.world.nectar)
    assert plans.wishes_left(made) == [Wish("course.course", 2, "first")]


def test_a_step_of_another_company_is_not_carried_out(shop: Shop) -> None:
    made = keep(shop, COURSE)
    step = made.steps.get()
    with pytest.raises(NotFound):
        queries.step_with(str(step.pk), shop.world.comb)
    for bad in ("", "x", "-1", "9" * 30, "١"):
        with pytest.raises(NotFound):
            queries.step_with(bad, shop.world.nectar)


def test_a_plan_is_dropped_once(shop: Shop) -> None:
    made = keep(shop, COURSE)
    for _time in range(2):
        plans.drop(uid=made.uid, partner=shop.world.nectar, actor=shop.alice, now=NOW)
    assert (queries.planned(shop.world.nectar, TODAY), Event.objects.filter(type="plan.dropped").count()) == ([], 1)
    with pytest.raises(NotFound):
        queries.plan_with(made.uid, shop.world.nectar)


def test_an_empty_plan_is_not_kept_and_only_by_the_companys_people(shop: Shop) -> None:
    with pytest.raises(Refusal):
        keep(shop, Wish("user_month.user", 2, "first"), partner=shop.world.comb, actor=_charlie(shop))
    with pytest.raises(Forbidden):
        keep(shop, COURSE, actor=shop.manager)


def _charlie(shop: Shop) -> Any:
    return type(shop.alice)(name="Charlie", user=shop.world.charlie, partner="comb")


# --- Campaigns


@pytest.mark.clause("G4.6")
def test_a_campaign_shows_points_leads_clients_revenue_and_the_return_of_a_point(shop: Shop) -> None:
    first = shop.campaign("Search", leads_count=12, won_count=2, revenue_amount=Decimal(1800))
    shop.exchange("promotion_package.start", 1, Purpose(campaign=first.uid))
    second = shop.campaign("Fair", channel="event", leads_count=4)
    kit = shop.exchange("promo_material.kit", 1, Purpose(campaign=second.uid))
    found = effects(list(queries.campaigns_of(shop.world.nectar).order_by("pk")), TODAY)
    assert [(one.effect.points, one.effect.leads, one.effect.won, one.effect.revenue) for one in found] == [
        (800, 12, 2, Decimal(1800)), (500, 4, 0, Decimal(0)),
    ]  # fmt: skip
    assert found[0].effect.return_per_point == Decimal("2.25")
    assert found[0].effect.points_per_lead == Decimal("66.7")
    assert [(name, sums.points) for name, sums in by_channel(found)] == [("search", 800), ("event", 500)]
    assert total(found).return_per_point == Decimal("1.38")
    deciding.cancel(uid=kit.uid, reason="It was never sent.", actor=shop.manager, now=NOW)
    again = effects([second], TODAY)
    assert (again[0].effect.points, again[0].effect.return_per_point) == (0, None)


@pytest.mark.clause("G4.6")
def test_sales_to_linked_clients_count_once_less_refunds(shop: Shop) -> None:
    day = TODAY - timedelta(days=5)
    shop.world.tell(
        *(
            {"at": at(day), "type": "sale.paid", "partner": "nectar", "sale": f"new-{place}", "client": client,
             "product": "cloud", "net": net, "seats": 5, "term_months": 12}
            for place, (client, net) in enumerate((("new-1", "700.00"), ("new-2", "300.00"), ("old", "99.00")))
        ),
        {"at": at(TODAY), "type": "sale.refunded", "partner": "nectar", "sale": "new-1", "amount": "100.00"},
        {"at": at(TODAY - timedelta(days=60)), "type": "sale.paid", "partner": "nectar", "sale": "before",
         "client": "new-1", "product": "service", "net": "5000.00"},
    )  # fmt: skip
    both = ["new-1", "new-2"]
    earlier = shop.campaign("Earlier", starts_on=TODAY - timedelta(days=40), clients=both)
    later = shop.campaign("Later", clients=["new-2"])
    found = effects([earlier, later], TODAY)
    assert [(one.effect.revenue, one.is_counted) for one in found] == [(Decimal(700), True), (Decimal(200), True)]


def test_points_of_an_imported_history_count_by_the_campaigns_name(shop: Shop) -> None:
    campaign = shop.campaign("Summer offer")
    shop.world.tell(
        {"at": at(TODAY), "type": "points.spent", "partner": "nectar", "exchange": "old-1", "points": 90,
         "item": "Seat", "campaign": "Summer offer"},
        {"at": at(TODAY), "type": "points.spent", "partner": "nectar", "exchange": "old-2", "points": 50,
         "item": "Seat", "campaign": "Summer offer"},
        {"at": at(TODAY, 13), "type": "points.restored", "partner": "nectar", "exchange": "old-2"},
    )  # fmt: skip
    ((found),) = effects([campaign], TODAY)
    assert found.effect.points == 90


def test_a_table_of_campaigns_has_what_the_page_has(shop: Shop) -> None:
    campaign = shop.campaign("Search", leads_count=12, budget_amount=Decimal(250))
    campaign.refresh_from_db()
    head, row = table_of(effects([campaign], TODAY), with_partner=True)
    assert dict(zip(head, row, strict=True)) | {"From": "", "Through": ""} == {
        "Company": "Nectar Ltd", "Campaign": "Search", "Channel": "Search advertising", "From": "", "Through": "",
        "Budget": "250.00", "Points": "0", "Leads": "12", "Clients won": "0", "Revenue": "0",
        "Revenue for each point": "", "Points for each lead": "0.0",
    }  # fmt: skip


def test_sums_are_added() -> None:
    one = Effect(1, 2, 3, Decimal(4), Decimal(5), 1)
    assert one.plus(one) == Effect(2, 4, 6, Decimal(8), Decimal(10), 2)


def test_a_campaign_is_changed_by_one_at_a_time(shop: Shop) -> None:
    made = shop.campaign()
    form = CampaignForm("Autumn", "search", made.starts_on, made.ends_on, leads_count=3)
    for _time in range(2):
        found = change_campaign(uid=made.uid, partner=shop.world.nectar, form=form, version=1, actor=shop.bob, now=NOW)
        assert (found.version, found.leads_count) == (2, 3)
    other = CampaignForm("Autumn", "search", made.starts_on, made.ends_on, leads_count=9)
    with pytest.raises(Stale):
        change_campaign(uid=made.uid, partner=shop.world.nectar, form=other, version=1, actor=shop.alice, now=NOW)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "x" * 121), ("channel", "pigeon"), ("ends_on", TODAY - timedelta(days=99)),
        ("leads_count", -1), ("won_count", 10**7), ("budget_amount", Decimal(-1)), ("revenue_amount", Decimal(10**10)),
        ("clients", ["x" * 201]),
    ],
)  # fmt: skip
def test_a_campaign_that_makes_no_sense_is_refused(shop: Shop, field: str, value: object) -> None:
    given: dict[str, Any] = {field: value}
    with pytest.raises(Invalid) as refused:
        shop.campaign(**given)
    assert set(refused.value.fields) == {field}


def test_two_campaigns_of_one_company_have_two_names(shop: Shop) -> None:
    shop.campaign("Autumn")
    with pytest.raises(Invalid):
        shop.campaign("Autumn")


# --- No way to money


@pytest.mark.clause("G2.6")
def test_whatever_is_exchanged_no_account_of_money_moves(shop: Shop) -> None:
    shop.world.tell(
        {"type": "points.granted", "partner": "nectar", "award": "more", "points": 90_000, "activity": "other"}
    )
    campaign = shop.campaign()
    rewards = load_rulebook().rewards
    assert rewards is not None
    seen = set()
    for name, reward in rewards.catalogue.items():
        purpose = CLIENT if reward.for_client else Purpose(campaign=campaign.uid if reward.for_campaign else "")
        made = shop.exchange(f"{name}.{next(iter(reward.variants))}", 1, purpose)
        if reward.needs_approval:
            shop.approve(made)
        deciding.fulfil(uid=made.uid, fulfilment="CODE", actor=shop.manager, now=NOW)
        deciding.cancel(uid=made.uid, reason="A test of all ways.", actor=shop.manager, now=NOW)
        seen.add(reward.kind)
    assert seen == set(REWARD_KINDS)
    assert set(Account.objects.values_list("unit", flat=True)) == {"points"}
    assert set(Entry.objects.values_list("target", flat=True)) <= {"lots", "spent", "debt", "expired", "cancelled"}


@pytest.mark.clause("G2.6")
def test_no_service_and_no_event_pays_out() -> None:
    words = ("pay", "cash", "money", "transfer", "refund_")
    names = {
        name
        for module in (quotes, exchanges, deciding, plans, campaigns)
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) and thing.__module__ == module.__name__
    }
    types = [name for name in AUDIT_TYPES if name.startswith(("exchange.", "plan.", "campaign."))]
    fields = [field.name for model in (Exchange, models.Quote) for field in model._meta.get_fields()]
    assert [(name, word) for name in (*names, *types, *fields) for word in words if word in name] == []


@pytest.mark.clause("G4.6")
def test_nobody_sees_anothers_campaigns(shop: Shop) -> None:
    made = shop.campaign()
    comb = Partner.objects.get(key="comb")
    assert list(queries.campaigns_of(comb)) == []
    with pytest.raises(NotFound):
        queries.campaign_with(made.uid, comb)
