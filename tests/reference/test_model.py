"""Reference model and engine against figures worked out by hand: readings 1 to 10, 17, 18, the form of the answer."""

from datetime import date
from typing import Any

import pytest

from tests.reference.days import add_months, trailing_year_starts
from tests.reference.lines import (
    DEFAULT,
    answer,
    event,
    gold,
    joined,
    of,
    paid,
    path,
    row,
    shown_for_gold,
    shown_for_silver,
    silver,
    standing,
)

Json = dict[str, Any]


# --- Reading 1: days ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2024-02-29", 12, "2025-02-28"),
        ("2023-02-28", 12, "2024-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2024-12-15", 1, "2025-01-15"),
    ],
)
def test_months_stop_at_the_months_last_day(day: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("day", "first"),
    [
        ("2024-02-28", "2023-03-01"),  # 2023-02-28 + 1 year is 2024-02-28 itself
        ("2024-02-29", "2023-03-01"),
        ("2025-02-28", "2024-03-01"),  # 2024-02-29 + 1 year is 2025-02-28
        ("2025-02-27", "2024-02-28"),
        ("2025-03-01", "2024-03-02"),
    ],
)
def test_the_trailing_year_is_counted_forward(day: str, first: str) -> None:
    assert trailing_year_starts(date.fromisoformat(day), 12) == date.fromisoformat(first)


def test_a_program_day_is_one_of_the_programs_time_zone() -> None:
    events = [event("2024-12-31T20:00:00Z", "partner.accepted")]
    assert standing(events)["since"] == "2024-12-31"
    assert standing(events, rulebook=DEFAULT | {"time_zone": "Asia/Almaty"})["since"] == "2025-01-01"
    assert answer(events, DEFAULT | {"time_zone": "Asia/Almaty"})["as_of"] == "2025-01-01"


def test_events_of_one_instant_keep_the_files_order_whatever_their_offset() -> None:
    accepted = event("2024-03-01T12:00:00+02:00", "partner.accepted")
    sale = paid("2024-03-01T10:00:00Z", "s", "100.00")
    assert row(standing([accepted, sale])["requirements"], "sales")["actual"] == "100.00"
    assert row(standing([sale, accepted])["requirements"], "sales")["actual"] == "0.00"


def test_a_repeated_id_counts_once_at_its_first_place() -> None:
    sale = paid("2024-03-02", "s", "100.00", id="E-1")
    found = standing([event("2024-03-01", "partner.accepted"), sale, sale])
    assert row(found["requirements"], "sales")["actual"] == "100.00"


# --- Reading 2: known at the time -----------------------------------------------------------------------------------


def test_a_refund_after_the_upgrade_leaves_it_and_is_restated() -> None:
    events = [*silver("2024-01-03"), event("2024-02-01", "sale.refunded", sale="a-entry-2")]
    assert standing(events, "2024-01-31")["restatements"] == []
    found = standing(events)
    assert found["status"] == "silver"
    assert row(found["requirements"], "sales", "keep")["actual"] == "0.00"  # the window begins on the day of Silver
    assert found["restatements"] == [
        {
            "on": "2024-01-03",
            "decided": "silver",
            "would_be": "bronze",
            "because": "sales 2500.00 then, 1250.00 now, required 2500.00; clients 2 then, 1 now, required 2",
        }
    ]


def test_a_refund_that_changes_no_outcome_is_not_restated() -> None:
    events = [*silver("2024-01-03"), paid("2024-01-04", "s", "100.00")]
    refund = event("2024-02-01", "sale.refunded", sale="s")
    assert standing([*events, refund])["restatements"] == []


def test_a_restatement_knows_no_sale_after_the_decision() -> None:
    events = [
        *silver("2024-01-03"),
        paid("2024-01-03T13:00:00Z", "later", "1000.00", "e3"),  # on the same day, after the event that gave Silver
        event("2024-02-01", "sale.refunded", sale="a-entry-2", amount="0.01"),
    ]
    (restated,) = standing(events)["restatements"]
    assert restated["because"] == "sales 2500.00 then, 2499.99 now, required 2500.00"


@pytest.mark.clause("T3.2")
def test_an_exclusion_after_a_review_is_restated_as_the_status_below() -> None:
    events = [*silver("2024-01-03"), paid("2024-06-01", "s", "3750.00")]
    excluded = event("2025-02-01", "sale.excluded", sale="s", reason="own company")
    found = standing([*events, excluded])
    assert path(found)[-1] == ("2025-01-03", "confirmed", "silver")
    assert found["restatements"] == [
        {
            "on": "2025-01-03",
            "decided": "silver",
            "would_be": "bronze",
            "because": "sales 5000.00 then, 1250.00 now, required 5000.00",
        }
    ]


