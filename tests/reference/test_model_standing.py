"""Reference model and engine against figures worked out by hand: readings 10, 18, entitlements, the answer's form."""

from datetime import date
from typing import Any

import pytest

from tests.reference.lines import DEFAULT, answer, event, gold, joined, paid, path, row, silver, standing

Json = dict[str, Any]

EVERY = {"nfr_cloud:1", "marketplace", "dashboard", "helpdesk"}
AFTER = {"store_discount", "request_app"}
SILVER = (
    EVERY
    | AFTER
    | {
        "nfr_on_premise:1",
        "leads_by_email",
        "listing",
        "client_privileges",
        "client_support_chat",
        "partner_portal",
    }
)
GOLD = (SILVER - {"nfr_cloud:1", "nfr_on_premise:1", "listing"}) | {
    "nfr_cloud:2",
    "nfr_on_premise:2",
    "featured_listing",
    "channels",
    "special_offers",
}


# --- Reading 10: measures -------------------------------------------------------------------------------------------


@pytest.mark.clause("T14")
@pytest.mark.parametrize(
    ("kind", "taken"),
    [
        ("delist", {"featured_listing"}),
        ("blacklist", {"featured_listing"}),
        ("bar_leads", {"request_app", "leads_by_email"}),
        ("revoke", {"channels", "special_offers"}),
        ("block_access", GOLD - {"helpdesk"}),
    ],
)
def test_a_measure_takes_entitlements_to_the_end_of_its_last_day(kind: str, taken: set[str]) -> None:
    events = [*gold("2024-01-03"), event("2024-02-01", "measure.applied", measure=kind, until="2024-02-10")]
    assert standing(events, "2024-01-31")["entitlements"] == sorted(GOLD)
    for day in ("2024-02-01", "2024-02-10"):
        assert standing(events, day)["entitlements"] == sorted(GOLD - taken)
        assert standing(events, day)["discount_percent"] == (0 if kind == "block_access" else 50)
    assert standing(events, "2024-02-11")["entitlements"] == sorted(GOLD)
    assert standing(events, "2024-02-11")["discount_percent"] == 50


@pytest.mark.clause("T14")
def test_blocked_access_ends_a_year_later_at_the_latest() -> None:
    for until in (None, "2026-01-01"):
        fields: Json = {"measure": "block_access"} | ({"until": until} if until else {})
        events = [*joined("2024-02-01"), event("2024-02-29", "measure.applied", **fields)]
        assert standing(events, "2025-02-27")["discount_percent"] == 0
        assert standing(events, "2025-02-28")["discount_percent"] == 20


@pytest.mark.clause("T14")
def test_a_lift_ends_all_of_the_kind_and_restores_nothing() -> None:
    downgrade = event("2024-01-06", "measure.applied", measure="downgrade")
    events = [*gold("2024-01-03"), downgrade, downgrade | {"at": "2024-01-07T12:00:00Z"}]
    assert path(standing(events, "2024-03-01"))[3:] == [
        ("2024-01-06", "measure", "silver"),
        ("2024-01-07", "measure", "bronze"),
    ]
    assert standing(events)["transitions"][-1]["clause"] == "T14"
    # Silver was lost: 5000.00 and two clients are there in the trailing year, so it comes back at once.
    lifted = [*events, event("2024-03-01", "measure.lifted", measure="downgrade")]
    assert path(standing(lifted))[-1] == ("2024-03-01", "upgraded", "silver")


@pytest.mark.clause("T14")
def test_a_downgrade_at_bronze_bars_the_upgrade_while_in_force() -> None:
    events = [
        *joined("2024-01-02"),
        event("2024-01-02T13:00:00Z", "measure.applied", measure="downgrade", until="2024-01-20"),
        *(e for e in silver("2024-01-03") if e["type"] != "partner.accepted"),
    ]
    found = standing(events, "2024-01-20")
    assert (found["status"], len(found["transitions"])) == ("bronze", 1)
    after = standing(events, "2024-01-21")
    assert (path(after)[-1], after["transitions"][-1]["clause"]) == (("2024-01-21", "upgraded", "silver"), "T3.1.2a")


@pytest.mark.clause("T14", "T1.5")
def test_termination_as_a_measure() -> None:
    found = standing([*joined("2024-01-02"), event("2024-01-03", "measure.applied", measure="terminate")])
    assert found["state"] == "terminated"
    last = found["transitions"][-1]
    assert (last["from"], last["to"], last["cause"], last["clause"]) == ("bronze", None, "measure", "T14")


