"""Reference model and engine against figures worked out by hand: readings 11 to 17, points."""

from typing import Any

import pytest

from tests.reference.lines import answer, event, joined, paid, points, standing
from tests.reference.rulebooks import default_rulebook

Json = dict[str, Any]

JOINED = joined("2024-01-01")


def granted(at: str, award: str, amount: int, partner: str = "a") -> Json:
    return event(at, "points.granted", partner, award=award, points=amount, activity="other")


def spent(at: str, exchange: str, amount: int) -> Json:
    return event(at, "points.spent", exchange=exchange, points=amount, item="course")


def figures(events: list[Json], as_of: str | None = None) -> tuple[int, int, int, int, int]:
    """Active, available, debt, expired, spent."""
    found = points([*JOINED, *events], as_of)
    return found["active"], found["available"], found["debt"], found["expired"], found["spent"]


# --- Reading 11: sales ----------------------------------------------------------------------------------------------


@pytest.mark.clause("G1.1", "G1.2")
@pytest.mark.parametrize(
    ("fields", "award"),
    [
        ({"net": "1000.00"}, 60),  # 50 + 10
        ({"net": "1000.00", "product": "on_premise"}, 60),
        ({"net": "1000.00", "product": "upgrade"}, 0),
        ({"net": "1000.00", "product": "service"}, 0),
        ({"net": "1000.00", "licences": 3}, 80),
        ({"net": "1000.00", "plan": "extended", "licences": 10, "seats": 50}, 200),  # 50 + 10 x 15
        ({"net": "1000.00", "plan": "extended", "licences": 10, "seats": 51}, 250),  # 50 + 10 x 20
        ({"net": "1000.00", "plan": "extended", "licences": 10, "seats": 250}, 250),
        ({"net": "1000.00", "plan": "extended", "licences": 10, "seats": 251}, 300),  # 50 + 10 x 25
        ({"net": "10"}, 11),  # 0.5 is rounded up
        ({"net": "9.99"}, 10),
        ({"net": "0"}, 10),
        ({"net": "1000.00", "modules": ["standard", "premium"]}, 78),  # 60 + 30 %
        ({"net": "10", "modules": ["advanced"]}, 13),  # 11 + 1.65
        ({"net": "100", "modules": ["standard"]}, 17),  # 15 + 1.5
        ({"net": "100", "modules": ["standard", "standard"]}, 18),  # 15 + 3: once for each module
    ],
)
def test_points_of_a_sale(fields: Json, award: int) -> None:
    sale = event("2024-01-05", "sale.paid", **{"sale": "s", "client": "c", "product": "cloud", **fields})
    assert points([*JOINED, sale])["active"] == award
    assert points([*JOINED, event("2024-01-04", "partner.suspended"), sale])["active"] == 0


def test_the_points_of_an_excluded_sale_stay() -> None:
    sale = paid("2024-01-05", "s", "1000.00", product="cloud")
    assert figures([sale, event("2024-01-06", "sale.excluded", sale="s", reason="own company")])[0] == 60


# --- Reading 12: projects -------------------------------------------------------------------------------------------


def project(at: str, modules: list[str], **fields: object) -> Json:
    given: Json = {"project": "P", "client": "c", "modules": modules, "report": "r", "checklist": "c", **fields}
    return event(at, "project.delivered", **given)


CONFIRMED = event("2024-03-01", "project.confirmed", project="P")


@pytest.mark.clause("G1.3")
@pytest.mark.parametrize(
    ("modules", "fields", "award"),
    [
        (["simple", "standard", "complex"], {}, 300),
        (["complex"] * 5, {}, 750),
        (["simple", "simple"], {"integration": True}, 200),
        (["complex", "standard"], {"integration": True}, 500),
        (["complex", "complex"], {"integration": True}, 500),
        (["simple"], {"integration": False}, 50),
        (["simple"], {"report": ""}, 0),
        (["simple"], {"checklist": ""}, 0),
    ],
)
def test_points_of_a_project(modules: list[str], fields: Json, award: int) -> None:
    assert figures([project("2024-02-01", modules, **fields)])[0] == 0
    assert figures([project("2024-02-01", modules, **fields), CONFIRMED])[0] == award