def test_a_review_that_another_partners_refund_would_have_saved_is_restated_upwards() -> None:
    # b sold to the client first, so a's 400 seats were not a new client's: until b's sale was refunded.
    b = of("b")
    events = [
        *silver("2026-01-03"),
        b("2026-01-05", "partner.accepted"),
        paid("2026-01-06", "first", "10.00", "c", "b", product="cloud"),
        paid("2026-01-07", "second", "5000.00", "c", product="cloud", seats=400),
        b("2027-02-01", "sale.refunded", sale="first"),
    ]
    assert path(standing(events))[-1] == ("2027-01-03", "downgraded", "bronze")
    assert standing(events)["restatements"] == [
        {
            "on": "2027-01-03",
            "decided": "bronze",
            "would_be": "silver",
            "because": "seats 0 then, 400 now, required 400",
        }
    ]


# --- Reading 3: states ----------------------------------------------------------------------------------------------


@pytest.mark.clause("T1.5", "T3.4b")
def test_what_does_not_fit_the_state_is_a_warning() -> None:
    events = [
        event("2024-01-01", "partner.suspended"),
        event("2024-01-02", "partner.reinstated"),
        *joined("2024-01-03"),
        event("2024-01-04", "partner.accepted"),
        event("2024-01-05", "partner.suspended"),
        event("2024-01-06", "partner.accepted"),
        event("2024-01-07", "partner.reinstated"),
        event("2024-01-08", "partner.terminated"),
        event("2024-01-09", "partner.suspended"),
        event("2024-01-10", "partner.terminated"),
    ]
    found = standing(events)
    assert found["warnings"] == [
        "2024-01-01: partner.suspended ignored: the partner is applicant, expected active",
        "2024-01-02: partner.reinstated ignored: the partner is applicant, expected suspended",
        "2024-01-04: partner.accepted ignored: the partner is active, expected applicant, cancelled or terminated",
        "2024-01-06: partner.accepted ignored: the partner is suspended, expected applicant, cancelled or terminated",
        "2024-01-09: partner.suspended ignored: the partner is terminated, expected active",
    ]
    assert [(t["on"], t["from"], t["to"], t["cause"], t["clause"]) for t in found["transitions"]] == [
        ("2024-01-03", None, "bronze", "accepted", "T1.3"),
        ("2024-01-05", "bronze", "bronze", "suspended", "T3.4b"),
        ("2024-01-07", "bronze", "bronze", "reinstated", "T3.4b"),
        ("2024-01-08", "bronze", None, "terminated", "T1.5"),
    ]
    assert (found["state"], found["status"], found["since"]) == ("terminated", None, None)
    assert found["requirements"] == []


@pytest.mark.clause("T1.3")
def test_acceptance_anew_starts_bronze_and_keeps_what_was() -> None:
    events = [
        *silver("2024-01-03"),
        event("2024-01-04", "points.granted", award="A", points=7, activity="other"),
        event("2024-02-01", "partner.terminated"),
        event("2024-02-02", "partner.accepted"),
    ]
    found = standing(events)
    assert path(found)[-2:] == [("2024-02-01", "terminated", None), ("2024-02-02", "accepted", "bronze")]
    assert found["points"]["active"] == 7
    # Sales and evidence stay, so Silver comes at the start of the next day, at the entry's figures: not lost.
    after = standing(events, "2024-02-03")
    assert path(after)[-1] == ("2024-02-03", "upgraded", "silver")
    assert after["transitions"][-1]["clause"] == "T3.1.2a"


def test_a_partner_never_accepted_is_an_applicant_without_a_name() -> None:
    found = standing([event("2024-01-01", "lead.won", lead="L")])
    assert (found["state"], found["name"], found["country"], found["points"]["rank"]) == ("applicant", None, None, None)
    applied = [event(f"2024-01-0{n}", "partner.applied", name=f"N{n}", country="DE") for n in (1, 2)]
    assert (standing(applied)["name"], standing(applied)["country"]) == ("N2", "DE")


# --- Reading 4: Bronze ----------------------------------------------------------------------------------------------


