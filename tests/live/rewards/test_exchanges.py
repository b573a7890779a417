"""An exchange: quoted, confirmed against the quote, held, approved or refused, handed over, cancelled (G2.3, G2.4)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from honeyguide.accounts.actor import Actor
from honeyguide.common.errors import Forbidden, Invalid, NotFound, Refusal, Stale
from honeyguide.history.models import Event
from honeyguide.ledger.queries import balance, lots
from honeyguide.notices.models import Notice
from honeyguide.rewards import queries
from honeyguide.rewards.models import Exchange, ExchangeState, Stock
from honeyguide.rewards.refusals import LimitReached, StaleQuote
from honeyguide.rewards.services import deciding
from honeyguide.rewards.services.exchanges import withdraw
from honeyguide.rewards.services.matrix import PromotionForm, add_promotion, set_cells
from honeyguide.rewards.services.prices import set_stock
from honeyguide.rewards.services.quotes import Purpose
from honeyguide.rewards.verifying import problems
from honeyguide.standing.models import Standing
from honeyguide.standing.verify import verify
from tests.live.conftest import NOW, TODAY, at
from tests.live.rewards.conftest import CLIENT, Shop

START = 7070


def available(key: str = "nectar") -> int:
    return balance("points", key, day=TODAY).available


def held() -> int:
    return balance("points", "nectar", day=TODAY).held


def spent() -> list[dict[str, Any]]:
    return list(Event.objects.filter(type="points.spent", partner="nectar").values_list("data", flat=True))


def differences() -> list[str]:
    return [*verify().differences, *problems()]


# --- Quotes


@pytest.mark.clause("G2.3")
def test_a_quote_names_price_list_lots_and_how_long_it_holds(shop: Shop) -> None:
    offer = shop.quote("course.course", 2)
    assert (offer.price, offer.points, offer.available) == (800, 1600, START)
    assert offer.price_version == "default 1.0"
    assert offer.valid_until == NOW + timedelta(minutes=30)
    first = TODAY - timedelta(days=330)
    assert offer.lots == [
        {"ident": "nectar-g1", "expires_on": first.replace(year=first.year + 1).isoformat(), "points": 1600,
         "left": 1400},
    ]  # fmt: skip


def test_a_quote_changes_nothing(shop: Shop) -> None:
    shop.quote()
    assert (available(), held(), spent()) == (START, 0, [])


def test_only_the_companys_own_people_are_quoted(shop: Shop) -> None:
    with pytest.raises(Forbidden):
        shop.quote(actor=shop.manager)
    with pytest.raises(NotFound):
        shop.confirm(shop.quote(), partner=shop.world.comb, actor=_charlie(shop))


def _charlie(shop: Shop) -> Actor:
    return Actor(name="Charlie", user=shop.world.charlie, partner="comb")


@pytest.mark.clause("G2.4")
def test_what_is_for_a_client_names_the_client_and_the_contract(shop: Shop) -> None:
    with pytest.raises(Invalid) as refused:
        shop.quote("renewal_discount.basic")
    assert set(refused.value.fields) == {"client", "contract"}
    offer = shop.quote("renewal_discount.basic", 1, CLIENT)
    assert (offer.client, offer.contract) == ("client-3", "C-17")


@pytest.mark.clause("G2.9")
def test_a_marketing_use_is_tied_to_a_running_campaign(shop: Shop) -> None:
    over = shop.campaign("Over", starts_on=TODAY - timedelta(days=60), ends_on=TODAY - timedelta(days=1))
    for uid in ("", "cmp_unknown", over.uid):
        with pytest.raises(Invalid) as refused:
            shop.quote("promo_material.kit", 1, Purpose(campaign=uid))
        assert set(refused.value.fields) == {"campaign"}
    campaign = shop.campaign()
    made = shop.exchange("promo_material.kit", 1, Purpose(campaign=campaign.uid))
    (event,) = spent()
    assert (made.campaign, event["campaign"], event["campaign_id"]) == (campaign, "Autumn", campaign.uid)


@pytest.mark.parametrize("quantity", [0, 101])
def test_a_quantity_out_of_bounds_is_refused(shop: Shop, quantity: int) -> None:
    with pytest.raises(Invalid):
        shop.quote(quantity=quantity)


@pytest.mark.parametrize("item", ["", "nothing.here", "course", "course.nothing", "course.course.more"])
def test_what_the_catalogue_does_not_have_is_refused(shop: Shop, item: str) -> None:
    with pytest.raises(Invalid):
        shop.quote(item)


@pytest.mark.clause("G2.5")
def test_status_and_activity_are_asked_for(shop: Shop) -> None:
    Standing.objects.filter(partner=shop.world.nectar).update(status="bronze", status_rank=0, points_active=100)
    with pytest.raises(LimitReached) as refused:
        shop.quote("crm_module.telephony", 1, CLIENT)
    assert [one.name for one in refused.value.exceeded] == ["status"]
    with pytest.raises(LimitReached) as refused:
        shop.quote("partner_service.translation")
    (one,) = refused.value.exceeded
    assert (one.name, one.asked, one.most, one.clause) == ("activity", 100, 500, "G2.5")


def test_a_company_that_is_not_active_spends_nothing(shop: Shop) -> None:
    shop.world.tell({"at": at(TODAY), "type": "partner.terminated", "partner": "nectar"})
    with pytest.raises(Refusal):
        shop.quote()


# --- Confirming


@pytest.mark.clause("G2.1")
def test_what_needs_no_approval_is_spent_at_once(shop: Shop) -> None:
    made = shop.exchange("course.course", 2)
    assert made.state == ExchangeState.APPROVED
    assert (available(), held()) == (START - 1600, 0)
    (event,) = spent()
    assert {name: event[name] for name in ("exchange", "points", "item", "reward", "quantity", "at")} == {
        "exchange": made.uid, "points": 1600, "item": "Courses and webinars: Online course, one seat",
        "reward": "course.course", "quantity": 2, "at": "2026-11-20T12:00:00.123456Z",
    }  # fmt: skip
    assert differences() == []


@pytest.mark.clause("G2.4")
def test_what_needs_approval_is_held_until_then(shop: Shop) -> None:
    made = shop.waiting()
    assert made.state == ExchangeState.WAITING
    assert (available(), held(), spent()) == (START - 500, 500, [])
    later = NOW + timedelta(days=2)
    shop.approve(made, now=later)
    assert (available(), held()) == (START - 500, 0)
    (event,) = spent()
    assert event["at"].startswith("2026-11-20T12:00:00"), "as of the confirmation"
    assert (event["client"], event["contract"]) == ("client-3", "C-17")
    assert differences() == []


@pytest.mark.clause("G2.4")
def test_points_that_expire_while_they_wait_are_spent_all_the_same(shop: Shop) -> None:
    made = shop.waiting()
    after = NOW + timedelta(days=40)
    assert balance("points", "nectar", day=after.date()).available == START - 3000
    shop.approve(made, now=after)
    first = lots("points", "nectar").get(ident="nectar-g1")
    assert first.amount - first.remaining - first.expired == 500
    assert list(problems()) == []


def test_the_same_form_confirms_once(shop: Shop) -> None:
    offer = shop.quote()
    one, other = (shop.confirm(offer, form_token="same") for _time in range(2))
    assert one == other
    assert len(spent()) == 1


@pytest.mark.clause("G2.3")
def test_a_quote_is_taken_up_once(shop: Shop) -> None:
    offer = shop.quote()
    shop.confirm(offer)
    with pytest.raises(Stale):
        shop.confirm(offer)
    assert Exchange.objects.count() == 1


def test_somebody_elses_quote_is_not_there(shop: Shop) -> None:
    with pytest.raises(NotFound):
        queries.quote_with(shop.quote().uid, shop.world.comb)


@pytest.mark.clause("G2.3")
def test_a_quote_whose_time_is_over_is_refused(shop: Shop) -> None:
    offer = shop.quote()
    shop_later = NOW + timedelta(minutes=30)
    with pytest.raises(StaleQuote) as refused:
        shop.confirm(offer, now=shop_later)
    assert refused.value.changes == ("The time of the quote is over.",)
    assert (Exchange.objects.count(), available()) == (0, START)


@pytest.mark.clause("G2.3")
def test_a_quote_is_stale_when_the_balance_has_changed(shop: Shop) -> None:
    offer = shop.quote()
    shop.exchange("course.webinar")
    with pytest.raises(StaleQuote) as refused:
        shop.confirm(offer)
    assert refused.value.changes == ("The available points have changed since.",)


@pytest.mark.clause("G2.3")
def test_a_quote_is_stale_when_the_price_has_changed(shop: Shop) -> None:
    offer = shop.quote()
    add_promotion(
        uid="prm_1k3f9x2aq7m4c8r2w5",
        form=PromotionForm("Learn", "Учиться", TODAY, TODAY, points_percent=Decimal(10), rewards=["course"]),
        actor=shop.manager, now=NOW,
    )  # fmt: skip
    with pytest.raises(StaleQuote) as refused:
        shop.confirm(offer)
    assert refused.value.changes == (
        "The price is 720 points now; it was 800.",
        "The discount, a promotion, or what it goes together with has changed since.",
    )
    assert shop.exchange().points == 720


@pytest.mark.clause("G2.8")
def test_a_quote_is_stale_when_the_matrix_has_changed(shop: Shop) -> None:
    offer = shop.quote("renewal_discount.basic", 1, CLIENT)
    cells = {("renewal_discount", "partner_discount"): False}
    set_cells(cells=cells, starts_on=TODAY, ends_on=None, seen=0, actor=shop.manager, now=NOW)
    with pytest.raises(StaleQuote) as refused:
        shop.confirm(offer)
    assert refused.value.changes == ("The discount, a promotion, or what it goes together with has changed since.",)


@pytest.mark.clause("G2.8")
def test_a_quote_is_stale_when_the_partners_discount_has_changed(shop: Shop) -> None:
    offer = shop.quote("renewal_discount.basic", 1, CLIENT)
    assert Decimal(offer.combination["percents"]["partner_discount"]) == 50
    shop.world.tell({"type": "discount.adjusted", "partner": "nectar", "percent": "5", "reason": "Reports are late."})
    with pytest.raises(StaleQuote) as refused:
        shop.confirm(offer)
    assert refused.value.changes == ("The discount, a promotion, or what it goes together with has changed since.",)
    again = shop.quote("renewal_discount.basic", 1, CLIENT)
    assert Decimal(again.combination["percents"]["partner_discount"]) == 5


@pytest.mark.clause("G2.8")
def test_a_quote_of_another_reward_is_not_touched_by_the_matrix(shop: Shop) -> None:
    offer = shop.quote()
    cells = {("renewal_discount", "partner_discount"): False}
    set_cells(cells=cells, starts_on=TODAY, ends_on=None, seen=0, actor=shop.manager, now=NOW)
    assert shop.confirm(offer).state == ExchangeState.APPROVED


# --- Deciding


@pytest.mark.clause("G2.4")
def test_refusing_gives_the_points_free_with_a_reason(shop: Shop) -> None:
    made = shop.waiting()
    deciding.refuse(uid=made.uid, reason="This client has left.", actor=shop.manager, now=NOW)
    assert (available(), held(), spent()) == (START, 0, [])
    assert Notice.objects.get(kind="exchange_refused").body_ru.count("This client has left.") == 1
    assert differences() == []


@pytest.mark.clause("T1.5")
@pytest.mark.parametrize("event", ["partner.terminated", "partner.suspended"])
def test_a_company_that_is_no_active_partner_any_more_gets_no_rewards(shop: Shop, event: str) -> None:
    waiting, approved = shop.waiting(), shop.exchange()
    shop.world.tell({"type": event, "partner": "nectar"})
    with pytest.raises(Refusal, match=r"no active partner .* Refuse the exchange"):
        shop.approve(waiting)
    with pytest.raises(Refusal, match=r"no active partner .* Cancel the exchange"):
        deciding.fulfil(uid=approved.uid, fulfilment="CODE", actor=shop.manager, now=NOW)
    for made in (waiting, approved):
        made.refresh_from_db()
    assert (waiting.state, approved.state) == (ExchangeState.WAITING, ExchangeState.APPROVED)
    deciding.refuse(uid=waiting.uid, reason="The agreement has ended.", actor=shop.manager, now=NOW)
    deciding.cancel(uid=approved.uid, reason="The agreement has ended.", actor=shop.manager, now=NOW)
    assert (available(), held()) == (START, 0)


def test_the_partner_takes_back_what_waits(shop: Shop) -> None:
    made = shop.waiting()
    for _time in range(2):
        found = withdraw(uid=made.uid, partner=shop.world.nectar, actor=shop.alice, now=NOW)
        assert found.state == ExchangeState.WITHDRAWN
    assert (available(), held()) == (START, 0)
    with pytest.raises(Stale):
        shop.approve(made)


def test_what_is_decided_is_not_taken_back(shop: Shop) -> None:
    made = shop.approve(shop.waiting())
    with pytest.raises(Stale):
        withdraw(uid=made.uid, partner=shop.world.nectar, actor=shop.alice, now=NOW)


def test_the_second_of_two_deciders_is_told_who_was_first(shop: Shop) -> None:
    made = shop.approve(shop.waiting())
    assert shop.approve(made).state == ExchangeState.APPROVED, "the same form again"
    with pytest.raises(Stale, match="Manager Person has decided this already"):
        deciding.refuse(uid=made.uid, reason="Not this time.", actor=shop.admin, now=NOW)
    assert len(spent()) == 1


def test_who_is_on_it_decides(shop: Shop) -> None:
    made = shop.waiting()
    deciding.DESK.take(uid=made.uid, actor=shop.manager, now=NOW)
    with pytest.raises(Stale, match="Manager Person is on it"):
        shop.approve(made, actor=shop.admin)
    deciding.DESK.take(uid=made.uid, actor=shop.admin, now=NOW, over=True)
    assert shop.approve(made, actor=shop.admin).decided_by == shop.world.staff["admin"]


@pytest.mark.parametrize("role", ["compliance", "finance", "support"])
def test_others_of_the_team_do_not_decide(shop: Shop, role: str) -> None:
    made, user = shop.waiting(), shop.world.staff[role]
    actor = Actor(name=user.name, user=user)
    with pytest.raises(Forbidden):
        shop.approve(made, actor=actor)
    with pytest.raises(Forbidden):
        shop.approve(made, actor=shop.alice)


def test_a_clawback_while_it_waits_is_seen_by_who_approves(shop: Shop) -> None:
    made = shop.exchange("crm_module.analytics", 1, CLIENT)
    shop.world.tell(
        {"at": at(TODAY), "type": "points.cancelled", "partner": "nectar", "award": "nectar-g1"},
        {"at": at(TODAY), "type": "points.cancelled", "partner": "nectar", "award": "nectar-g2"},
    )
    with pytest.raises(Refusal, match="have been cancelled since"):
        shop.approve(made)
    deciding.refuse(uid=made.uid, reason="The points were cancelled.", actor=shop.manager, now=NOW)
    assert (available(), held(), spent()) == (1070, 0, [])


# --- Handing over, cancelling


def test_what_was_handed_over_is_told_to_the_partner(shop: Shop) -> None:
    made = shop.exchange()
    until = TODAY + timedelta(days=90)
    for _time in range(2):
        found = deciding.fulfil(uid=made.uid, fulfilment="CODE-7", until=until, actor=shop.manager, now=NOW)
        assert (found.state, found.fulfilment_until) == (ExchangeState.FULFILLED, until)
    notice = Notice.objects.get(kind="exchange_fulfilled")
    assert "CODE-7" in notice.body_en
    assert "CODE-7" in notice.body_ru


@pytest.mark.parametrize(("words", "days"), [("", 1), ("x" * 501, 1), ("CODE", -1)])
def test_something_is_handed_over(shop: Shop, words: str, days: int) -> None:
    made = shop.exchange()
    with pytest.raises(Invalid):
        deciding.fulfil(uid=made.uid, fulfilment=words, until=TODAY + timedelta(days=days), actor=shop.manager, now=NOW)


def test_what_waits_is_not_handed_over(shop: Shop) -> None:
    with pytest.raises(Stale):
        deciding.fulfil(uid=shop.waiting().uid, fulfilment="CODE", actor=shop.manager, now=NOW)


@pytest.mark.parametrize("handed_over", [False, True])
def test_cancelling_gives_the_points_back_to_the_same_lots(shop: Shop, handed_over: bool) -> None:
    before = list(lots("points", "nectar").values_list("ident", "remaining", "expires_on"))
    made = shop.exchange("crm_module.telephony", 1, CLIENT)
    shop.approve(made)
    if handed_over:
        deciding.fulfil(uid=made.uid, fulfilment="CODE-7", actor=shop.manager, now=NOW)
    assert available() == START - 3500
    for _time in range(2):
        found = deciding.cancel(uid=made.uid, reason="It did not work.", actor=shop.manager, now=NOW)
        assert found.state == ExchangeState.CANCELLED
    assert list(lots("points", "nectar").values_list("ident", "remaining", "expires_on")) == before
    assert Event.objects.filter(type="points.restored").count() == 1
    assert differences() == []


def test_what_waits_is_refused_and_not_cancelled(shop: Shop) -> None:
    with pytest.raises(Stale):
        deciding.cancel(uid=shop.waiting().uid, reason="It did not work.", actor=shop.manager, now=NOW)


# --- Stock


def test_stock_is_taken_and_put_back(shop: Shop) -> None:
    made = shop.exchange("partner_service.team_day")
    assert Stock.objects.get().left == 5
    deciding.cancel(uid=made.uid, reason="The trainer is ill.", actor=shop.manager, now=NOW)
    assert Stock.objects.get().left == 6
    again = shop.exchange("partner_service.team_day")
    deciding.cancel(uid=again.uid, reason="Used and bad.", restock=False, actor=shop.manager, now=NOW)
    assert Stock.objects.get().left == 5


def test_what_is_out_of_stock_cannot_be_had(shop: Shop) -> None:
    offer = shop.quote("partner_service.team_day")
    set_stock(item="partner_service.team_day", left=0, actor=shop.manager, now=NOW)
    with pytest.raises(LimitReached) as refused:
        shop.confirm(offer)
    assert [one.name for one in refused.value.exceeded] == ["stock"]
    set_stock(item="partner_service.team_day", left=None, actor=shop.manager, now=NOW)
    assert shop.confirm(offer).state == ExchangeState.APPROVED