@pytest.mark.clause("T3.4a")
def test_a_suspended_partner_is_reviewed_and_not_upgraded() -> None:
    events = [*silver("2024-01-03"), event("2024-06-01", "partner.suspended"), paid("2024-05-01", "s", "3750.00")]
    found = standing(events, "2025-01-03")
    assert path(found)[-1] == ("2025-01-03", "confirmed", "silver")
    assert (found["state"], found["discount_percent"], found["entitlements"]) == ("suspended", 0, [])
    assert found["points"]["rank"] is None


# --- Reading 18: discount -------------------------------------------------------------------------------------------


@pytest.mark.clause("T3.1.1b", "T3.1.2c", "T3.1.3c", "T3.6")
@pytest.mark.parametrize(
    ("events", "discount", "entitlements"),
    [
        ([event("2024-01-01", "partner.accepted")], 0, EVERY),
        (joined("2024-01-01"), 20, EVERY | AFTER),
        (silver("2024-01-03"), 40, SILVER),
        (gold("2024-01-03"), 50, GOLD),
        ([*gold("2024-01-03"), event("2024-02-01", "discount.adjusted", percent=30, reason="r")], 30, GOLD),
        ([*joined("2024-01-01"), event("2024-02-01", "discount.adjusted", percent=30, reason="r")], 20, EVERY | AFTER),
        ([*joined("2024-01-01"), event("2024-02-01", "partner.terminated")], 0, set()),
    ],
)
def test_discount_and_entitlements(events: list[Json], discount: int, entitlements: set[str]) -> None:
    found = standing(events)
    assert found["discount_percent"] == discount
    assert found["entitlements"] == sorted(entitlements)


@pytest.mark.clause("T3.6")
def test_the_latest_adjustment_replaces_until_it_is_restored() -> None:
    events = [
        *silver("2024-01-03"),
        event("2024-02-01", "discount.adjusted", percent=10, reason="r"),
        event("2024-03-01", "discount.adjusted", percent="12.5", reason="r"),
        event("2024-04-01", "discount.restored"),
    ]
    for day, percent in (("2024-02-29", 10), ("2024-03-31", 12.5), ("2024-04-01", 40)):
        assert standing(events, day)["discount_percent"] == percent


# --- The answer -----------------------------------------------------------------------------------------------------


def test_an_empty_history() -> None:
    named = {"name": "default", "version": "1.0"}
    assert answer([], DEFAULT) == {"as_of": None, "rulebook": named, "partners": []}
    assert answer([], DEFAULT, date(2026, 1, 1))["as_of"] == "2026-01-01"


def test_partners_are_ordered_by_id_and_those_still_unheard_of_left_out() -> None:
    events = [event("2024-01-02", "partner.accepted", "b"), event("2024-01-01", "partner.accepted", "c")]
    events.append(event("2024-01-03", "partner.accepted", "a"))
    ids = [[p["partner"] for p in answer(events, DEFAULT, date(2024, 1, day))["partners"]] for day in (1, 2, 3)]
    assert ids == [["c"], ["b", "c"], ["a", "b", "c"]]


def test_rows_of_a_silver_partner_in_their_order() -> None:
    rows = standing(silver("2024-01-03"))["requirements"]
    assert [(r["purpose"], r["status"], r["requirement"], r["clause"]) for r in rows] == [
        ("keep", "silver", "sales", "T3.1.2b"),
        ("keep", "silver", "seats", "T3.1.2b"),
        ("reach", "gold", "sales", "T3.1.3a"),
        ("reach", "gold", "marketing_course", "T3.1.3a"),
        ("reach", "gold", "webinar", "T3.1.3a"),
        ("reach", "gold", "case_study", "T3.1.3a"),
        ("reach", "gold", "marketing_plan", "T3.1.3a"),
        ("reach", "gold", "phone_support", "T3.1.3a"),
        ("reach", "gold", "email_support", "T3.1.3a"),
    ]
    assert row(rows, "sales", "keep") == {
        "purpose": "keep",
        "status": "silver",
        "requirement": "sales",
        "clause": "T3.1.2b",
        "actual": "1250.00",
        "required": "5000.00",
        "met": False,
        "decides": True,
        "window": ["2024-01-03", "2025-01-02"],
    }
    assert row(rows, "webinar") == {
        "purpose": "reach",
        "status": "gold",
        "requirement": "webinar",
        "clause": "T3.1.3a",
        "actual": False,
        "required": True,
        "met": False,
        "decides": True,
        "window": None,
    }


def test_gold_has_nothing_to_reach_and_shows_business_reviews() -> None:
    rows = standing(gold("2024-01-03"))["requirements"]
    assert [(r["requirement"], r["decides"]) for r in rows] == [("sales", True), ("seats", False), ("qbr", False)]


def test_requirements_of_transitions_only_when_explained() -> None:
    plain = answer(silver("2024-01-03"), DEFAULT, explain=False)["partners"][0]
    assert all("requirements" not in transition for transition in plain["transitions"])
    assert plain["requirements"]