@pytest.mark.clause("G1.3")
def test_a_project_is_allocated_by_the_later_of_its_first_two_and_asked_once() -> None:
    late = project("2024-04-01", ["simple"])
    for events in ([CONFIRMED, late], [project("2024-02-01", ["simple"]), CONFIRMED, late]):
        assert figures(events, "2024-05-01")[0] == 50
    assert figures([CONFIRMED, late], "2025-03-31")[0] == 50  # valid a year from 2024-04-01
    assert figures([CONFIRMED, late], "2025-04-01")[0] == 0
    # Without papers at first: it is not asked again.
    assert figures([project("2024-02-01", ["simple"], report=""), CONFIRMED, late])[0] == 0
    # Suspended at the later of the two: never.
    suspended = [event("2024-02-28", "partner.suspended"), event("2024-03-02", "partner.reinstated")]
    assert figures([project("2024-02-01", ["simple"]), suspended[0], CONFIRMED, suspended[1], late])[0] == 0


@pytest.mark.clause("T4.1")
def test_a_grant_is_allocated_in_any_state() -> None:
    assert points([granted("2024-01-01", "A", 5)])["active"] == 5


# --- Reading 13: held -----------------------------------------------------------------------------------------------


@pytest.mark.clause("G1.4")
@pytest.mark.parametrize(
    ("first", "second", "held"),
    [
        ({}, {"at": "2024-02-09"}, 60),
        ({}, {"at": "2024-02-10"}, 0),  # 30 days
        ({}, {"at": "2024-01-11T23:59:59Z"}, 60),  # the same day
        ({"product": "service"}, {"at": "2024-02-09"}, 60),
        ({}, {"at": "2024-02-09", "product": "service"}, 0),  # held, but without an award
        ({}, {"at": "2024-02-09", "client": "other"}, 0),
    ],
)
def test_a_repeat_deal_is_held(first: Json, second: Json, held: int) -> None:
    events = [
        paid("2024-01-11T00:00:00Z", "s1", "1000.00", **{"product": "cloud", **first}),
        paid(**{"sale": "s2", "net": "1000.00", "product": "cloud", **second}),
    ]
    assert points([*JOINED, *events])["held"] == held


@pytest.mark.clause("G1.4")
def test_a_refund_before_the_decision_lessens_what_is_held_and_then_the_award() -> None:
    events = [
        *JOINED,
        paid("2024-01-11", "s0", "1.00"),
        paid("2024-01-20", "s", "1000.00", product="cloud"),
        event("2024-01-21", "sale.refunded", sale="s", amount="333.33"),
    ]
    assert points(events)["held"] == 40  # 60 x 0.33333 = 19.9998, half up 20
    accepted = [*events, event("2024-03-01", "points.decided", sale="s", decision="accept")]
    found = points(accepted)
    assert (found["held"], found["active"], found["available"]) == (0, 40, 40)
    assert points(accepted, "2025-02-28")["active"] == 40  # valid a year from the decision
    assert points(accepted, "2025-03-01")["expired"] == 40
    # The rest: 60 in all, 40 still to take.
    assert points([*accepted, event("2024-03-02", "sale.refunded", sale="s")])["active"] == 0


@pytest.mark.clause("G1.4")
def test_refused_decided_twice_or_accepted_while_suspended() -> None:
    sales = [paid("2024-01-11", "s0", "1.00"), paid("2024-01-20", "s", "1000.00", product="cloud")]
    refused = event("2024-01-21", "points.decided", sale="s", decision="refuse")
    accepted = event("2024-01-22", "points.decided", sale="s", decision="accept")
    found = standing([*JOINED, *sales, refused, accepted, accepted | {"sale": "s0"}])
    assert (found["points"]["held"], found["points"]["active"]) == (0, 0)
    assert found["warnings"] == [
        "2024-01-22: points.decided ignored: sale s is not held",
        "2024-01-22: points.decided ignored: sale s0 is not held",
    ]
    suspended = event("2024-01-21", "partner.suspended")
    assert points([*JOINED, *sales, suspended, accepted])["active"] == 0


# --- Readings 14 and 15: active, available --------------------------------------------------------------------------


@pytest.mark.clause("T4.2")
def test_awards_are_valid_through_the_day_before_a_year_is_over() -> None:
    lot = granted("2024-02-29", "A", 100)
    assert figures([lot], "2025-02-27") == (100, 100, 0, 0, 0)
    assert figures([lot], "2025-02-28") == (0, 0, 0, 100, 0)


