"""Keeping a status, worked out by hand: every verdict, every action."""

import pytest
from tests.program.outlook.world import Json, event, keep, look, sale, seats, short, silver, told

from honeyguide.program.rulebook import load_rulebook

ENOUGH_SEATS = seats("2026-03-10", 400, "S-1", months=None)


def figures(goal: Json) -> dict[str, Json]:
    return {row["requirement"]: row for row in goal["requirements"]}


@pytest.mark.clause("T3.1.2b", "T3.4a")
def test_all_met_needs_nothing() -> None:
    goal = keep([*silver(), ENOUGH_SEATS, sale("2026-04-01", "5000", "S-2")], "2026-10-01")
    assert (goal["verdict"], goal["date"], goal["date_is"], goal["days_left"]) == ("met", "2027-03-01", "review", 151)
    assert goal["plan"]["actions"] == []
    assert goal["plan"]["cost"] == "0.00"


@pytest.mark.clause("T3.1.2b", "T3.4a")
def test_on_pace_by_the_average_of_the_last_90_days() -> None:
    """2,000 in 2026-07-04..2026-10-01, 150 days to go until the last of February: 2000 x 150 / 90 = 3333.33 more."""
    events = [*silver(), ENOUGH_SEATS, sale("2026-07-04", "2000", "S-2")]
    goal = keep(events, "2026-10-01")
    assert goal["pace"] == {"first": "2026-07-04", "sales": "2000.00"}
    assert goal["sales_expected"] == "5333.33"
    assert (goal["verdict"], goal["reason"]) == ("on_pace", "sales of 5,333.33 expected, 5,000 asked")
    assert short(goal) == [("sell", None, "3000.00", "2027-02-28")]
    assert figures(goal)["sales"]["missing"] == "3000.00"
    assert figures(goal)["sales"]["expected"] == "5333.33"


@pytest.mark.clause("T3.4a")
def test_at_risk_when_the_same_sale_is_a_day_too_old_for_the_pace() -> None:
    goal = keep([*silver(), ENOUGH_SEATS, sale("2026-07-03", "2000", "S-2")], "2026-10-01")
    assert (goal["verdict"], goal["sales_expected"]) == ("at_risk", "2000.00")
    assert goal["reason"] == "sales of 2,000 expected, 5,000 asked"


@pytest.mark.clause("T3.4a")
def test_the_pace_since_the_window_began() -> None:
    """2,000 in the 215 days 2026-03-01..2026-10-01: 2000 x 150 / 215 = 1395.35 more, half up."""
    goal = keep([*silver(), ENOUGH_SEATS, sale("2026-07-03", "2000", "S-2")], "2026-10-01", pace_days=None)
    assert goal["pace"] == {"first": "2026-03-01", "sales": "2000.00"}
    assert goal["sales_expected"] == "3395.35"


@pytest.mark.clause("T3.3", "T3.4a")
def test_seats_that_mature_in_time_are_expected() -> None:
    events = [
        *silver(),
        sale("2026-04-01", "5000", "S-1"),
        seats("2026-05-01", 150, "S-2"),
        seats("2026-08-31", 250, "S-3"),
    ]
    goal = keep(events, "2026-11-30")
    assert goal["seats"] == {"counted": 150, "maturing": 250, "lapsing": 0, "expected": 400}
    assert goal["maturing"] == [
        {"client": "client-of-S-2", "sale": "S-2", "seats": 150, "matures_on": "2026-11-01"},
        {"client": "client-of-S-3", "sale": "S-3", "seats": 250, "matures_on": "2027-02-28"},
    ]
    assert (goal["verdict"], goal["plan"]["actions"]) == ("on_pace", [])
    late = keep([*events[:-1], seats("2026-09-01", 250, "S-3")], "2026-11-30")  # 2027-03-01 is the review's own day
    assert late["seats"]["expected"] == 150
    assert late["verdict"] == "lost"
    assert late["reason"] == (
        "at most 150 of 400 seats can mature before the review; new seats had to be sold by 2026-08-31"
    )
    assert not late["plan"]["possible"]


