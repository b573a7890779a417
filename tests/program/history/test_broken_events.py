"""Each way in which one event can be wrong, with the message that names it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.program.history.samples import event, problems_of

from honeyguide.program.history import history_from_events

TIME = "expected a time like 2026-03-01T09:30:00Z or 2026-03-01T09:30:00.25+02:00, 1900 to 9000"
PARTNER = "expected 1 to 64 of a-z 0-9 - _ ."
IDENT = "expected 1 to 200 characters"
NET = "expected an amount like 1200 or 1200.50, up to 999999999999.99"
AMOUNT = "expected an amount like 1200 or 1200.50, above 0 and up to 999999999999.99"
POSITIVE = "expected a whole number from 1 to 1000000000"
PRODUCT = "expected one of cloud, on_premise, upgrade, maintenance, module or service"
PERCENT = "expected a percentage like 15 or 12.5, 0 to 100"
DAY = "expected a day like 2026-03-01, 1900 to 9000"
IDS = "expected a list of texts of 1 to 200 characters, 1 to 1000 of them"
LONG = "x" * 201
CUT = '"' + "x" * 59 + "…"

BROKEN: list[tuple[str, dict[str, Any], str]] = [
    # when
    ("sale.paid", {"at": "2026-03-01 09:30:00Z"}, f'at is "2026-03-01 09:30:00Z", {TIME}'),
    ("sale.paid", {"at": "2026-03-01T09:30:00"}, f'at is "2026-03-01T09:30:00", {TIME}'),
    ("sale.paid", {"at": "2026-03-01T09:30Z"}, f'at is "2026-03-01T09:30Z", {TIME}'),
    ("sale.paid", {"at": "2026-02-29T09:30:00Z"}, f'at is "2026-02-29T09:30:00Z", {TIME}'),
    ("sale.paid", {"at": "2026-13-01T09:30:00Z"}, f'at is "2026-13-01T09:30:00Z", {TIME}'),
    ("sale.paid", {"at": "2026-03-01T24:00:00Z"}, f'at is "2026-03-01T24:00:00Z", {TIME}'),
    ("sale.paid", {"at": "2026-06-30T23:59:60Z"}, f'at is "2026-06-30T23:59:60Z", {TIME}'),
    ("sale.paid", {"at": "2026-03-01T09:30:00.1234567Z"}, f'at is "2026-03-01T09:30:00.1234567Z", {TIME}'),
    ("sale.paid", {"at": "2026-03-01T09:30:00.Z"}, f'at is "2026-03-01T09:30:00.Z", {TIME}'),
    ("sale.paid", {"at": "2026-03-01T09:30:00+0200"}, f'at is "2026-03-01T09:30:00+0200", {TIME}'),
    ("sale.paid", {"at": "2026-03-01T09:30:00+24:00"}, f'at is "2026-03-01T09:30:00+24:00", {TIME}'),
    ("sale.paid", {"at": "2026-03-01T09:30:00 02:00"}, f'at is "2026-03-01T09:30:00 02:00", {TIME}'),
    ("sale.paid", {"at": "٢٠٢٦-03-01T09:30:00Z"}, f'at is "٢٠٢٦-03-01T09:30:00Z", {TIME}'),
    ("sale.paid", {"at": "1899-12-31T23:59:59Z"}, f'at is "1899-12-31T23:59:59Z", {TIME}'),
    ("sale.paid", {"at": "9001-01-01T00:00:00Z"}, f'at is "9001-01-01T00:00:00Z", {TIME}'),
    ("sale.paid", {"at": 1772357400}, f"at is 1772357400, {TIME}"),
    ("sale.paid", {"at": None}, f"at is missing, {TIME}"),
    # who
    ("sale.paid", {"partner": "Nectar"}, f'partner is "Nectar", {PARTNER}'),
    ("sale.paid", {"partner": "nectar ltd"}, f'partner is "nectar ltd", {PARTNER}'),
    ("sale.paid", {"partner": "nectar\n"}, f'partner is "nectar\\n", {PARTNER}'),
    ("sale.paid", {"partner": "a" * 65}, f'partner is "{"a" * 59}…, {PARTNER}'),
    ("sale.paid", {"partner": ""}, f'partner is "", {PARTNER}'),
    ("sale.paid", {"partner": 7}, f"partner is 7, {PARTNER}"),
    ("sale.paid", {"partner": None}, f"partner is missing, {PARTNER}"),
    ("sale.paid", {"id": ""}, f'id is "", {IDENT}'),
    ("sale.paid", {"id": LONG}, f"id is {CUT}, {IDENT}"),
    # sales
    ("sale.paid", {"sale": None}, f"sale is missing, {IDENT}"),
    ("sale.paid", {"sale": ""}, f'sale is "", {IDENT}'),
    ("sale.paid", {"sale": LONG}, f"sale is {CUT}, {IDENT}"),
    ("sale.paid", {"client": None}, f"client is missing, {IDENT}"),
    ("sale.paid", {"client": ["hive"]}, f'client is ["hive"], {IDENT}'),
    ("sale.paid", {"product": "Cloud"}, f'product is "Cloud", {PRODUCT}'),
    ("sale.paid", {"product": None}, f"product is missing, {PRODUCT}"),
    ("sale.paid", {"net": "12.345"}, f'net is "12.345", {NET}'),
    ("sale.paid", {"net": "1,200"}, f'net is "1,200", {NET}'),
    ("sale.paid", {"net": "-1"}, f'net is "-1", {NET}'),
    ("sale.paid", {"net": "+1"}, f'net is "+1", {NET}'),
    ("sale.paid", {"net": ".5"}, f'net is ".5", {NET}'),
    ("sale.paid", {"net": "5."}, f'net is "5.", {NET}'),
    ("sale.paid", {"net": "1e3"}, f'net is "1e3", {NET}'),
    ("sale.paid", {"net": "١٢"}, f'net is "١٢", {NET}'),
    ("sale.paid", {"net": " 12"}, f'net is " 12", {NET}'),
    ("sale.paid", {"net": ""}, f'net is "", {NET}'),
    ("sale.paid", {"net": "1000000000000"}, f'net is "1000000000000", {NET}'),
    ("sale.paid", {"net": "9" * 50}, f'net is "{"9" * 50}", {NET}'),
    ("sale.paid", {"net": -5}, f"net is -5, {NET}"),
    ("sale.paid", {"net": Decimal("0.001")}, f"net is 0.001, {NET}"),
    ("sale.paid", {"net": True}, f"net is true, {NET}"),
    ("sale.paid", {"net": None}, f"net is missing, {NET}"),
    ("sale.paid", {"currency": 978}, "currency is 978, expected 0 to 4000 characters"),
    ("sale.paid", {"licences": 0}, f"licences is 0, {POSITIVE}"),
    ("sale.paid", {"licences": "10"}, f'licences is "10", {POSITIVE}'),
    ("sale.paid", {"licences": Decimal("10.0")}, f"licences is 10.0, {POSITIVE}"),
    ("sale.paid", {"licences": 1_000_000_001}, f"licences is 1000000001, {POSITIVE}"),
    ("sale.paid", {"licences": 10**30}, f"licences is {10**30}, {POSITIVE}"),
    ("sale.paid", {"seats": -1}, "seats is -1, expected a whole number from 0 to 1000000000"),
    ("sale.paid", {"plan": "gold"}, 'plan is "gold", expected one of basic or extended'),
    (
        "sale.paid",
        {"modules": ["simple"]},
        'modules is ["simple"], expected a list of standard, advanced or premium, at most 1000',
    ),
    (
        "sale.paid",
        {"modules": "standard"},
        'modules is "standard", expected a list of standard, advanced or premium, at most 1000',
    ),
    (
        "sale.paid",
        {"modules": ["standard", None]},
        'modules is ["standard",null], expected a list of standard, advanced or premium, at most 1000',
    ),
    ("sale.paid", {"term_months": 0}, "term_months is 0, expected a whole number from 1 to 1200"),
    ("sale.paid", {"term_months": 1201}, "term_months is 1201, expected a whole number from 1 to 1200"),
    ("sale.paid", {"new_client": "true"}, 'new_client is "true", expected true or false'),
    ("sale.paid", {"new_client": 1}, "new_client is 1, expected true or false"),
    ("sale.refunded", {"amount": "0"}, f'amount is "0", {AMOUNT}'),
    ("sale.refunded", {"amount": 0}, f"amount is 0, {AMOUNT}"),
    ("sale.excluded", {"reason": None}, "reason is missing, expected 1 to 4000 characters"),
    ("sale.excluded", {"reason": ""}, 'reason is "", expected 1 to 4000 characters'),
    ("partner.suspended", {"reason": "x" * 4001}, f"reason is {CUT}, expected 0 to 4000 characters"),
    # the others
    ("partner.applied", {"name": ""}, 'name is "", expected 1 to 4000 characters'),
    ("partner.applied", {"country": "de"}, 'country is "de", expected an ISO 3166 alpha-2 code like DE'),
    ("partner.applied", {"country": "XX"}, 'country is "XX", expected an ISO 3166 alpha-2 code like DE'),
    ("partner.applied", {"country": None}, "country is missing, expected an ISO 3166 alpha-2 code like DE"),
    ("course.completed", {"course": ""}, f'course is "", {IDENT}'),
    ("nfr.claimed", {"product": "module"}, 'product is "module", expected one of cloud or on_premise'),
    (
        "evidence.approved",
        {"requirement": "seo"},
        'requirement is "seo", expected one of website_endorsement, social_endorsement, phone_support, email_support, '
        "webinar, case_study, marketing_plan or qbr",
    ),
    (
        "project.delivered",
        {"modules": ["premium"]},
        'modules is ["premium"], expected a list of simple, standard or complex, at most 1000',
    ),
    ("project.delivered", {"modules": ["simple"] * 1001}, None),  # type: ignore[list-item]
    ("project.delivered", {"report": None}, "report is missing, expected 0 to 4000 characters"),
    ("project.delivered", {"checklist": None}, "checklist is missing, expected 0 to 4000 characters"),
    ("points.granted", {"points": 0}, f"points is 0, {POSITIVE}"),
    ("points.granted", {"points": "40"}, f'points is "40", {POSITIVE}'),
    (
        "points.granted",
        {"activity": "sports"},
        'activity is "sports", expected one of case_study, application, training, support, marketing or other',
    ),
    ("points.decided", {"decision": "maybe"}, 'decision is "maybe", expected one of refuse or accept'),
    ("points.cancelled", {"points": 5}, "has award and points, expected one of them"),
    ("points.cancelled", {"award": None}, "has neither award nor points, expected one of them"),
    ("points.spent", {"item": None}, "item is missing, expected 1 to 4000 characters"),
    ("discount.adjusted", {"percent": "100.01"}, f'percent is "100.01", {PERCENT}'),
    ("discount.adjusted", {"percent": "12.555"}, f'percent is "12.555", {PERCENT}'),
    ("discount.adjusted", {"percent": None}, f"percent is missing, {PERCENT}"),
    ("measure.applied", {"until": "2026-02-30"}, f'until is "2026-02-30", {DAY}'),
    ("measure.applied", {"until": "2026-1-1"}, f'until is "2026-1-1", {DAY}'),
    ("measure.applied", {"until": "9001-01-01"}, f'until is "9001-01-01", {DAY}'),
    ("measure.applied", {"until": "2026-03-01T00:00:00Z"}, f'until is "2026-03-01T00:00:00Z", {DAY}'),
    ("measure.applied", {"users": []}, f"users is [], {IDS}"),
    ("measure.applied", {"users": [""]}, f'users is [""], {IDS}'),
    ("measure.applied", {"users": [7]}, f"users is [7], {IDS}"),
    ("measure.applied", {"sites": [LONG]}, f'sites is ["{"x" * 58}…, {IDS}'),
    (
        "measure.applied",
        {"measure": "warn"},
        'measure is "warn", expected one of downgrade, terminate, block_access, bar_leads, delist, blacklist or revoke',
    ),
]


@pytest.mark.parametrize(("event_type", "fields", "message"), BROKEN)
def test_it_names_the_field_its_value_and_what_was_expected(
    event_type: str, fields: dict[str, Any], message: str | None
) -> None:
    bent = event(event_type)
    for name, value in fields.items():
        if value is None:
            del bent[name]
        else:
            bent[name] = value
    if message is None:
        (problem,) = problems_of([bent])
        assert problem.startswith(f'1: {event_type}: modules is ["simple","simple",')
        assert problem.endswith("…, expected a list of simple, standard or complex, at most 1000")
        return
    companions = [event("sale.paid", at="2026-01-01T00:00:00Z"), event("points.granted")]
    before = companions if event_type.startswith(("sale.r", "sale.e", "points.c", "points.d")) else []
    assert problems_of([*before, bent]) == [f"{len(before) + 1}: {event_type}: {message}"]


def test_a_null_is_an_absent_field_and_for_documents_a_missing_one() -> None:
    history = history_from_events([event("project.delivered") | {"report": None}, event("lead.won") | {"report": None}])
    assert history.events["documented"].to_list() == [0, -1]
    assert problems_of([{**event("sale.paid"), "net": None}]) == [f"1: sale.paid: net is missing, {NET}"]


@pytest.mark.parametrize(
    ("event_type", "message"),
    [
        ("sale.payed", 'type is "sale.payed", expected one of the 26 event types such as sale.paid'),
        ("SALE", 'type is "SALE", expected one of the 26 event types'),
        ("", 'type is "", expected one of the 26 event types'),
        (9, "type is 9, expected one of the 26 event types"),
        (None, "type is missing, expected one of the 26 event types"),
    ],
)
def test_it_names_a_type_that_it_does_not_know(event_type: Any, message: str) -> None:
    found = problems_of([{"at": "2026-03-01T09:30:00Z", "partner": "nectar", "type": event_type, "net": "x"}])
    assert len(found) == 1
    assert found[0].startswith(f"1: {message}")


def test_all_that_is_wrong_in_a_line_is_one_problem() -> None:
    assert problems_of([event("sale.paid", net="x", licences=0, at="now")]) == [
        f'1: sale.paid: at is "now", {TIME}; net is "x", {NET}; licences is 0, {POSITIVE}'
    ]


def test_it_shows_twenty_problems_by_line_and_counts_the_rest() -> None:
    events = [event("sale.paid", sale=f"S-{place}", net="x" if place % 2 else "1") for place in range(70)]
    found = problems_of(events)
    assert [int(line.split(":")[0]) for line in found[:-1]] == list(range(2, 42, 2))
    assert found[-1] == "… and 15 more"


def test_floats_and_times_without_a_zone_are_refused_in_memory() -> None:
    assert problems_of([event("sale.paid", net=0.1)]) == ["1: holds the float 0.1, expected Decimal, int or text"]
    assert problems_of([event("sale.paid", at=datetime(2026, 3, 1, 9))]) == [  # noqa: DTZ001
        "1: holds the time 2026-03-01T09:00:00 without a zone, expected one with a zone"
    ]


@pytest.mark.parametrize(
    ("event_type", "fields"),
    [
        ("sale.paid", {"net": "0"}),
        ("sale.paid", {"net": 0}),
        ("sale.paid", {"net": "0001200.5"}),
        ("sale.paid", {"net": "0" * 60 + "1.25"}),
        ("sale.paid", {"net": "999999999999.99"}),
        ("sale.paid", {"net": Decimal("1200.50")}),
        ("sale.paid", {"licences": 1_000_000_000, "seats": 0, "term_months": 1200}),
        ("sale.paid", {"modules": []}),
        ("sale.paid", {"sale": "ß" * 200}),
        ("sale.paid", {"at": "2026-03-01t09:30:00.123456z"}),
        ("sale.paid", {"at": "1900-01-01T00:00:00Z"}),
        ("sale.paid", {"at": "9000-12-31T23:59:59.999999Z"}),
        ("sale.paid", {"at": "2024-02-29T00:00:00-00:00"}),
        ("partner.suspended", {"reason": ""}),
        ("partner.applied", {"net": "not checked here", "points": [1]}),
        ("discount.adjusted", {"percent": 0}),
        ("discount.adjusted", {"percent": "100.00"}),
        ("project.delivered", {"modules": [], "report": "", "checklist": ""}),
        ("measure.applied", {"users": ["u"] * 1000}),
        ("points.cancelled", {"award": None, "points": 5}),
    ],
)
def test_what_is_just_within_the_form_passes(event_type: str, fields: dict[str, Any]) -> None:
    assert len(history_from_events([event(event_type, **fields)])) == 1