@pytest.mark.clause("T3.1.1a")
@pytest.mark.parametrize(
    ("tutorial", "nfr", "cancelled"),
    [
        ("2024-01-01", "2024-03-31", False),
        ("2024-03-31", "2024-01-01", False),
        ("2024-04-01T00:00:00Z", "2024-01-01", True),
        ("2024-01-01", "2024-04-01T00:00:00Z", True),
        ("2023-12-01", "2023-12-01", False),  # before the acceptance
    ],
)
def test_bronze_is_cancelled_91_days_after_acceptance(tutorial: str, nfr: str, cancelled: bool) -> None:
    # 2024-01-01 + 91 days (31 + 29 + 31) = 2024-04-01
    events = [
        event("2024-01-01", "partner.accepted"),
        event(tutorial, "course.completed", course="tutorial"),
        event(nfr, "nfr.claimed", product="cloud"),
    ]
    assert standing(events, "2024-03-31")["state"] == "active"
    found = standing(events, "2024-04-02")
    assert found["state"] == ("cancelled" if cancelled else "active")
    if cancelled:
        last = found["transitions"][-1]
        assert (last["on"], last["clause"]) == ("2024-04-01", "T3.1.1a")
        assert [(r["requirement"], r["purpose"]) for r in last["requirements"]] == [
            ("nfr_cloud", "keep"),
            ("tutorial", "keep"),
        ]


@pytest.mark.clause("T3.1.1a")
def test_the_deadline_takes_suspended_partners_and_belongs_to_the_latest_acceptance() -> None:
    accepted = event("2024-01-01", "partner.accepted")
    suspended = event("2024-01-02", "partner.suspended")
    assert path(standing([accepted, suspended], "2024-04-01"))[-1] == ("2024-04-01", "cancelled", None)
    again = [accepted, event("2024-02-01", "partner.terminated"), event("2024-02-02", "partner.accepted")]
    assert standing(again, "2024-05-02")["state"] == "active"  # 2024-02-02 + 91 days = 2024-05-03
    assert path(standing(again, "2024-05-03"))[-1] == ("2024-05-03", "cancelled", None)


# --- Reading 5: counting sales --------------------------------------------------------------------------------------


@pytest.mark.clause("T3.1.2a", "T3.2")
@pytest.mark.parametrize(
    ("more", "sales", "clients"),
    [
        ([], "0.00", 0),
        ([paid("2024-01-02", "s", "10.00", product=p) for p in ("service",)], "0.00", 0),
        ([paid("2024-01-02", p, "10.00", product=p) for p in ("cloud", "upgrade", "maintenance")], "30.00", 1),
        ([paid("2024-01-02", c, "0.01", c) for c in ("c1", "c2")], "0.02", 2),
        ([paid("2024-01-02", "s", "0")], "0.00", 0),
        ([paid("2023-12-31", "s", "10.00")], "0.00", 0),  # an applicant's
        ([paid("2024-01-02", "s", "10.00"), event("2024-01-03", "sale.refunded", sale="s", amount="4")], "6.00", 1),
        ([paid("2024-01-02", "s", "10.00"), event("2024-01-03", "sale.refunded", sale="s")], "0.00", 0),
        ([paid("2024-01-02", "s", "10"), event("2024-01-03", "sale.excluded", sale="s", reason="own")], "0.00", 0),
    ],
)
def test_sales_and_clients_that_count(more: list[Json], sales: str, clients: int) -> None:
    rows = standing([*joined("2024-01-01"), *more], "2024-02-01")["requirements"]
    assert row(rows, "sales")["actual"] == sales
    assert row(rows, "clients")["actual"] == clients


@pytest.mark.clause("T3.1.2a")
def test_a_sale_leaves_the_trailing_year_on_its_day_a_year_later() -> None:
    events = [*joined("2024-02-20"), paid("2024-02-29", "s", "10.00")]
    for day, actual in (("2025-02-27", "10.00"), ("2025-02-28", "0.00")):
        assert row(standing(events, day)["requirements"], "sales")["actual"] == actual


# --- Reading 6: upgrade ---------------------------------------------------------------------------------------------


@pytest.mark.clause("T3.1.2a", "T3.1.2c")
@pytest.mark.parametrize(
    ("second", "client", "status"),
    [("1250.00", "c2", "silver"), ("1249.99", "c2", "bronze"), ("1250.00", "c1", "bronze")],
)
def test_silver_at_the_exact_figures(second: str, client: str, status: str) -> None:
    events = [
        *joined("2024-01-01"),
        *shown_for_silver("2024-01-01"),
        paid("2024-01-02", "s1", "1250.00"),
        paid("2024-01-03", "s2", second, client),
    ]
    assert standing(events)["status"] == status