@pytest.mark.clause("T4.2")
def test_spending_takes_the_lots_that_expire_first_and_lowers_nothing_active() -> None:
    events = [granted("2024-02-01", "A", 100), granted("2024-03-01", "B", 50), spent("2024-04-01", "X", 120)]
    assert figures(events) == (150, 30, 0, 0, 120)
    assert figures(events, "2025-02-01") == (50, 30, 0, 0, 120)
    assert figures(events, "2025-03-01") == (0, 0, 0, 30, 120)


@pytest.mark.clause("G2.7")
def test_spending_more_than_there_is_becomes_debt_that_new_lots_pay_first() -> None:
    events = [granted("2024-02-01", "A", 320), spent("2024-04-01", "X-1", 500)]
    found = standing([*JOINED, *events])
    assert found["warnings"] == ["2024-04-01: exchange X-1 asked for 500 points, 320 were available, 180 became debt"]
    assert figures(events) == (320, 0, 180, 0, 500)
    assert figures([*events, granted("2024-05-01", "B", 100)]) == (420, 0, 80, 0, 500)
    more = [*events, granted("2024-05-01", "B", 100), granted("2024-05-02", "C", 100)]
    assert figures(more) == (520, 20, 0, 0, 500)
    assert figures(more, "2026-01-01") == (0, 0, 0, 20, 500)  # only what was neither spent nor paid as debt


# --- An exchange that is undone -------------------------------------------------------------------------------------


def restored(at: str, exchange: str) -> Json:
    return event(at, "points.restored", exchange=exchange)


@pytest.mark.clause("T4.2")
def test_an_undone_exchange_gives_back_to_the_same_lots_with_their_own_expiry() -> None:
    events = [granted("2024-02-01", "A", 100), granted("2024-03-01", "B", 50), spent("2024-04-01", "X", 120)]
    events.append(restored("2024-05-01", "X"))
    assert figures(events, "2024-05-01") == (150, 150, 0, 0, 0)
    assert figures(events, "2025-02-01") == (50, 50, 0, 100, 0)
    assert figures([*events, spent("2024-05-02", "Y", 110)], "2025-02-01") == (50, 40, 0, 0, 110)


@pytest.mark.clause("T4.2")
def test_what_goes_back_to_an_expired_lot_is_expired_at_once() -> None:
    events = [granted("2024-02-01", "A", 100), spent("2024-04-01", "X", 70), restored("2025-03-01", "X")]
    assert figures(events, "2025-02-28") == (0, 0, 0, 30, 70)
    assert figures(events, "2025-03-01") == (0, 0, 0, 100, 0)
    more = [granted("2025-02-15", "B", 10), *events, spent("2025-03-02", "Y", 15)]
    assert figures(more, "2025-03-02") == (10, 0, 5, 100, 15)


@pytest.mark.clause("T4.2")
def test_undoing_an_exchange_lessens_the_debt_that_it_made() -> None:
    events = [granted("2024-02-01", "A", 320), spent("2024-04-01", "X", 500), restored("2024-04-02", "X")]
    assert figures(events, "2024-04-02") == (320, 320, 0, 0, 0)


@pytest.mark.clause("T4.2")
def test_debt_that_later_lots_have_paid_goes_back_to_them_the_last_payer_first() -> None:
    events = [granted("2024-02-01", "A", 320), spent("2024-04-01", "X", 500)]
    events += [granted("2024-05-01", "B", 100), granted("2024-06-01", "C", 50)]  # 30 of the 180 stay debt
    assert figures(events, "2024-06-01") == (470, 0, 30, 0, 500)
    events.append(restored("2024-06-02", "X"))
    assert figures(events, "2024-06-02") == (470, 470, 0, 0, 0)
    assert figures(events, "2025-05-01") == (50, 50, 0, 420, 0)


@pytest.mark.clause("T4.2")
def test_other_debt_is_paid_from_what_an_undone_exchange_gives_back() -> None:
    events = [granted("2024-02-01", "A", 10), spent("2024-03-01", "X", 40), spent("2024-03-02", "Y", 60)]
    events.append(restored("2024-03-03", "X"))
    assert figures(events, "2024-03-03") == (10, 0, 50, 0, 60)
    late = [*events[:-1], restored("2025-02-01", "X")]
    assert figures(late, "2025-02-01") == (0, 0, 60, 10, 60)  # what has expired pays no debt


