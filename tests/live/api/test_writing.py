"""Writing by the API: evidence, claims, events; once for each Idempotency-Key."""

import threading
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.utils.translation import activate

from honeyguide.api.models import DoneRequest
from honeyguide.api.once import forget_done_requests
from honeyguide.history.models import Event
from honeyguide.notices.models import Notice
from honeyguide.requirements.models import EvidenceCase, NfrClaim
from honeyguide.standing.models import Standing
from tests.live.api.conftest import Program, is_problem, secret_for
from tests.live.conftest import NOW, World

LINK = {"requirement": "website_endorsement", "link": "https://comb.example/partners"}
CLAIM = {"product": "cloud", "account": "comb.meadow.example", "use": "internal", "agreed": True}
SALE = {
    "type": "sale.paid", "partner": "comb", "sale": "S-1", "client": "hive", "product": "cloud", "net": "1200.50",
    "seats": 50, "term_months": 12,
}  # fmt: skip
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.mark.clause("T3.1.2a")
def test_evidence_is_handed_in_by_link_text_or_file(world: World, comb: Program) -> None:
    link = comb.post("/evidence", LINK, "a")
    assert link.status_code == 201, link.json()
    assert (link.json()["state"], link.json()["kind"]) == ("waiting", "link")
    assert comb.get(f"/evidence/{link.json()['id']}").json() == link.json()
    text = comb.post("/evidence", {"requirement": "phone_support", "text": "+49 30 1234567, 9 to 18"}, "b").json()
    assert (text["kind"], text["link"]) == ("text", "")
    fields = {"requirement": "email_support", "file": SimpleUploadedFile("desk.pdf", PDF, "application/pdf")}
    file = comb.upload("/evidence-files", fields, "c")
    assert file.status_code == 201, file.json()
    assert file.json()["file_name"] == "desk.pdf"
    assert [row["id"] for row in comb.get("/evidence", state="waiting").json()["data"]] == [
        file.json()["id"],
        text["id"],
        link.json()["id"],
    ]
    event = Event.objects.filter(type="evidence.submitted").latest("seq")
    assert (event.via, event.actor_name, event.actor_partner) == ("api", "API: CRM", "comb")
    assert event.request_id == file["X-Request-Id"]


def test_evidence_of_another_company_is_not_there(
    world: World, comb: Program, nectar: Program, operator: Program
) -> None:
    uid = comb.post("/evidence", LINK).json()["id"]
    is_problem(nectar.get(f"/evidence/{uid}"), 404, "not_found")
    assert nectar.get("/evidence").json()["data"] == []
    assert nectar.get("/evidence", partner="comb").json()["data"] == []
    assert operator.get(f"/evidence/{uid}").json()["partner"] == "comb"


@pytest.mark.clause("T8")
def test_a_licence_is_claimed_once(world: World, comb: Program) -> None:
    made = comb.post("/nfr-claims", CLAIM, "a")
    assert made.status_code == 201, made.json()
    assert comb.post("/nfr-claims", CLAIM, "a").json() == made.json()
    assert NfrClaim.objects.count() == 1
    refused = comb.post("/nfr-claims", CLAIM, "b")
    assert refused.status_code in {409, 422}
    assert [row["id"] for row in comb.get("/nfr-claims").json()["data"]] == [made.json()["id"]]
    assert comb.get(f"/nfr-claims/{made.json()['id']}").json()["state"] == "waiting"
    is_problem(comb.post("/nfr-claims", {**CLAIM, "agreed": False}, "c"), 422, "invalid")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "requirement"),
        ({**LINK, "colour": "red"}, "colour"),
        ({**LINK, "link": "javascript:alert(1)"}, "link"),
        ({**LINK, "requirement": "no_such"}, "requirement"),
        ({**LINK, "text": 7}, "text"),
    ],
)
def test_a_field_that_is_wrong_is_named(world: World, comb: Program, body: dict[str, Any], field: str) -> None:
    problem = is_problem(comb.post("/evidence", body), 422, "invalid")
    assert [error["field"] for error in problem["errors"]] == [field]
    assert not EvidenceCase.objects.exists()
    assert not DoneRequest.objects.exists()