@pytest.mark.clause("T3.1.2a")
@pytest.mark.parametrize("missing", range(5))
def test_silver_needs_every_fact_and_comes_with_the_last(missing: int) -> None:
    facts = shown_for_silver("2024-01-05")
    late = facts.pop(missing) | {"at": "2024-01-09T08:00:00Z"}
    sales = [paid("2024-01-06", f"s{n}", "1250.00", f"c{n}") for n in (1, 2)]
    events = [*joined("2024-01-05"), *facts, *sales]
    assert standing(events, "2024-03-01")["status"] == "bronze"
    assert path(standing([*events, late]))[-1] == ("2024-01-09", "upgraded", "silver")


def test_no_upgrade_on_the_day_of_the_acceptance_but_at_the_start_of_the_next() -> None:
    day = "2024-01-05"
    sales = [paid(day, f"s{n}", "1250.00", f"c{n}") for n in (1, 2)]
    events = [*joined(day), *shown_for_silver(day), *sales]
    assert standing(events)["status"] == "bronze"
    assert path(standing(events, "2024-01-06"))[-1] == ("2024-01-06", "upgraded", "silver")


@pytest.mark.clause("T3.1.3a", "T3.1.3c")
def test_a_first_gold_counts_only_sales_after_the_event_that_gave_silver() -> None:
    events = [*silver("2024-01-03"), *shown_for_gold("2024-01-03"), paid("2024-01-03T13:00:00Z", "s", "9999.99")]
    found = standing(events, "2024-01-10")
    sales = row(found["requirements"], "sales", "reach")
    assert (found["status"], sales["actual"]) == ("silver", "9999.99")
    assert sales["window"] == ["2024-01-03", "2024-01-10"]
    more = paid("2024-01-11", "t", "0.01", product="upgrade")
    reached = standing([*events, more])
    assert path(reached)[-1] == ("2024-01-11", "upgraded", "gold")
    assert reached["transitions"][-1]["clause"] == "T3.1.3a"


@pytest.mark.clause("T3.1.3a")
def test_at_most_one_upgrade_a_day() -> None:
    events = [*silver("2024-01-03"), *shown_for_gold("2024-01-03"), paid("2024-01-03T13:00:00Z", "s", "10000")]
    assert standing(events)["status"] == "silver"
    assert path(standing(events, "2024-01-04"))[-1] == ("2024-01-04", "upgraded", "gold")


# --- Reading 7: review ----------------------------------------------------------------------------------------------


@pytest.mark.clause("T3.4a", "T3.1.2b")
@pytest.mark.parametrize(
    ("sale", "cause"),
    [
        (("2024-01-03T00:00:00Z", "3750.00"), "confirmed"),  # with the 1250.00 of the day of Silver
        (("2025-01-02T23:59:59.999999Z", "3750.00"), "confirmed"),
        (("2025-01-02", "3749.99"), "downgraded"),
        (("2025-01-03T00:00:00Z", "3750.00"), "downgraded"),
        (("2024-01-02", "1249.99"), "downgraded"),
    ],
)
def test_silver_is_reviewed_over_the_year_from_its_confirmation(sale: tuple[str, str], cause: str) -> None:
    events = [*silver("2024-01-03"), paid(sale[0], "s", sale[1])]
    found = standing(events, "2025-01-03")
    last = found["transitions"][-1]
    assert (last["on"], last["cause"], last["clause"]) == ("2025-01-03", cause, "T3.4a")
    assert last["to"] == ("silver" if cause == "confirmed" else "bronze")
    assert row(last["requirements"], "sales")["window"] == ["2024-01-03", "2025-01-02"]
    assert row(last["requirements"], "seats")["decides"] is False
    assert found["confirmed_on"] == "2025-01-03"
    assert found["since"] == ("2024-01-03" if cause == "confirmed" else "2025-01-03")
    assert found["review_on"] == ("2026-01-03" if cause == "confirmed" else None)


@pytest.mark.clause("T3.3", "T3.1.2b")
@pytest.mark.parametrize(("seats", "cause"), [(400, "confirmed"), (399, "downgraded")])
def test_seats_decide_in_reviews_from_2026_on(seats: int, cause: str) -> None:
    cloud = paid("2025-02-01", "s", "5000.00", "new", product="cloud", seats=seats)
    found = standing([*silver("2025-01-03"), cloud], "2026-01-03")
    assert path(found)[-1][:2] == ("2026-01-03", cause)
    assert row(found["transitions"][-1]["requirements"], "seats")["decides"] is True


