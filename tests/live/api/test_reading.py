"""Reading by the API: companies, standing with reasons, notices, the history; pages and errors of one form."""

from typing import Any

import pytest
from django.conf import settings

from honeyguide.history.models import Event
from honeyguide.notices.services import send
from honeyguide.partners.models import Partner
from tests.live.api.conftest import Program, is_problem
from tests.live.conftest import NOW, World


def test_the_standing_says_what_holds_and_why(nectar: Program) -> None:
    found = nectar.get("/partners/nectar/standing").json()
    assert (found["status"], found["discount_percent"], found["as_of"]) == ("gold", "50.00", "2026-11-20")
    assert found["points"]["rank"] == 1
    assert found["rulebook"] == {"name": "default", "version": "1.0"}
    assert [step["cause"] for step in found["transitions"]] == ["accepted", "upgraded", "upgraded"]
    assert found["transitions"][-1]["before"] == "silver"
    sales = next(row for row in found["requirements"] if row["requirement"] == "sales")
    assert isinstance(sales["actual"], str)
    assert sales["clause"]
    assert found["requirements"] == nectar.get("/partners/nectar/requirements").json()["data"]
    assert found["transitions"] == nectar.get("/partners/nectar/transitions").json()["data"]


@pytest.mark.clause("T3.6")
def test_the_standing_says_where_the_discount_comes_from_and_what_restores_it(world: World, nectar: Program) -> None:
    usual = nectar.get("/partners/nectar/standing").json()
    assert usual["discount"] == {
        "percent": "50.00", "usual": "50.00", "by": "status", "explanation": "What Gold gives.", "reason": "",
        "clause": usual["discount"]["clause"], "since": None, "until": None, "restores": "",
    }  # fmt: skip
    assert usual["discount"]["clause"] == "T3.1.3c"
    assert usual["measures"] == []
    world.tell({
        "type": "discount.adjusted", "partner": "nectar", "percent": "30", "reason": "Late payments",
        "restored_by": "All invoices paid",
    })  # fmt: skip
    reduced = nectar.get("/partners/nectar/standing").json()
    assert reduced["discount_percent"] == reduced["discount"]["percent"] == "30.00"
    assert {name: reduced["discount"][name] for name in ("usual", "by", "reason", "clause", "since", "restores")} == {
        "usual": "50.00", "by": "reduction", "reason": "Late payments", "clause": "T3.6", "since": "2026-11-20",
        "restores": "All invoices paid",
    }  # fmt: skip
    assert nectar.get("/partners/nectar/standing", as_of="2026-11-19").json()["discount"] == usual["discount"]


@pytest.mark.clause("T14")
def test_the_standing_names_the_measures_in_force(world: World, operator: Program) -> None:
    world.tell(
        {
            "type": "measure.applied",
            "partner": "nectar",
            "measure": "block_access",
            "until": "2026-12-31",
            "reason": "A",
        }
    )
    world.tell({"type": "measure.applied", "partner": "nectar", "measure": "delist", "sites": ["shop"], "reason": "B"})
    found = operator.get("/partners/nectar/standing").json()
    discount = found["discount"]
    assert (discount["percent"], discount["usual"], discount["by"], discount["clause"]) == (
        "0.00",
        "50.00",
        "block",
        "T14",
    )
    assert (discount["reason"], discount["since"], discount["until"]) == ("A", "2026-11-20", "2026-12-31")
    assert "31" in discount["explanation"]
    common = {"clause": "T14", "since": "2026-11-20", "users": []}
    assert sorted(found["measures"], key=lambda each: each["reason"]) == [
        common | {"measure": "block_access", "reason": "A", "until": "2026-12-31", "sites": []},
        common | {"measure": "delist", "reason": "B", "until": None, "sites": ["shop"]},
    ]
    world.tell({"type": "measure.lifted", "partner": "nectar", "measure": "block_access"})
    assert [each["measure"] for each in operator.get("/partners/nectar/standing").json()["measures"]] == ["delist"]