@pytest.mark.parametrize(
    "body", ["{", "[1,", '{"requirement": NaN}', '{"a": "\\ud800"}', '{"a": "\\u0000"}', "[" * 100_000]
)
def test_a_body_that_is_no_json_is_refused(world: World, comb: Program, body: str) -> None:
    is_problem(comb.post("/evidence", body), 400, "malformed")


def test_a_body_of_another_type_is_refused(world: World, comb: Program) -> None:
    response = comb.client.post("/api/v1/evidence", {"requirement": "webinar"}, headers={"Idempotency-Key": "a"})
    is_problem(response, 415, "media_type")


@pytest.mark.parametrize("key", ["", "two words", "x" * 101])
def test_a_write_without_a_key_of_its_own_is_refused(world: World, comb: Program, key: str) -> None:
    problem = is_problem(comb.post("/evidence", LINK, key), 422, "invalid")
    assert problem["errors"][0]["field"] == "Idempotency-Key"


def test_the_same_request_again_gets_the_same_answer(world: World, comb: Program) -> None:
    first = comb.post("/evidence", LINK, "a")
    again = comb.post("/evidence", dict(reversed(LINK.items())), "a")
    assert (again.status_code, again.json()) == (201, first.json())
    assert EvidenceCase.objects.count() == 1


def test_another_request_under_the_same_key_is_refused_with_the_first_ones_id(world: World, comb: Program) -> None:
    first = comb.post("/evidence", LINK, "a")
    for path, body in (("/evidence", {**LINK, "text": "more"}), ("/nfr-claims", CLAIM)):
        problem = is_problem(comb.post(path, body, "a"), 409, "key_reused")
        assert problem["first_id"] == first.json()["id"]
        assert problem["first_request_id"] == first["X-Request-Id"]
    assert not NfrClaim.objects.exists()


def test_two_keys_of_one_company_do_not_meet_in_an_idempotency_key(world: World, comb: Program) -> None:
    other = Program(secret_for(world.charlie, world.comb))
    first = comb.post("/evidence", LINK, "a").json()
    second = other.post("/evidence", {"requirement": "phone_support", "text": "+49 30 1"}, "a").json()
    assert first["id"] != second["id"]


def test_a_refused_write_can_be_sent_again_under_its_key(world: World, comb: Program) -> None:
    is_problem(comb.post("/evidence", {**LINK, "link": "nope"}, "a"), 422, "invalid")
    assert comb.post("/evidence", LINK, "a").status_code == 201


def test_answers_are_forgotten_after_a_week(world: World, comb: Program) -> None:
    comb.post("/evidence", LINK, "a")
    assert forget_done_requests(NOW) == 0
    DoneRequest.objects.update(done_at=NOW.replace(day=12))
    assert forget_done_requests(NOW) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_at_once_one_is_done_and_both_get_its_answer(world: World) -> None:
    secret = secret_for(world.charlie, world.comb)
    cache.clear()
    answers: list[tuple[int, Any]] = []
    start = threading.Barrier(4)

    def ask() -> None:
        try:
            activate("en")
            start.wait()
            response = Program(secret).post("/evidence", LINK, "a")
            answers.append((response.status_code, response.json()))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert {status for status, _body in answers} == {201}, answers
    assert len({body["id"] for _status, body in answers}) == 1
    assert EvidenceCase.objects.count() == 1