@pytest.mark.clause("T3.1.3b", "T3.4a")
def test_gold_falls_to_silver_and_that_starts_a_window_of_its_own() -> None:
    found = standing(gold("2024-01-03"), "2026-02-01")
    assert path(found)[2:] == [
        ("2024-01-04", "upgraded", "gold"),
        ("2025-01-04", "downgraded", "silver"),
        ("2026-01-04", "downgraded", "bronze"),
    ]
    shown = row(found["transitions"][3]["requirements"], "qbr")
    assert (shown["actual"], shown["met"], shown["decides"]) == (False, False, False)


@pytest.mark.clause("T3.1.3b")
def test_gold_is_kept_without_business_reviews() -> None:
    events = [*gold("2024-01-03"), paid("2024-05-01", "s", "5000.00")]  # with the 10000.00 of the day of Gold
    assert path(standing(events, "2025-01-04"))[-1] == ("2025-01-04", "confirmed", "gold")


def test_a_window_from_29_february_ends_before_28_february() -> None:
    events = [*silver("2024-02-29"), paid("2025-02-27", "s", "3750.00")]
    found = standing(events, "2025-02-28")
    assert path(found)[-1] == ("2025-02-28", "confirmed", "silver")
    assert row(found["requirements"], "sales", "keep")["window"] == ["2025-02-28", "2026-02-27"]


# --- Reading 8: regaining -------------------------------------------------------------------------------------------


@pytest.mark.clause("T3.5")
@pytest.mark.parametrize(
    ("net", "client", "status"),
    [("4998.99", "c2", "bronze"), ("4999.00", "c2", "silver"), ("4999.00", "c1", "bronze")],
)
def test_silver_is_regained_at_the_figures_for_keeping_it(net: str, client: str, status: str) -> None:
    # Lost on 2025-01-03 with 1250.00 in the window. Entry would ask for 2500.00; two clients are still asked for.
    events = [*silver("2024-01-03"), paid("2025-01-10", "s1", net, "c1"), paid("2025-01-11", "s2", "1.00", client)]
    found = standing(events)
    assert found["status"] == status
    rows = found["transitions"][-1]["requirements"] if status == "silver" else found["requirements"]
    assert (row(rows, "sales")["required"], row(rows, "sales")["clause"]) == ("5000.00", "T3.5")
    assert (row(rows, "clients")["required"], row(rows, "clients")["clause"]) == (2, "T3.1.2a")
    assert row(rows, "sales")["window"] == ["2024-01-12", "2025-01-11"]
    if status == "silver":
        assert found["transitions"][-1]["clause"] == "T3.5"


@pytest.mark.clause("T3.5", "T3.3")
@pytest.mark.parametrize(("day", "status"), [("2026-07-09", "bronze"), ("2026-07-10", "silver")])
def test_regaining_from_2026_waits_for_seats_to_mature(day: str, status: str) -> None:
    cloud = paid("2026-01-10", "s", "5000.00", "new", product="cloud", seats=400, new_client=True)
    events = [*silver("2025-01-03"), cloud, paid("2026-01-11", "t", "1.00", "c2")]
    found = standing(events, day)
    assert found["status"] == status
    if status == "bronze":
        seats = row(found["requirements"], "seats", "reach")
        assert (seats["actual"], seats["required"], seats["decides"], seats["clause"]) == (0, 400, True, "T3.5")


@pytest.mark.clause("T3.5", "T14")
def test_gold_lost_by_a_measure_is_regained_with_sales_from_before_silver() -> None:
    events = [
        *gold("2024-01-03"),
        paid("2024-01-05", "s", "3749.99"),
        event("2024-01-06", "measure.applied", measure="downgrade", until="2024-01-06"),
        event("2024-01-07", "lead.won", lead="L"),
    ]
    # 1250 + 1250 + 10000 + 3749.99 = 16249.99 in the trailing year: enough at the start of the next day.
    found = standing(events)
    assert path(found)[3:] == [("2024-01-06", "measure", "silver"), ("2024-01-07", "upgraded", "gold")]
    last = found["transitions"][-1]
    assert last["clause"] == "T3.5"
    assert [(r["requirement"], r["actual"], r["decides"]) for r in last["requirements"]][:2] == [
        ("sales", "16249.99", True),
        ("seats", 0, False),
    ]
    assert row(last["requirements"], "qbr")["decides"] is False


