"""The pages of spending, as a browser without scripts sees them."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from honeyguide.accounts.models import User
from honeyguide.bonuses.services import award
from honeyguide.common.ids import new_id
from honeyguide.common.rulebooks import first_rulebook
from honeyguide.rewards.catalogue import day_of, offered
from honeyguide.rewards.models import Exchange, ExchangeState, MatrixRule, Plan, PlanStep, PriceDraft, PriceList, Quote
from honeyguide.rewards.proposing import Wish
from honeyguide.rewards.quoting import position_of
from honeyguide.rewards.savings import year_of_savings
from honeyguide.rewards.services import deciding, plans
from honeyguide.rewards.services.matrix import PromotionForm, add_promotion, set_cells
from honeyguide.rewards.services.quotes import Purpose
from tests.live.conftest import NOW, TODAY
from tests.live.rewards.conftest import CLIENT, Shop
from tests.live.rewards.test_prices import publish

SignIn = Callable[[User], Client]
QUERIES_MOST = 40


@pytest.fixture
def alice(shop: Shop, sign_in: SignIn) -> Client:
    return sign_in(shop.world.alice)


@pytest.fixture
def manager(shop: Shop, sign_in: SignIn) -> Client:
    return sign_in(shop.world.staff["manager"])


def page(client: Client, name: str, *arguments: Any, query: str = "", status: int = 200) -> str:
    answer = client.get(reverse(name, args=arguments) + query)
    assert answer.status_code == status
    return b"".join(answer).decode()


# --- The catalogue


@pytest.mark.clause("G2.1")
def test_the_catalogue_shows_what_can_be_had_and_what_is_missing(alice: Client) -> None:
    html = page(alice, "portal:points_catalogue")
    assert html.count("/catalogue/course.course/") == 1
    assert "/catalogue/user_month.user/" in html
    assert "Certification course, one seat" in html


@pytest.mark.clause("G1.6")
def test_the_calculator_counts_what_is_not_reserved(shop: Shop, alice: Client) -> None:
    def together() -> dict[str, int]:
        answer = alice.get("/partner/points/calculator/", {"net": "100", "product": "cloud", "plan": "basic",
                                                           "licences": "1", "seats": "1"})  # fmt: skip
        return {one.offered.item.key: one.together for one in answer.context["pays"]}

    def expected() -> dict[str, int]:
        position = position_of(shop.world.nectar, None, day_of(TODAY))
        return {one.item.key: (15 + position.available) // one.price for one in offered(day_of(TODAY))}

    before = together()
    assert before.items() <= expected().items()
    shop.waiting()
    assert together() != before
    assert together().items() <= expected().items()


@pytest.mark.clause("G2.3")
def test_the_catalogue_shows_announced_prices_and_promotions(shop: Shop, alice: Client) -> None:
    publish(shop)
    add_promotion(
        uid="prm_1k3f9x2aq7m4c8r2w5",
        form=PromotionForm("Learn more", "Учиться", TODAY, TODAY, points_percent=Decimal(10), rewards=["course"]),
        actor=shop.manager, now=NOW,
    )  # fmt: skip
    html = page(alice, "portal:points_catalogue")
    assert "1 price changes on 4 Dec 2026" in html
    assert "900 from 4 Dec 2026" in html
    assert "<s>800</s> <strong>720</strong>" in html
    assert "Learn more" in html


@pytest.mark.clause("G2.1")
def test_a_promotion_that_takes_a_price_below_the_range_says_so(shop: Shop, alice: Client, manager: Client) -> None:
    assert "a promotion may go below it" in page(manager, "console:points_promotions")
    add_promotion(
        uid="prm_1k3f9x2aq7m4c8r2w5",
        form=PromotionForm("Learn more", "Учиться", TODAY, TODAY, points_percent=Decimal(30), rewards=["course"]),
        actor=shop.manager, now=NOW,
    )  # fmt: skip
    html = page(alice, "portal:points_exchange_new", "course.webinar")
    assert "Allowed in a price list" in html
    assert "Learn more: −30%, below the range" in html
    html = page(alice, "portal:points_exchange_new", "course.course")
    assert "Learn more: −30%" in html
    assert "below the range" not in html, "560 is within 500 to 1,200"


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("?q=webinar", "Closed webinar", "Telephony"),
        ("?kind=storage", "100 GB", "Telephony"),
        ("?use=campaign", "Kit for a stand", "Telephony"),
        ("?use=own", "Online course", "Kit for a stand"),
        ("?show=now", "Online course", "no such words"),
    ],
)
def test_the_catalogue_is_narrowed_by_its_address(alice: Client, query: str, there: str, gone: str) -> None:
    html = page(alice, "portal:points_catalogue", query=query)
    rewards = html.partition('<section class="card mt-3"')[0]
    assert there in rewards
    assert gone not in rewards


@pytest.mark.clause("G2.5")
def test_who_has_too_little_is_told_what_is_missing(shop: Shop, sign_in: SignIn) -> None:
    html = page(sign_in(shop.world.charlie), "portal:points_catalogue")
    assert "It is for partners from Silver on." in html
    assert "800 points missing" in html


@pytest.mark.parametrize(
    "name", ["portal:points_catalogue", "portal:points_plan", "console:points_prices", "console:points_matrix"]
)
def test_without_a_catalogue_pages_say_so(
    alice: Client, manager: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    book = first_rulebook().model_copy(update={"rewards": None})
    monkeypatch.setattr("honeyguide.rewards.catalogue.in_force", lambda _day: book)
    client = alice if name.startswith("portal") else manager
    assert "empty-state" in page(client, name)


@pytest.mark.parametrize(
    "name",
    [
        "portal:points_catalogue", "portal:points_exchanges", "portal:points_plan", "portal:points_campaigns",
        "console:points_exchanges", "console:points_prices", "console:points_prices_draft", "console:points_matrix",
        "console:points_promotions", "console:points_campaigns",
    ],
)  # fmt: skip
def test_a_page_asks_the_database_little_however_much_there_is(
    shop: Shop, alice: Client, manager: Client, name: str
) -> None:
    for number in range(3):
        campaign = shop.campaign(f"Number {number}")
        shop.exchange("promo_material.brochures", 1, Purpose(campaign=campaign.uid))
    client = alice if name.startswith("portal") else manager
    page(client, name)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page(client, name)
    assert len(asked) <= QUERIES_MOST, [query["sql"][:120] for query in asked]


# --- From a quote to an exchange


@pytest.mark.clause("G2.3")
def test_a_quote_leads_to_an_exchange(alice: Client) -> None:
    answer = alice.post(reverse("portal:points_exchange_new", args=["course.course"]), {"quantity": "2"})
    offer = Quote.objects.get()
    assert answer["Location"] == reverse("portal:points_quote", args=[offer.uid])
    html = alice.get(answer["Location"]).content.decode()
    assert "Exchange 1,600 points" in html
    assert "5,470 points stay available" in html
    for _time in range(2):
        done = alice.post(answer["Location"], {"form_token": "t"})
        assert done["Location"] == reverse("portal:points_exchange", args=[Exchange.objects.get().uid])
    assert "See the exchange" in alice.get(answer["Location"]).content.decode()


@pytest.mark.clause("G2.3")
def test_a_stale_quote_is_refused_on_its_page_with_the_way_to_another(shop: Shop, alice: Client) -> None:
    offer = shop.quote()
    shop.exchange("course.webinar")
    answer = alice.post(reverse("portal:points_quote", args=[offer.uid]), {"form_token": "t"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "The available points have changed since." in html
    assert "Quote it anew" in html


@pytest.mark.clause("G2.7")
def test_a_limit_is_shown_with_parts_that_fit(alice: Client) -> None:
    answer = alice.post(reverse("portal:points_exchange_new", args=["course.course"]), {"quantity": "8"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "At most 5,656 points at once" in html
    assert "7 pieces for 5,600" in html
    assert "?quantity=7" in html


def test_a_form_that_lacks_something_comes_back_with_the_words(alice: Client) -> None:
    address = reverse("portal:points_exchange_new", args=["renewal_discount.basic"])
    assert alice.post(address, {"quantity": "1"}).status_code == 422
    assert alice.post(address, {"quantity": "x", "client": "a", "contract": "b"}).status_code == 422
    assert alice.get(reverse("portal:points_exchange_new", args=["cash.cash"])).status_code == 404


@pytest.mark.clause("G2.4")
def test_an_employee_quotes_and_the_main_user_confirms(shop: Shop, sign_in: SignIn) -> None:
    offer, bob = shop.quote(), sign_in(shop.world.bob)
    assert "The main user of your company confirms the quote." in page(bob, "portal:points_quote", offer.uid)
    assert bob.post(reverse("portal:points_quote", args=[offer.uid]), {"form_token": "t"}).status_code == 403


@pytest.mark.clause("G2.4")
def test_the_team_approves_hands_over_and_cancels_in_its_queue(shop: Shop, alice: Client, manager: Client) -> None:
    made, queue = shop.waiting(), reverse("console:points_exchanges")
    html = page(manager, "console:points_exchanges")
    assert "client-3" in html
    assert "Approve" in html
    manager.post(queue, {"item": made.uid, "action": "approve"})
    wrong = manager.post(queue, {"item": made.uid, "action": "fulfil", "fulfilment": ""})
    assert wrong.status_code == 422
    for until in ("2026-13-01", "2020-01-01"):
        given = {"item": made.uid, "action": "fulfil", "fulfilment": "CODE-9", "until": until}
        assert manager.post(queue, given).status_code == 422
    manager.post(queue, {"item": made.uid, "action": "fulfil", "fulfilment": "CODE-9", "until": "2027-01-31"})
    assert "CODE-9" in page(alice, "portal:points_exchange", made.uid)
    manager.post(queue, {"item": made.uid, "action": "cancel", "reason": "The code does not work.", "restock": "on"})
    made.refresh_from_db()
    assert made.state == ExchangeState.CANCELLED
    assert "The code does not work." in page(alice, "portal:points_exchange", made.uid)
    rows = page(manager, "console:points_exchanges", query="?state=cancelled&format=csv&kind=renewal_discount")
    assert rows.count("\n") == 2


def test_an_exchange_is_taken_back_on_its_page(shop: Shop, alice: Client) -> None:
    made = shop.waiting()
    alice.post(reverse("portal:points_exchange_withdraw", args=[made.uid]))
    assert "Withdrawn by the partner" in page(alice, "portal:points_exchanges")
    assert "client-3, C-17" in page(alice, "portal:points_exchanges", query="?export=csv").replace('"', "")


@pytest.mark.clause("G4.1")
@pytest.mark.clause("G4.4")
def test_what_was_exchanged_is_called_as_the_reader_calls_it(shop: Shop, alice: Client) -> None:
    shop.exchange("course.webinar")
    shop.world.tell(
        {"type": "points.spent", "partner": "nectar", "exchange": "old", "points": 10, "item": "Something of old"}
    )
    english, russian = (
        "Courses and webinars: Closed webinar, one seat",
        "Курсы и вебинары: Закрытый вебинар, одно место",
    )
    pages = [("portal:points", ()), ("portal:points_history", ()), ("portal:points_statement", ("2026-11",))]
    for name, given in pages:
        html = page(alice, name, *given)
        assert english in html
        assert "Something of old" in html
    User.objects.filter(pk=shop.world.alice.pk).update(language="ru")
    for name, given in pages:
        html = page(alice, name, *given)
        assert russian in html
        assert english not in html
        assert "Something of old" in html


# --- Plans


@pytest.mark.clause("G4.7")
def test_a_plan_is_worked_out_kept_and_its_steps_open_their_quotes(alice: Client) -> None:
    wishes = {"item": ["course.course", "", "consultation.sales"], "quantity": ["1", "1", "2"],
              "priority": ["first", "then", "last"], "campaign": ["", "", ""], "months": "6"}  # fmt: skip
    html = alice.get(reverse("portal:points_plan"), wishes).content.decode()
    assert "$165.00" in html
    assert "100% of $165.00 without points" in html
    for _time in range(2):
        answer = alice.post(reverse("portal:points_plan_keep"), wishes | {"name": "Winter", "form_token": "t"})
        plan = Plan.objects.get()
        assert answer["Location"] == reverse("portal:points_plan_kept", args=[plan.uid])
    html = page(alice, "portal:points_plan_kept", plan.uid)
    step = plan.steps.first()
    assert step is not None
    assert f"?step={step.pk}" in html
    new = reverse("portal:points_exchange_new", args=[step.item]) + f"?step={step.pk}"
    assert "A step of your plan" in alice.get(new).content.decode()
    quoted = alice.post(new, {"quantity": step.quantity})["Location"]
    alice.post(quoted, {"form_token": "t"})
    step.refresh_from_db()
    assert step.exchange is not None
    assert "1 of 2" in page(alice, "portal:points_plan_kept", plan.uid)
    alice.post(reverse("portal:points_plan_drop", args=[plan.uid]))
    assert "No plan is kept" in page(alice, "portal:points_plan")


@pytest.mark.parametrize(
    "query",
    [
        "?item=cash.cash&quantity=1&priority=first",
        "?item=course.course&quantity=0&priority=first",
        "?item=course.course&quantity=1&priority=now",
        "?item=course.course&quantity=1&priority=first&months=99",
    ],
)
def test_a_plan_for_nonsense_is_refused_on_the_page(alice: Client, query: str) -> None:
    assert 'role="alert"' in page(alice, "portal:points_plan", query=query, status=422)


@pytest.mark.clause("G4.7")
def test_a_kept_plan_says_why_and_what_was_left_out_in_the_readers_language(shop: Shop, alice: Client) -> None:
    made = kept_plan(shop)
    html = page(alice, "portal:points_plan_kept", made.uid)
    assert "points whose last day is from 24 Dec 2026 to" in html
    assert "Telephony × 2" in html
    assert "More does not fit under the limits" in html
    User.objects.filter(pk=shop.world.alice.pk).update(language="ru")
    html = page(alice, "portal:points_plan_kept", made.uid)
    assert "последний день которых с 24 дек. 2026 по" in html
    assert "Телефония × 2" in html


@pytest.mark.clause("G4.5")
@pytest.mark.clause("G4.7")
def test_a_planned_exchange_whose_day_has_passed_is_overdue(shop: Shop, alice: Client) -> None:
    made = kept_plan(shop)
    calendar = page(alice, "portal:points_calendar")
    assert "Online course, one seat × 2" in calendar
    assert "overdue" not in calendar + page(alice, "portal:points_plan_kept", made.uid)
    PlanStep.objects.filter(plan=made).update(day=TODAY - timedelta(days=1))
    assert "overdue" in page(alice, "portal:points_calendar")
    html = page(alice, "portal:points_plan_kept", made.uid)
    assert "2 overdue" in html
    assert "next on" not in html
    assert "?item=course.course&amp;quantity=2&amp;priority=first&amp;campaign=&amp;item=crm_module.telephony" in html


def kept_plan(shop: Shop) -> Plan:
    wishes = [Wish("course.course", 2, "first"), Wish("crm_module.telephony", 3, "then")]
    return plans.keep(
        partner=shop.world.nectar, name="Winter", wishes=wishes, months=3, form_token="p", actor=shop.alice, now=NOW
    )


@pytest.mark.clause("G2.8")
def test_a_quote_says_whether_a_bonus_goes_together_with_the_points(shop: Shop, alice: Client) -> None:
    award(
        partners=["nectar"], amount=Decimal(5000), reason="Partner of the year", token=new_id("frm", NOW),
        actor=shop.manager, now=NOW,
    )  # fmt: skip
    offer = shop.quote("renewal_discount.basic", 1, CLIENT)
    html = page(alice, "portal:points_quote", offer.uid)
    assert "Award bonus: $5,000.00 through 31 Dec 2026. It does not go together with these points" in html
    cells = {("renewal_discount", "award_bonus"): True}
    set_cells(cells=cells, starts_on=TODAY, ends_on=None, seen=0, actor=shop.manager, now=NOW)
    assert "It goes together with the points" in page(alice, "portal:points_quote", offer.uid)
    assert "Award bonus" not in page(alice, "portal:points_quote", shop.quote().uid), "a course is no purchase"


@pytest.mark.clause("G2.7")
def test_what_fits_later_alone_is_offered_with_its_day(shop: Shop, alice: Client) -> None:
    shop.world.tell(
        {"type": "points.granted", "partner": "nectar", "award": "more", "points": 30_000, "activity": "other"}
    )
    shop.exchange("course.course", 14)
    answer = alice.post(reverse("portal:points_exchange_new", args=["course.certification"]), {"quantity": "1"})
    html = answer.content.decode()
    assert "Instead: on a later day" in html
    assert "1 Dec 2026" in html


def test_a_quote_names_the_last_day_of_the_points_as_the_calendar_does(shop: Shop, alice: Client) -> None:
    html = page(alice, "portal:points_quote", shop.quote().uid)
    assert "24 Dec 2026" in html
    assert "25 Dec 2026" not in html
    assert "24 Dec 2026" in page(alice, "portal:points_calendar")


# --- Campaigns


@pytest.mark.clause("G4.6")
def test_campaigns_are_written_down_changed_and_taken_along(shop: Shop, alice: Client, manager: Client) -> None:
    form = {"name": "Fair", "channel": "event", "starts_on": "2026-11-20", "ends_on": "2026-12-20",
            "form_token": "t", "version": "0"}  # fmt: skip
    assert alice.post(reverse("portal:points_campaign_new"), form | {"channel": "pigeon"}).status_code == 422
    address = alice.post(reverse("portal:points_campaign_new"), form)["Location"]
    changed = form | {"version": "1", "leads_count": "5", "won_count": "1", "revenue_amount": "90"}
    assert alice.post(address, changed).status_code == 302
    assert alice.post(address, changed | {"leads_count": "6"}).status_code == 409
    assert "Fair" in page(alice, "portal:points_campaigns")
    assert "Fair,Events" in page(alice, "portal:points_campaigns", query="?export=csv")
    assert "Nectar Ltd" in page(manager, "console:points_campaigns", query="?channel=event&q=nectar")
    assert "Nectar Ltd,Fair" in page(manager, "console:points_campaigns", query="?export=csv&country=GB")
    assert "No campaign matches" in page(manager, "console:points_campaigns", query="?channel=email")


@pytest.mark.clause("G4.7")
def test_the_cabinet_names_what_exchanges_saved_and_why(shop: Shop, alice: Client) -> None:
    made = shop.exchange("course.certification")
    deciding.fulfil(uid=made.uid, fulfilment="CODE", actor=shop.manager, now=NOW)
    year, _quarters = year_of_savings(shop.world.nectar, TODAY)
    html = page(alice, "portal:points")
    assert "Saved in twelve months" in html
    assert "$145.00" in html
    assert f"{year.share_percent}% of ${year.purchases:,.2f} paid for licences" in html
    assert "21 Aug 2026 to 20 Nov 2026" in html
    assert "for licences in the 12 months before" in page(
        alice, "portal:points_plan", query="?item=course.course&quantity=1&priority=first&months=12"
    )


# --- The team's prices, matrix, promotions


@pytest.mark.clause("G2.3")
def test_prices_are_drafted_in_a_grid_or_from_a_table_and_published(shop: Shop, manager: Client) -> None:
    grid = page(manager, "console:points_prices_draft")
    assert 'name="price:course.course"' in grid
    table = manager.get(reverse("console:points_prices_csv", args=["now"])).getvalue()
    changed = table.replace(b"course.course,800", b"course.course,950")
    answer = manager.post(
        reverse("console:points_prices_upload"),
        {"file": SimpleUploadedFile("prices.csv", changed), "effective_from": "2026-12-10", "version": "0"},
    )
    assert b'value="950"' in answer.content
    assert not PriceDraft.objects.exists()
    bad = manager.post(reverse("console:points_prices_upload"), {"file": SimpleUploadedFile("prices.csv", b"\xff\xfe")})
    assert bad.status_code == 422
    fields = {f"price:{line.split(',')[0]}": line.split(",")[1] for line in changed.decode().splitlines()[1:]}
    form = {**fields, "effective_from": "2026-12-10", "note": "Courses", "version": "0"}
    assert manager.post(reverse("console:points_prices_draft"), form | {"price:course.course": "7"}).status_code == 422
    assert manager.post(reverse("console:points_prices_draft"), form | {"effective_from": "x"}).status_code == 422
    manager.post(reverse("console:points_prices_draft"), form)
    assert "950" in page(manager, "console:points_prices")
    assert manager.post(reverse("console:points_prices_publish"), {"version": "9"}).status_code == 409
    manager.post(reverse("console:points_prices_publish"), {"version": "1"})
    made = PriceList.objects.get()
    assert made.prices.get(item="course.course").points == 950
    again = manager.get(reverse("console:points_prices_csv", args=[made.uid])).getvalue()
    assert again == changed, "what is taken along is what was brought"


def test_stock_is_set_on_the_page_of_prices(shop: Shop, manager: Client) -> None:
    address = reverse("console:points_stock")
    assert manager.post(address, {"item": "webinar.joint", "left": "x"}).status_code == 422
    manager.post(address, {"item": "webinar.joint", "left": "7"})
    assert 'value="7"' in page(manager, "console:points_prices")
    manager.post(address, {"item": "webinar.joint", "left": ""})
    assert 'value="7"' not in page(manager, "console:points_prices")


def grid_form(html: str) -> dict[str, str]:
    """What a browser sends of the grid when nothing is changed."""
    inputs = [part.partition(">")[0] for part in html.partition('class="matrix-frame"')[0].split("<input")[1:]]
    hidden = {
        part.partition('name="')[2].partition('"')[0]: part.partition('value="')[2].partition('"')[0] for part in inputs
    }
    cells = [part.partition('"')[0] for part in html.split('name="cell:')[1:] if " checked" in part.partition(">")[0]]
    return {name: hidden[name] for name in ("seen", "day", "shown")} | {f"cell:{name}": "on" for name in cells}


@pytest.mark.clause("G2.8")
def test_the_matrix_is_changed_in_its_grid_and_says_by_whom(manager: Client) -> None:
    address = reverse("console:points_matrix")
    before = grid_form(page(manager, "console:points_matrix"))
    form = before | {"cell:course:promotion": "on", "starts_on": "2026-11-20", "ends_on": "2026-11-30"}
    assert manager.post(address, form | {"ends_on": "x"}).status_code == 422
    assert manager.post(address, form).headers["Location"] == f"{address}?day=2026-11-20"
    html = page(manager, "console:points_matrix")
    assert "20 Nov 2026 to 30 Nov 2026" in html
    assert "Manager Person" in html
    assert "no from 1 Dec 2026" in html
    assert grid_form(page(manager, "console:points_matrix", query="?day=2026-12-01"))["shown"] == before["shown"]


@pytest.mark.clause("G2.8")
def test_the_grid_writes_only_what_was_changed_in_it(shop: Shop, manager: Client) -> None:
    planned = TODAY + timedelta(days=30)
    set_cells(
        cells={("storage", "promotion"): True, ("renewal_discount", "promotion"): False}, starts_on=planned,
        ends_on=None, seen=0, actor=shop.manager, now=NOW,
    )  # fmt: skip
    html = page(manager, "console:points_matrix")
    assert "yes from 20 Dec 2026" in html
    assert "no from 20 Dec 2026" in html
    form = grid_form(html) | {"cell:course:promotion": "on", "starts_on": "2026-12-21", "ends_on": ""}
    manager.post(reverse("console:points_matrix"), form)
    then = day_of(planned + timedelta(days=1)).matrix.rewards
    assert {("course", "promotion"), ("storage", "promotion")} <= then
    assert ("renewal_discount", "promotion") not in then
    assert MatrixRule.objects.filter(change__number=2).count() == 1


@pytest.mark.clause("G2.8")
def test_a_stale_grid_keeps_what_was_changed_and_shows_the_rest_anew(shop: Shop, manager: Client) -> None:
    form = grid_form(page(manager, "console:points_matrix", query="?day=2026-12-01"))
    set_cells(cells={("storage", "promotion"): True}, starts_on=TODAY, ends_on=None, seen=0, actor=shop.admin, now=NOW)
    typed = form | {"cell:course:kickstart": "on", "starts_on": "2026-12-01", "ends_on": "2026-12-05"}
    del typed["cell:renewal_discount:promotion"]
    stale = manager.post(reverse("console:points_matrix"), typed)
    assert stale.status_code == 409
    again = grid_form(stale.content.decode())
    assert (again["day"], again["seen"]) == ("2026-12-01", "1")
    assert {"cell:course:kickstart", "cell:storage:promotion"} <= set(again)
    assert "cell:renewal_discount:promotion" not in again
    manager.post(reverse("console:points_matrix"), again | {"starts_on": "2026-12-01", "ends_on": ""})
    then = day_of(date(2026, 12, 1)).matrix.rewards
    assert {("course", "kickstart"), ("storage", "promotion")} <= then
    assert ("renewal_discount", "promotion") not in then


def test_promotions_are_added_and_ended_on_their_page(manager: Client) -> None:
    address = reverse("console:points_promotions")
    html = page(manager, "console:points_promotions")
    uid = html.partition('name="uid" value="')[2].partition('"')[0]
    last = (TODAY + timedelta(days=9)).isoformat()
    form = {"uid": uid, "name": "Learn", "name_ru": "Учиться", "starts_on": TODAY.isoformat(), "ends_on": last}
    assert manager.post(address, form).status_code == 422, "it says nothing that is cheaper"
    manager.post(address, form | {"sale_percent": "5", "rewards": ["course"]})
    assert "5% off the purchase" in page(manager, "console:points_promotions")
    manager.post(reverse("console:points_promotion_end", args=[uid]))
    assert "End it today" not in page(manager, "console:points_promotions")


def test_a_quote_shows_when_points_do_not_pay(shop: Shop, alice: Client) -> None:
    offer = shop.quote("marketplace_module.small", 1, CLIENT)
    assert "Without the points you would save more" not in page(alice, "portal:points_quote", offer.uid)
    offer = shop.quote("licence_discount.licence", 1, CLIENT)
    assert "the points (10%) + partner discount (50%)" in page(alice, "portal:points_quote", offer.uid)