@pytest.mark.clause("T3.3", "T3.4a")
def test_a_client_that_lapses_is_to_be_renewed_at_what_it_last_paid() -> None:
    """Three months from 2026-07-10 end on 2026-10-10; the seats mature on 2027-01-10: one renewal of 3 months."""
    events = [*silver(), sale("2026-04-01", "4900", "S-1"), seats("2026-07-10", 400, "S-2", "90", months=3)]
    goal = keep(events, "2026-09-15")
    assert goal["lapsing"] == [
        {
            "client": "client-of-S-2",
            "sale": "S-2",
            "seats": 400,
            "matures_on": "2027-01-10",
            "covered_until": "2026-10-09",
            "renew_by": "2026-10-10",
            "renewals": 1,
            "product": "cloud",
            "term_months": 3,
            "cost": "90.00",
            "in_plan": True,
        }
    ]
    assert goal["verdict"] == "at_risk"
    assert goal["reason"] == "0 of 400 seats will be there, 400 more if clients renew"
    assert short(goal) == [("renew", "client-of-S-2", "90.00", "2026-10-10")]
    assert goal["plan"]["actions"][0]["brings"] == "saves 400 seats and 90 of sales"
    assert keep(events, "2026-10-10")["verdict"] == "at_risk"  # the last day to renew without a gap
    assert keep(events, "2026-10-11")["verdict"] == "lost"
    assert keep(events, "2026-10-11")["lapsing"] == []


@pytest.mark.clause("T3.3", "T3.4a")
def test_a_short_term_is_renewed_as_often_as_it_takes() -> None:
    """Monthly from 2026-08-01: paid until 2026-09-01, six months are over on 2027-02-01: five renewals of 30."""
    events = [*silver(), sale("2026-04-01", "5000", "S-1"), seats("2026-08-01", 400, "S-2", "30", months=1)]
    goal = keep([*events, event("2026-08-20", "lead.won", lead="L-1")], "2026-09-01")
    assert short(goal) == [("renew", "client-of-S-2", "150.00", "2026-09-01")]
    assert goal["plan"]["actions"][0]["times"] == 5
    assert goal["plan"]["actions"][0]["words"] == (
        "renew client-of-S-2's cloud for 1 month 5 times in a row, the first by 2026-09-01 (150)"
    )


@pytest.mark.clause("T3.3")
def test_the_cheapest_of_several_clients_that_lapse() -> None:
    """Short of 400: 150 + 250 seats cost 100 + 120, the client with 400 costs 230, 150 + 300 cost 221."""
    lapsing = [
        seats("2026-07-10", 150, "S-2", "100", months=3),
        seats("2026-07-10", 250, "S-3", "120", months=3),
        seats("2026-07-10", 400, "S-4", "230", months=3),
        seats("2026-07-10", 300, "S-5", "121", months=3),
    ]
    goal = keep([*silver(), sale("2026-04-01", "5000", "S-1"), *lapsing], "2026-09-15")
    assert short(goal) == [
        ("renew", "client-of-S-2", "100.00", "2026-10-10"),
        ("renew", "client-of-S-3", "120.00", "2026-10-10"),
    ]
    assert (goal["plan"]["cost"], goal["plan"]["method"]) == ("220.00", "exact")


@pytest.mark.clause("T3.3", "T3.4a")
def test_new_seats_cost_what_the_partners_seats_have_cost() -> None:
    """100 seats for 250 so far: 300 more cost 750, which count for the 1,000 of sales that are missing."""
    events = [*silver(), sale("2026-04-01", "3750", "S-1"), seats("2026-05-01", 100, "S-2", "250")]
    goal = keep(events, "2026-07-01")
    assert short(goal) == [("new_seats", None, "750.00", "2026-08-31"), ("sell", None, "250.00", "2027-02-28")]
    assert goal["plan"]["cost"] == "1000.00"
    assert goal["plan"]["seat_price"] == {"net": "250.00", "seats": 100, "basis": "own"}


@pytest.mark.clause("T3.3")
def test_the_price_of_seats_is_the_programs_where_the_partner_has_none() -> None:
    other = [event("2026-01-01", "partner.accepted", "comb"), seats("2026-01-02", 10, "S-9", "35", partner="comb")]
    goal = keep([*silver(), *other], "2026-07-01")
    assert goal["plan"]["seat_price"] == {"net": "35.00", "seats": 10, "basis": "program"}
    assert short(goal)[0] == ("new_seats", None, "1400.00", "2026-08-31")
    alone = keep(silver(), "2026-07-01")
    assert alone["plan"]["seat_price"]["basis"] == "unknown"
    assert alone["plan"]["actions"][0]["words"] == "sell 400 seats to new clients by 2026-08-31 (price unknown)"


@pytest.mark.clause("T3.3")
def test_refunded_excluded_and_foreign_seats_are_not_counted_on() -> None:
    events = [
        *silver(),
        sale("2026-04-01", "5000", "S-1"),
        seats("2026-07-10", 100, "S-2", "9", months=3),
        seats("2026-07-10", 100, "S-3", "9"),
        seats("2026-07-10", 100, "S-4", "9", months=3, new_client=False),
        event("2026-07-11", "sale.excluded", sale="S-2", reason="own company"),
        event("2026-07-11", "sale.refunded", sale="S-3"),
    ]
    goal = keep(events, "2026-09-15")
    assert goal["seats"] == {"counted": 0, "maturing": 0, "lapsing": 0, "expected": 0}