# --- Reading 9: seats -----------------------------------------------------------------------------------------------

CLOUD: Json = {"product": "cloud", "client": "new"}


@pytest.mark.clause("T3.3")
@pytest.mark.parametrize(
    ("sales", "seats"),
    [
        ([("2024-02-01", {"seats": 5})], 5),  # perpetual
        ([("2024-02-01", {"seats": 5, "term_months": 6})], 5),
        ([("2024-02-01", {"seats": 5, "term_months": 5})], 0),
        ([("2024-02-01", {"seats": 5, "term_months": 3}), ("2024-05-01", {"seats": 7, "term_months": 12})], 5),
        ([("2024-02-01", {"seats": 5, "term_months": 3}), ("2024-05-02", {"seats": 7, "term_months": 12})], 0),
        ([("2024-02-01", {"seats": 5, "new_client": False})], 0),
        ([("2024-02-01", {"seats": 5}), ("2024-02-01", {"seats": 7})], 12),  # both on the day of the first purchase
        ([("2024-02-01", {"seats": 5, "new_client": False}), ("2024-02-01", {"seats": 7})], 0),
        ([("2024-02-01", {"seats": 5, "new_client": False}), ("2024-02-09", {"seats": 7, "new_client": True})], 7),
        ([("2024-02-01", {"seats": 5, "product": "upgrade"})], 0),
        ([("2024-02-01", {"seats": 5, "product": "module"}), ("2024-02-09", {"seats": 7})], 7),
        ([("2024-02-01", {"seats": 5, "net": "0"})], 5),
    ],
)
def test_seats_of_new_clients_that_stay_paid(sales: list[tuple[str, Json]], seats: int) -> None:
    paid_for = [
        event(day, "sale.paid", **{**CLOUD, "sale": f"s{n}", "net": "1.00", **fields})
        for n, (day, fields) in enumerate(sales)
    ]
    rows = standing([*silver("2024-01-03"), *paid_for], "2024-12-01")["requirements"]
    assert row(rows, "seats")["actual"] == seats


@pytest.mark.clause("T3.3", "T3.2")
def test_seats_count_on_the_day_of_maturity_and_not_of_excluded_or_refunded_sales() -> None:
    events = [*silver("2024-01-03"), paid("2024-08-31", "s", "1.00", "new", product="on_premise", seats=9)]
    review = [*events, paid("2024-09-01", "t", "5000.00")]
    for day, seats in (("2025-02-27", 0), ("2025-02-28", 9)):  # 2024-08-31 + 6 months
        assert row(standing(review, day)["requirements"], "seats")["actual"] == seats
    for undone in (
        event("2025-03-01", "sale.refunded", sale="s"),
        event("2025-03-01", "sale.excluded", sale="s", reason="own company"),
    ):
        assert row(standing([*review, undone])["requirements"], "seats")["actual"] == 0
    partly = event("2025-03-01", "sale.refunded", sale="s", amount="0.99")
    assert row(standing([*review, partly])["requirements"], "seats")["actual"] == 9


@pytest.mark.clause("T3.3")
def test_any_partners_purchases_cover_a_client_and_seats_are_the_first_sellers() -> None:
    b = of("b")
    events = [
        *silver("2024-01-03"),
        *silver("2024-01-03", "b"),
        paid("2024-02-01", "s", "1.00", "new", product="cloud", seats=5, term_months=4),
        paid("2024-06-01", "t", "1.00", "new", "b", product="cloud", seats=7, term_months=12),
    ]
    for partner, seats in (("a", 5), ("b", 0)):
        assert row(standing(events, "2024-12-31", partner)["requirements"], "seats")["actual"] == seats
    refunded = [*events, b("2024-12-30", "sale.refunded", sale="t")]
    assert row(standing(refunded, "2024-12-31")["requirements"], "seats")["actual"] == 0


def test_seats_of_a_sale_made_while_suspended_never_count() -> None:
    events = [
        *silver("2024-01-03"),
        event("2024-01-10", "partner.suspended"),
        paid("2024-01-11", "s", "1.00", "new", product="cloud", seats=5),
        event("2024-01-12", "partner.reinstated"),
        paid("2024-01-13", "t", "1.00", "new", product="cloud", seats=7),  # not the first purchase
    ]
    assert row(standing(events, "2024-12-31")["requirements"], "seats")["actual"] == 0