@pytest.mark.parametrize(
    ("path", "field", "value", "expected"),
    [
        ("/partners", "state", "bogus", "'suspended'"),
        ("/partners", "status", "bogus", "bronze, silver, gold"),
        ("/partners", "country", "🐝", "ISO 3166"),
        ("/partners", "country", "de", "ISO 3166"),
        ("/events", "type", "bogus", "'sale.paid'"),
    ],
)
def test_a_filter_by_what_there_is_not_is_refused(
    operator: Program, path: str, field: str, value: str, expected: str
) -> None:
    problem = is_problem(operator.get(path, **{field: value}), 422, "invalid")
    assert [error["field"] for error in problem["errors"]] == [field]
    assert expected in problem["errors"][0]["message"]


def test_one_event_is_read_by_its_id(world: World, operator: Program, nectar: Program, comb: Program) -> None:
    told = operator.get("/events", partner="nectar", type="sale.paid").json()["data"][0]
    for program in (operator, nectar):
        assert program.get(f"/events/{told['id']}").json() == told
    is_problem(comb.get(f"/events/{told['id']}"), 404, "not_found")
    is_problem(operator.get("/events/none"), 404, "not_found")
    audit = Event.objects.filter(is_program=False, partner="nectar").first()
    assert audit is not None
    assert operator.get(f"/events/{audit.uid}").json()["type"] == audit.type
    is_problem(nectar.get(f"/events/{audit.uid}"), 404, "not_found")


def test_programs_read_one_language(operator: Program) -> None:
    russian = {"Accept-Language": "ru"}
    problem = operator.client.get("/api/v1/partners?country=xx", headers=russian)
    assert problem.json()["errors"][0]["message"].startswith("Expected a country")
    assert problem["Content-Language"] == "en"
    standing = operator.client.get("/api/v1/partners/nectar/standing", headers=russian).json()
    assert standing["discount"]["explanation"] == "What Gold gives."


def test_head_is_get_without_a_body(operator: Program) -> None:
    head = operator.client.head("/api/v1/partners")
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Type"] == operator.get("/partners")["Content-Type"]
    assert operator.client.head("/api/v1/partners/none").status_code == 404
    assert operator.client.delete("/api/v1/partners").status_code == 405


def test_the_standing_of_a_past_day_is_as_it_was(nectar: Program) -> None:
    found = nectar.get("/partners/nectar/standing", as_of="2025-06-01").json()
    assert (found["as_of"], found["status"]) == ("2025-06-01", "bronze")
    assert len(found["transitions"]) == 1


@pytest.mark.parametrize(
    ("day", "status"),
    [
        ("1999-12-31", 422),
        ("2030-01-01", 422),
        ("soon", 422),
        ("1763596800", 422),
        ("2026-11-01T00:00:00Z", 422),
        ("2001-01-01", 404),
    ],
)
def test_a_day_of_which_nothing_can_be_said_is_refused(nectar: Program, day: str, status: int) -> None:
    problem = is_problem(
        nectar.get("/partners/nectar/standing", as_of=day), status, "invalid" if status == 422 else "not_found"
    )
    if status == 422:
        assert problem["errors"][0]["field"] == "as_of"


def test_a_parameter_that_is_not_known_is_refused(nectar: Program) -> None:
    problem = is_problem(nectar.get("/partners", colour="red"), 422, "invalid")
    assert problem["errors"] == [{"field": "colour", "message": problem["errors"][0]["message"]}]
    assert "country, cursor, limit, state, status" in problem["detail"]