def test_the_operator_tells_events_and_the_standing_follows(world: World, operator: Program) -> None:
    told = operator.post(
        "/events", {"events": [SALE, {"type": "nfr.claimed", "partner": "comb", "product": "cloud"}]}, "a"
    )
    assert told.status_code == 201, told.json()
    assert [row["type"] for row in told.json()["data"]] == ["sale.paid", "nfr.claimed"]
    assert told.json()["data"][0]["data"]["net"] == "1200.50"
    assert told.json()["data"][0]["at"] == "2026-11-20T12:00:00.123456Z"
    standing = Standing.objects.get(partner=world.comb)
    row = next(row for row in standing.answer["requirements"] if row["requirement"] == "sales")
    assert row["actual"] == "1200.50"


def test_events_that_do_not_fit_change_nothing_and_each_is_named(world: World, operator: Program) -> None:
    before = Event.objects.count()
    problem = is_problem(
        operator.post("/events", {"events": [SALE, {**SALE, "net": "1,5", "sale": "S-2"}]}, "a"), 422, "does_not_fit"
    )
    assert [error["field"] for error in problem["errors"]] == ["events.1"]
    assert "net" in problem["errors"][0]["message"]
    for body, field in (
        ({"events": []}, "events"),
        ({"events": [{**SALE, "type": "party"}]}, "events.0.type"),
        ({"events": [{**SALE, "partner": "No One"}]}, "events.0.partner"),
        ({"events": [{**SALE, "at": "2026-11-21T12:00:00Z"}]}, "events.0.at"),
        ({"events": [{**SALE, "at": "2026-11-19T12:00:00"}]}, "events.0.at"),
        ({"events": [SALE, {**SALE, "partner": "nobody", "sale": "S-2"}]}, "events.1.partner"),
        ({"events": [SALE], "more": 1}, "more"),
    ):
        problem = is_problem(operator.post("/events", body, "b"), 422, "invalid")
        assert [error["field"] for error in problem["errors"]] == [field]
    assert Event.objects.count() == before


def test_events_that_do_not_fit_the_history_or_each_other_are_named_by_their_places(
    world: World, operator: Program
) -> None:
    course = {"type": "course.completed", "partner": "comb", "course": "sales"}
    refund = {"type": "sale.refunded", "partner": "comb", "sale": "none"}
    used = {**SALE, "sale": "nectar-s1"}
    events = [course, refund, {**SALE, "id": "x"}, used, {**SALE, "id": "y"}]
    problem = is_problem(operator.post("/events", {"events": events}), 422, "does_not_fit")
    assert problem["errors"] == [
        {
            "field": "events.1",
            "message": 'sale.refunded: sale is "none", expected the id of a sale of these events or the history',
        },
        {
            "field": "events.3",
            "message": 'sale.paid: sale is "nectar-s1", already used by sale.paid in the history, '
            "expected an id of its own",
        },
        {
            "field": "events.4",
            "message": 'sale.paid: sale is "S-1", already used by sale.paid at events.2, expected an id of its own',
        },
    ]
    operator.post("/events", {"events": [course | {"id": "x"}]}, "b")
    other = [course | {"id": "x"}, course, course | {"id": "x", "course": "marketing"}]
    problem = is_problem(operator.post("/events", {"events": other}, "c"), 422, "does_not_fit")
    assert [error["field"] for error in problem["errors"]] == ["events.2"]


def test_an_event_that_is_told_twice_in_one_request_is_recorded_once(world: World, operator: Program) -> None:
    course = {"type": "course.completed", "partner": "comb", "course": "sales", "id": "x", "at": "2026-11-19T10:00:00Z"}
    told = operator.post("/events", {"events": [course, course]})
    assert told.status_code == 201, told.json()
    assert [row["id"] for row in told.json()["data"]] == ["x"]
    problem = is_problem(
        operator.post("/events", {"events": [SALE | {"id": "z"}, course | {"id": "z"}]}, "b"), 422, "does_not_fit"
    )
    assert [error["field"] for error in problem["errors"]] == ["events.1"]


