"""Reaching the next status, worked out by hand: what is missing and from when on it can be had."""

import pytest
from tests.program.outlook.world import event, sale, seats, short, silver, told


@pytest.mark.clause("T3.1.2a")
def test_what_is_missing_for_silver() -> None:
    events = [event("2026-03-01", "partner.accepted"), *silver()[3:9], sale("2026-03-05", "1000", "S-1")]
    reach = told(events, "2026-04-01")["reach"]
    assert (reach["status"], reach["verdict"], reach["earliest_on"]) == ("silver", "open", "2026-04-01")
    assert reach["reason"] == "missing: email support; sales of 1,500 missing; 1 more client"
    assert short(reach) == [
        ("evidence", "email_support", "0.00", "2026-04-01"),
        ("sell", None, "1500.00", "2026-04-01"),
    ]
    assert reach["plan"]["actions"][1]["words"] == "sell 1,500 more to 1 other client"


@pytest.mark.clause("T3.1.3a")
def test_gold_counts_sales_since_silver() -> None:
    reach = told([*silver(), sale("2026-03-05", "4000", "S-1")], "2026-04-01")["reach"]
    assert short(reach)[-1] == ("sell", None, "6000.00", "2026-04-01")


@pytest.mark.clause("T14")
def test_a_downgrade_measure_bars_the_upgrade_until_its_end() -> None:
    events = [*silver(), event("2026-05-01", "measure.applied", measure="downgrade", until="2026-06-30")]
    one = told(events, "2026-05-10")
    assert one["status"] == "bronze"
    assert (one["barred"], one["barred_until"]) == (True, "2026-06-30")
    assert one["note"] == "no upgrade until the end of 2026-06-30: a downgrade measure is in force"
    assert (one["reach"]["verdict"], one["reach"]["regaining"]) == ("barred", True)
    endless = told([*silver(), event("2026-05-01", "measure.applied", measure="downgrade")], "2026-05-10")
    assert (endless["barred"], endless["barred_until"]) == (True, None)
    assert endless["reach"]["earliest_on"] is None
    lifted = told([*events, event("2026-05-05", "measure.lifted", measure="downgrade")], "2026-05-10")
    assert (lifted["barred"], lifted["reach"]["verdict"]) == (False, "open")


@pytest.mark.clause("T3.5")
def test_regaining_asks_for_the_figures_for_keeping_and_waits_for_seats() -> None:
    """The trailing year holds 2,500 of sales; 400 seats sold today mature in six months, when 2,500 of old are gone."""
    events = [*silver(), event("2026-05-01", "measure.applied", measure="downgrade", until="2026-05-01")]
    reach = told(events, "2026-05-10")["reach"]
    assert (reach["regaining"], reach["earliest_on"]) == (True, "2026-11-10")
    assert short(reach) == [("new_seats", None, "0.00", "2026-05-10"), ("sell", None, "2500.00", "2026-11-10")]
    maturing = told([*events, seats("2026-05-02", 400, "S-1")], "2026-05-10")["reach"]
    assert maturing["earliest_on"] == "2026-11-02"
    assert short(maturing) == [("sell", None, "2500.00", "2026-11-02")]


@pytest.mark.clause("T3.5")
def test_sales_that_leave_the_window_before_the_earliest_day_are_asked_for_again() -> None:
    events = [*silver(), event("2026-05-01", "measure.applied", measure="downgrade", until="2027-01-15")]
    reach = told([*events, seats("2026-05-02", 400, "S-1", months=None)], "2026-12-01")["reach"]
    assert reach["earliest_on"] == "2027-01-16"
    assert reach["reason"].startswith("no upgrade until the end of 2027-01-15; ")
    assert short(reach) == [("sell", None, "5000.00", "2027-01-16")]


@pytest.mark.clause("T3.1.2a")
def test_after_a_change_of_status_it_is_asked_again_the_next_day() -> None:
    reach = told(silver(), "2026-03-01")["reach"]
    assert (reach["verdict"], reach["earliest_on"]) == ("barred", "2026-03-02")
