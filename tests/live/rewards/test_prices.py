"""Price lists, the matrix, promotions, limits and how they are split (G2.3, G2.7, G2.8)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from honeyguide.accounts.actor import Actor
from honeyguide.common.errors import Forbidden, Invalid, Stale
from honeyguide.notices.models import Notice
from honeyguide.program.rulebook import load_rulebook
from honeyguide.program.rulebook.rewards import Rewards
from honeyguide.rewards.catalogue import day_of
from honeyguide.rewards.models import MatrixRule, Price, PriceDraft, PriceList
from honeyguide.rewards.refusals import LimitReached
from honeyguide.rewards.rules.combining import (
    OFFERS_MAX,
    Matrix,
    Offer,
    allowed_combinations,
    best_combination,
    worth_of_reward,
)
from honeyguide.rewards.rules.limits import Part
from honeyguide.rewards.services import deciding
from honeyguide.rewards.services import matrix as matrix_services
from honeyguide.rewards.services import prices as services
from honeyguide.rewards.services.quotes import Purpose
from tests.live.conftest import NOW, TODAY
from tests.live.rewards.conftest import CLIENT, Shop
from tests.live.rulebooks.test_versions import announce

AHEAD = TODAY + timedelta(days=14)


def todays() -> dict[str, int]:
    return dict(day_of(TODAY).table.prices)


def draft(shop: Shop, effective: date = AHEAD, version: int = 0, **prices: int) -> PriceDraft:
    named = {name.replace("__", "."): points for name, points in prices.items()}
    return services.save_draft(
        effective_from=effective, note="Autumn", prices=todays() | named, version=version, actor=shop.manager, now=NOW
    )


def publish(shop: Shop, effective: date = AHEAD, **prices: int) -> PriceList:
    made = draft(shop, effective, **(prices or {"course__course": 900}))
    return services.publish(version=made.version, actor=shop.manager, now=NOW)


# --- Price lists


@pytest.mark.clause("G2.3")
def test_a_published_list_is_in_force_from_its_day_and_told_to_every_active_partner(shop: Shop) -> None:
    made = publish(shop)
    assert day_of(AHEAD - timedelta(days=1)).table.prices["course.course"] == 800
    assert day_of(AHEAD).table.prices["course.course"] == 900
    assert day_of(AHEAD).table.version == made.uid
    notices = Notice.objects.filter(kind="reward_prices")
    assert (made.told_count, set(notices.values_list("partner__key", flat=True))) == (2, {"nectar", "comb"})
    notice = notices.filter(partner=shop.world.nectar).get()
    assert "Courses and webinars: Online course, one seat: 800 → 900" in notice.body_en
    assert "Курсы и вебинары: Онлайн-курс, одно место: 800 → 900" in notice.body_ru


@pytest.mark.clause("G2.3")
def test_prices_are_told_ahead_and_change_once_a_quarter(shop: Shop) -> None:
    early = draft(shop, AHEAD - timedelta(days=1), course__course=900)
    with pytest.raises(Invalid, match="Not before"):
        services.publish(version=early.version, actor=shop.manager, now=NOW)
    services.discard_draft(actor=shop.manager)
    publish(shop)
    assert services.first_possible(NOW) == date(2027, 3, 4)
    again = draft(shop, date(2027, 3, 3), course__course=1000)
    with pytest.raises(Invalid, match="Not before"):
        services.publish(version=again.version, actor=shop.manager, now=NOW)


@pytest.mark.clause("G2.3")
@pytest.mark.parametrize("points", [499, 1201, 0])
def test_a_price_stays_within_the_rulebooks_range(shop: Shop, points: int) -> None:
    with pytest.raises(Invalid) as refused:
        draft(shop, course__course=points)
    assert set(refused.value.fields) == {"course.course"}


def test_a_list_has_every_item_and_no_other(shop: Shop) -> None:
    for prices in ({"course.course": 800}, todays() | {"cash.cash": 5}):
        with pytest.raises(Invalid):
            services.save_draft(effective_from=AHEAD, note="", prices=prices, version=0, actor=shop.manager, now=NOW)


def test_a_list_that_changes_nothing_is_not_published(shop: Shop) -> None:
    made = draft(shop)
    with pytest.raises(Invalid, match="nothing to publish"):
        services.publish(version=made.version, actor=shop.manager, now=NOW)


@pytest.mark.clause("G2.3")
def test_a_list_is_compared_with_the_one_before_it_not_with_today(shop: Shop) -> None:
    first = publish(shop, course__course=1000)
    following = services.first_possible(NOW)
    back = draft(shop, following, course__course=800, course__webinar=400)
    changes = services.changes_of(back.effective_from, back.prices)
    assert [(one["title"].partition(": ")[2], one["before"], one["after"]) for one in changes] == [
        ("Closed webinar, one seat", 300, 400), ("Online course, one seat", 1000, 800)
    ]  # fmt: skip
    services.publish(version=back.version, actor=shop.manager, now=NOW)
    notice = Notice.objects.filter(kind="reward_prices", partner=shop.world.nectar).latest("pk")
    assert "Online course, one seat: 1000 → 800" in notice.body_en.replace(",000", "000")
    assert day_of(following).table.prices["course.course"] == 800
    assert day_of(following - timedelta(days=1)).table.version == first.uid


@pytest.mark.clause("G2.3")
def test_a_price_lies_in_the_range_of_the_rulebook_that_holds_on_its_day(shop: Shop) -> None:
    later = AHEAD + timedelta(days=5)
    announce(shop.world, "1.1", later, rewards__catalogue__course__variants__course__max_points=2000)
    with pytest.raises(Invalid):
        draft(shop, later - timedelta(days=1), course__course=1500)
    assert publish(shop, later, course__course=1500).prices.get(item="course.course").points == 1500


def test_whoever_saw_an_older_draft_does_not_change_or_publish_it(shop: Shop) -> None:
    first = draft(shop, course__course=900)
    assert draft(shop, course__course=900).version == first.version, "the same form again"
    second = draft(shop, version=1, course__course=950)
    with pytest.raises(Stale):
        draft(shop, version=1, course__course=1000)
    with pytest.raises(Stale):
        services.publish(version=1, actor=shop.admin, now=NOW)
    services.publish(version=second.version, actor=shop.admin, now=NOW)
    with pytest.raises(Stale):
        services.publish(version=second.version, actor=shop.manager, now=NOW)
    assert PriceList.objects.count() == 1


def test_others_of_the_team_write_no_prices(shop: Shop) -> None:
    finance = Actor(name="Finance", user=shop.world.staff["finance"])
    for actor in (finance, shop.alice):
        with pytest.raises(Forbidden):
            services.save_draft(effective_from=AHEAD, note="", prices=todays(), version=0, actor=actor, now=NOW)


@pytest.mark.parametrize("model", [PriceList, Price, MatrixRule])
def test_what_was_published_cannot_be_changed(shop: Shop, model: type[PriceList | Price | MatrixRule]) -> None:
    publish(shop)
    cells = {("course", "promotion"): True}
    matrix_services.set_cells(cells=cells, starts_on=TODAY, ends_on=None, seen=0, actor=shop.manager, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all().delete()


def rewards() -> Rewards:
    found = load_rulebook().rewards
    assert found is not None
    return found


def test_a_table_brings_prices() -> None:
    text = "\ufeffitem,points,title\r\ncourse.course,900,Online\r\nstorage.gb_100,4000,\r\n"
    assert services.read_table(text, rewards()) == {"course.course": 900, "storage.gb_100": 4000}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,points\nx,1\n", "Expected the columns item and points"),
        ("item,points\ncash.cash,1\n", "Line 2: there is no item cash.cash"),
        ("item,points\ncourse.course,1\ncourse.course,2\n", "Line 3: course.course stands there twice"),
        ("item,points\ncourse.course,-5\n", "Line 2: expected a whole number"),
        ("item,points\ncourse.course,9.5\n", "Line 2: expected a whole number"),
        ("item,points\ncourse.course\n", "Line 2: expected a whole number"),
        ('item,points\n"course', "cannot be read as CSV"),
        ("", "Expected the columns"),
    ],
)
def test_a_bad_table_is_told_by_line(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        services.read_table(text, rewards())


# --- The matrix


def matrix(*pairs: tuple[str, str], together: tuple[tuple[str, str], ...] = ()) -> Matrix:
    return Matrix(frozenset(pairs), frozenset(together))


POINTS = Offer("points", "renewal", percent=Decimal(20), is_reward=True)
DISCOUNT = Offer("discount", "partner_discount", percent=Decimal(40))
PROMOTION = Offer("promotion", "promotion", percent=Decimal(10))


@pytest.mark.clause("G2.8")
def test_the_best_allowed_combination_is_found() -> None:
    price = Decimal(1000)
    with_discount = matrix(("renewal", "partner_discount"))
    best = best_combination([POINTS, DISCOUNT, PROMOTION], with_discount, price)
    assert (best.names, best.saving, best.price) == (("points", "discount"), Decimal("520.00"), Decimal("480.00"))
    alone = best_combination([POINTS, DISCOUNT, PROMOTION], matrix(), price)
    assert (alone.names, alone.saving) == (("discount",), Decimal("400.00"))
    everything = matrix(
        ("renewal", "partner_discount"), ("renewal", "promotion"), together=(("partner_discount", "promotion"),)
    )
    assert best_combination([POINTS, DISCOUNT, PROMOTION], everything, price).saving == Decimal("568.00")


@pytest.mark.clause("G2.8")
def test_all_combinations_are_shown_that_nothing_can_be_added_to() -> None:
    found = allowed_combinations([POINTS, DISCOUNT, PROMOTION], matrix(("renewal", "promotion")), Decimal(1000))
    assert [one.names for one in found] == [("discount",), ("points", "promotion")]


@pytest.mark.clause("G2.8")
def test_points_are_worth_what_they_add_to_what_there_is_anyway() -> None:
    price = Decimal(1000)
    assert worth_of_reward(POINTS, [DISCOUNT], matrix(("renewal", "partner_discount")), price) == Decimal("120.00")
    assert worth_of_reward(POINTS, [DISCOUNT], matrix(), price) == 0
    assert worth_of_reward(POINTS, [], matrix(), price) == Decimal("200.00")


def test_nothing_becomes_cheaper_than_nothing_and_two_rewards_never_meet() -> None:
    gift = Offer("gift", "course", amount=Decimal(90), is_reward=True)
    assert best_combination([gift], matrix(), Decimal(60)).price == 0
    found = allowed_combinations([gift, POINTS], matrix(), Decimal(60))
    assert [one.names for one in found] == [("gift",), ("points",)]
    with pytest.raises(ValueError, match="at most"):
        allowed_combinations([gift] * (OFFERS_MAX + 1), matrix(), Decimal(60))


@pytest.mark.clause("G2.8")
def test_a_change_of_the_matrix_holds_for_its_days_and_is_kept(shop: Shop) -> None:
    cells = {("renewal_discount", "partner_discount"): False, ("partner_discount", "promotion"): True}
    last = TODAY + timedelta(days=9)
    changed = matrix_services.set_cells(cells=cells, starts_on=TODAY, ends_on=last, seen=0, actor=shop.manager, now=NOW)
    assert changed == 2
    during, after = day_of(last).matrix, day_of(last + timedelta(days=1)).matrix
    assert ("renewal_discount", "partner_discount") not in during.rewards
    assert ("partner_discount", "promotion") in during.discounts
    assert ("renewal_discount", "partner_discount") in after.rewards
    (rule, _other) = MatrixRule.objects.select_related("change")
    assert (rule.change.set_by, rule.change.set_at) == (shop.world.staff["manager"], NOW)


@pytest.mark.clause("G2.8")
def test_two_who_change_the_matrix_at_once_do_not_overwrite_each_other(shop: Shop) -> None:
    def change(allowed: bool, seen: int, actor: Actor) -> int:
        cells = {("course", "promotion"): allowed}
        return matrix_services.set_cells(cells=cells, starts_on=TODAY, ends_on=None, seen=seen, actor=actor, now=NOW)

    assert change(allowed=True, seen=0, actor=shop.manager) == 1
    assert change(allowed=True, seen=0, actor=shop.manager) == 0, "the same form again"
    with pytest.raises(Stale):
        change(allowed=False, seen=0, actor=shop.admin)


@pytest.mark.clause("G2.8")
def test_a_change_of_the_matrix_holds_on_all_its_days_whatever_was_planned_within(shop: Shop) -> None:
    cell = ("storage", "promotion")

    def change(allowed: bool, first: int, last: int | None, seen: int) -> int:
        return matrix_services.set_cells(
            cells={cell: allowed}, starts_on=TODAY + timedelta(days=first),
            ends_on=None if last is None else TODAY + timedelta(days=last), seen=seen, actor=shop.manager, now=NOW,
        )  # fmt: skip

    assert change(allowed=True, first=10, last=20, seen=0) == 1
    assert matrix_services.planned(TODAY)[cell] == [
        (TODAY + timedelta(days=10), True), (TODAY + timedelta(days=21), False)
    ]  # fmt: skip
    assert change(allowed=False, first=0, last=60, seen=1) == 1
    assert cell not in day_of(TODAY + timedelta(days=15)).matrix.rewards
    assert matrix_services.planned(TODAY) == {}
    assert change(allowed=False, first=0, last=None, seen=2) == 0, "it is so on every day already"


@pytest.mark.parametrize(
    ("cells", "starts", "ends"),
    [
        ({("course", "cash"): True}, 0, None),
        ({("cash", "promotion"): True}, 0, None),
        ({("promotion", "partner_discount"): True}, 0, None),
        ({("course", "promotion"): True}, -1, None),
        ({("course", "promotion"): True}, 2, 1),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    shop: Shop, cells: dict[tuple[str, str], bool], starts: int, ends: int | None
) -> None:
    with pytest.raises(Invalid):
        matrix_services.set_cells(
            cells=cells,
            starts_on=TODAY + timedelta(days=starts),
            ends_on=None if ends is None else TODAY + timedelta(days=ends),
            seen=0,
            actor=shop.manager,
            now=NOW,
        )


def test_a_promotion_ends_and_one_that_has_not_begun_is_dropped(shop: Shop) -> None:
    def add(uid: str, days: int) -> str:
        form = matrix_services.PromotionForm(
            "A", "А", TODAY + timedelta(days=days), TODAY + timedelta(days=30), sale_percent=Decimal(5)
        )
        return matrix_services.add_promotion(uid=uid, form=form, actor=shop.manager, now=NOW).uid

    running, coming = add("prm_1k3f9x2aq7m4c8r2w5", 0), add("prm_1k3f9x2aq7m4c8r2w6", 5)
    assert add(running, 0) == running
    for uid in (running, coming):
        matrix_services.end_promotion(uid=uid, actor=shop.manager, now=NOW)
    assert [one.uid for one in day_of(TODAY).promotions] == [running]
    assert day_of(TODAY + timedelta(days=6)).promotions == ()


# --- Limits


@pytest.mark.clause("G2.7")
def test_the_whole_balance_at_once_is_refused_with_the_limit_named(shop: Shop) -> None:
    with pytest.raises(LimitReached) as refused:
        shop.quote("course.course", 8)
    (one,) = refused.value.exceeded
    assert (one.name, one.asked, one.most, one.clause) == ("exchange_share", 6400, 5656, "G2.7")
    assert "At most 5,656 points at once" in refused.value.message


@pytest.mark.clause("G2.7")
def test_a_split_over_days_is_offered(shop: Shop) -> None:
    with pytest.raises(LimitReached) as refused:
        shop.quote("course.course", 8)
    (parts,) = refused.value.proposals
    assert parts == (Part(TODAY, 7, 5600), Part(TODAY + timedelta(days=1), 1, 800))


@pytest.mark.clause("G2.7")
@pytest.mark.clause("G2.9")
def test_a_split_over_campaigns_is_offered(shop: Shop) -> None:
    first, second = shop.campaign("First"), shop.campaign("Second")
    purpose = Purpose(campaign=first.uid)
    with pytest.raises(LimitReached) as refused:
        shop.quote("promo_material.kit", 12, purpose)
    campaigns, _days = refused.value.proposals
    assert campaigns == (Part(TODAY, 11, 5500, first.uid), Part(TODAY, 1, 500, second.uid))
    for part in campaigns:
        made = shop.exchange("promo_material.kit", part.quantity, Purpose(campaign=part.campaign))
        assert made.points == part.points


@pytest.mark.clause("G2.7")
def test_a_period_has_a_limit_and_the_rest_waits_for_the_next(shop: Shop) -> None:
    shop.world.tell(
        {"type": "points.granted", "partner": "nectar", "award": "more", "points": 30_000, "activity": "other"}
    )
    shop.exchange("course.course", 14)
    with pytest.raises(LimitReached) as refused:
        shop.quote("course.certification", 2)
    (one,) = refused.value.exceeded
    assert (one.name, one.most, one.until) == ("period_points", 800, date(2026, 11, 30))


@pytest.mark.clause("G2.7")
def test_what_does_not_fit_this_period_is_offered_for_the_next(shop: Shop) -> None:
    shop.world.tell(
        {"type": "points.granted", "partner": "nectar", "award": "more", "points": 30_000, "activity": "other"}
    )
    shop.exchange("course.course", 14)
    with pytest.raises(LimitReached) as refused:
        shop.quote("course.course", 3)
    (parts,) = refused.value.proposals
    assert parts == (Part(TODAY, 1, 800), Part(date(2026, 12, 1), 2, 1600))


@pytest.mark.clause("G2.7")
def test_pieces_over_the_periods_limit_are_offered_for_the_next_period(shop: Shop) -> None:
    purpose = Purpose(campaign=shop.campaign().uid)
    with pytest.raises(LimitReached) as refused:
        shop.quote("promotion_package.start", 5, purpose)
    assert [one.name for one in refused.value.exceeded] == ["period_count"]
    assert refused.value.proposals == ((Part(TODAY, 4, 3200), Part(date(2026, 12, 1), 1, 800)),)


@pytest.mark.clause("G2.7")
def test_one_piece_that_does_not_fit_this_period_is_offered_for_the_next(shop: Shop) -> None:
    shop.world.tell(
        {"type": "points.granted", "partner": "nectar", "award": "more", "points": 30_000, "activity": "other"}
    )
    shop.exchange("course.course", 14)
    with pytest.raises(LimitReached) as refused:
        shop.quote("course.certification", 1)
    assert refused.value.proposals == ((Part(date(2026, 12, 1), 1, 1400),),)


@pytest.mark.clause("G2.7")
def test_pieces_are_limited_in_an_exchange_and_in_a_period(shop: Shop) -> None:
    with pytest.raises(LimitReached) as refused:
        shop.quote("consultation.sales", 5)
    assert [one.name for one in refused.value.exceeded] == ["exchange_count"]
    shop.exchange("consultation.sales", 4)
    with pytest.raises(LimitReached) as refused:
        shop.quote("consultation.sales", 3)
    assert [(one.name, one.most) for one in refused.value.exceeded] == [("period_count", 2)]


@pytest.mark.clause("G2.7")
def test_what_was_refused_or_cancelled_does_not_count_against_limits(shop: Shop) -> None:
    made = shop.exchange("consultation.sales", 4)
    deciding.cancel(uid=made.uid, reason="The expert is ill.", actor=shop.manager, now=NOW)
    assert shop.quote("consultation.sales", 4).points == 1600


def test_more_than_there_is_is_told_with_what_there_is(shop: Shop) -> None:
    with pytest.raises(LimitReached) as refused:
        shop.quote("marketplace_module.large", 4, CLIENT)
    (one,) = refused.value.exceeded
    assert (one.name, one.asked, one.most) == ("balance", 9200, 7070)
    assert refused.value.proposals == ()