def test_a_list_can_be_followed_page_by_page_while_it_grows(world: World, operator: Program) -> None:
    for number in range(5):
        Partner.objects.create(key=f"p-{number}", name=f"P {number}", country="FR", added_at=NOW)
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        page = operator.get("/partners", **query).json()
        seen += [row["id"] for row in page["data"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
        Partner.objects.get_or_create(key="a-new", defaults={"name": "New", "country": "FR", "added_at": NOW})
    assert seen == ["comb", "nectar", "p-0", "p-1", "p-2", "p-3", "p-4"]
    assert {row["id"] for row in operator.get("/partners", status="gold").json()["data"]} == {"nectar"}
    assert {row["id"] for row in operator.get("/partners", country="DE").json()["data"]} == {"comb"}


@pytest.mark.parametrize(
    "cursor", ["nonsense", "a2V5OmNvbWI", "a2V5OgA", "é", "c2VxOi0x", "c2VxOjk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"]
)
def test_a_cursor_that_is_none_is_refused(operator: Program, cursor: str) -> None:
    problem = is_problem(operator.get("/events", cursor=cursor), 422, "invalid")
    assert problem["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize("cursor", ["a2V5OgA", "a2V5OsOp", "a2V5Og"])
def test_a_cursor_holds_an_id_of_a_company_or_is_none(operator: Program, cursor: str) -> None:
    problem = is_problem(operator.get("/partners", cursor=cursor), 422, "invalid")
    assert problem["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize("path", ["/partners/%00", "/partners/a%00b/standing", "/notices/%00", "/nothing/%00"])
def test_an_address_with_a_character_that_no_text_has_is_not_found(operator: Program, path: str) -> None:
    is_problem(operator.get(path), 404, "not_found")


def test_a_parameter_with_a_character_that_no_text_has_cannot_be_read(operator: Program) -> None:
    for path in ("/partners?cursor=%00", "/partners?cou%00ntry=DE", "/events?partner=%00"):
        is_problem(operator.client.get(f"/api/v1{path}"), 400, "malformed")


@pytest.mark.parametrize("limit", ["0", "201", "many"])
def test_a_page_has_a_size_within_bounds(operator: Program, limit: str) -> None:
    assert is_problem(operator.get("/partners", limit=limit), 422, "invalid")["errors"][0]["field"] == "limit"


def test_the_history_is_followed_without_gap_and_new_events_come_later(world: World, nectar: Program) -> None:
    page = nectar.get("/events", limit=200).json()
    own = Event.objects.filter(partner="nectar", is_program=True).order_by("seq")
    assert [row["id"] for row in page["data"]] == [event.uid for event in own]
    assert nectar.get("/events", cursor=page["next"]).json()["data"] == []
    world.tell({"type": "course.completed", "partner": "nectar", "course": "tutorial", "id": "c-9"})
    assert [row["id"] for row in nectar.get("/events", cursor=page["next"]).json()["data"]] == ["c-9"]
    assert {row["type"] for row in nectar.get("/events", type="sale.paid").json()["data"]} == {"sale.paid"}


def test_a_company_reads_no_audit_of_the_installation(world: World, nectar: Program, operator: Program) -> None:
    assert nectar.get("/events", type="standing.changed").json()["data"] == []
    assert operator.get("/events", type="standing.changed").json()["data"]


def test_notices_are_read_in_both_languages(world: World, nectar: Program, comb: Program) -> None:
    context = {"subject": "Prices", "text": "Higher.", "subject_ru": "Цены", "text_ru": "Выше."}
    notice = send(partner=world.nectar, kind="letter", context=context, actor=world.actor, now=NOW)
    found = nectar.get("/notices").json()["data"][0]
    assert found["subject"] == {"en": "Prices", "ru": "Цены"}
    assert found["sent_at"] == "2026-11-20T12:00:00.123456Z"
    assert found == nectar.get(f"/notices/{notice.uid}").json()
    assert nectar.get("/notices", category="news").json()["data"] == []
    is_problem(comb.get(f"/notices/{notice.uid}"), 404, "not_found")
    assert comb.get("/notices").json()["data"] == []


def test_every_error_has_one_form(world: World, nectar: Program) -> None:
    is_problem(nectar.get("/nothing-here"), 404, "not_found")
    response = nectar.client.delete("/api/v1/partners")
    is_problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "GET"
    big = nectar.client.post("/api/v1/evidence", b"x" * 2_100_000, content_type="application/json")
    is_problem(big, 413, "too_large")
    assert nectar.get("/problems/stale").json()["status"] == 409
    is_problem(nectar.get("/problems/nope"), 404, "not_found")


def test_the_page_and_the_document_need_no_key(client: Any) -> None:
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert "cdn" not in page.content.decode()
    document = client.get("/api/v1/openapi.json").json()
    assert "/api/v1/partners/{partner}/standing" in document["paths"]
    for operations in document["paths"].values():
        for operation in operations.values():
            assert "application/problem+json" in operation["responses"]["429"]["content"]
    assert settings.PUBLIC_URL


def test_a_request_has_an_id_in_answer_and_log(nectar: Program) -> None:
    first, second = nectar.get("/partners"), nectar.get("/partners")
    assert first["X-Request-Id"] != second["X-Request-Id"]