def test_amounts_can_be_numbers_and_stay_exact(world: World, operator: Program) -> None:
    body = """{"events": [
        {"type": "sale.paid", "partner": "comb", "sale": "S-1", "client": "hive", "product": "cloud", "net": 1200.50,
         "ours": {"rate": 0.1000000000000000055511151231257827}},
        {"type": "discount.adjusted", "partner": "comb", "percent": 12.5, "reason": "late"}
    ]}"""
    told = operator.post("/events", body)
    assert told.status_code == 201, told.json()
    data = [Event.objects.get(uid=row["id"]).data for row in told.json()["data"]]
    assert (data[0]["net"], data[1]["percent"]) == ("1200.50", "12.50")
    assert operator.post("/events", body).json() == told.json()
    refused = body.replace("1200.50", "1200.505").replace("S-1", "S-2")
    problem = is_problem(operator.post("/events", refused, "b"), 422, "does_not_fit")
    assert problem["errors"][0]["field"] == "events.0"
    assert "1200.505" in problem["errors"][0]["message"]


@pytest.mark.parametrize(
    "at",
    [
        20261120, 1.5, "20261120", "2026-11-20 10:00Z", "2026-11-20T10:00Z", "2026-11-19T12:00:00.123456789Z",
        "0001-01-01T00:00:00+14:00", "2026-11-19T12:00:00", "٢026-11-19T12:00:00Z", "",
    ],
)  # fmt: skip
def test_a_time_that_is_not_of_the_form_of_the_history_is_refused(world: World, operator: Program, at: Any) -> None:
    before = Event.objects.count()
    problem = is_problem(operator.post("/events", {"events": [{**SALE, "at": at}]}), 422, "invalid")
    assert [error["field"] for error in problem["errors"]] == ["events.0.at"]
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("2026-11-19T12:00:00.123456+02:00", "2026-11-19T10:00:00.123456Z"),
        ("2026-11-19t12:00:00.5000z", "2026-11-19T12:00:00.5Z"),
        ("2026-11-19T12:00:00Z", "2026-11-19T12:00:00Z"),
    ],
)
def test_a_time_is_shown_as_it_is_kept(world: World, operator: Program, told: str, kept: str) -> None:
    made = operator.post("/events", {"events": [{**SALE, "at": told}]}).json()["data"][0]
    assert (made["at"], made["data"]["at"]) == (kept, kept)
    found = operator.get("/events", type="sale.paid", partner="comb").json()["data"]
    assert [(row["at"], row["data"]["at"]) for row in found] == [(kept, kept)]


def test_a_body_that_nests_too_deep_is_refused(world: World, operator: Program) -> None:
    for levels in (97, 98, 260):
        nested = "[" * levels + "]" * levels
        body = f'{{"events": [{{"type": "partner.suspended", "partner": "comb", "ours": {nested}}}]}}'
        response = operator.post("/events", body, f"k-{levels}")
        if levels == 97:
            assert response.status_code == 201, response.json()
        else:
            assert "at most 100" in is_problem(response, 422, "invalid")["detail"]


def test_a_number_beyond_all_bounds_is_refused(world: World, operator: Program) -> None:
    for number in ("1e301", "1.5e999999999", "0." + "1" * 400):
        body = f'{{"events": [{{"type": "partner.suspended", "partner": "comb", "ours": {number}}}]}}'
        is_problem(operator.post("/events", body), 400, "malformed")


def test_old_history_is_told_without_notices(world: World, operator: Program) -> None:
    left = {"type": "partner.terminated", "partner": "comb", "reason": "left"}
    operator.post("/events", {"events": [left], "announce": False}, "a")
    assert not Notice.objects.exists()
    assert Standing.objects.get(partner=world.comb).state == "terminated"


def test_no_company_tells_events_and_no_operator_acts_for_one(world: World, comb: Program, operator: Program) -> None:
    is_problem(comb.post("/events", {"events": [SALE]}), 403, "scope_missing")
    is_problem(operator.post("/evidence", LINK), 403, "scope_missing")