@pytest.mark.clause("T3.3")
def test_seats_do_not_matter_in_reviews_before_they_are_in_force() -> None:
    goal = keep([*silver("2024-03-01"), sale("2024-04-01", "4000", "S-1")], "2024-10-01")
    assert goal["seats"]["expected"] is None
    assert short(goal) == [("sell", None, "1000.00", "2025-02-28")]


@pytest.mark.clause("T3.1.1a")
def test_a_bronze_partner_is_told_what_to_do_by_the_deadline() -> None:
    goal = keep([event("2026-03-01", "partner.accepted")], "2026-04-01")
    assert (goal["date"], goal["date_is"], goal["days_left"]) == ("2026-05-30", "deadline", 59)
    assert (goal["verdict"], goal["reason"]) == ("at_risk", "missing: tutorial, nfr cloud")
    assert short(goal) == [
        ("course", "tutorial", "0.00", "2026-05-30"),
        ("nfr", "nfr_cloud", "0.00", "2026-05-30"),
    ]
    assert goal["plan"]["actions"][0]["words"] == "complete the tutorial by 2026-05-30"
    last = keep([event("2026-03-01", "partner.accepted")], "2026-05-30")
    assert (last["verdict"], last["days_left"]) == ("at_risk", 0)
    assert look([event("2026-03-01", "partner.accepted")], "2026-05-31").partners.is_empty()  # cancelled by then


@pytest.mark.clause("T3.1.1a")
def test_a_bronze_partner_that_has_done_it_has_nothing_due_after_the_deadline() -> None:
    events = [event("2026-03-01", "partner.accepted"), *(silver()[3:6])]
    assert (keep(events, "2026-04-01")["verdict"], keep(events, "2026-04-01")["days_left"]) == ("met", 59)
    after = keep(events, "2026-08-01")
    assert (after["verdict"], after["date"], after["reason"]) == ("met", None, "nothing is due")
    assert after["plan"]["possible"]


@pytest.mark.clause("T3.4a", "T3.4b")
def test_a_suspended_partner_must_be_reinstated_before_it_sells() -> None:
    events = [*silver(), ENOUGH_SEATS, sale("2026-07-20", "3000", "S-2"), event("2026-08-01", "partner.suspended")]
    one = told(events, "2026-10-01")
    assert one["state"] == "suspended"
    assert one["note"].startswith("suspended: not upgraded")
    assert one["keep"]["sales_expected"] == "3000.00"
    assert one["keep"]["reason"] == "sales of 3,000 expected, 5,000 asked, sales while suspended do not count"
    assert [action["action"] for action in one["keep"]["plan"]["actions"]] == ["reinstate", "sell"]
    assert (one["reach"]["verdict"], one["reach"]["earliest_on"]) == ("barred", None)


@pytest.mark.clause("T3.4a")
def test_evidence_that_decides_in_a_review_comes_first_and_is_free() -> None:
    book = load_rulebook().model_dump()
    book["statuses"][1]["keep"]["requirements"] = ["webinar"]
    rules = type(load_rulebook()).model_validate(book)
    goal = keep([*silver(), ENOUGH_SEATS], "2026-10-01", rulebook=rules)
    assert short(goal) == [("evidence", "webinar", "0.00", "2027-02-28"), ("sell", None, "5000.00", "2027-02-28")]
    assert goal["reason"].startswith("missing: webinar; ")


@pytest.mark.clause("T3.4b")
def test_a_partner_without_any_activity_for_six_months_is_flagged() -> None:
    """Only one that showed the tutorial before, and joined again, gets past the deadline without doing anything."""
    events = [
        event("2026-01-01", "partner.accepted"),
        event("2026-01-02", "course.completed", course="tutorial"),
        event("2026-01-02", "nfr.claimed", product="cloud"),
        event("2026-02-01", "partner.terminated"),
        event("2026-02-02", "partner.accepted"),
    ]
    assert told(events, "2026-08-01")["inactive_since"] is None
    assert told(events, "2026-08-02")["inactive_since"] == "2026-02-02"
    assert "may be suspended without notice (T3.4b)" in told(events, "2026-08-02")["note"]
    active = [*events, event("2026-02-03", "lead.reserved", lead="L-1")]
    assert told(active, "2026-08-02")["inactive_since"] is None


def test_partners_without_a_status_are_left_out_and_an_empty_history_has_none() -> None:
    applied = event("2026-01-01", "partner.applied", "pollen", name="Pollen Inc", country="US")
    assert look([applied], "2026-02-01").to_dict()["partners"] == []
    assert look([], "2026-02-01").to_dict()["partners"] == []