# --- Reading 16: cancelling -----------------------------------------------------------------------------------------


@pytest.mark.clause("T4.2")
def test_refunds_cancel_their_share_in_all() -> None:
    sale = paid("2024-01-05", "s", "30.00", product="cloud")  # 2 (1.5 half up) + 10 = 12
    refunds = [event(f"2024-01-{day}", "sale.refunded", sale="s", amount="10.00") for day in ("06", "07", "08")]
    for count, left in ((0, 12), (1, 8), (2, 4), (3, 0)):
        assert figures([sale, *refunds[:count]])[0] == left
    # 12 x 1.25 / 30 = 0.5, half up 1; 12 x 2.5 / 30 = 1: the second takes nothing more.
    small = [event(f"2024-01-0{day}", "sale.refunded", sale="s", amount="1.25") for day in (6, 7)]
    assert [figures([sale, *small[:count]])[0] for count in (1, 2)] == [11, 11]


@pytest.mark.clause("T14")
def test_a_refund_beside_another_cancellation_takes_up_to_what_is_left() -> None:
    sale = paid("2024-01-05", "s", "1000.00", product="cloud")  # 60
    other = event("2024-01-06", "points.cancelled", points=50)
    half = event("2024-01-07", "sale.refunded", sale="s", amount="500.00")  # 30 due, 10 left
    assert figures([sale, other, half]) == (0, 0, 0, 0, 0)


@pytest.mark.clause("T14")
def test_cancelling_a_spent_award_takes_other_lots_then_debt() -> None:
    events = [
        granted("2024-02-01", "A", 100),
        spent("2024-02-02", "X", 100),
        granted("2024-03-01", "B", 30),
        event("2024-04-01", "points.cancelled", award="A"),
    ]
    assert figures(events) == (30, 0, 70, 0, 100)
    assert figures([*events, granted("2024-05-01", "C", 100)]) == (130, 30, 0, 0, 100)


@pytest.mark.clause("T14")
def test_an_expired_lots_rest_gives_first() -> None:
    events = [
        granted("2024-02-01", "A", 100),
        spent("2024-02-02", "X", 40),
        granted("2024-03-01", "B", 30),
        event("2025-02-01", "points.cancelled", award="A"),  # 60 of its expired rest, 30 of B, 10 debt
    ]
    assert figures(events) == (30, 0, 10, 0, 40)


@pytest.mark.clause("T14")
def test_cancelling_so_many_points_takes_the_oldest_active_awards() -> None:
    lots = [granted("2024-02-01", "A", 100), granted("2024-03-01", "B", 50)]
    assert figures([*lots, event("2024-04-01", "points.cancelled", points=120)]) == (30, 30, 0, 0, 0)
    later = event("2025-02-01", "points.cancelled", points=120)  # A is no longer active
    found = standing([*JOINED, *lots, later])
    assert (found["points"]["active"], found["points"]["expired"]) == (0, 100)
    assert found["warnings"] == ["2025-02-01: points.cancelled of 120 points took 50: no more were active"]


def test_cancelling_an_award_not_allocated_is_a_warning() -> None:
    events = [
        *JOINED,
        event("2024-01-02", "points.cancelled", award="A"),
        granted("2024-01-03", "A", 10),
        event("2024-01-04", "points.cancelled", award="A"),
        event("2024-01-05", "points.cancelled", award="A"),
    ]
    found = standing(events)
    assert found["warnings"] == ["2024-01-02: points.cancelled ignored: no points of award A are allocated"]
    assert found["points"]["active"] == 0


# --- Reading 17: rank -----------------------------------------------------------------------------------------------


@pytest.mark.clause("T4.2")
def test_rank_among_active_partners_by_active_points() -> None:
    events = [
        *(event("2024-01-01", "partner.accepted", partner) for partner in "abcde"),
        *(granted("2024-01-02", f"A-{p}", n, p) for p, n in zip("abcd", (10, 30, 10, 90), strict=True)),
        spent("2024-01-03", "X", 10),
        event("2024-01-03", "partner.suspended", "d"),
    ]
    answered = answer(events, default_rulebook())["partners"]
    assert [p["points"]["rank"] for p in answered] == [2, 1, 2, None, 4]
    (alone,) = answer(events, default_rulebook(), partners=["e"])["partners"]
    assert alone["points"]["rank"] == 4
