"""Simulations of histories made by hand, to the cent."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from tests.program.simulation.books import Json, changed, discount, joined, keep_sales, reach_sales, sale

from honeyguide.program.history import history_from_events
from honeyguide.program.rulebook import Rulebook, load_rulebook
from honeyguide.program.simulation import Simulation, simulate

DEFAULT = load_rulebook()


def simulated(
    events: list[Json], draft: Rulebook, as_of: date | None = None, current: Rulebook = DEFAULT
) -> Simulation:
    return simulate(history_from_events(events), current, draft, as_of=as_of)


def silver(partner: str, net: str = "1300.00") -> list[Json]:
    """Silver by its second sale, on 3 March 2025."""
    return [
        *joined(partner),
        sale(partner, 1, "2025-02-03", net, "c1", seats=400, new_client=True),
        sale(partner, 2, "2025-03-03", net, "c2"),
    ]


@pytest.mark.clause("T3.1.2a")
def test_a_higher_target_names_who_no_longer_reaches_it_and_why() -> None:
    found = simulated([*silver("comb"), *silver("nectar", "1500.00")], reach_sales(3000))
    (move,) = found.moves.rows(named=True)
    assert (move["partner"], move["status_before"], move["status_after"]) == ("comb", "silver", "bronze")
    assert (move["discount_before"], move["discount_after"], move["direction"]) == (4000, 2000, "down")
    assert (move["on"], move["clause"]) == (date(2025, 3, 3), "T3.1.2a")
    assert (move["decided_before"], move["decided_after"]) == ("Silver reached", "stays Bronze")
    assert move["why"] == "sales 2,600.00, asked 2,500.00 → 3,000.00"
    (reason,) = found.reasons.rows(named=True)
    assert (reason["actual_before"], reason["actual_after"]) == (260000, 260000)
    assert (reason["required_before"], reason["required_after"]) == (250000, 300000)
    assert (reason["met_before"], reason["met_after"]) == (True, False)
    assert found.matrix.select("before", "after", "partners").rows() == [
        ("silver", "silver", 1),
        ("silver", "bronze", 1),
    ]


@pytest.mark.clause("T3.1.2a")
def test_a_lower_target_names_who_reaches_it_earlier() -> None:
    found = simulated([*joined("comb"), sale("comb", 1, "2025-02-03", "999"), sale("comb", 2, "2025-03-03", "1", "c2")],
                      reach_sales(1000))  # fmt: skip
    (move,) = found.moves.rows(named=True)
    assert (move["direction"], move["decided_before"], move["decided_after"]) == (
        "up",
        "stays Bronze",
        "Silver reached",
    )
    assert move["why"] == "sales 1,000.00, asked 2,500.00 → 1,000.00"


@pytest.mark.clause("T3.1.2b", "T3.4a")
def test_a_review_that_comes_out_otherwise_is_a_near_miss_with_what_is_missing() -> None:
    events = [*silver("comb", "2700"), sale("comb", 3, "2025-06-01", "5500.50", "c3")]
    current = changed(lambda data: data["statuses"][1]["keep"].pop("seats_count"))
    draft = changed(lambda data: (data["statuses"][1]["keep"].pop("seats_count"),
                                  data["statuses"][1]["keep"].update(sales_amount=9000)))  # fmt: skip
    found = simulated(events, draft, date(2026, 3, 4), current)
    (move,) = found.moves.rows(named=True)
    assert (move["on"], move["clause"]) == (date(2026, 3, 3), "T3.4a")
    assert (move["decided_before"], move["decided_after"]) == ("Silver confirmed", "down from Silver to Bronze")
    # The sale of 3 March 2025 was made on the day of confirmation, so it counts in its year.
    assert move["why"] == "sales 8,200.50, asked 5,000.00 → 9,000.00"
    (lost,) = found.near.rows(named=True)
    assert (lost["miss"], lost["status"], lost["on"], lost["missing"]) == ("lost", "silver", date(2026, 3, 3), 79950)
    assert lost["kept_before"] is True
    assert (found.totals.confirmed_before, found.totals.confirmed_after) == (1, 0)
    assert (found.totals.downgraded_before, found.totals.downgraded_after) == (0, 1)
    march = found.months.filter(month=date(2026, 3, 1)).row(0, named=True)
    assert (march["confirmed_before"], march["downgraded_after"]) == (1, 1)


@pytest.mark.clause("T3.1.1b", "T3.1.2c")
def test_another_discount_is_worked_out_from_the_list_value_and_rounded_once() -> None:
    events = [
        *silver("comb"),  # at 20 %: list 1,625.00 each, discount 325.00
        sale("comb", 3, "2025-04-01", "33.33", "c3"),  # at 40 %: list 55.55, discount 22.22
        sale("comb", 4, "2025-04-02", "0.01", "c3"),  # at 40 %: list 0.01666…, discount 0.00666… = 0.01
    ]
    found = simulated(events, discount(1, 35))
    assert found.totals.discount_minor_before == 32500 * 2 + 2222 + 1
    # 35 % of the exact list: 1,944.25 / 100 = 19.4425 = 19.44, and 0.00583… = 0.01
    assert found.totals.discount_minor_after == 32500 * 2 + 1944 + 1
    (move,) = found.moves.rows(named=True)
    assert (move["why"], move["clause"], move["on"]) == ("discount of Silver 40 % → 35 %", "T3.1.2c", None)
    assert found.totals.discount_only == 1
    assert found.costs.rows() == [("silver", 4, 0, 263334, 67223, 66945)]


def test_what_is_refunded_up_to_the_day_gives_no_discount() -> None:
    events = [
        *silver("comb"),
        {"at": "2025-05-01T10:00:00Z", "type": "sale.refunded", "partner": "comb", "sale": "comb-1", "amount": "1000"},
        {"at": "2025-06-01T10:00:00Z", "type": "sale.refunded", "partner": "comb", "sale": "comb-2"},
    ]
    for day, net in ((date(2025, 4, 1), 260000), (date(2025, 5, 1), 160000), (date(2025, 6, 1), 30000)):
        totals = simulated(events, discount(0, 10), day).totals
        assert (totals.net_minor, totals.discount_minor_before, totals.discount_minor_after) == (
            net,
            net * 20 // 80,
            net * 10 // 80,
        )


@pytest.mark.clause("T3.1.1b")
def test_a_discount_of_100_percent_says_nothing_of_the_list_value() -> None:
    everything = discount(0, 100)
    events = [*joined("comb"), sale("comb", 1, "2025-02-03", "0"), sale("comb", 2, "2025-02-04", "7.00", "c2")]
    totals = simulated(events, DEFAULT, current=everything).totals
    assert (totals.sales, totals.sales_without_list, totals.net_minor) == (2, 2, 700)
    assert (totals.discount_minor_before, totals.discount_minor_after) == (0, 0)
    given = simulated(events, everything).totals
    assert (given.sales_without_list, given.discount_minor_before, given.discount_minor_after) == (0, 175, 875)


def test_the_largest_amounts_stay_exact() -> None:
    events = joined("comb")
    events += [
        sale("comb", number, "2025-02-03", "999999999999.99", f"c{number}", product="service") for number in range(9)
    ]
    nearly = changed(lambda data: data["statuses"][0].update(discount_percent=Decimal("99.99")))
    totals = simulated(events, discount(0, 100), current=nearly).totals
    net = 99_999_999_999_999
    assert totals.discount_minor_before == 9 * net * 9999
    assert totals.discount_minor_after == 9 * net * 10000


@pytest.mark.clause("G1.1", "T4.2")
def test_other_points_and_ranks_are_told_by_partner() -> None:
    events = [*silver("comb"), *joined("nectar"), sale("nectar", 1, "2025-02-03", "100", licences=12)]
    draft = changed(lambda data: data["points"]["sale"].update(net_percent=0))
    found = simulated(events, draft)
    # Comb: 65 + 10 twice; Nectar: 5 + 120. Without the share of the net amount 20 and 120.
    assert found.points.rows() == [
        ("comb", "Comb", 150, 20, 150, 20, 150, 20, 1, 2),
        ("nectar", "Nectar", 125, 120, 125, 120, 125, 120, 2, 1),
    ]
    assert (found.totals.points_available_before, found.totals.points_available_after) == (275, 140)
    assert (found.totals.ranks_changed, found.totals.moved) == (2, 0)


@pytest.mark.clause("T3.1.1a")
def test_another_deadline_is_a_cancellation_on_a_day() -> None:
    events = [*joined("comb", facts=False), sale("comb", 1, "2025-03-01", "10")]
    draft = changed(lambda data: data["statuses"][0]["keep"].update(deadline_days=30))
    (move,) = simulated(events, draft).moves.rows(named=True)
    assert (move["state_before"], move["state_after"], move["on"]) == ("active", "cancelled", date(2025, 2, 10))
    assert (move["decided_before"], move["decided_after"]) == ("stays Bronze", "cancelled")
    assert move["why"] == "nfr cloud missing; tutorial missing"


@pytest.mark.clause("T3.1.2a")
def test_a_window_is_looked_at_as_it_was_on_the_day() -> None:
    """Under the draft sales count for one month only; later ones do not make up for those of then."""
    draft = changed(lambda data: data["statuses"][1]["reach"].update(sales_months=1))
    events = [*silver("comb"), sale("comb", 3, "2025-03-20", "900", "c3")]
    (move,) = simulated(events, draft).moves.rows(named=True)
    assert move["on"] == date(2025, 3, 3)
    assert move["why"] == "sales 2,600.00 → 1,300.00, asked 2,500.00; clients 2 → 1, asked 2"


def test_partners_around_a_threshold_are_those_that_were_asked_for_it() -> None:
    events = [*silver("comb"), *silver("nectar", "1500.00"), *joined("pollen"), sale("pollen", 1, "2025-02-03", "2900")]
    (threshold,) = simulated(events, reach_sales(3000)).thresholds
    assert (threshold.purpose, threshold.status, threshold.before, threshold.after) == (
        "reach",
        "silver",
        250000,
        300000,
    )
    assert sorted(threshold.figures["value"]) == [260000, 290000]


def test_a_status_that_the_draft_drops_or_adds_is_matched_by_name() -> None:
    def without_gold(data: Json) -> None:
        del data["statuses"][2]

    found = simulated(silver("comb"), changed(without_gold))
    assert (found.ladder, found.totals.moved) == (("bronze", "silver", "gold"), 0)
    back = simulated(silver("comb"), DEFAULT, current=changed(without_gold))
    assert (back.ladder, back.totals.moved) == (("bronze", "silver", "gold"), 0)


def test_json_and_csv_say_the_same_of_a_move() -> None:
    found = simulated(silver("comb"), reach_sales(3000))
    told = found.to_dict()
    (move,) = told["moves"]
    assert move["because"] == [
        {
            "purpose": "reach", "status": "silver", "requirement": "sales", "clause": "T3.1.2a",
            "actual_before": "2600.00", "required_before": "2500.00", "met_before": True,
            "actual_after": "2600.00", "required_after": "3000.00", "met_after": False,
        }
    ]  # fmt: skip
    assert (move["discount_percent_before"], move["discount_percent_after"]) == (40, 20)
    assert [change["words"] for change in told["changes"]][1:] == ["Silver, reach: sales 2,500 → 3,000"]
    (row,) = pl.read_csv(found.to_csv().encode(), infer_schema=False).rows(named=True)
    assert {name: row[name] for name in ("partner", "why", "on", "discount_percent_after")} == {
        "partner": "comb", "why": move["why"], "on": "2025-03-03", "discount_percent_after": "20",
    }  # fmt: skip


def test_a_coming_review_that_is_nearly_met_is_a_near_miss() -> None:
    events = [*silver("comb"), sale("comb", 3, "2025-04-01", "3500", "c3")]
    current = changed(lambda data: data["statuses"][1]["keep"].pop("seats_count"))
    (near,) = simulated(events, current, current=keep_sales(1)).near.rows(named=True)
    assert (near["miss"], near["on"], near["actual"], near["missing"]) == ("review", date(2026, 3, 3), 480000, 20000)


def test_whoever_waits_is_told_of_each_step() -> None:
    steps: list[str] = []
    simulate(history_from_events(silver("a")), DEFAULT, DEFAULT, on_step=steps.append)
    assert steps == ["current", "draft", "comparison"]
